/// Reads the primitives of an RDB stream from bytes of which the end may not have arrived yet.
///
/// Source of the format: the comments of Redis's `rdb.h`; https://rdb.fnordig.de/file_format.html
struct RDBCursor: ~Escapable {
    enum Stop: Error {
        /// The bytes end before the unit does.
        case needsMore
        case corrupt(RDBError.Reason)
    }

    /// A length, or the number of a special encoding in its place.
    enum Length {
        case plain(UInt64)
        case special(UInt8)
    }

    private let bytes: RawSpan
    private(set) var position: Int
    /// Behind `Stop.needsMore`: how many bytes have to be there before it is worth trying again.
    private(set) var wanted = 0

    /// - Parameter position: where reading begins.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Moves on by `count` bytes, which are there.
    private mutating func take(_ count: Int) throws(Stop) -> Int {
        guard bytes.byteCount - position >= count else {
            wanted = position + count
            throw .needsMore
        }
        position += count
        return position - count
    }

    mutating func byte() throws(Stop) -> UInt8 {
        let offset = try take(1)
        return bytes[offset]
    }

    /// A number as it lies in memory on the machine that wrote it: little-endian.
    mutating func number<Value: FixedWidthInteger & BitwiseCopyable>(as type: Value.Type) throws(Stop) -> Value {
        let offset = try take(MemoryLayout<Value>.size)
        return Value(littleEndian: bytes.load(offset, as: type))
    }

    mutating func lengthOrSpecial() throws(Stop) -> Length {
        let first = try byte()
        switch first >> 6 {
        case 0: return .plain(UInt64(first & 0x3F))
        case 1: return .plain(UInt64(first & 0x3F) << 8 | UInt64(try byte()))
        case 3: return .special(first & 0x3F)
        default:
            if first == 0x80 { return .plain(UInt64(UInt32(bigEndian: try raw(as: UInt32.self)))) }
            if first == 0x81 { return .plain(UInt64(bigEndian: try raw(as: UInt64.self))) }
            throw .corrupt(.length)
        }
    }

    private mutating func raw<Value: BitwiseCopyable>(as type: Value.Type) throws(Stop) -> Value {
        let offset = try take(MemoryLayout<Value>.size)
        return bytes.load(offset, as: type)
    }

    mutating func length() throws(Stop) -> Int {
        guard case .plain(let value) = try lengthOrSpecial(), let length = Int(exactly: value) else {
            throw .corrupt(.length)
        }
        return length
    }

    /// Puts a string into `buffer`, decoded, in place of what it held.
    mutating func string(into buffer: inout ByteBuffer, atMost limit: Int = Limits.value) throws(Stop) {
        buffer.removeAll(keeping: Limits.bufferGrowthStep)
        switch try lengthOrSpecial() {
        case .plain(let length):
            guard length <= UInt64(limit) else { throw .corrupt(.stringTooLong(Int(clamping: length))) }
            let offset = try take(Int(length))
            buffer.append(bytes.slice(offset, Int(length)))
        case .special(0): buffer.appendDecimal(Int64(try number(as: Int8.self)))
        case .special(1): buffer.appendDecimal(Int64(try number(as: Int16.self)))
        case .special(2): buffer.appendDecimal(Int64(try number(as: Int32.self)))
        case .special(3):
            let compressedLength = try length()
            let length = try length()
            guard length <= limit else { throw .corrupt(.stringTooLong(length)) }
            // Three bytes stand for 264 at most.
            guard compressedLength <= length + 64, length <= compressedLength * 88 else {
                throw .corrupt(.compressedString)
            }
            let offset = try take(compressedLength)
            guard LZF.decompress(bytes.slice(offset, compressedLength), length: length, into: &buffer) else {
                throw .corrupt(.compressedString)
            }
        case .special: throw .corrupt(.length)
        }
    }

    /// Passes over a string of any encoding.
    mutating func skipString() throws(Stop) {
        switch try lengthOrSpecial() {
        case .plain(let length): try skip(length)
        case .special(0): try skip(1)
        case .special(1): try skip(2)
        case .special(2): try skip(4)
        case .special(3):
            let compressedLength = try length()
            _ = try length()
            try skip(UInt64(compressedLength))
        case .special: throw .corrupt(.length)
        }
    }

    /// Passes over so many bytes: all at once, for the caller is to come again with the same bytes and more.
    mutating func skip(_ count: UInt64) throws(Stop) {
        guard count <= UInt64(Limits.value) else { throw .corrupt(.stringTooLong(Int(clamping: count))) }
        _ = try take(Int(count))
    }

    /// Takes a string of so many bytes that begins with these and ends with 255, or nothing.
    mutating func isString(of count: Int, beginningWith head: [UInt8]) throws(Stop) -> Bool {
        var ahead = self
        guard case .plain(let length) = try ahead.lengthOrSpecial(), length == UInt64(count) else { return false }
        let offset = try ahead.take(count)
        for index in head.indices where bytes[offset + index] != head[index] { return false }
        guard bytes[offset + count - 1] == 255 else { return false }
        self = ahead
        return true
    }

    /// Passes over a length, or a number of up to 64 bits that is written as one.
    mutating func skipLength() throws(Stop) {
        guard case .plain = try lengthOrSpecial() else { throw .corrupt(.length) }
    }

    /// Compares the next bytes, which are taken if they are there.
    mutating func matches(_ text: StaticString) throws(Stop) -> Bool {
        let offset = try take(text.utf8CodeUnitCount)
        return bytes.slice(offset, text.utf8CodeUnitCount).isEqual(to: text)
    }

    /// Four decimal digits.
    mutating func version() throws(Stop) -> Int {
        let offset = try take(4)
        var value = 0
        for index in offset..<(offset + 4) {
            guard (48...57).contains(bytes[index]) else { throw .corrupt(.magic) }
            value = value * 10 + Int(bytes[index]) - 48
        }
        return value
    }
}
