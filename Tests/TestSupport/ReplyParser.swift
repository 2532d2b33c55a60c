/// An incremental parser of replies, RESP2 and RESP3, for tests that must see the bytes themselves.
/// Source: Redis serialization protocol specification.
public struct ReplyParser {
    /// The bytes that no reply has used yet.
    public private(set) var pending: [UInt8] = []

    /// The peer sent something that is not a reply; `position` counts from the start of `pending`.
    public struct Malformed: Error, CustomStringConvertible {
        public let position: Int
        public let pending: Bytes
        public var description: String { "not a reply at byte \(position) of \(pending)" }
    }

    public init() {}

    public mutating func feed(_ bytes: some Sequence<UInt8>) { pending += bytes }

    /// The next whole reply; nil if more bytes are needed. Complexity: linear in the size of what is pending.
    public mutating func next() throws(Malformed) -> Reply? {
        var position = 0
        guard let reply = try reply(at: &position) else { return nil }
        pending.removeFirst(position)
        return reply
    }

    private func reply(at position: inout Int) throws(Malformed) -> Reply? {
        let start = position
        guard let line = line(at: &position) else { return nil }
        guard let kind = line.first else { throw malformed(start) }
        let rest = line.dropFirst()
        switch kind {
        case UInt8(ascii: "+"): return .status(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(Bytes(Array(rest)))
        case UInt8(ascii: ":"): return .integer(try number(rest, start))
        case UInt8(ascii: "_"): return .null
        case UInt8(ascii: "("): return .bigNumber(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "#"): return try bool(rest, start)
        case UInt8(ascii: ","):
            guard let value = Double(String(decoding: rest, as: UTF8.self)) else { throw malformed(start) }
            return .double(value)
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            return try bulk(kind, length: try number(rest, start), at: &position, start)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"):
            return try aggregate(kind, count: try number(rest, start), at: &position, start)
        default: throw malformed(start)
        }
    }

    private func bulk(
        _ kind: UInt8, length: Int64, at position: inout Int, _ start: Int
    ) throws(Malformed) -> Reply? {
        if length == -1, kind == UInt8(ascii: "$") { return .null }
        guard length >= 0 else { throw malformed(start) }
        let end = position + Int(length)
        guard end + 2 <= pending.count else { return nil }
        guard pending[end] == 0x0D, pending[end + 1] == 0x0A else { throw malformed(end) }
        let content = Array(pending[position..<end])
        position = end + 2
        switch kind {
        case UInt8(ascii: "!"): return .error(Bytes(content))
        case UInt8(ascii: "="):
            guard content.count >= 4, content[3] == UInt8(ascii: ":") else { throw malformed(start) }
            return .verbatim(format: String(decoding: content[..<3], as: UTF8.self), Bytes(Array(content[4...])))
        default: return .bulk(Bytes(content))
        }
    }

    private func aggregate(
        _ kind: UInt8, count: Int64, at position: inout Int, _ start: Int
    ) throws(Malformed) -> Reply? {
        if count == -1, kind == UInt8(ascii: "*") { return .null }
        guard count >= 0 else { throw malformed(start) }
        let total = kind == UInt8(ascii: "%") ? 2 * Int(count) : Int(count)
        var elements: [Reply] = []
        for _ in 0..<total {
            guard let element = try reply(at: &position) else { return nil }
            elements.append(element)
        }
        switch kind {
        case UInt8(ascii: "~"): return .set(elements)
        case UInt8(ascii: ">"): return .push(elements)
        case UInt8(ascii: "%"): return .map(elements)
        default: return .array(elements)
        }
    }

    private func line(at position: inout Int) -> ArraySlice<UInt8>? {
        guard let end = pending[position...].firstIndex(of: 0x0D), end + 1 < pending.count else { return nil }
        defer { position = end + 2 }
        return pending[position..<end]
    }

    private func number(_ digits: ArraySlice<UInt8>, _ start: Int) throws(Malformed) -> Int64 {
        guard let value = Int64(String(decoding: digits, as: UTF8.self)) else { throw malformed(start) }
        return value
    }

    private func bool(_ digits: ArraySlice<UInt8>, _ start: Int) throws(Malformed) -> Reply {
        switch digits.first {
        case UInt8(ascii: "t"): return .bool(true)
        case UInt8(ascii: "f"): return .bool(false)
        default: throw malformed(start)
        }
    }

    private func malformed(_ position: Int) -> Malformed {
        Malformed(position: position, pending: Bytes(Array(pending.prefix(200))))
    }
}
