/// A binary-safe string: an argument of a command or the content of a bulk reply.
///
/// Written as a string or integer literal it holds the literal's UTF-8 text. Its description is redis-cli's quoted
/// form, so that failures show what cannot be printed.
public struct Bytes: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
    public init(_ number: some BinaryInteger) { bytes = Array(String(number).utf8) }
    /// `count` times `byte`.
    public init(repeating byte: Character, count: Int) {
        bytes = [UInt8](repeating: byte.asciiValue ?? UInt8(ascii: "?"), count: count)
    }

    public var count: Int { bytes.count }
    /// The text, with U+FFFD for what is not UTF-8.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Bytes: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public init(integerLiteral value: Int64) { self.init(value) }
}

extension Bytes: CustomStringConvertible {
    public var description: String {
        var quoted = "\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): quoted += "\\\\"
            case UInt8(ascii: "\""): quoted += "\\\""
            case 0x0A: quoted += "\\n"
            case 0x0D: quoted += "\\r"
            case 0x09: quoted += "\\t"
            case 0x07: quoted += "\\a"
            case 0x08: quoted += "\\b"
            case 0x20...0x7E: quoted.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                quoted += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return quoted + "\""
    }
}

/// Splits a command line at blanks into arguments; double quotes hold an argument together (no escapes: what needs them
/// is better written as an array). Complexity: linear.
public func arguments(of line: String) -> [Bytes] {
    var result: [Bytes] = []
    var current: [UInt8]? = nil
    var quoted = false
    for byte in line.utf8 {
        switch byte {
        case UInt8(ascii: "\""):
            quoted.toggle()
            current = current ?? []
        case UInt8(ascii: " ") where !quoted:
            if let argument = current { result.append(Bytes(argument)) }
            current = nil
        default:
            current = (current ?? []) + [byte]
        }
    }
    if let argument = current { result.append(Bytes(argument)) }
    return result
}

/// A command as a client sends it: an array of bulk strings.
/// Source: Redis serialization protocol specification.
public func encoded(_ arguments: [Bytes]) -> [UInt8] {
    var message = Array("*\(arguments.count)\r\n".utf8)
    for argument in arguments {
        message += Array("$\(argument.count)\r\n".utf8)
        message += argument.bytes
        message += [0x0D, 0x0A]
    }
    return message
}
