/// What a rule finds in one file.
typealias Rule = (SourceFile) -> [Violation]

/// The rules of the house that a program can check. Each names the remedy.
enum Rules {
    // MARK: Form

    static let longestLine = 120
    static let longestFile = 600

    /// Length of lines, blanks, length of the file. Of Markdown, tables and drawings may be wider.
    static func form(_ file: SourceFile) -> [Violation] {
        var found: [Violation] = []
        var isInFence = false
        let isMarkdown = file.path.hasSuffix(".md")
        for (index, line) in file.lines.enumerated() {
            func report(_ remedy: String) { found.append(Violation(path: file.path, line: index + 1, remedy: remedy)) }
            if line.hasPrefix("```") { isInFence.toggle() }
            let mayBeWide = isMarkdown && (isInFence || line.hasPrefix("|"))
            if line.count > longestLine && !mayBeWide {
                report("\(line.count) characters: wrap it at \(longestLine)")
            }
            if line.contains("\t") { report("a tab: use four spaces") }
            if let last = line.last, last.isWhitespace { report("blanks at the end of the line: remove them") }
        }
        if !file.endsInNewline { found.append(whole(file, "the last line does not end: add a newline")) }
        if file.lines.count > longestFile {
            found.append(
                whole(file, "\(file.lines.count) lines: split it by aspect, as Type+Aspect.swift (\(longestFile))"))
        }
        return found
    }

    static let longestFunction = 60

    /// Functions that are longer, and why: tables and exhaustive switches, of which nobody reads more than a line.
    static let longFunctions: [String: String] = [
        "Sources/SessionCore/Node/Node+Dispatch.swift: handle": "one case for every command, which the compiler checks"
    ]

    /// Functions of `Sources` fit on a screen. Those that list rows of commands are tables.
    static func functionLength(_ file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift") else { return [] }
        return longFunctions(in: file).compactMap { function in
            let isTable = file.code[function.line - 1].contains("-> [CommandDescriptor] {")
            if isTable || longFunctions["\(file.path): \(function.name)"] != nil { return nil }
            return Violation(
                path: file.path, line: function.line,
                remedy: "\(function.name) has \(function.length) lines: give its parts names (\(longestFunction))")
        }
    }

    /// Functions longer than allowed, from the line that names them to the brace below it.
    static func longFunctions(in file: SourceFile) -> [(name: String, line: Int, length: Int)] {
        let opening = #/^( *)(?:@?[a-z_]\w*(?:\([\w ]*\))? )*(?:func ([^\s(<]+)|(init|subscript)[?(<]|(deinit) \{)/#
        let words = ["func ", "init", "subscript"]
        return file.code.indices.compactMap { first in
            // Most lines are none: a comparison is quicker than the expression.
            guard words.contains(where: { file.code[first].contains($0) }), !file.code[first].hasSuffix("}"),
                let match = file.code[first].prefixMatch(of: opening)?.output
            else { return nil }
            let end = "\(match.1)}"
            guard let last = file.code[first...].firstIndex(where: { $0.hasPrefix(end) }) else { return nil }
            let name = match.2 ?? match.3 ?? match.4 ?? ""
            return last - first < longestFunction ? nil : (String(name), first + 1, last - first + 1)
        }
    }

    /// Notes about work left to do. (The words are put together here, so that this file does not contain them.)
    static func leftovers(_ file: SourceFile) -> [Violation] {
        let words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"]
        return each(file, file.lines) { line in
            let parts = line.split { !$0.isLetter }
            let word = words.first { word in parts.contains { $0 == word } }
            return word.map { "\($0): do it now, or name it in the README's section of what is not there yet" }
        }
    }

    // MARK: Documentation

    /// Every Swift file of `Sources` opens with a comment that says what it is for, or has one on its first
    /// declaration.
    static func opening(_ file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift") else { return [] }
        let first = file.lines.first { line in
            let isPreamble = line.isEmpty || line.contains(#/^((internal |public |package )?import|#|@)/#)
            return !isPreamble
        }
        guard let first else { return [whole(file, "an empty file: remove it")] }
        return first.hasPrefix("//") ? [] : [whole(file, "open it with a doc comment that says what is in here")]
    }

    /// Every declaration at module level in `Sources` has a doc comment.
    static func documentation(_ file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift"), !file.path.hasSuffix("main.swift") else {
            return []
        }
        let kinds = ["struct", "enum", "class", "actor", "protocol", "func", "let", "var", "typealias"]
        let modifiers = [
            "public", "package", "internal", "private", "fileprivate", "final", "indirect", "nonisolated(unsafe)",
        ]
        func isDeclaration(_ line: String) -> Bool {
            let word = line.split(separator: " ").first { !modifiers.contains(String($0)) }
            return line.first?.isLetter == true && word.map { kinds.contains(String($0)) } == true
        }
        var isDocumented = false
        var found: [Violation] = []
        for (index, line) in file.lines.enumerated() {
            if line.hasPrefix("///") {
                isDocumented = true
            } else if !line.hasPrefix("@") {
                if isDeclaration(line) && !isDocumented {
                    found.append(
                        Violation(
                            path: file.path, line: index + 1,
                            remedy: "no doc comment: say what it is, units, errors, cost"))
                }
                isDocumented = false
            }
        }
        return found
    }

    // MARK: Errors

    /// Texts of errors are in the file of their family, where a text that exists already is found.
    static func errorTexts(_ file: SourceFile) -> [Violation] {
        let isPlace = file.path.hasSuffix("Errors.swift") || file.path.hasSuffix("/ReplyError.swift")
        guard file.module == "SessionCore", !isPlace else { return [] }
        return each(file, file.code) { line in
            guard let word = line.firstMatch(of: #/\.(?:custom|quoting)\(/#)?.output else { return nil }
            return "\(word)…): make it a static member of ReplyError, in the …Errors.swift of its family"
        }
    }

    // MARK: Helpers

    static func whole(_ file: SourceFile, _ remedy: String) -> Violation {
        Violation(path: file.path, line: 0, remedy: remedy)
    }

    /// A violation for every line for which `remedy` finds one.
    static func each(_ file: SourceFile, _ lines: [String], remedy: (String) -> String?) -> [Violation] {
        lines.enumerated().compactMap { index, line in
            remedy(line).map { Violation(path: file.path, line: index + 1, remedy: $0) }
        }
    }
}
