import ScriptTexts
@testable import SessionCore

/// What arguments are chosen from: ordinary values, and those at the ends of ranges.
enum Values {
    static let keys = ["a", "b", "c", "h", "s", "z", "l", "sess:1", "sess:2", "cloakroom", ""].map { Array($0) }
    static let integers = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "4294967295", "4294967296", "2147483648",
        "-2147483649", "65535", "65536", "1048576", "1000000", "100", "1000", "-100", "+1", "01", "", " 1",
        "1e3", "0x1",
    ].map { Array($0) }
    static let doubles = [
        "0", "1", "-1", "0.5", "1.5", "3", "inf", "-inf", "+inf", "nan", "1e308", "-1e308", "1e-320", "1e400", "(1",
        "9007199254740993", "0x10", "", "1.7976931348623157e308", "5e-324",
    ].map { Array($0) }
    static let patterns = ["*", "a*", "?", "[a-c]", "[^a]", "\\*", "*a*b*c*d*", "[", "__key*__:*", "sess:*", ""].map {
        Array($0)
    }
    static let durations = [
        "1", "10", "100", "1000", "5s", "1m", "1h", "1d", "36525d", "0", "-1", "9223372036854775807", "100y", "1.5s",
    ].map { Array($0) }
    static let bounds = [
        "0", "-1", "1", "2", "-2", "(1", "(0", "-inf", "+inf", "[a", "(a", "[1", "-", "+", "[", "9223372036854775807",
        "-9223372036854775808", "nan", "1.5", "100",
    ].map { Array($0) }
    static let users = ["u", "v", "default", "alice", "bob"].map { Array($0) }
    static let rules = [
        "on", "off", "+@all", "-@all", "~*", "~a*", "%R~b*", "%W~c*", "allchannels", "&ch*", "resetchannels",
        ">pw", "<pw",
        "nopass", "resetpass", "+get", "-get", "+client|id", "-client|kill", "+@read", "-@dangerous", "reset",
        "resetkeys",
        "(+get ~x)", "(+@all", "~*)", "clearselectors", "+select|1", "allcommands", "sanitize-payload",
    ].map { Array($0) }
    static let channels = [
        "ch", "c2", "__keyspace@0__:a", "__keyevent@0__:set", "__keyevent@0__:expired", "session:events",
        "__sentinel__:hello",
    ].map { Array($0) }
    static let settings = [
        "yes", "no", "0", "1", "100", "1kb", "1mb", "allkeys-lru", "volatile-ttl", "noeviction", "KEA", "Kg",
        "10s", "1h",
        "pubsub 0 1 9223372036854775807", "normal 1mb 100 1", "replica 1mb 1kb 1", "sess: app:", "pw", "\"x\ny\"", "-1",
        "9223372036854775807", "local", "notice", "debug", "127.0.0.1 7000", "no one", "50 99.9", "a b c",
        "''", "\\x00",
    ].map { Array($0) }
    static let scripts = KnownScriptText.all.map { Array($0.text) } + [Array("return 1")]
    static let scriptDigests = scripts.map { Array(ScriptDigest(of: $0.span.bytes).text) }
    /// Anything anywhere.
    static let all = keys + integers + doubles + patterns + durations + bounds + users + rules + channels + settings
}
