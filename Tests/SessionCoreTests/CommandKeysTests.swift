import Testing

@testable import SessionCore

@Suite struct CommandKeysTests {
    /// Requests and their keys, or the error, as redis-server 7.0.15 has them for its commands.
    @Test(arguments: [
        ("get k", "k"), ("GET k", "k"), ("mget a b c", "a b c"), ("mset a 1 b 2", "a b"), ("mset a 1 b", "a b"),
        ("set k v EX 5", "k"), ("copy a b DB 2", "a b"), ("object freq k", "k"), ("memory usage k SAMPLES 1", "k"),
        ("hset k f v", "k"), ("sessget t", "t"), ("sesstouch t IDLE 5m", "t"), ("sesslist u COUNT 3", "u"),
        ("sesscard u", "u"), ("sesscard", ""), ("sessrevoke a", "a"), ("sessrevoke a b REASON gone", "a b"),
        ("eval s 0", ""), ("eval s x a", ""), ("evalsha s 3 a b", ""), ("zunionstore d 1 a", "d a"),
        ("sessrevoke HANDLE h", "h"), ("sessrevoke handle h i reason gone", "h i"), ("sessrevoke HANDLE", "HANDLE"),
        ("sessrevokeuser u EXCEPT t", "u"),
    ])
    func keys(_ request: String, _ keys: String) {
        let table = CommandTable()
        let expected = keys.split(separator: " ")
        let reply = table.reply("command getkeys \(request)")
        #expect(reply == "*\(expected.count)\r\n" + expected.map { "$\($0.count)\r\n\($0)\r\n" }.joined())
    }

    @Test(arguments: [
        ("ping x", "ERR The command has no key arguments"), ("client list", "ERR The command has no key arguments"),
        ("nope x", "ERR Invalid command specified"), ("client nope", "ERR Invalid command specified"),
        ("get a b", "ERR Invalid number of arguments specified for command"),
        ("sesscreate USER u", "ERR The command has no key arguments"),
        ("zunion 0 a", "ERR Invalid arguments specified for command"),
        ("zunion x a", "ERR Invalid arguments specified for command"),
        ("zinter -1 a", "ERR Invalid arguments specified for command"),
        ("zdiff 2 a", "ERR Invalid arguments specified for command"),
        ("sintercard 99999999999 a", "ERR Invalid arguments specified for command"),
        ("zunionstore d 0 a", "ERR Invalid arguments specified for command"),
        ("zinterstore d 3 a", "ERR Invalid arguments specified for command"),
        ("zmpop 0 a MIN", "ERR Invalid arguments specified for command"),
    ])
    func refusals(_ request: String, _ error: String) {
        let table = CommandTable()
        let reply = table.reply("command getkeys \(request)")
        #expect(reply == "-\(error)\r\n")
    }

    @Test func flagsTellWhatIsDone() {
        let table = CommandTable()
        for request in ["set a b", "set a get", "set get b ex 10", "set a b getx"] {
            let set = table.reply("command getkeysandflags \(request)")
            let key = request.split(separator: " ")[1]
            #expect(set == "*1\r\n*2\r\n$\(key.count)\r\n\(key)\r\n*2\r\n+OW\r\n+update\r\n")
        }
        for request in ["set a b get", "set a b EX 10 Get", "set a b get nx"] {
            let set = table.reply("command getkeysandflags \(request)")
            #expect(set == "*1\r\n*2\r\n$1\r\na\r\n*3\r\n+RW\r\n+access\r\n+update\r\n")
        }
        let stored = table.reply("command getkeysandflags sunionstore d a")
        #expect(
            stored == "*2\r\n*2\r\n$1\r\nd\r\n*2\r\n+OW\r\n+update\r\n"
                + "*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n")
        let session = table.reply("command getkeysandflags sesstouch t")
        #expect(session == "*1\r\n*2\r\n$1\r\nt\r\n*1\r\n+not_key\r\n")
    }
}
