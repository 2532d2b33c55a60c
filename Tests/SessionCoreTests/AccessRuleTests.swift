import Testing

@testable import SessionCore

/// Rules of `ACL SETUSER` applied to a user, and the description that is made of him. What redis-server 7.0.15 answers
/// to the same rules; `EndToEnd` compares random ones with a running one.
@Suite struct AccessRuleTests {
    /// The table has one owner.
    private final class Commands { let table = CommandTable() }
    private let commands = Commands()

    private func user(_ rules: String, allChannels: Bool = false) throws -> AccessUser {
        var user = AccessUser(name: Array("u".utf8), allChannels: allChannels)
        let words = rules.split(separator: " ").map { Array($0.utf8) }
        try user.apply(AccessRules.merged(words), commands.table, allChannels: allChannels)
        return user
    }

    private func describe(_ user: AccessUser) -> String {
        String(decoding: user.description(commands.table), as: UTF8.self)
    }

    private static let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test(arguments: [
        ("", "off resetchannels -@all"),
        ("reset", "off sanitize-payload resetchannels -@all"),
        ("on nopass", "on nopass resetchannels -@all"),
        ("ON NoPass off skip-sanitize-payload", "off nopass skip-sanitize-payload resetchannels -@all"),
        (">abc", "off #\(hash) resetchannels -@all"),
        ("nopass #\(hash) >abc", "off #\(hash) resetchannels -@all"),
        (">abc nopass", "off nopass resetchannels -@all"),
        (">abc <abc", "off resetchannels -@all"),
        (">abc !\(hash) >b resetpass", "off resetchannels -@all"),
        ("~a ~b ~a", "off ~a ~b resetchannels -@all"),
        ("%R~a %w~a %Rw~b %W~c", "off ~a ~b %W~c resetchannels -@all"),
        ("%R", "off %R~ resetchannels -@all"),
        ("~a allkeys", "off ~* resetchannels -@all"),
        ("allkeys resetkeys ~b", "off ~b resetchannels -@all"),
        ("%R~*", "off %R~* resetchannels -@all"),
        // Redis writes `~*`, after which it refuses `~a` when it reads its own file.
        ("%RW~* ~a", "off %RW~* ~a resetchannels -@all"),
        ("&a &b &a", "off resetchannels &a &b -@all"),
        ("&a allchannels", "off &* -@all"),
        ("+get", "off resetchannels -@all +get"),
        ("+GET -get", "off resetchannels -@all"),
        ("+@all", "off resetchannels +@all"),
        ("allcommands -get", "off resetchannels +@all -get"),
        ("+@all -get +get", "off resetchannels +@all"),
        ("+@session", "off resetchannels -@all +@session"),
        ("+@all -@session", "off resetchannels +@all -@session"),
        ("+@hash -hset", "off resetchannels -@all +@hash -hset"),
        ("+@list +@stream", "off resetchannels -@all"),
        ("+config|get", "off resetchannels -@all +config|get"),
        ("+config -config|set", "off resetchannels -@all +config -config|set"),
        ("+select|0 +SELECT|1 +select|0", "off resetchannels -@all +select|0 +select|1"),
        ("+select|0 +select", "off resetchannels -@all +select"),
        ("+select|0 nocommands", "off resetchannels -@all"),
        ("(+get ~x) (&c)", "off resetchannels -@all (~x resetchannels -@all +get) (resetchannels &c -@all)"),
        ("(+get clearselectors", "?"),
        ("() clearselectors", "off resetchannels -@all"),
    ])
    func descriptions(_ rules: String, _ description: String) throws {
        guard description != "?" else {
            #expect(throws: AccessRules.Unmatched.self) { try user(rules) }
            return
        }
        #expect(describe(try user(rules)) == description)
    }

