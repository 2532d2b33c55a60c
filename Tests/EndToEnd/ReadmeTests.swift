import Glibc
import TestSupport
import Testing

/// The dialogues in README.md are true to the letter.
///
/// Convention. A fenced block that opens with ```` ```redis-cli ```` is a dialogue with a fresh server: a line that
/// begins with `> ` (or a prompt, `127.0.0.1:6379> `, `127.0.0.1:6379[3]> `) is sent, and the lines up to the next one
/// are what redis-cli prints on a terminal. They must be equal, except for what the server makes up:
/// - A token or a handle. A word of 32 characters of base64url in the text stands for the word at its place in the real
///   output, from its first sight on: later commands send the real one, and later outputs must show it again. Two words
///   never stand for the same one. Whoever writes the README pastes a real dialogue and need not mark anything.
/// - A moment: a word of 13 digits (Unix milliseconds) stands for another in the same way, but not one to one.
/// - Time left: the number that follows `"ttl"` or `"max"` may be less by up to a second.
@Suite struct ReadmeTests {
    private static let readme: String = {
        // …/Tests/EndToEnd/ReadmeTests.swift
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return String(decoding: contents(ofFile: root + "/README.md"), as: UTF8.self)
    }()

    @Test func dialoguesAreTrue() throws {
        let dialogues = Dialogue.all(in: Self.readme)
        #expect(!dialogues.isEmpty, "README.md holds at least one ```redis-cli block")
        for dialogue in dialogues {
            let wrong = try withServer { try replay(dialogue, at: $0.address) }
            #expect(wrong == nil)
        }
    }

    @Test func aDialogueThatIsNotTrueFails() throws {
        let texts = [
            "> SET k v\nOK\n> GET k\n\"w\"", "> STRLEN k\n(integer) 1", "> GET k\n\"v\"", "> MGET a b\n1) (nil)",
        ]
        for text in texts {
            #expect(try withServer { try replay(Dialogue(text), at: $0.address) } != nil, "\(text)")
        }
    }

    @Test func bindingIsConsistent() {
        var binding = Binding()
        let (a, b) = (String(repeating: "a", count: 32), String(repeating: "b", count: 32))
        let (x, y) = (String(repeating: "x", count: 32), String(repeating: "y", count: 32))
        func matches(_ said: String..., is got: String...) -> Bool { binding.matches(said, got) }
        #expect(matches("\"\(a)\"", is: "\"\(x)\""))
        #expect(binding.applied(to: "SESSTOUCH \(a)") == "SESSTOUCH \(x)")
        #expect(!matches("\"\(a)\"", is: "\"\(y)\""), "the same word means the same token")
        #expect(!matches("\"\(b)\"", is: "\"\(x)\""), "another word means another token")
        #expect(matches("\"\(b)\"", is: "\"\(y)\""))
        #expect(!matches("\"\(a)x\"", is: "\"\(y)\""))
        #expect(matches("1) \"ttl\"", "2) (integer) 900000", is: "1) \"ttl\"", "2) (integer) 899998"))
        #expect(!matches("1) \"ttl\"", "2) (integer) 900000", is: "1) \"ttl\"", "2) (integer) 900001"))
        #expect(!matches("(integer) 3", is: "(integer) 2"))
        #expect(matches("(integer) 1700000000000", is: "(integer) 1800000000000"))
        #expect(!matches("(integer) 1700000000000", is: "(integer) 1800000000001"))
    }

    /// - Returns: nil, or where text and truth part.
    private func replay(_ dialogue: Dialogue, at address: Address) throws -> String? {
        let cli = try InteractiveClient(address)
        var binding = Binding()
        for step in dialogue.steps {
            let output = try cli.output(of: binding.applied(to: step.command))
            if binding.matches(step.output, output) { continue }
            let (said, got) = (step.output.joined(separator: "\n"), output.joined(separator: "\n"))
            return "> \(step.command)\nsays\n\(said)\nbut it is\n\(got)"
        }
        return nil
    }
}

/// Commands and what they print, as written.
private struct Dialogue {
    var steps: [(command: String, output: [String])] = []

    init(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let prompt = line.prefixMatch(of: #/(127\.0\.0\.1:[0-9]+(\[[0-9]+\])?)?> /#) {
                steps.append((String(line[prompt.range.upperBound...]), []))
            } else if !steps.isEmpty {
                steps[steps.count - 1].output.append(String(line))
            }
        }
        // An empty line between two commands is for the eye.
        for index in steps.indices { while steps[index].output.last == "" { steps[index].output.removeLast() } }
    }

    /// All dialogues of a Markdown text.
    static func all(in text: String) -> [Dialogue] {
        text.matches(of: #/(?ms)^```redis-cli\n(.*?)^```/#).map { Dialogue(String($0.output.1)) }
    }
}

/// Which made-up words of a text stand for which real ones.
private struct Binding {
    private var real: [Substring: String] = [:]

    /// The command with real words for those seen before.
    func applied(to command: String) -> String {
        command.replacing(/[A-Za-z0-9_-]{32}/) { real[$0.output] ?? String($0.output) }
    }

    /// Whether the output is as the text says; new words are bound.
    mutating func matches(_ text: [String], _ output: [String]) -> Bool {
        guard text.count == output.count else { return false }
        for (index, (said, got)) in zip(text, output).enumerated() {
            let isTimeLeft = index > 0 && text[index - 1].contains(/"(ttl|max)"$/)
            if !(matches(said, got) || isTimeLeft && isSlightlyLess(got, said)) { return false }
        }
        return true
    }

    private mutating func matches(_ said: String, _ got: String) -> Bool {
        let words = #/[A-Za-z0-9_-]+/#
        // What is around the words must be equal.
        guard said.replacing(words, with: "*") == got.replacing(words, with: "*") else { return false }
        for (name, value) in zip(said.matches(of: words), got.matches(of: words)) {
            if !matches(word: name.output, value.output) { return false }
        }
        return true
    }

    private mutating func matches(word name: Substring, _ value: Substring) -> Bool {
        let isToken = name.count == 32
        let isMoment = name.count == 13 && name.allSatisfy(\.isNumber)
        guard isToken || isMoment else { return name == value }
        guard name.count == value.count else { return false }
        if let known = real[name] { return known == value }
        if isToken && real.values.contains(String(value)) { return false }
        real[name] = String(value)
        return true
    }

    private func isSlightlyLess(_ got: String, _ said: String) -> Bool {
        guard let left = said.firstMatch(of: /^(.*\(integer\) )([0-9]+)$/),
            let right = got.firstMatch(of: /^(.*\(integer\) )([0-9]+)$/), left.output.1 == right.output.1,
            let most = Int(left.output.2), let actual = Int(right.output.2)
        else { return false }
        return actual <= most && actual >= most - 1000
    }
}

/// A redis-cli that reads commands from a pipe and prints replies as on a terminal. An `ECHO` after each command shows
/// where its output ends.
private final class InteractiveClient {
    private let process: ChildProcess
    private var number = 0

    init(_ address: Address) throws {
        process = try ChildProcess("redis-cli", address.clientFlags + ["--no-raw"])
    }

    func output(of command: String) throws -> [String] {
        number += 1
        let mark = "end of the output \(number)"
        try process.write("\(command)\nECHO \"\(mark)\"\n")
        var lines: [String] = []
        while true {
            let line = try process.readLine(within: 10)
            if line == "\"\(mark)\"" { return lines }
            lines.append(line)
        }
    }
}
