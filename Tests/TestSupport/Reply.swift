/// A reply of either protocol version, whoever read it (`HiredisConnection` or `ReplyParser`).
public indirect enum Reply: Hashable, Sendable {
    case status(String)
    /// The whole line without the leading `-`: code, space, sentence.
    case error(Bytes)
    case integer(Int64)
    case bulk(Bytes)
    /// RESP2's nil bulk or nil array, RESP3's null.
    case null
    case array([Reply])
    /// Keys and values in turn, in the order in which they came.
    case map([Reply])
    case set([Reply])
    case double(Double)
    case bool(Bool)
    case verbatim(format: String, Bytes)
    case push([Reply])
    case bigNumber(String)

    public static let ok = Reply.status("OK")
    public static let queued = Reply.status("QUEUED")
    public static let emptyArray = Reply.array([])
}

extension Reply {
    /// The first word of an error reply; nil for any other reply.
    public var errorCode: String? {
        guard case .error(let line) = self else { return nil }
        return String(line.text.prefix { $0 != " " })
    }

    /// The whole line of an error reply; nil for any other reply.
    public var errorText: String? {
        guard case .error(let line) = self else { return nil }
        return line.text
    }

    public var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The content of a bulk, status or verbatim reply.
    public var bytes: Bytes? {
        switch self {
        case .bulk(let bytes), .verbatim(_, let bytes): bytes
        case .status(let text): Bytes(text)
        default: nil
        }
    }

    /// As `bytes`, decoded.
    public var text: String? { bytes?.text }

    /// The elements of any aggregate; of a map, keys and values in turn.
    public var elements: [Reply]? {
        switch self {
        case .array(let elements), .map(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// The value that follows `key` in a map, or in the flat array by which RESP2 spells one; nil if there is none.
    public subscript(_ key: String) -> Reply? {
        guard let elements, elements.count.isMultiple(of: 2) else { return nil }
        for index in stride(from: 0, to: elements.count, by: 2) where elements[index].text == key {
            return elements[index + 1]
        }
        return nil
    }

    /// The element at `index` of any aggregate; nil if there is none.
    public subscript(_ index: Int) -> Reply? {
        guard let elements, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension Reply: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// A bulk string.
    public init(stringLiteral value: String) { self = .bulk(Bytes(value)) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(arrayLiteral elements: Reply...) { self = .array(elements) }
}

extension Reply: CustomStringConvertible {
    public var description: String {
        switch self {
        case .status(let text): text
        case .error(let line): "(error) \(line.text)"
        case .integer(let value): "(integer) \(value)"
        case .bulk(let bytes): bytes.description
        case .null: "(nil)"
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .map(let elements): "%[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .set(let elements): "~[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .push(let elements): ">[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .double(let value): "(double) \(value)"
        case .bool(let value): "(\(value))"
        case .verbatim(let format, let bytes): "\(format):\(bytes)"
        case .bigNumber(let digits): "(big number) \(digits)"
        }
    }
}
