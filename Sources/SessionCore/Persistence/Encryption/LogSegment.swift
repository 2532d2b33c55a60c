/// An encrypted segment of the append log: one record for every flush, so that what was flushed can be read without
/// what comes later.
///
///     0    128  EncryptedFileHeader
///     128  8    the segment's number in the log, big-endian
///     136  24   salt
///     160  32   key commitment
///     192  …    records
///
///     a record:
///     0    8    its number, from 0, big-endian
///     8    8    how many records were known to be on disk when it was sealed, big-endian
///     16   1    kind: 0 data, 1 the last record, without plaintext
///     17   3    bytes of plaintext, big-endian, at most 2^20
///     20   16   tag over bytes 0 to 19, with nonce 2 × number
///     36   …    ciphertext and its tag over that, bytes 0 to 35, and the tag that ends the record before (zeros for
///               the first), with nonce 2 × number + 1
///
/// Key, base nonce and commitment are derived as in `ChunkedEncryption`; nonces are the base nonce XOR a counter, as
/// there and in TLS 1.3 (RFC 8446, section 5.3). The salt and the data key are new for every segment, and a process
/// that starts begins a new one: after a torn write no nonce can come again.
///
/// A torn end and a damaged middle differ by what follows. The length of a record has a tag of its own, so a damaged
/// one cannot pretend that the file ends within the record. Behind a record that is not intact the reader looks for
/// intact beginnings of later ones: if one of them says that the damaged record was on disk when it was sealed, the
/// disk has changed or somebody has; if none does, power was lost before an `fsync` returned, which may leave later
/// pages of a file written and earlier ones not (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014).
/// Damage to the very last records cannot be told from a torn write.
enum LogSegment {
    static let headerBytes = EncryptedFileHeader.bytes + 8 + ChunkedEncryption.headerBytes
    /// Bytes of a record before its ciphertext.
    static let recordHeaderBytes = sealedHeaderBytes + AESGCM.tagBytes
    static let sealedHeaderBytes = 20
    static let shortestRecord = recordHeaderBytes + AESGCM.tagBytes

    enum RecordKind: UInt8 {
        case data = 0
        case last = 1
    }

    /// What stands before a record's ciphertext.
    struct RecordHeader: Equatable {
        var number: UInt64
        var synced: UInt64
        var kind: RecordKind
        /// Bytes of plaintext.
        var count: Int

        /// Of the whole record.
        var recordBytes: Int { LogSegment.shortestRecord + count }

        init(number: UInt64, synced: UInt64, kind: RecordKind, count: Int) {
            (self.number, self.synced, self.kind, self.count) = (number, synced, kind, count)
        }

        /// Not yet authentic; nil if it cannot be.
        init?(_ bytes: RawSpan) {
            let word = bytes.loadBigEndian(16, as: UInt32.self)
            guard let kind = RecordKind(rawValue: UInt8(word >> 24)) else { return nil }
            let count = Int(word & 0xFF_FFFF)
            guard count <= Limits.logRecord, kind == .data || count == 0 else { return nil }
            self.init(
                number: bytes.loadBigEndian(0, as: UInt64.self), synced: bytes.loadBigEndian(8, as: UInt64.self),
                kind: kind, count: count)
        }

        func append(to buffer: inout ByteBuffer) {
            buffer.appendBigEndian(number)
            buffer.appendBigEndian(synced)
            buffer.appendBigEndian(UInt32(kind.rawValue) << 24 | UInt32(count))
        }
    }

    /// The keys of a segment's records.
    ///
    /// - Parameters:
    ///   - start: the file's first 136 bytes; what says what the file is goes into the context, the encrypted data key
    ///     does not.
    static func keys(
        _ dataKey: borrowing EncryptionKey, start: RawSpan, salt: RawSpan
    ) -> ChunkedEncryption.Keys {
        var context = ByteBuffer()
        context.append("cloakroom/log-segment@v1")
        context.append(start.slice(0, EncryptedFileHeader.identity))
        context.append(start.slice(EncryptedFileHeader.bytes, 8))
        return ChunkedEncryption.Keys(key: dataKey, salt: salt, context: context.bytes)
    }

    static func headerNonce(_ keys: borrowing ChunkedEncryption.Keys, _ number: UInt64) -> AESGCM.Nonce {
        keys.baseNonce.combined(with: number << 1)
    }

    static func bodyNonce(_ keys: borrowing ChunkedEncryption.Keys, _ number: UInt64) -> AESGCM.Nonce {
        keys.baseNonce.combined(with: number << 1 | 1)
    }
}
