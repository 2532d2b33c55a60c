import Testing

/// Every rule finds what it is there to find, and nothing else.
@Suite struct RuleTests {
    private func file(_ text: String, at path: String = "Sources/SessionCore/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test func form() {
        let long = String(repeating: "x", count: 121)
        #expect(Rules.form(file("\(long)\n\tb\nc \nd")).map(\.line) == [1, 2, 3, 0])
        #expect(Rules.form(file(long.dropLast() + "\n")).isEmpty)
        #expect(Rules.form(file("| \(long)\n```\n\(long)\n```\n", at: "README.md")).isEmpty)
        #expect(Rules.form(file("\(long)\n", at: "README.md")).count == 1)
        #expect(Rules.form(file(String(repeating: "a\n", count: 601))).count == 1)
    }

    @Test(arguments: [
        ("    func f() {", 58, 0), ("    func f() {", 59, 1), ("    @inline(never) static func f<T>(", 59, 1),
        ("    public init?(_ a: Int) {", 59, 1), ("    deinit {", 59, 1), ("    let table = [", 59, 0),
        ("    func f() -> Int { 1 }", 59, 0),
        ("    private static func keyCommands() -> [CommandDescriptor] {", 59, 0),
    ])
    func functionLength(_ opening: String, _ lines: Int, _ count: Int) {
        let body = String(repeating: "        a\n", count: lines)
        let text = "extension A {\n\(opening)\n\(body)    }\n}\n"
        #expect(Rules.functionLength(file(text)).map(\.line) == Array(repeating: 2, count: count))
        #expect(Rules.functionLength(file(text, at: "Tests/A/B.swift")).isEmpty)
    }

    @Test func leftovers() {
        #expect(Rules.leftovers(file("// " + "TO" + "DO: more\n")).count == 1)
        #expect(Rules.leftovers(file("let template = \"XXXXXX\" // " + "TO" + "DOS\n")).isEmpty)
    }

    @Test(arguments: [
        ("", 1), ("import CLinux\n", 1), ("import CLinux\n\nenum A {}\n", 1), ("/// What.\nenum A {}\n", 0),
        ("internal import CLinux\n\n#if canImport(Glibc)\n\n/// What.\nextension A {}\n", 0),
    ])
    func opening(_ text: String, _ count: Int) {
        #expect(Rules.opening(file(text)).count == count)
        #expect(Rules.opening(file(text, at: "Tests/A/B.swift")).isEmpty)
    }

