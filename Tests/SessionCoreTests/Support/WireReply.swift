/// A reply as a value, read from its bytes: RESP2 and RESP3.
indirect enum WireReply: Equatable {
    case simple(String)
    case error(String)
    case integer(Int64)
    case bulk([UInt8])
    case null
    case array([WireReply])
    /// Names and values in turn, as they came.
    case map([WireReply])
    case push([WireReply])

    /// Of a bulk or simple string.
    var text: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    var number: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The whole text of an error.
    var error: String? { if case .error(let text) = self { text } else { nil } }

    /// The first word of an error.
    var code: String? { error.map { String($0.prefix { $0 != " " }) } }

    /// Of an array, map or push.
    var elements: [WireReply]? {
        switch self {
        case .array(let elements), .map(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// The value of a name, in a map or in the array that stands for one.
    subscript(name: String) -> WireReply? {
        guard let elements else { return nil }
        for index in stride(from: 0, to: elements.count - 1, by: 2) where elements[index].text == name {
            return elements[index + 1]
        }
        return nil
    }

    /// The names of a map, in order.
    var names: [String] {
        guard let elements else { return [] }
        return stride(from: 0, to: elements.count, by: 2).compactMap { elements[$0].text }
    }
}

extension WireReply: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    init(stringLiteral text: String) { self = .bulk(Array(text.utf8)) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(arrayLiteral elements: WireReply...) { self = .array(elements) }
}

extension WireReply {
    /// All replies in `bytes`, which must hold whole ones.
    static func all(in bytes: [UInt8]) -> [WireReply] {
        var replies: [WireReply] = []
        var position = 0
        while position < bytes.count { replies.append(read(bytes, &position)) }
        return replies
    }

    private static func read(_ bytes: [UInt8], _ position: inout Int) -> WireReply {
        let type = bytes[position]
        let start = position + 1
        position = start
        while bytes[position] != 13 { position += 1 }
        let line = String(decoding: bytes[start..<position], as: UTF8.self)
        position += 2
        switch type {
        case UInt8(ascii: "+"): return .simple(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: "_"): return .null
        case UInt8(ascii: ":"): return .integer(number(line))
        case UInt8(ascii: "$"):
            if line == "-1" { return .null }
            let end = position + Int(number(line))
            defer { position = end + 2 }
            return .bulk(Array(bytes[position..<end]))
        case UInt8(ascii: "*"): return .array(read(number(line), bytes, &position))
        case UInt8(ascii: "%"): return .map(read(number(line) * 2, bytes, &position))
        case UInt8(ascii: ">"): return .push(read(number(line), bytes, &position))
        default: fatalError("no reply starts with \(type)")
        }
    }

    private static func read(_ count: Int64, _ bytes: [UInt8], _ position: inout Int) -> [WireReply] {
        var elements: [WireReply] = []
        for _ in 0..<count { elements.append(read(bytes, &position)) }
        return elements
    }

    private static func number(_ line: String) -> Int64 {
        guard let value = Int64(line) else { fatalError("no number: \(line)") }
        return value
    }
}
