/// Writes one JSON object, member by member (RFC 8259).
///
/// Strings may be any bytes: what is not UTF-8 is replaced by U+FFFD, one for each maximal part of a sequence that is
/// cut short (Unicode 15, section 3.9, "U+FFFD substitution of maximal subparts"), so the result is always valid.
struct JSONObject: ~Copyable {
    private(set) var text = ByteBuffer()

    init() { text.append(UInt8(ascii: "{")) }

    mutating func member(_ name: StaticString, _ value: RawSpan) {
        begin(name)
        text.appendJSON(value)
    }

    mutating func member(_ name: StaticString, _ value: String) { member(name, value.utf8Span.span.bytes) }

    mutating func member(_ name: StaticString, _ value: Int64) {
        begin(name)
        text.appendDecimal(value)
    }

    mutating func member(_ name: StaticString, _ value: Handle) {
        begin(name)
        text.append(UInt8(ascii: "\""))
        value.write(to: &text)
        text.append(UInt8(ascii: "\""))
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        begin(name)
        text.append(value ? "true" : "false")
    }

    /// An object within this one.
    mutating func member(_ name: StaticString, _ value: consuming JSONObject) {
        value.close()
        begin(name)
        text.append(value.text.bytes)
    }

    mutating func nullMember(_ name: StaticString) {
        begin(name)
        text.append("null")
    }

    /// Ends the object; nothing may be added afterwards.
    mutating func close() { text.append(UInt8(ascii: "}")) }

    /// Names are the program's own and need no escaping.
    private mutating func begin(_ name: StaticString) {
        if text.count > 1 { text.append(UInt8(ascii: ",")) }
        text.append(UInt8(ascii: "\""))
        text.append(name)
        text.append("\":")
    }
}

extension ByteBuffer {
    /// Appends a JSON string, quotes included. O(length).
    mutating func appendJSON(_ string: RawSpan) {
        append(UInt8(ascii: "\""))
        var position = 0
        while position < string.byteCount {
            let byte = string[position]
            if byte < 0x80 {
                appendJSON(ascii: byte)
                position += 1
            } else {
                let (length, isWhole) = utf8Sequence(string, at: position)
                if isWhole { append(string.slice(position, length)) } else { append("\u{FFFD}" as StaticString) }
                position += length
            }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendJSON(ascii byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 8: append("\\b")
        case 9: append("\\t")
        case 10: append("\\n")
        case 12: append("\\f")
        case 13: append("\\r")
        case 0..<32:
            append("\\u00")
            appendHexadecimal(byte)
        default: append(byte)
        }
    }
}

/// The UTF-8 sequence that starts with the byte at `start`, which is no ASCII.
/// - Returns: its length and true; or, if it is not well-formed, the length of its longest part that begins a
///   well-formed one (at least 1) and false. Source: Unicode 15, table 3-7.
private func utf8Sequence(_ bytes: RawSpan, at start: Int) -> (length: Int, isWhole: Bool) {
    let first = bytes[start]
    let length: Int
    // Bounds of the second byte; those after it are always 80 … BF.
    var (lowest, highest): (UInt8, UInt8) = (0x80, 0xBF)
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
        length = 3
        if first == 0xE0 { lowest = 0xA0 }
        if first == 0xED { highest = 0x9F }
    case 0xF0...0xF4:
        length = 4
        if first == 0xF0 { lowest = 0x90 }
        if first == 0xF4 { highest = 0x8F }
    default: return (1, false)
    }
    for index in 1..<length {
        guard start + index < bytes.byteCount, case lowest...highest = bytes[start + index] else {
            return (index, false)
        }
        (lowest, highest) = (0x80, 0xBF)
    }
    return (length, true)
}
