import Testing

@testable import SessionCore

extension CommandTable {
    /// Macros cannot hold spans or non-copyable values: the tests look up by `String`.
    func find(_ name: String) -> CommandFacts? { lookup(name.utf8Span.span.bytes) }

    func find(_ container: CommandFacts, _ name: String) -> CommandFacts? {
        lookup(container: container, subcommand: name.utf8Span.span.bytes)
    }

    func find(full: String) -> CommandFacts? { lookup(full: full.utf8Span.span.bytes) }
}

@Suite struct CommandTableTests {
    @Test func everyRowIsFoundInEitherCase() {
        let table = CommandTable()
        for command in table.commands {
            let name = "\(command.name)"
            let lower = table.find(name)
            let upper = table.find(name.uppercased())
            #expect(lower?.id == command.id)
            #expect(upper?.id == command.id)
            guard let container = lower else { continue }
            #expect(container.isContainer == command.isContainer)
            for subcommand in command.subcommands {
                let found = table.find(container, "\(subcommand.name)".uppercased())
                #expect(found?.id == subcommand.id)
            }
        }
    }

    @Test(arguments: [
        "", "g", "ge", "gett", "get\0", "get ", "[et", "`et", "g\u{5}t", "list", "config|get", "sessrevokeuserr",
        "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", "sesscreate\0\0\0\0\0\0", "\u{E7}et",
    ])
    func otherNamesAreNotFound(_ name: String) {
        let table = CommandTable()
        let found = table.find(name)
        #expect(found == nil)
    }

    /// `@` and `[` are the neighbours of the capital letters, "`" and `{` those of the small ones.
    @Test(arguments: [
        ("@", "`", false), ("[", "{", false), ("A", "a", true), ("Z", "z", true), ("12345678Z", "12345678z", true),
        ("12345678[", "12345678{", false), ("\u{C1}", "\u{E1}", false), ("aaaaaaaa", "aaaaaaaaa", false),
    ])
    func namesAreEqualButForTheCaseOfLetters(_ left: String, _ right: String, _ isEqual: Bool) {
        let first = CommandName(left.utf8Span.span.bytes)
        let second = CommandName(right.utf8Span.span.bytes)
        #expect(first != nil)
        #expect((first == second) == isEqual)
    }

    @Test func subcommandsAreOnlyFoundInTheirContainer() throws {
        let table = CommandTable()
        let (first, second) = (table.find("client"), table.find("config"))
        let (client, config) = (try #require(first), try #require(second))
        let found = [table.find(client, "list")?.id, table.find(config, "list")?.id, table.find(config, "get")?.id]
        #expect(found == [.clientList, nil, .configGet])
    }

    @Test func fullNamesShowTheContainer() throws {
        let table = CommandTable()
        let found = table.find(full: "Client|No-Evict")
        let facts = try #require(found)
        let name = table.fullName(of: facts)
        #expect(name == "client|no-evict")
        let id = table.descriptor(of: facts).id
        #expect(id == .clientNoEvict)
        let missing = [table.find(full: "get|list"), table.find(full: "client|"), table.find(full: "|get")]
        #expect(missing.allSatisfy { $0 == nil })
    }

    @Test func rowsAreInTheOrderOfTheIdentifiers() {
        let table = CommandTable()
        for id in CommandID.allCases {
            let name = table.fullName(of: id).filter { $0.isLetter }
            #expect("\(id)".lowercased() == name)
            let facts = table.facts(of: id)
            #expect(facts.id == id)
        }
    }

    @Test(arguments: [("get", 2, true), ("get", 1, false), ("get", 3, false), ("mget", 2, true), ("mget", 9, true)])
    func arity(_ name: String, _ words: Int, _ isAccepted: Bool) throws {
        let table = CommandTable()
        let found = table.find(name)
        let facts = try #require(found)
        #expect(facts.accepts(words: words) == isAccepted)
    }

    @Test func factsAreSmall() {
        #expect(MemoryLayout<CommandFacts>.size <= 16)
    }
}
