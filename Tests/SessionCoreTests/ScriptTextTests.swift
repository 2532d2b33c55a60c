import Foundation
import ScriptTexts
import Testing

@testable import SessionCore

/// How scripts are recognised.
@Suite struct ScriptTextTests {
    private func canonical(_ text: String) -> String? {
        guard let read = ScriptText(text.utf8Span.span.bytes) else { return nil }
        return read.canonical.bytes.text
    }

    private func fingerprint(_ text: String) -> String? {
        guard let read = ScriptText(text.utf8Span.span.bytes) else { return nil }
        var digits = ByteBuffer()
        read.fingerprint.write(to: &digits)
        return digits.bytes.text
    }

    @Test(arguments: KnownScriptText.all.map(\.name))
    func textsAreKnown(_ name: String) throws {
        let script = try #require(KnownScriptText.all.first { $0.name == name })
        let found = try #require(fingerprint(script.text))
        #expect(KnownScript.table.contains { "\($0.fingerprint)" == found }, "fingerprint \(found)")
    }

    @Test func everyRowHasItsText() {
        let fingerprints = KnownScriptText.all.map { fingerprint($0.text) }
        for row in KnownScript.table {
            let index = fingerprints.firstIndex(of: "\(row.fingerprint)")
            #expect(index.map { KnownScriptText.all[$0].name } == "\(row.name)")
        }
        #expect(Set(KnownScript.table.map { "\($0.fingerprint)" }).count == KnownScript.table.count)
        #expect(Set(KnownScript.table.map(\.native)) == Set(NativeScript.allCases))
    }

    @Test func blanksCommentsQuotesAndTheCaseOfCommandsMakeNoDifference() {
        let expected = "return redis . call ( \"get\" , KEYS [ 1 ] )"
        for text in [
            "return redis.call('get',KEYS[1])", "return redis.call(\"GET\", KEYS[1]);",
            "\n\n\treturn -- the value\n  redis . call ( 'Get' ,KEYS[ 1 ] ) ; -- done",
            "return redis.call('get',KEYS[1])\r\n",
        ] {
            #expect(canonical(text) == expected, "\(text)")
        }
        #expect(canonical("return redis.call('get', 'Get')")?.hasSuffix("( \"get\" , \"Get\" )") == true)
        #expect(canonical("a = 'it\"s' b = \"\\65\"") == "a = 'it\"s' b = \"\\65\"")
        #expect(canonical("f();(g)()") == "f ( ) ; ( g ) ( )")
        #expect(canonical("f();g()") == canonical("f() g()"))
        #expect(canonical("a = 1..2 == 1.5 ~= x<=y") == "a = 1 .. 2 == 1.5 ~= x <= y")
    }

    @Test func otherTextsAreOther() {
        for text in [
            "[[long]]", "--[[ long ]] return 1", "'open", "\"a\nb\"", "#!lua flags=no-writes\nreturn 1", "\u{0}", "é",
            "~", "'\\",
        ] {
            #expect(canonical(text) == nil, "\(text)")
        }
        #expect(canonical("") == "")
        #expect(KnownScript.native(Handle(token: "".utf8Span.span.bytes)) == nil)
    }

    /// Errors name the line; they are counted in the text as it was sent.
    @Test func linesOfCalls() {
        let text = "\n\nlocal a =\nredis.call('get', KEYS[1])\nreturn a..tonumber('1')"
        let lines = ScriptText(text.utf8Span.span.bytes)?.lines
        #expect((0..<3).map { lines?.line($0) } == [4, 5, 5])
    }

    @Test func digests() {
        // That of phpredis, which knows its digest by heart.
        let digest = ScriptDigest(of: KnownScriptText.all[0].text.utf8Span.span.bytes)
        #expect(digest.text == "b70c2384248f88e6b75b9f89241a180f856ad852")
        #expect(ScriptDigest(hexadecimal: "B70C2384248F88E6B75B9F89241A180F856AD852".utf8Span.span.bytes) == digest)
        #expect(ScriptDigest(of: "".utf8Span.span.bytes).text == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        for text in ["", "b70c", String(repeating: "g", count: 40), String(repeating: "a", count: 41)] {
            #expect(ScriptDigest(hexadecimal: text.utf8Span.span.bytes) == nil)
        }
    }

    @Test func numbersAsLuaReadsThem() {
        let readings: [(String, Double?)] = [
            ("1", 1), (" 1 ", 1), ("\t-2.5\n", -2.5), ("0x10", 16), ("1e3", 1000), ("", nil), (" ", nil), ("1 2", nil),
            ("abc", nil), ("1\u{0}x", 1), (String(repeating: "1", count: 100), nil),
        ]
        for (text, number) in readings { #expect(luaNumber(text.utf8Span.span.bytes) == number, "\(text)") }
        #expect(luaNumber(nil) == nil)
    }

    /// By the project, which stands before the colon.
    @Test func theDocumentationListsEveryScript() throws {
        // …/Tests/SessionCoreTests/ScriptTextTests.swift
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appendingPathComponent("Sources/SessionCore/SessionCore.docc/KnownScripts.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let projects = Set(KnownScriptText.all.map { String($0.name.prefix { $0 != ":" }) })
        for project in projects { #expect(text.contains("| \(project) |"), "\(project)") }
        #expect(text.components(separatedBy: "\n| ").count - 2 == projects.count, "a row for each project, no more")
    }
}
