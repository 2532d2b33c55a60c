/// Field names and values one after the other: the data of a session, and of a hash that is small.
///
///     [ length of name ][ name ][ length of value ][ value ] …      lengths as LEB128
///
/// Lookups are linear: a few hundred short fields take well below a microsecond, and no memory goes to pointers.
struct PackedFields: ~Escapable {
    private let bytes: RawSpan
    /// Where the next field starts.
    private(set) var position: Int

    /// - Parameter position: where a field starts; reading begins there.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Fields from `position` on. O(fields).
    var count: Int {
        var reader = PackedFields(bytes, at: position)
        var count = 0
        while reader.next() != nil { count += 1 }
        return count
    }

    /// Bounds of a field within the packed bytes.
    struct Field: BitwiseCopyable {
        /// Where the field starts, length of the name included, and where the next one does.
        var start, end: Int
        var nameOffset, nameLength: Int
        var valueOffset, valueLength: Int
    }

    /// The field at `position`, which moves on; nil at the end.
    @inline(__always)
    mutating func next() -> Field? {
        guard position < bytes.byteCount else { return nil }
        let start = position
        let nameLength = bytes.packedLength(at: &position)
        let nameOffset = position
        position &+= nameLength
        let valueLength = bytes.packedLength(at: &position)
        let valueOffset = position
        position &+= valueLength
        return Field(
            start: start, end: position, nameOffset: nameOffset, nameLength: nameLength, valueOffset: valueOffset,
            valueLength: valueLength)
    }

    @_lifetime(copy self)
    func name(_ field: Field) -> RawSpan { bytes.slice(field.nameOffset, field.nameLength) }

    @_lifetime(copy self)
    func value(_ field: Field) -> RawSpan { bytes.slice(field.valueOffset, field.valueLength) }

    /// The field called `name`, looked for from the first one on; nil if there is none. O(fields).
    func find(_ name: RawSpan) -> Field? {
        var reader = PackedFields(bytes)
        while let field = reader.next() {
            if field.nameLength == name.byteCount, bytes.slice(field.nameOffset, field.nameLength).isEqual(to: name) {
                return field
            }
        }
        return nil
    }

    /// Bytes that the length of a name or value takes.
    static func lengthBytes(_ value: Int) -> Int {
        value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5
    }

    /// Bytes that a field takes.
    static func size(_ name: Int, _ value: Int) -> Int { lengthBytes(name) + name + lengthBytes(value) + value }

    static func append(_ name: RawSpan, _ value: RawSpan, to buffer: inout ByteBuffer) {
        appendLength(name.byteCount, to: &buffer)
        buffer.append(name)
        appendLength(value.byteCount, to: &buffer)
        buffer.append(value)
    }

    /// Appends a length as LEB128.
    static func appendLength(_ value: Int, to buffer: inout ByteBuffer) {
        var rest = value
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.append(UInt8(rest))
    }
}

extension RawSpan {
    /// The length that starts at `position`, which moves behind it. LEB128: seven bits a byte, the lowest first.
    @inline(__always)
    func packedLength(at position: inout Int) -> Int {
        var value = 0
        var shift = 0
        while true {
            let byte = self[position]
            position &+= 1
            value |= Int(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }
}
