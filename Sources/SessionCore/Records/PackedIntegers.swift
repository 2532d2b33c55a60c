/// Members of a set of integers, in ascending order and all of one width: that of the widest.
///
///     [ shift : UInt8 ][ integer ] …      each 1 << shift bytes, signed, in the machine's byte order
///
/// Lookups are binary searches. The width grows with the members and does not shrink, as in Redis's `intset`.
struct PackedIntegers: ~Escapable {
    /// Bytes before the first integer.
    static let start = 1

    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

    /// Binary logarithm of the width.
    @inline(__always)
    var shift: Int { Int(bytes[0]) }

    @inline(__always)
    var count: Int { (bytes.byteCount &- PackedIntegers.start) &>> shift }

    /// Where the integer at `index` stands.
    static func offset(_ index: Int, _ shift: Int) -> Int { start &+ index &<< shift }

    @inline(__always)
    subscript(index: Int) -> Int64 {
        let offset = PackedIntegers.offset(index, shift)
        switch shift {
        case 0: return Int64(bytes.load(offset, as: Int8.self))
        case 1: return Int64(bytes.load(offset, as: Int16.self))
        case 2: return Int64(bytes.load(offset, as: Int32.self))
        default: return bytes.load(offset, as: Int64.self)
        }
    }

    /// Index of the first integer that is not less than `value`; `count` if all are. O(log count).
    func lowerBound(_ value: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low &+ high) &>> 1
            if self[middle] < value { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Index of `value`; nil if it is not there. O(log count).
    func firstIndex(of value: Int64) -> Int? {
        let index = lowerBound(value)
        return index < count && self[index] == value ? index : nil
    }

    /// Binary logarithm of the width that `value` needs.
    static func shift(for value: Int64) -> Int {
        if Int8(exactly: value) != nil { return 0 }
        if Int16(exactly: value) != nil { return 1 }
        return Int32(exactly: value) != nil ? 2 : 3
    }

    /// The packed form of integers in ascending order.
    static func pack(_ values: [Int64]) -> ByteBuffer {
        var buffer = ByteBuffer()
        let shift = max(values.first.map(shift(for:)) ?? 0, values.last.map(shift(for:)) ?? 0)
        buffer.append(UInt8(shift))
        for value in values {
            switch shift {
            case 0: buffer.appendRaw(Int8(truncatingIfNeeded: value))
            case 1: buffer.appendRaw(Int16(truncatingIfNeeded: value))
            case 2: buffer.appendRaw(Int32(truncatingIfNeeded: value))
            default: buffer.appendRaw(value)
            }
        }
        return buffer
    }
}

extension Heap {
    /// Writes one integer of `PackedIntegers`.
    mutating func storeInteger(_ value: Int64, _ record: Slot, _ offset: Int, shift: Int) {
        switch shift {
        case 0: store(Int8(truncatingIfNeeded: value), record, offset)
        case 1: store(Int16(truncatingIfNeeded: value), record, offset)
        case 2: store(Int32(truncatingIfNeeded: value), record, offset)
        default: store(value, record, offset)
        }
    }
}
