import Testing

@testable import SessionCore

/// Commands on keys of any type. The tables are what redis-server 7.0.15 answered to the same commands.
struct KeyCommandTests {
    @Test func deletingAndCounting() {
        NodeDialogue().expect([
            ("MSET a 1 b 2 c 3", "+OK"),
            ("EXISTS a b nokey a", ":3"),
            ("TOUCH a b nokey a", ":3"),
            ("DEL a a nokey", ":1"),
            ("UNLINK b nokey c", ":2"),
            ("EXISTS a b c", ":0"),
            ("DEL", "-ERR wrong number of arguments for 'del' command"),
            ("DEL \"\"", ":0"),
        ])
    }

    @Test func types() {
        NodeDialogue().expect([
            ("TYPE nokey", "+none"),
            ("SET k v", "+OK"),
            ("TYPE k", "+string"),
            ("TYPE", "-ERR wrong number of arguments for 'type' command"),
        ])
    }

    @Test func renaming() {
        NodeDialogue().expect([
            ("RENAME nokey k", "-ERR no such key"),
            ("RENAME nokey nokey", "-ERR no such key"),
            ("RENAMENX nokey nokey", "-ERR no such key"),
            ("SET k v PXAT 99999999999999", "+OK"),
            ("RENAME k k", "+OK"),
            ("RENAMENX k k", ":0"),
            ("RENAME k l", "+OK"),
            ("GET k", "$-1"),
            ("GET l", "$1\r\nv"),
            ("PEXPIRETIME l", ":99999999999999"),
            ("SET m w", "+OK"),
            ("RENAMENX l m", ":0"),
            ("RENAMENX l n", ":1"),
            ("PEXPIRETIME n", ":99999999999999"),
            ("EXISTS l", ":0"),
            ("RENAME n m", "+OK"),
            ("GET m", "$1\r\nv"),
            ("PEXPIRETIME m", ":99999999999999"),
            ("APPEND m x", ":2"),
            ("RENAME m o", "+OK"),
            ("OBJECT ENCODING o", "$3\r\nraw"),
            ("RENAME k", "-ERR wrong number of arguments for 'rename' command"),
        ])
    }

    @Test func copying() {
        NodeDialogue().expect([
            ("COPY nokey a", ":0"),
            ("COPY a a", "-ERR source and destination objects are the same"),
            ("COPY a a FOO", "-ERR syntax error"),
            ("COPY a b DB", "-ERR syntax error"),
            ("COPY a b DB abc", "-ERR value is not an integer or out of range"),
            ("COPY a b DB 1.0", "-ERR value is not an integer or out of range"),
            ("COPY a b DB 16", "-ERR DB index is out of range"),
            ("COPY a b DB -1", "-ERR DB index is out of range"),
            ("COPY a b DB 99999999999", "-ERR value is out of range, value must between -2147483648 and 2147483647"),
            ("COPY a b DB 99999999999999999999", "-ERR value is not an integer or out of range"),
            ("COPY a b REPLACE FOO", "-ERR syntax error"),
            ("COPY a a DB 16", "-ERR DB index is out of range"),
            ("SET a v PXAT 99999999999999", "+OK"),
            ("COPY a b", ":1"),
            ("GET b", "$1\r\nv"),
            ("PEXPIRETIME b", ":99999999999999"),
            ("COPY a b", ":0"),
            ("SET a w", "+OK"),
            ("COPY a b REPLACE", ":1"),
            ("GET b", "$1\r\nw"),
            ("TTL b", ":-1"),
            ("COPY a b replace REPLACE db 1 DB 2", ":1"),
            ("COPY a a DB 2", ":1"),
            ("COPY a a DB 2", ":0"),
            ("COPY a a DB 2 REPLACE", ":1"),
            ("SELECT 2", "+OK"),
            ("MGET a b", "*2\r\n$1\r\nw\r\n$1\r\nw"),
            ("DEL a b", ":2"),
            ("SELECT 0", "+OK"),
            ("GET a", "$1\r\nw"),
            ("APPEND a x", ":2"),
            ("COPY a raw", ":1"),
            ("OBJECT ENCODING raw", "$3\r\nraw"),
        ])
    }