    @Test(arguments: [
        ("enum A {}\n", 1), ("/// What.\nenum A {}\n", 0), ("/// What.\n@frozen\npublic struct A {}\n", 0),
        ("/// What.\nenum A {\n    case b\n}\n\nprivate func f() {}\n", 1), ("/// What.\n\nlet a = 1\n", 1),
        ("extension A {\n    func f() {}\n}\n", 0),
    ])
    func documentation(_ text: String, _ count: Int) { #expect(Rules.documentation(file(text)).count == count) }

    @Test(arguments: [
        ("import SessionServer", "Sources/SessionCore/Node.swift", 1),
        ("public import Foundation", "Sources/SessionCore/Memory/Heap.swift", 1),
        ("import struct Foundation.Date", "Sources/SessionCore/Memory/Heap.swift", 1),
        ("import CLinux", "Sources/SessionCore/Memory/Heap.swift", 0),
        ("import CLinux", "Sources/SessionCore/Node.swift", 1),
        ("import SessionServer", "Sources/SessionSimulation/A.swift", 1),
        ("import SessionCore", "Sources/SessionSimulation/A.swift", 0),
        ("@testable import SessionCore", "Tests/EndToEnd/StartTests.swift", 1),
        ("@testable import SessionCore", "Tests/SessionCoreTests/A.swift", 0),
        ("let a = 1", "Sources/Unheard/A.swift", 1),
    ])
    func importDirections(_ text: String, _ path: String, _ count: Int) {
        #expect(Rules.importDirections(file(text, at: path)).count == count)
    }

    @Test(arguments: [
        ("extension Node {", "Commands/Strings/A.swift", 1), ("extension Node {", "Commands/Server/A.swift", 0),
        ("extension Execution {", "Commands/Strings/A.swift", 0), ("extension Execution {", "Store/A.swift", 1),
        ("static func f(_ node: borrowing Node) {}", "Store/A.swift", 1), ("let a = NodeSeeds()", "Store/A.swift", 0),
        ("/// The `Node` does.", "Store/A.swift", 0), ("extension Node {", "Node/Node+A.swift", 0),
        ("extension Node {", "Listeners/A.swift", 1), ("extension Node {", "Listeners/Node+A.swift", 0),
    ])
    func rooms(_ line: String, _ path: String, _ count: Int) {
        #expect(Rules.rooms(file(line, at: "Sources/SessionCore/" + path)).count == count)
    }

    @Test(arguments: [
        ("let kind = store.heap[record].kind", "Commands/Strings/A.swift", 1), ("store.heap.free(a)", "Node.swift", 1),
        ("let kind = store[record].kind", "Node.swift", 0), ("store.heap.free(a)", "Store/A.swift", 0),
    ])
    func storeHeap(_ line: String, _ path: String, _ count: Int) {
        #expect(Rules.storeHeap(file(line, at: "Sources/SessionCore/" + path)).count == count)
    }

    @Test(arguments: [
        ("struct A { var b: Low }", "Store/A.swift", 0), ("struct A { var b: High }", "Store/A.swift", 1),
        ("extension A { var b: Low { .High } }", "Store/A.swift", 0), ("enum High {}\nlet b: High", "Text/A.swift", 0),
        ("extension Node {\n    var b: High }", "Store/A.swift", 0), ("let a = 1", "Unheard/A.swift", 1),
    ])
    func layers(_ text: String, _ path: String, _ count: Int) {
        let files = [
            file("struct Low {}", at: "Sources/SessionCore/Records/Low.swift"),
            file("public struct High {}", at: "Sources/SessionCore/Access/High.swift"),
            file(text, at: "Sources/SessionCore/" + path),
        ]
        #expect(Layers.violations(files).count == count)
    }

    @Test(arguments: [
        ("throw .custom(\"ERR a\")", "Node.swift", 1), ("throw .quoting(a)", "Commands/Access/A.swift", 1),
        ("ReplyError.custom(a)", "Store/A.swift", 1), ("{ .custom(\"ERR a\") }", "Commands/Keys/KeyErrors.swift", 0),
        ("{ .custom(\"ERR a\") }", "Protocol/ReplyError.swift", 0), ("throw .syntax // .custom(a)", "Node.swift", 0),
    ])
    func errorTexts(_ line: String, _ path: String, _ count: Int) {
        #expect(Rules.errorTexts(file(line, at: "Sources/SessionCore/" + path)).count == count)
    }

    @Test(arguments: [
        "var a: UnsafeMutableRawPointer", "a.withUnsafeBytes { $0 }", "RawSpan(_unsafeStart: a, byteCount: 1)",
        "unsafeBitCast(a, to: Int.self)", "nonisolated(unsafe) var a = 1", "return a.first.unsafelyUnwrapped",
        "@_lifetime(immortal) func f() -> RawSpan { a }", "return _overrideLifetime(a, borrowing: ())",
    ])
    func unsafeCode(_ line: String) {
        #expect(Rules.unsafeCode(file(line)).count == 1)
        #expect(Rules.unsafeCode(file("// \(line)\nlet a = \"\(line)\"")).isEmpty)
        #expect(Rules.unsafeCode(file(line, at: "Sources/SessionCore/Memory/Heap.swift")).isEmpty)
        #expect(Rules.usesUnsafeCode(file(line)))
    }

    @Test(arguments: [
        "var a: [String: Int] = b", "let a = Dictionary(b)", "var hasher = Hasher()", "let now = Date()",
        "let a: Set<Int> = []", "Task { }", "DispatchQueue.main", "print(a)", "static var count = 0", "var global = 1",
        "var g = SystemRandomNumberGenerator()", "let a = Int.random(in: 0..<3)", "func f() async {}",
    ])
    func determinism(_ line: String) {
        #expect(Rules.determinism(file(line)).count == 1)
        #expect(Rules.determinism(file("// \(line)\nreply.bulk(\"\(line)\")")).isEmpty)
        #expect(Rules.determinism(file(line, at: "Sources/SessionServer/A.swift")).isEmpty)
        #expect(Rules.determinism(file(line, at: "Sources/SessionSimulation/A.swift")).count == 1)
    }

    @Test(arguments: [
        "configuration[keyPath: path] = limit", "static var name: Int { 1 }", "    var local = 1", "fingerprint(a)",
        "let a = [first: 1]", "let multitasking = 1", "    static let all: [Directive] = network",
    ])
    func whatIsAllowed(_ line: String) { #expect(Rules.determinism(file(line)).isEmpty) }

    @Test func multilineLiteralsAreNoCode() {
        let code = file("let a = \"\"\"\n    print(b)\n    \"\"\"\nprint(c)\n").code
        #expect(code == ["let a = ", "", "    ", "print(c)"])
    }
}
