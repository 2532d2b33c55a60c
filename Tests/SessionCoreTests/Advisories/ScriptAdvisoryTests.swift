import Testing

@testable import SessionCore

/// Redis advisory CVE-2025-49844 (and CVE-2024-46981, CVE-2025-46817, CVE-2025-46818, CVE-2022-24735): scripts that
/// make Lua's collector, its libraries or its parser leave the sandbox. There is no Lua here: a script is a known one,
/// whose steps are native, or it is not run at all.
@Suite("CVE-2025-49844: hostile scripts")
struct CVE_2025_49844Tests {
    private static let hostile = [
        "collectgarbage('count')", "local s = {} for i = 1, 1e9 do s[i] = {} end", "return loadstring('return 1')()",
        "return string.rep('x', 2^40)", "return unpack({}, 0, 1e9)", "setmetatable(_G, {})",
        "getmetatable('').__index = 1", "return cjson.decode(string.rep('[', 1e6))",
        "return struct.pack('I1000000000', 1)", "return bit.tohex(1, -2147483648)",
        "return redis.call('eval', 'return 1', 0)", "\u{1B}Lua", "", "\0", "return", "while true do end",
        String(repeating: "(", count: 10_000), String(repeating: "return ", count: 3000),
        "#!lua name=x\nredis.register_function('f', function() end)", "#!lua flags=no-writes\nreturn 1",
        // What comes near to a known script must not be taken for it.
        #"if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[2]) else return 0 end"#,
        #"if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("flushall",KEYS[1]) else return 0 end"#,
        #"if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end end"#,
    ]

    @Test(arguments: hostile.indices) func areNotRun(_ index: Int) {
        let text = Self.hostile[index]
        let dialogue = NodeDialogue()
        dialogue.expect("SET", "k", "v", gives: "+OK\r\n")
        for command in ["EVAL", "EVAL_RO"] {
            for keys in [["0"], ["2", "k", "j"], ["1", "k", "v"]] {
                let answer = dialogue.sendBytes(([command, text] + keys).map { Array($0.utf8) })
                #expect(answer.first == UInt8(ascii: "-") && ReplyFrames.count(in: answer) == 1, "\(command) \(text)")
            }
        }
        let loaded = dialogue.sendBytes(["SCRIPT", "LOAD", text].map { Array($0.utf8) })
        #expect(ReplyFrames.count(in: loaded) == 1)
        dialogue.expect("GET", "k", gives: "$1\r\nv\r\n")
        dialogue.expect("DBSIZE", gives: ":1\r\n")
    }
}

/// Redis advisories CVE-2022-36021 and CVE-2024-31228: patterns whose matching takes exponential time, or recursion as
/// deep as they are long.
@Suite("CVE-2022-36021, CVE-2024-31228: patterns", .timeLimit(.minutes(1)))
struct CVE_2022_36021Tests {
    private static let patterns = [
        String(repeating: "a*", count: 100) + "b", String(repeating: "*a", count: 30_000) + "*b",
        String(repeating: "*", count: 60_000) + "b", String(repeating: "[", count: 60_000),
        String(repeating: "\\", count: 60_001), "[" + String(repeating: "a-", count: 30_000),
        String(repeating: "?*", count: 400) + "b", "[^", "[^]", "[a-", "[z-a]", "\\", "a\0*",
    ]

    @Test(arguments: patterns.indices) func areMatchedInTime(_ index: Int) {
        let pattern = Self.patterns[index]
        let dialogue = NodeDialogue()
        let name = String(repeating: "a", count: 1000)
        dialogue.expect("SET", name, "1", gives: "+OK\r\n")
        dialogue.expect("SADD", "s", name, gives: ":1\r\n")
        let requests = [
            ["KEYS", pattern], ["SCAN", "0", "MATCH", pattern], ["SSCAN", "s", "0", "MATCH", pattern],
            ["PSUBSCRIBE", pattern], ["PUBLISH", name, "m"], ["COMMAND", "LIST", "FILTERBY", "PATTERN", pattern],
            ["CONFIG", "GET", pattern], ["PUBSUB", "CHANNELS", pattern], ["ACL", "SETUSER", "u", "~" + pattern],
        ]
        for (number, request) in requests.enumerated() {
            let answer = dialogue.sendBytes(request.map { Array($0.utf8) }, on: UInt32(number + 1))
            #expect(ReplyFrames.count(in: answer) == 1, "\(request[0])")
        }
    }
}
