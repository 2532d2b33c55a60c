/// Members of a set that is small, one after the other in the order in which they were added.
///
///     [ length ][ member ] [ length ][ member ] …      lengths as LEB128
///
/// Lookups are linear, over at most `Limits.packedMembers`: there are no pointers, and no further cache misses.
struct PackedMembers: ~Escapable {
    private let bytes: RawSpan
    /// Where the next member starts.
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Bounds of a member within the packed bytes.
    struct Bounds: BitwiseCopyable {
        /// Where its length starts, and where the next member does.
        let start, end: Int
        /// Where its bytes start.
        let offset: Int

        var length: Int { end &- offset }
    }

    /// The next member; nil at the end.
    @inline(__always)
    mutating func next() -> Bounds? {
        guard position < bytes.byteCount else { return nil }
        let start = position
        let length = bytes.packedLength(at: &position)
        let offset = position
        position &+= length
        return Bounds(start: start, end: position, offset: offset)
    }

    /// All members. O(members).
    var count: Int {
        var reader = PackedMembers(bytes)
        var count = 0
        while reader.next() != nil { count &+= 1 }
        return count
    }

    /// The member of these bytes; nil if there is none. O(members).
    @inline(__always)
    func find(_ name: RawSpan) -> Bounds? {
        var reader = PackedMembers(bytes)
        while let member = reader.next() {
            if member.length == name.byteCount, bytes.slice(member.offset, member.length).isEqual(to: name) {
                return member
            }
        }
        return nil
    }

    /// Bytes that a member of `length` bytes takes.
    static func size(_ length: Int) -> Int { PackedFields.lengthBytes(length) + length }

    static func append(_ name: RawSpan, to buffer: inout ByteBuffer) {
        PackedFields.appendLength(name.byteCount, to: &buffer)
        buffer.append(name)
    }

    /// Appends the decimal form of an integer as a member.
    static func append(_ integer: Int64, to buffer: inout ByteBuffer) {
        PackedFields.appendLength(decimalWidth(integer), to: &buffer)
        buffer.appendDecimal(integer)
    }
}