    @Test func channelsByDefault() throws {
        #expect(describe(try user("", allChannels: true)) == "off &* -@all")
        #expect(describe(try user("resetchannels reset (+get)", allChannels: true))
            == "off sanitize-payload &* -@all (&* -@all +get)")
    }

    @Test(arguments: [
        ("+nosuch", AccessRuleError.unknownCommand), ("+@nosuch", .unknownCommand), ("-nosuch", .unknownCommand),
        ("+", .unknownCommand), ("-", .unknownCommand), ("+@", .unknownCommand), ("-select|0", .unknownCommand),
        ("+config|nosuch", .unknownCommand), ("+nosuch|x", .unknownCommand), ("+a|b|c", .unknownCommand),
        ("+config|get|x", .firstArgumentOfSubcommand), ("+config|", .syntax), ("+select|", .syntax),
        ("nosuch", .syntax), ("%", .syntax), ("%~a", .syntax), ("%X~a", .syntax), ("%RR~a", .syntax), ("(on)", .syntax),
        ("(>abc)", .syntax), ("(((+get)))", .syntax),
        ("allkeys ~a", .allKeysAlready), ("~* %R~a", .allKeysAlready), ("&* &a", .allChannelsAlready),
        ("<abc", .noSuchPassword), ("!\(hash)", .noSuchPassword), ("!00", .invalidHash), ("#00", .invalidHash),
        ("#" + String(repeating: "G", count: 64), .invalidHash), ("#" + hash.uppercased(), .invalidHash),
        ("(\"~a)", .syntax),
    ])
    func refusals(_ rules: String, _ error: AccessRuleError) {
        let failure = #expect(throws: AccessRules.Failure.self) { try user(rules) }
        #expect(failure?.reason == error)
    }

    /// All or none.
    @Test func aRefusedRuleLeavesTheUserAsHeWas() throws {
        var changed = try user("on ~a +get")
        let before = changed
        let rules = ["off", "~b", "+nosuch"].map { Array($0.utf8) }
        #expect(throws: AccessRules.Failure.self) { try changed.apply(rules, commands.table, allChannels: false) }
        #expect(changed == before)
    }

    @Test func patternsWithBlanksAreRefused() {
        var user = AccessUser(name: [65], allChannels: false)
        for rule in ["~a b", "&a\tb", "~a\u{0}", "%R~\n"] {
            #expect(throws: AccessRuleError.syntax) {
                try user.apply(Array(rule.utf8), commands.table, allChannels: false)
            }
        }
    }

    @Test(arguments: [
        (["~a"], ["~a"]), (["(~a", "+get)", "on"], ["(~a +get)", "on"]), (["()", "(", ")"], ["()", "( )"]),
        (["(a", "(b", "c)"], ["(b c)"]),
    ])
    func selectorsOverSeveralWords(_ words: [String], _ merged: [String]) throws {
        let rules = try AccessRules.merged(words.map { Array($0.utf8) })
        #expect(rules.map { String(decoding: $0, as: UTF8.self) } == merged)
    }

    @Test(arguments: [
        (">secret", ">(redacted)"), ("<secret", "<(redacted)"), ("#abc", "#(redacted)"), ("!abc", "!(redacted)"),
        ("(+get >secret ~a)", "(+get >(redacted) ~a)"), ("(>secret)", "(>(redacted))"), ("+nosuch", "+nosuch"),
        ("(+get >secret)", "(+get >(redacted))"), (")>secret", ")>(redacted)"),
        ("(~a)>secret", "(~a)>(redacted)"), ("on>secret", "on>(redacted)"), ("( #abc)", "( #(redacted))"),
        ("~a>b", "~a>b"), ("(~a#b", "(~a#b"), ("~a", "~a"),
    ])
    func errorsQuoteNoPasswords(_ rule: String, _ quoted: String) {
        #expect(String(decoding: AccessRules.quoted(Array(rule.utf8)), as: UTF8.self) == quoted)
    }

    @Test func numbersAreBounded() throws {
        var user = AccessUser(name: [65], allChannels: false)
        for index in 0..<Limits.accessPatterns {
            try user.apply(Array("~\(index)".utf8), commands.table, allChannels: false)
            try user.apply(Array("&\(index)".utf8), commands.table, allChannels: false)
        }
        for index in 0..<Limits.accessPasswords {
            try user.apply(Array(">\(index)".utf8), commands.table, allChannels: false)
        }
        for _ in 0..<Limits.accessSelectors { try user.apply(Array("()".utf8), commands.table, allChannels: false) }
        for rule in ["~one", "&one", ">one", "()"] {
            let error = #expect(throws: AccessRuleError.self) {
                try user.apply(Array(rule.utf8), commands.table, allChannels: false)
            }
            #expect(error?.text.hasPrefix("Too many ") == true, "\(rule)")
        }
        // What is there already takes no room.
        try user.apply(Array("~7".utf8), commands.table, allChannels: false)
    }

    /// Whatever rules made a user, his description makes the same one again.
    @Test(arguments: 0..<40) func descriptionsDescribe(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let names = commands.table.rows.map { commands.table.fullName(of: $0.id) }
        let categories = ACLCategories.names.map { "@\($0)" } + ["@all"]
        var rules: [String] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let sign = Bool.random(using: &random) ? "+" : "-"
            let name = Bool.random(using: &random) ? names : categories
            rules.append(sign + (name.randomElement(using: &random) ?? "get"))
            if Int.random(in: 0..<6, using: &random) == 0 { rules.append("+select|\(rules.count)") }
        }
        let original = try user(rules.joined(separator: " "))
        let description = describe(original)
        let again = try user(description)
        #expect(describe(again) == description)
        let allowed = commands.table.rows.map { original.selectors[0].allowed.contains($0.id) }
        #expect(allowed == commands.table.rows.map { again.selectors[0].allowed.contains($0.id) }, "\(rules)")
        #expect(original.selectors[0].allowed.includesFuture == again.selectors[0].allowed.includesFuture)
    }

    @Test func setsOfCommands() {
        var set = CommandSet.none
        for id in CommandID.allCases where id.rawValue % 3 == 0 { set.set(id, true) }
        for id in CommandID.allCases { #expect(set.contains(id) == (id.rawValue % 3 == 0)) }
        #expect(!set.includesFuture && CommandSet.all.includesFuture)
        for id in CommandID.allCases where id.rawValue % 3 == 0 { set.set(id, false) }
        #expect(set == .none && set != .all)
    }

    @Test func digestsAsText() throws {
        let digest = Digest(of: Array("abc".utf8).span.bytes)
        #expect(String(decoding: digest.hexadecimal, as: UTF8.self) == Self.hash)
        #expect(Digest(hexadecimal: Array(Self.hash.utf8).span.bytes) == digest)
        #expect(Digest(hexadecimal: Array(Self.hash.dropLast().utf8).span.bytes) == nil)
        #expect(Digest(of: Array("abd".utf8).span.bytes) != digest)
    }
}
