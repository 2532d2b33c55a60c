/// A script's text as a sequence of Lua's tokens: what two texts have in common that differ in blanks, comments and
/// quotes only.
///
/// The canonical form is the tokens, separated by one space each: strings in double quotes (unless they hold a quote or
/// a backslash), the names of commands in lower case, no comments, and no semicolons where they make no difference.
/// Two texts of one canonical form do the same.
///
/// Source: https://www.lua.org/manual/5.1/manual.html#2.1
struct ScriptText: ~Copyable {
    /// Lines, counted from 1, of the places that errors name: see `isSite`. The rest is 0.
    private(set) var lines = ScriptLines()
    private(set) var canonical = ByteBuffer()
    private var siteCount = 0
    /// How much of `redis . call (` came last, in tokens.
    private var callTokens = 0
    private var hasSemicolon = false

    /// Reads a text; nil if it holds what no known script does (long brackets, for instance) or is none.
    init?(_ text: RawSpan) {
        var (position, line) = (0, 1)
        while position < text.byteCount {
            let byte = text[position]
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == 32 || (9...13).contains(byte) {
                position += 1
            } else if text.has("--", at: position) {
                guard !text.has("--[", at: position) else { return nil }
                let end = text.firstIndex(of: UInt8(ascii: "\n"), from: position)
                position = end < 0 ? text.byteCount : end
            } else {
                let length = ScriptText.tokenLength(text, position)
                guard length > 0 else { return nil }
                add(text.slice(position, length), line)
                position += length
            }
        }
    }

    /// The digest by which the table knows the script: the first 16 bytes of the canonical form's SHA-256.
    var fingerprint: Handle { Handle(token: canonical.bytes) }

    private mutating func add(_ token: RawSpan, _ line: Int) {
        if token.isEqual(to: ";") {
            hasSemicolon = true
            return
        }
        // `f` and `(g)()` are two statements only with a semicolon between them.
        if hasSemicolon && token.isEqual(to: "(") { separate(";") }
        hasSemicolon = false
        if ScriptText.isSite(token) {
            lines.set(siteCount, line)
            siteCount += 1
        }
        if !canonical.isEmpty { canonical.append(UInt8(ascii: " ")) }
        let isCommand = callTokens == 4
        countCallTokens(token)
        if token[0] == UInt8(ascii: "'") || token[0] == UInt8(ascii: "\"") {
            addString(token, isCommand: isCommand)
        } else {
            canonical.append(token)
        }
    }

    private mutating func separate(_ token: StaticString) {
        canonical.append(" ")
        canonical.append(token)
    }

    private mutating func addString(_ token: RawSpan, isCommand: Bool) {
        let content = token.slice(1, token.byteCount - 2)
        if content.firstIndex(of: UInt8(ascii: "\\")) >= 0 || content.firstIndex(of: UInt8(ascii: "\"")) >= 0 {
            return canonical.append(token)
        }
        canonical.append(UInt8(ascii: "\""))
        for index in 0..<content.byteCount {
            let byte = content[index]
            canonical.append(isCommand && byte &- 65 < 26 ? byte | 0x20 : byte)
        }
        canonical.append(UInt8(ascii: "\""))
    }

    private mutating func countCallTokens(_ token: RawSpan) {
        switch callTokens {
        case 1 where token.isEqual(to: "."): callTokens = 2
        case 2 where token.isEqual(to: "call") || token.isEqual(to: "pcall"): callTokens = 3
        case 3 where token.isEqual(to: "("): callTokens = 4
        default: callTokens = token.isEqual(to: "redis") ? 1 : 0
        }
    }

    /// Whether an error may name the line of a token: calls of commands, conversions, sums and concatenations.
    private static func isSite(_ token: RawSpan) -> Bool {
        token.isEqual(to: "redis") || token.isEqual(to: "tonumber") || token.isEqual(to: "unpack")
            || token.isEqual(to: "+") || token.isEqual(to: "..")
    }

    // MARK: Tokens

    /// Bytes of the token that starts at `start`; 0 if none does.
    private static func tokenLength(_ text: RawSpan, _ start: Int) -> Int {
        let first = text[start]
        if isNameByte(first) {
            var end = start + 1
            // A number may contain points; two in a row are the operator.
            let isNumber = first &- 48 < 10
            while end < text.byteCount,
                isNameByte(text[end]) || isNumber && text[end] == UInt8(ascii: ".") && !text.has("..", at: end) {
                end += 1
            }
            return end - start
        }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") { return stringLength(text, start) }
        if text.has("[[", at: start) || text.has("[=", at: start) { return 0 }
        for operation in ["==", "~=", "<=", ">=", ".."] as [StaticString] where text.has(operation, at: start) {
            return 2
        }
        return ("+-*/%^#<>=(){}[];:,." as StaticString).bytes.firstIndex(of: first) >= 0 ? 1 : 0
    }

    /// A string on one line, quotes included.
    private static func stringLength(_ text: RawSpan, _ start: Int) -> Int {
        var end = start + 1
        while end < text.byteCount, text[end] != UInt8(ascii: "\n") {
            if text[end] == text[start] { return end + 1 - start }
            end += text[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        return 0
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_")
    }
}

/// The lines of the places in a script that errors may name, in the order of the text.
struct ScriptLines: BitwiseCopyable {
    private var lines = SIMD16<UInt16>()

    /// The line of a place; 1 if there are more places than are kept, which no known script has.
    func line(_ site: Int) -> Int { site < lines.scalarCount ? Int(lines[site]) : 1 }

    fileprivate mutating func set(_ site: Int, _ line: Int) {
        if site < lines.scalarCount { lines[site] = UInt16(truncatingIfNeeded: line) }
    }
}

extension RawSpan {
    /// Whether `text` stands at `offset`.
    fileprivate func has(_ text: StaticString, at offset: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        return byteCount - offset >= count && slice(offset, count).isEqual(to: text)
    }
}
