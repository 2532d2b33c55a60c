/// What an RDB stream may look like.
struct RDBForm: BitwiseCopyable {
    /// Strings are compressed where that makes them shorter (`rdbcompression`).
    var isCompressed = false
    /// It ends with its checksum (`rdbchecksum`); without, with zeros, which readers take for right.
    var hasChecksum = true
}

extension RDBForm {
    /// The form of snapshots in files.
    init(_ configuration: borrowing Configuration) {
        self.init(
            isCompressed: configuration.compressesSnapshots, hasChecksum: configuration.hasSnapshotChecksum)
    }
}

/// Writes an RDB stream: plain encodings only, which every Redis since 4.0 reads. Packing would tie us to one of
/// Redis's releases, and both sides turn values into their own form anyway.
struct RDBWriter: ~Copyable {
    /// Version of the format written: all types here are as old as version 8, and Redis refuses versions newer than its
    /// own.
    static let version: StaticString = "0009"

    /// What has been written and not yet taken.
    var buffer = ByteBuffer()
    var form = RDBForm()
    private let crc = CRC64()
    private var compressor = LZF.Compressor()
    private var checksum: UInt64 = 0
    /// Bytes of `buffer` that are in the checksum already.
    private var summed = 0

    /// Takes up to all bytes that are ready.
    mutating func take(_ count: Int) {
        sum()
        buffer.removeFirst(count)
        summed -= count
    }

    private mutating func sum() {
        if form.hasChecksum {
            checksum = crc.adding(buffer.bytes.slice(summed, buffer.count - summed), to: checksum)
        }
        summed = buffer.count
    }

    mutating func begin() {
        buffer.append("REDIS")
        buffer.append(RDBWriter.version)
    }

    mutating func auxiliary(_ name: StaticString, _ value: RawSpan) {
        buffer.append(250)
        string(name.bytes)
        string(value)
    }

    mutating func database(_ index: Int) {
        buffer.append(254)
        length(index)
    }

    /// How many keys of the database are to come: lets the reader make room for them at once.
    mutating func sizes(keys: Int, expiring: Int) {
        buffer.append(251)
        length(keys)
        length(expiring)
    }

    /// The head of a key. What belongs to its type has to follow: `string` for a string; for the others `length`, then
    /// the elements, each by `string`, `string` and `string`, or `string` and `score`.
    /// - Parameter deadline: Unix milliseconds.
    mutating func key(_ type: RDBType, _ name: RawSpan, deadline: Int64?) {
        if let deadline {
            buffer.append(252)
            buffer.appendRaw(deadline.littleEndian)
        }
        switch type {
        case .string: buffer.append(0)
        case .set: buffer.append(2)
        case .hash: buffer.append(4)
        case .sortedSet: buffer.append(5)
        }
        string(name)
    }

    mutating func string(_ bytes: RawSpan) {
        if form.isCompressed && bytes.byteCount > RDBWriter.shortest && compress(bytes) { return }
        length(bytes.byteCount)
        buffer.append(bytes)
    }

    /// Longest string that Redis does not try to compress.
    private static let shortest = 20

    /// Appends a string in its compressed form.
    /// - Returns: false, with nothing appended, if that would not be shorter.
    private mutating func compress(_ bytes: RawSpan) -> Bool {
        guard compressor.compress(bytes) else { return false }
        buffer.append(0xC3)
        let count = compressor.output.count
        length(count)
        length(bytes.byteCount)
        var compressed = ByteBuffer()
        swap(&compressed, &compressor.output)
        buffer.append(compressed.bytes)
        swap(&compressed, &compressor.output)
        return true
    }

    mutating func score(_ score: Double) { buffer.appendRaw(score.bitPattern.littleEndian) }

    mutating func length(_ value: Int) {
        precondition(value >= 0)
        if value < 1 << 6 {
            buffer.append(UInt8(value))
        } else if value < 1 << 14 {
            buffer.append(0x40 | UInt8(value >> 8))
            buffer.append(UInt8(value & 0xFF))
        } else if value <= Int(UInt32.max) {
            buffer.append(0x80)
            buffer.appendRaw(UInt32(value).bigEndian)
        } else {
            buffer.append(0x81)
            buffer.appendRaw(UInt64(value).bigEndian)
        }
    }

    /// Ends the stream with its checksum.
    mutating func end() {
        buffer.append(255)
        sum()
        buffer.appendRaw(checksum.littleEndian)
        summed = buffer.count
    }
}
