import Testing

@testable import SessionCore

@Suite struct CommandSyntaxTests {
    @Test func wordsAreArgumentsOfTheTypeOfTheirName() {
        let arguments = CommandSyntax.parse("key seconds value increment=double")
        #expect(arguments.map(\.name) == ["key", "seconds", "value", "increment"])
        #expect(arguments.map(\.kind) == [.key, .integer, .string, .double])
        #expect(arguments.map(\.keyIndex) == [0, nil, nil, nil])
    }

    @Test func keysAreNumbered() {
        #expect(CommandSyntax.parse("source destination").map(\.keyIndex) == [0, 1])
    }

    @Test func tokensStandAloneOrBelongToAnArgument() {
        let arguments = CommandSyntax.parse("[TOUCH] [DB destination-db@6.2.0] FIELDS <a b> NOW ABORT")
        #expect(arguments.map(\.name) == ["touch", "destination-db", "a_b", "now", "abort"])
        #expect(arguments.map(\.token) == ["TOUCH", "DB", "FIELDS", "NOW", "ABORT"])
        #expect(arguments.map(\.kind) == [.pureToken, .integer, .block, .pureToken, .pureToken])
        #expect(arguments.map(\.isOptional) == [true, true, false, false, false])
        #expect(arguments[1].since == "6.2.0")
    }

    @Test func alternativesAreOneArgument() {
        let arguments = CommandSyntax.parse("[mode@6.2.0: NX | EX seconds@7.0.0] <ON | OFF>")
        #expect(arguments.map(\.name) == ["mode", "on_off"])
        #expect(arguments.map(\.kind) == [.oneOf, .oneOf])
        #expect(arguments.map(\.isOptional) == [true, false])
        #expect(arguments.map(\.since) == ["6.2.0", nil])
        #expect(arguments[0].arguments.map(\.name) == ["nx", "seconds"])
        #expect(arguments[0].arguments.map(\.since) == [nil, "7.0.0"])
    }

    @Test func repetitionsAreMultiple() {
        let arguments = CommandSyntax.parse("user [section [section ...]] field value [field value ...]")
        #expect(arguments.map(\.name) == ["user", "section", "field_value"])
        #expect(arguments.map(\.isMultiple) == [false, true, true])
        #expect(arguments.map(\.isOptional) == [false, true, false])
        #expect(arguments[2].arguments.map(\.name) == ["field", "value"])
    }

    @Test func labelledGroupsOfOneAreBlocks() {
        let arguments = CommandSyntax.parse("<pattern: pattern>... [ID <id: client-id [client-id ...]>] ip:port~2.8.12")
        #expect(arguments.map(\.kind) == [.block, .block, .string])
        #expect(arguments.map(\.isMultiple) == [true, false, false])
        #expect(arguments.map(\.token) == [nil, "ID", nil])
        #expect(arguments[1].arguments.map(\.isMultiple) == [true])
        #expect(arguments[2].name == "ip:port" && arguments[2].deprecatedSince == "2.8.12")
    }

    @Test func noTextIsNoArgument() {
        #expect(CommandSyntax.parse("").isEmpty)
    }

    @Test(arguments: [
        (CommandID.set, "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | "
            + "PXAT unix-time-milliseconds | KEEPTTL]"),
        (.mset, "key value [key value ...]"), (.info, "[section [section ...]]"),
        (.clientReply, "<ON | OFF | SKIP>"), (.hrandfield, "key [count [WITHVALUES]]"),
        (.clientList, "[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]"),
        (.sessRevoke, "<token [token ...] | HANDLE handle [handle ...]> [REASON reason]"),
        (.sessUnset, "token [IFVER version] FIELDS numfields field [field ...]"),
    ])
    func descriptionsReadLikeDocumentation(_ id: CommandID, _ text: String) {
        let table = CommandTable()
        let syntax = table.rows[Int(id.rawValue)].syntax
        #expect(CommandArgument.describe(CommandSyntax.parse(syntax)) == text)
    }
}
