import Foundation

/// The files of the repository as text.
enum SourceTree {
    /// Absolute path of the repository.
    static let root: String = {
        // …/Tests/TidyTests/SourceTree.swift
        let url = URL(fileURLWithPath: #filePath)
        return url.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }()

    /// What people wrote: every text file outside what tools leave behind, ordered by path.
    static let files: [SourceFile] = {
        guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
        var paths: [String] = []
        for case let path as String in walk {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if leavings.contains(name) {
                walk.skipDescendants()
            } else if !name.hasSuffix(".swp") {
                paths.append(path)
            }
        }
        return paths.sorted().compactMap { path in
            guard !isDirectory(path), let text = try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) else {
                return nil
            }
            return SourceFile(path: path, text: text)
        }
    }()

    static let swiftFiles = files.filter { $0.path.hasSuffix(".swift") }

    /// What git, the package manager, editors and Python put into a working copy; and inputs for fuzzing, which are
    /// bytes.
    static let leavings: Set = [
        ".git", ".build", ".swiftpm", "Package.resolved", "__pycache__", ".vscode", ".idea", ".DS_Store", "Corpora",
        "Regressions",
    ]

    /// Names at the top of the repository, without what tools put there.
    static var topLevel: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { !leavings.contains($0) && !$0.hasSuffix(".swp") }.sorted()
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isDirectory)
            && isDirectory.boolValue
    }
}

/// One text file.
struct SourceFile {
    /// Relative to the repository.
    let path: String
    let lines: [String]
    /// The lines of a Swift file without comments and texts; empty for other files.
    let code: [String]
    let endsInNewline: Bool

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        endsInNewline = lines.last == ""
        if endsInNewline { lines.removeLast() }
        self.lines = lines
        code = path.hasSuffix(".swift") ? SourceFile.code(of: lines) : []
    }

    /// The module a file belongs to: the folder below `Sources` or `Tests`; nil elsewhere.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }

    /// The lines of Swift text without comments and without the text of string literals. Good enough for looking for
    /// words: of a literal with literals in its interpolations, some may stay.
    private static func code(of lines: [String]) -> [String] {
        let literal = #/"(?:\\.|[^"\\])*"/#
        var isInLiteral = false
        return lines.map { line in
            let quotes = line.contains("\"\"\"") ? line.ranges(of: "\"\"\"").count : 0
            defer { if quotes % 2 == 1 { isInLiteral.toggle() } }
            if isInLiteral && quotes == 0 { return "" }
            var bare = quotes > 0 ? line.replacing("\"\"\"", with: "") : line
            if bare.contains("\"") { bare = bare.replacing(literal, with: "\"\"") }
            guard let comment = bare.firstRange(of: "//") else { return bare }
            return String(bare[..<comment.lowerBound])
        }
    }
}

/// A place that breaks a rule, and what to do about it.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    /// From 1; 0 for the file as a whole.
    let line: Int
    let remedy: String

    var description: String { line == 0 ? "\(path): \(remedy)" : "\(path):\(line): \(remedy)" }
}
