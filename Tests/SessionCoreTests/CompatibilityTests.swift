import Foundation
import Testing

@testable import SessionCore

/// The tables of the article *Compatibility* name the commands of the command table, all of them and no others, in its
/// order, with their arguments and the version of Redis that had them first. The last column is written by hand.
@Suite struct CompatibilityTests {
    /// A row up to its last column: ``| `GET key` | 1.0.0 |``.
    private static func row(_ command: CommandDescriptor, name: String) -> String {
        let arguments = CommandArgument.describe(CommandSyntax.parse(command.syntax))
        let usage = arguments.isEmpty ? name : "\(name) \(arguments)"
        let since = command.group == .session ? "–" : "\(command.since)"
        return "| `\(usage.replacingOccurrences(of: "|", with: "\\|"))` | \(since) |"
    }

    /// The rows of all commands that can be executed: a container itself only if it can stand alone.
    private static var expected: [String] {
        CommandTable().commands.flatMap { command in
            let name = "\(command.name)".uppercased()
            let own = command.isContainer && command.arity != -1 ? [] : [row(command, name: name)]
            return own + command.subcommands.map { row($0, name: "\(name) \($0.name)".uppercased()) }
        }
    }

    private static func documented() throws -> [String] {
        // …/Tests/SessionCoreTests/CompatibilityTests.swift
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = root.appendingPathComponent("Sources/SessionCore/SessionCore.docc/Compatibility.md")
        let lines = try String(contentsOf: article, encoding: .utf8).split(separator: "\n")
        return lines.compactMap { line in
            line.firstMatch(of: /^\| `[A-Z].*?` \| [0-9.–]+ \|/).map { String($0.output) }
        }
    }

    @Test func theArticleListsTheCommandTable() throws {
        let (documented, expected) = (try Self.documented(), Self.expected)
        for row in expected where !documented.contains(row) {
            Issue.record("Compatibility.md lacks this row, add it and say where it differs from Redis: \(row)")
        }
        for row in documented where !expected.contains(row) {
            Issue.record("Compatibility.md has a row that the command table has not, remove or correct it: \(row)")
        }
        if documented.sorted() == expected.sorted() {
            #expect(documented == expected, "put the rows of Compatibility.md in the order of the command table")
        }
    }
}
