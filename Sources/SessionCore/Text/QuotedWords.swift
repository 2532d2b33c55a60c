/// Words of a line, which may be quoted, as Redis reads and writes them in configuration files and in rules of access:
/// blanks separate; `"…"` with the escapes `\n \r \t \b \a \xHH \"` and `\\`; `'…'` with the escape `\'`; a closing
/// quote must be followed by a blank.
enum QuotedWords {
    /// The words, which may be any bytes; nil if a quote is not closed as it must be. O(length of the line).
    static func split(_ line: [UInt8]) -> [[UInt8]]? {
        var splitter = WordSplitter(rest: line[...])
        var words: [[UInt8]] = []
        splitter.skipBlanks()
        while !splitter.rest.isEmpty {
            guard let word = splitter.next() else { return nil }
            words.append(word)
            splitter.skipBlanks()
        }
        return words
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) || byte == 0 }

    /// A word means the same with and without quotes.
    static func isPlain(_ word: [UInt8]) -> Bool {
        !word.isEmpty
            && word.allSatisfy {
                (33...126).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
                    && $0 != UInt8(ascii: "\\")
            }
    }

    /// A word in quotes, as Redis writes it: what is not printable ASCII escaped.
    static func quoted(_ word: [UInt8]) -> String {
        var buffer = ByteBuffer()
        buffer.append("\"")
        buffer.appendEscaped(word.span.bytes)
        buffer.append("\"")
        return buffer.bytes.text
    }
}

/// The rest of a line that is being split.
private struct WordSplitter {
    var rest: ArraySlice<UInt8>

    mutating func skipBlanks() { rest = rest.drop(while: QuotedWords.isBlank) }

    /// One word, nil if a quote is not closed as it must be; `rest` must not start with a blank.
    mutating func next() -> [UInt8]? {
        var word: [UInt8] = []
        while let byte = rest.first, !QuotedWords.isBlank(byte) {
            rest.removeFirst()
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): guard quoted(by: byte, into: &word) else { return nil }
            default: word.append(byte)
            }
        }
        return word
    }

    /// - Returns: whether the quote is closed, and by a blank or the end.
    private mutating func quoted(by quote: UInt8, into word: inout [UInt8]) -> Bool {
        while let byte = rest.popFirst() {
            if byte == quote {
                return rest.first.map(QuotedWords.isBlank) ?? true
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") || rest.first == quote {
                guard let escaped = rest.popFirst() else { return false }
                word.append(quote == UInt8(ascii: "'") ? escaped : unescaped(escaped))
            } else {
                word.append(byte)
            }
        }
        return false
    }

    /// What `\` and `byte` stand for; takes the digits of `\xHH` from the rest.
    private mutating func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "x"):
            guard rest.count >= 2, let high = hexDigit(rest[rest.startIndex]),
                let low = hexDigit(rest[rest.startIndex + 1])
            else { return byte }
            rest = rest.dropFirst(2)
            return high << 4 | low
        default: return byte
        }
    }
}

extension ByteBuffer {
    /// Appends bytes as Redis quotes them: printable ASCII as it is, backslashes before quotes and backslashes, the
    /// rest as `\n`, `\xHH` and the like.
    mutating func appendEscaped(_ bytes: RawSpan) {
        for index in 0..<bytes.byteCount {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 10: append("\\n")
            case 13: append("\\r")
            case 9: append("\\t")
            case 7: append("\\a")
            case 8: append("\\b")
            case 32...126: append(byte)
            default:
                append("\\x")
                appendHexadecimal(byte)
            }
        }
    }
}
