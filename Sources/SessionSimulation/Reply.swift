/// A reply of a node, RESP2.
indirect enum Reply: Equatable {
    case simple(String)
    case error(String)
    case integer(Int64)
    case bulk([UInt8])
    case null
    case array([Reply])

    var text: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    var number: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The first word of an error.
    var errorCode: Substring? { if case .error(let text) = self { text.prefix { $0 != " " } } else { nil } }

    var isError: Bool { if case .error = self { true } else { false } }

    var elements: [Reply]? { if case .array(let elements) = self { elements } else { nil } }

    /// The value behind a name, in an array of names and values.
    subscript(name: String) -> Reply? {
        guard let elements else { return nil }
        for index in stride(from: 0, to: elements.count - 1, by: 2) where elements[index].text == name {
            return elements[index + 1]
        }
        return nil
    }

    /// The reply that begins at `position`, which moves behind it; nil, with nothing moved, if it is not complete.
    static func read(_ bytes: [UInt8], _ position: inout Int) -> Reply? {
        var cursor = position
        guard let reply = parse(bytes, &cursor) else { return nil }
        position = cursor
        return reply
    }

    private static func parse(_ bytes: [UInt8], _ position: inout Int) -> Reply? {
        guard position < bytes.count else { return nil }
        let type = bytes[position]
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] != 13 { end += 1 }
        guard end + 1 < bytes.count else { return nil }
        position = end + 2
        switch type {
        case UInt8(ascii: "+"): return .simple(String(decoding: bytes[start..<end], as: UTF8.self))
        case UInt8(ascii: "-"): return .error(String(decoding: bytes[start..<end], as: UTF8.self))
        case UInt8(ascii: ":"): return .integer(number(bytes[start..<end]))
        case UInt8(ascii: "$"):
            let count = Int(number(bytes[start..<end]))
            if count < 0 { return .null }
            guard position + count + 2 <= bytes.count else { return nil }
            defer { position += count + 2 }
            return .bulk(Array(bytes[position..<(position + count)]))
        case UInt8(ascii: "*"):
            let count = Int(number(bytes[start..<end]))
            if count < 0 { return .null }
            var elements: [Reply] = []
            for _ in 0..<count {
                guard let element = parse(bytes, &position) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        default: preconditionFailure("no reply starts with \(type)")
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64 {
        var value: Int64 = 0
        let isNegative = digits.first == UInt8(ascii: "-")
        for digit in digits.dropFirst(isNegative ? 1 : 0) { value = value &* 10 &+ Int64(digit) &- 48 }
        return isNegative ? -value : value
    }
}

extension Reply: CustomStringConvertible {
    var description: String {
        switch self {
        case .simple(let text): "+\(text)"
        case .error(let text): "-\(text)"
        case .integer(let value): ":\(value)"
        case .bulk(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
        case .null: "nil"
        case .array(let elements): "[\(elements.map(\.description).joined(separator: " "))]"
        }
    }
}
