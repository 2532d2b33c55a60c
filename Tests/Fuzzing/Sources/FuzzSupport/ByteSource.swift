/// Choices made by the bytes of an input, one after the other. When they are used up every byte is 0, the choice that
/// leads on with the least.
public struct ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isEmpty: Bool { position >= bytes.count }

    public mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        position += 1
        return bytes[position - 1]
    }

    /// A number below `count`.
    public mutating func number(below count: Int) -> Int {
        if count <= 1 { return 0 }
        let low = Int(byte())
        return (count <= 256 ? low : low | Int(byte()) << 8) % count
    }

    /// One of these, of which there must be some.
    public mutating func choice<Element>(of elements: [Element]) -> Element { elements[number(below: elements.count)] }

    /// The next bytes as they are, as far as there are any.
    public mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, position + count)
        defer { position = end }
        return Array(bytes[position..<end])
    }

    /// Everything that is left.
    public mutating func takeRest() -> [UInt8] { take(bytes.count - position) }
}