    @Test func moving() {
        NodeDialogue().expect([
            ("MOVE a 0", "-ERR source and destination objects are the same"),
            ("MOVE a 16", "-ERR DB index is out of range"),
            ("MOVE a -1", "-ERR DB index is out of range"),
            ("MOVE a abc", "-ERR value is not an integer or out of range"),
            ("MOVE a 99999999999", "-ERR value is out of range, value must between -2147483648 and 2147483647"),
            ("MOVE a 1", ":0"),
            ("SET a v PXAT 99999999999999", "+OK"),
            ("MOVE a 1", ":1"),
            ("EXISTS a", ":0"),
            ("SELECT 1", "+OK"),
            ("GET a", "$1\r\nv"),
            ("PEXPIRETIME a", ":99999999999999"),
            ("MOVE a 1", "-ERR source and destination objects are the same"),
            ("SET b v", "+OK"),
            ("SELECT 0", "+OK"),
            ("SET b w", "+OK"),
            ("MOVE b 1", ":0"),
            ("GET b", "$1\r\nw"),
            ("SELECT 1", "+OK"),
            ("DEL a b", ":2"),
            ("SELECT 0", "+OK"),
        ])
    }

    @Test func objects() {
        NodeDialogue().expect([
            ("OBJECT", "-ERR wrong number of arguments for 'object' command"),
            ("OBJECT FOO", "-ERR unknown subcommand 'FOO'. Try OBJECT HELP."),
            ("OBJECT FOO k", "-ERR unknown subcommand 'FOO'. Try OBJECT HELP."),
            ("OBJECT ENCODING", "-ERR wrong number of arguments for 'object|encoding' command"),
            ("OBJECT ENCODING a b", "-ERR wrong number of arguments for 'object|encoding' command"),
            ("OBJECT ENCODING nokey", "$-1"),
            ("OBJECT REFCOUNT nokey", "$-1"),
            ("OBJECT IDLETIME nokey", "$-1"),
            ("OBJECT FREQ nokey", "$-1"),
            ("OBJECT HELP x", "-ERR wrong number of arguments for 'object|help' command"),
            ("SET k 1", "+OK"),
            ("OBJECT ENCODING k", "$3\r\nint"),
            ("OBJECT REFCOUNT k", ":2147483647"),
            (
                "OBJECT FREQ k",
                "-ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
                    + "switching between policies at runtime LRU and LFU data will take some time to adjust."
            ),
            ("OBJECT IDLETIME k", ":0"),
            ("SET k 10000", "+OK"),
            ("OBJECT ENCODING k", "$3\r\nint"),
            ("OBJECT REFCOUNT k", ":1"),
            ("SET k -1", "+OK"),
            ("OBJECT REFCOUNT k", ":1"),
            ("SET k 9223372036854775807", "+OK"),
            ("OBJECT ENCODING k", "$3\r\nint"),
            ("SET k 9223372036854775808", "+OK"),
            ("OBJECT ENCODING k", "$6\r\nembstr"),
            ("SET k 01", "+OK"),
            ("OBJECT ENCODING k", "$6\r\nembstr"),
            ("SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "+OK"),
            ("OBJECT ENCODING k", "$6\r\nembstr"),
            ("OBJECT REFCOUNT k", ":1"),
            ("SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "+OK"),
            ("OBJECT ENCODING k", "$3\r\nraw"),
            ("SET k 5", "+OK"),
            ("INCRBYFLOAT k 1", "$1\r\n6"),
            ("OBJECT ENCODING k", "$6\r\nembstr"),
            ("OBJECT REFCOUNT k", ":1"),
            ("INCR k", ":7"),
            ("OBJECT ENCODING k", "$3\r\nint"),
            ("APPEND k 1", ":2"),
            ("OBJECT ENCODING k", "$3\r\nraw"),
            ("SET k 5", "+OK"),
            ("OBJECT ENCODING k", "$3\r\nint"),
        ])
    }

    @Test func deadlinesAndTheirLimits() {
        NodeDialogue().expect([
            ("SET k v", "+OK"),
            ("EXPIRE k 9223372036854775", "-ERR invalid expire time in 'expire' command"),
            ("EXPIRE k 9223372036854775807", "-ERR invalid expire time in 'expire' command"),
            ("EXPIRE k -9223372036854775808", "-ERR invalid expire time in 'expire' command"),
            ("PEXPIRE k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command"),
            ("EXPIREAT k 9223372036854775807", "-ERR invalid expire time in 'expireat' command"),
            ("EXPIRE k abc", "-ERR value is not an integer or out of range"),
            ("EXPIRE k 1.5", "-ERR value is not an integer or out of range"),
            ("EXPIRE k abc FOO", "-ERR Unsupported option FOO"),
            ("EXPIRE k abc NX XX", "-ERR NX and XX, GT or LT options at the same time are not compatible"),
            ("EXPIRE k 1 FOO", "-ERR Unsupported option FOO"),
            ("EXPIRE k 1 NX FOO", "-ERR Unsupported option FOO"),
            ("EXPIRE k 1 NX XX", "-ERR NX and XX, GT or LT options at the same time are not compatible"),
            ("EXPIRE k 1 NX GT", "-ERR NX and XX, GT or LT options at the same time are not compatible"),
            ("EXPIRE k 1 LT NX", "-ERR NX and XX, GT or LT options at the same time are not compatible"),
            ("EXPIRE k 1 GT LT", "-ERR GT and LT options at the same time are not compatible"),
            ("EXPIRE k 1 XX GT LT", "-ERR GT and LT options at the same time are not compatible"),
            ("EXPIRE nokey 1", ":0"),
            ("EXPIRE nokey 9223372036854775807", "-ERR invalid expire time in 'expire' command"),
            ("EXPIRE k", "-ERR wrong number of arguments for 'expire' command"),
            ("TTL k", ":-1"),
            ("PEXPIREAT k 9223372036854775807", ":1"),
            ("PEXPIRETIME k", ":9223372036854775807"),
            ("EXPIRETIME k", ":9223372036854776"),
            ("PEXPIREAT k -9223372036854775808", ":1"),
            ("EXISTS k", ":0"),
            ("SET k v", "+OK"),
            ("EXPIRE k -1", ":1"),
            ("EXISTS k", ":0"),
            ("SET k v", "+OK"),
            ("EXPIREAT k 1", ":1"),
            ("EXISTS k", ":0"),
            ("SET k v", "+OK"),
            ("PEXPIREAT k 0", ":1"),
            ("EXISTS k", ":0"),
        ])
    }

    @Test func conditionsOfExpiry() {
        NodeDialogue().expect([
            ("SET k v", "+OK"),
            ("PEXPIREAT k 99999999999999 XX", ":0"),
            ("PEXPIREAT k 99999999999999 GT", ":0"),
            ("PEXPIREAT k 99999999999999 XX LT", ":0"),
            ("PEXPIREAT k 99999999999999 LT", ":1"),
            ("PEXPIREAT k 99999999999999 LT", ":0"),
            ("PEXPIREAT k 99999999999998 NX", ":0"),
            ("PEXPIREAT k 99999999999998 GT", ":0"),
            ("PEXPIREAT k 99999999999999 GT", ":0"),
            ("PEXPIRETIME k", ":99999999999999"),
            ("PEXPIREAT k 99999999999998 xx lt LT", ":1"),
            ("PEXPIREAT k 99999999999999 GT XX", ":1"),
            ("PEXPIRETIME k", ":99999999999999"),
            ("PEXPIREAT k 1 GT", ":0"),
            ("PERSIST k", ":1"),
            ("PERSIST k", ":0"),
            ("PERSIST nokey", ":0"),
            ("PEXPIREAT k 99999999999999 NX", ":1"),
            ("PEXPIREAT k 99999999999997 NX", ":0"),
            ("PEXPIRETIME k", ":99999999999999"),
            ("PEXPIREAT k 1 LT", ":1"),
            ("EXISTS k", ":0"),
        ])
    }

    @Test func timesOfExpiry() {
        NodeDialogue().expect([
            ("TTL nokey", ":-2"),
            ("PTTL nokey", ":-2"),
            ("EXPIRETIME nokey", ":-2"),
            ("PEXPIRETIME nokey", ":-2"),
            ("SET k v", "+OK"),
            ("TTL k", ":-1"),
            ("PTTL k", ":-1"),
            ("EXPIRETIME k", ":-1"),
            ("PEXPIRETIME k", ":-1"),
            ("PEXPIREAT k 99999999999499", ":1"),
            ("EXPIRETIME k", ":99999999999"),
            ("PEXPIREAT k 99999999999500", ":1"),
            ("EXPIRETIME k", ":100000000000"),
        ])
    }

    @Test func scanning() {
        NodeDialogue().expect([
            ("SCAN 0", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN \"\"", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN +0", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN -5", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN 00", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN 18446744073709551615", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN 18446744073709551616", "-ERR invalid cursor"),
            ("SCAN abc", "-ERR invalid cursor"),
            ("SCAN 0x0", "-ERR invalid cursor"),
            ("SCAN -", "-ERR invalid cursor"),
            ("SCAN +", "-ERR invalid cursor"),
            ("SCAN 1.0", "-ERR invalid cursor"),
            ("SCAN abc FOO", "-ERR invalid cursor"),
            ("SCAN 0 FOO", "-ERR syntax error"),
            ("SCAN 0 COUNT", "-ERR syntax error"),
            ("SCAN 0 MATCH", "-ERR syntax error"),
            ("SCAN 0 TYPE", "-ERR syntax error"),
            ("SCAN 0 COUNT 0", "-ERR syntax error"),
            ("SCAN 0 COUNT -1", "-ERR syntax error"),
            ("SCAN 0 COUNT abc", "-ERR value is not an integer or out of range"),
            ("SCAN 0 COUNT abc FOO", "-ERR value is not an integer or out of range"),
            ("SCAN 0 FOO COUNT abc", "-ERR syntax error"),
            ("SCAN 0 COUNT 1 MATCH x TYPE string COUNT 2 MATCH *", "*2\r\n$1\r\n0\r\n*0"),
            ("SET k v", "+OK"),
            ("SCAN 0", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk"),
            ("SCAN 0 COUNT 9223372036854775807", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk"),
            ("SCAN 0 MATCH k* match *", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk"),
            ("SCAN 0 MATCH l*", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN 0 TYPE string", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk"),
            ("SCAN 0 TYPE STRING", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk"),
            ("SCAN 0 TYPE hash", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN 0 TYPE nosuch", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN 0 TYPE \"\"", "*2\r\n$1\r\n0\r\n*0"),
            ("SCAN", "-ERR wrong number of arguments for 'scan' command"),
        ])
    }

    @Test func listingKeys() {
        NodeDialogue().expect([
            ("RANDOMKEY", "$-1"),
            ("KEYS *", "*0"),
            ("KEYS", "-ERR wrong number of arguments for 'keys' command"),
            ("KEYS a b", "-ERR wrong number of arguments for 'keys' command"),
            ("SET k v", "+OK"),
            ("RANDOMKEY", "$1\r\nk"),
            ("KEYS *", "*1\r\n$1\r\nk"),
            ("KEYS ?", "*1\r\n$1\r\nk"),
            ("KEYS ??", "*0"),
            ("KEYS [^a]", "*1\r\n$1\r\nk"),
            ("KEYS [a-", "*0"),
            ("KEYS [a-z", "*1\r\n$1\r\nk"),
            ("KEYS \\k", "*1\r\n$1\r\nk"),
            ("KEYS \"\"", "*0"),
            ("KEYS **", "*1\r\n$1\r\nk"),
            ("SET \"\" v", "+OK"),
            ("KEYS \"\"", "*1\r\n$0\r\n"),
            ("DEL k", ":1"),
            ("KEYS *", "*1\r\n$0\r\n"),
            ("KEYS **", "*0"),
            ("KEYS ?", "*0"),
            ("RANDOMKEY", "$0\r\n"),
        ])
    }
}
