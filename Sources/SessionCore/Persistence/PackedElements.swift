/// An element of a packed list of Redis's.
enum PackedElement: BitwiseCopyable {
    /// Text that lies in the list itself.
    case bytes(offset: Int, count: Int)
    case integer(Int64)
}

/// Reads the three packed lists in which RDB files hold small collections, one element after another. Each is checked
/// as it is read: a peer may have made it.
///
/// Sources: the format comments of Redis's `listpack.c`, `ziplist.c` and `intset.c`.
struct PackedElements: ~Escapable {
    enum Form: BitwiseCopyable { case listpack, ziplist, intset }

    private let bytes: RawSpan
    private let form: Form
    /// Where the next element starts.
    private(set) var position: Int

    /// - Parameter position: where an element starts; nil for the first one.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, _ form: Form, at position: Int? = nil) {
        self.bytes = bytes
        self.form = form
        self.position = position ?? PackedElements.start(form)
    }

    /// Where the first element starts: behind the head.
    static func start(_ form: Form) -> Int {
        switch form {
        case .listpack: 6
        case .ziplist: 10
        case .intset: 8
        }
    }

    /// What its head says of its length is true. To be asked once, before the first element is read.
    var hasValidHead: Bool {
        switch form {
        case .listpack: bytes.byteCount >= 7 && Int(number(0, as: UInt32.self)) == bytes.byteCount
        case .ziplist: bytes.byteCount >= 11 && Int(number(0, as: UInt32.self)) == bytes.byteCount
        case .intset:
            bytes.byteCount >= 8 && [2, 4, 8].contains(number(0, as: UInt32.self))
                && bytes.byteCount == 8 + Int(number(0, as: UInt32.self)) * Int(number(4, as: UInt32.self))
        }
    }

    /// The element at `position`, which moves on; nil at the end.
    mutating func next() throws(RDBError.Reason) -> PackedElement? {
        switch form {
        case .listpack: try nextOfListpack()
        case .ziplist: try nextOfZiplist()
        case .intset: nextOfIntset()
        }
    }

    private func number<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        Value(littleEndian: bytes.load(offset, as: type))
    }

    /// Makes sure that `count` bytes from `offset` on are there, the end mark behind them not counted.
    private func need(_ offset: Int, _ count: Int) throws(RDBError.Reason) {
        guard count >= 0, offset + count <= bytes.byteCount - 1 else { throw .packedList }
    }

    private func signed24(_ offset: Int) -> Int64 {
        let low = Int32(bytes[offset]) | Int32(bytes[offset + 1]) << 8
        return Int64(low | Int32(Int8(bitPattern: bytes[offset + 2])) << 16)
    }

    // MARK: Forms

    private mutating func nextOfIntset() -> PackedElement? {
        guard position < bytes.byteCount else { return nil }
        let width = Int(number(0, as: UInt32.self))
        defer { position += width }
        switch width {
        case 2: return .integer(Int64(number(position, as: Int16.self)))
        case 4: return .integer(Int64(number(position, as: Int32.self)))
        default: return .integer(number(position, as: Int64.self))
        }
    }

    private mutating func nextOfListpack() throws(RDBError.Reason) -> PackedElement? {
        guard position < bytes.byteCount else { throw .packedList }
        let start = position
        let first = bytes[start]
        if first == 0xFF {
            guard start == bytes.byteCount - 1 else { throw .packedList }
            return nil
        }
        try need(start, 1)
        let element: PackedElement
        let size: Int
        switch first {
        case 0x00...0x7F: (element, size) = (.integer(Int64(first)), 1)
        case 0x80...0xBF: (element, size) = (.bytes(offset: start + 1, count: Int(first & 0x3F)), 1 + Int(first & 0x3F))
        case 0xC0...0xDF:
            try need(start, 2)
            let value = Int64(first & 0x1F) << 8 | Int64(bytes[start + 1])
            (element, size) = (.integer(value >= 1 << 12 ? value - 1 << 13 : value), 2)
        case 0xE0...0xEF:
            try need(start, 2)
            let count = Int(first & 0x0F) << 8 | Int(bytes[start + 1])
            (element, size) = (.bytes(offset: start + 2, count: count), 2 + count)
        case 0xF0:
            try need(start, 5)
            let count = Int(number(start + 1, as: UInt32.self))
            (element, size) = (.bytes(offset: start + 5, count: count), 5 + count)
        case 0xF1:
            try need(start, 3)
            (element, size) = (.integer(Int64(number(start + 1, as: Int16.self))), 3)
        case 0xF2:
            try need(start, 4)
            (element, size) = (.integer(signed24(start + 1)), 4)
        case 0xF3:
            try need(start, 5)
            (element, size) = (.integer(Int64(number(start + 1, as: Int32.self))), 5)
        case 0xF4:
            try need(start, 9)
            (element, size) = (.integer(number(start + 1, as: Int64.self)), 9)
        default: throw .packedList
        }
        // Behind each element stands its size, for reading backwards.
        let sizeBytes = size <= 127 ? 1 : size < 16_383 ? 2 : size < 2_097_151 ? 3 : size < 268_435_455 ? 4 : 5
        try need(start, size + sizeBytes)
        position = start + size + sizeBytes
        return element
    }

    private mutating func nextOfZiplist() throws(RDBError.Reason) -> PackedElement? {
        guard position < bytes.byteCount else { throw .packedList }
        if bytes[position] == 0xFF {
            guard position == bytes.byteCount - 1 else { throw .packedList }
            return nil
        }
        // The size of the element before: one byte, or 254 and four.
        let start = position + (bytes[position] < 254 ? 1 : 5)
        try need(start, 1)
        let first = bytes[start]
        switch first {
        case 0x00...0x3F: return try text(at: start + 1, Int(first))
        case 0x40...0x7F:
            try need(start, 2)
            return try text(at: start + 2, Int(first & 0x3F) << 8 | Int(bytes[start + 1]))
        case 0x80:
            try need(start, 5)
            return try text(at: start + 5, Int(UInt32(bigEndian: bytes.load(start + 1, as: UInt32.self))))
        case 0xC0: return try integer(at: start + 1, 2)
        case 0xD0: return try integer(at: start + 1, 4)
        case 0xE0: return try integer(at: start + 1, 8)
        case 0xF0: return try integer(at: start + 1, 3)
        case 0xFE: return try integer(at: start + 1, 1)
        case 0xF1...0xFD:
            position = start + 1
            return .integer(Int64(first & 0x0F) - 1)
        default: throw .packedList
        }
    }

    private mutating func text(at offset: Int, _ count: Int) throws(RDBError.Reason) -> PackedElement {
        try need(offset, count)
        position = offset + count
        return .bytes(offset: offset, count: count)
    }

    private mutating func integer(at offset: Int, _ width: Int) throws(RDBError.Reason) -> PackedElement {
        try need(offset, width)
        position = offset + width
        switch width {
        case 1: return .integer(Int64(Int8(bitPattern: bytes[offset])))
        case 2: return .integer(Int64(number(offset, as: Int16.self)))
        case 3: return .integer(signed24(offset))
        case 4: return .integer(Int64(number(offset, as: Int32.self)))
        default: return .integer(number(offset, as: Int64.self))
        }
    }

    /// The text of an element that is none, or its digits.
    func write(_ element: PackedElement, to buffer: inout ByteBuffer) {
        switch element {
        case .bytes(let offset, let count): buffer.append(bytes.slice(offset, count))
        case .integer(let value): buffer.appendDecimal(value)
        }
    }
}
