/// Splits an inline request into arguments, as Redis's `sdssplitargs` does: words separated by spaces; `"…"` with
/// `\n \r \t \b \a \\ \" \xHH`, `'…'` with `\'`; a closing quote must be followed by a space or the end. A zero byte
/// is one like any other (Redis, whose line is a C string, waits for ever once one has come).
enum InlineRequest {
    /// Appends the decoded arguments to `bytes` and their ranges to `arguments`.
    static func split(
        _ line: RawSpan, into bytes: inout ByteBuffer, _ arguments: inout Vector<ArgumentRange>
    ) throws(ProtocolError) {
        var position = 0
        while true {
            while position < line.byteCount && isSpace(line[position]) { position += 1 }
            if position == line.byteCount { return }
            let start = bytes.count
            position = try word(line, position, &bytes)
            arguments.append(ArgumentRange(offset: UInt32(start), count: UInt32(bytes.count - start)))
        }
    }

    private static func word(
        _ line: RawSpan, _ from: Int, _ bytes: inout ByteBuffer
    ) throws(ProtocolError) -> Int {
        var position = from
        while position < line.byteCount, !endsWord(line[position]) {
            switch line[position] {
            case UInt8(ascii: "\""): return try doubleQuoted(line, position + 1, &bytes)
            case UInt8(ascii: "'"): return try singleQuoted(line, position + 1, &bytes)
            case let byte: bytes.append(byte)
            }
            position += 1
        }
        return position
    }

    private static func doubleQuoted(
        _ line: RawSpan, _ from: Int, _ bytes: inout ByteBuffer
    ) throws(ProtocolError) -> Int {
        var position = from
        while position < line.byteCount {
            let byte = line[position]
            if byte == UInt8(ascii: "\""){ return try closed(line, position + 1) }
            if byte == UInt8(ascii: "\\"), position + 1 < line.byteCount {
                let next = line[position + 1]
                if next == UInt8(ascii: "x"), position + 3 < line.byteCount,
                    let byte = line.hexadecimalByte(at: position + 2) {
                    bytes.append(byte)
                    position += 4
                } else {
                    bytes.append(escaped(next))
                    position += 2
                }
            } else {
                bytes.append(byte)
                position += 1
            }
        }
        throw .unbalancedQuotes
    }

    private static func singleQuoted(
        _ line: RawSpan, _ from: Int, _ bytes: inout ByteBuffer
    ) throws(ProtocolError) -> Int {
        var position = from
        while position < line.byteCount {
            let byte = line[position]
            if byte == UInt8(ascii: "'") { return try closed(line, position + 1) }
            if byte == UInt8(ascii: "\\"), position + 1 < line.byteCount, line[position + 1] == UInt8(ascii: "'") {
                bytes.append(UInt8(ascii: "'"))
                position += 2
            } else {
                bytes.append(byte)
                position += 1
            }
        }
        throw .unbalancedQuotes
    }

    private static func closed(_ line: RawSpan, _ position: Int) throws(ProtocolError) -> Int {
        if position < line.byteCount, !isSpace(line[position]) { throw .unbalancedQuotes }
        return position
    }

    private static func escaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "a"): 7
        default: byte
        }
    }

    /// What ends a word without quotes: fewer bytes than `isSpace`, which tells what may stand between words.
    private static func endsWord(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// As C's `isspace`.
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
}
