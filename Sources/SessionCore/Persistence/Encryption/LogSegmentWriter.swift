/// Writes one segment of the encrypted append log: see `LogSegment`.
struct LogSegmentWriter: ~Copyable {
    private let keys: ChunkedEncryption.Keys
    /// Records so far.
    private(set) var records: UInt64 = 0
    private var synced: UInt64 = 0
    private var previousTag = AuthenticationTag.zero
    /// Bytes of the file so far.
    private(set) var bytes: Int64

    /// Appends the start of the file to `output`. It must be on disk before a manifest names the file.
    ///
    /// - Parameters:
    ///   - number: the segment's in the log.
    ///   - entropy: `EncryptedFileHeader.entropy` random bytes, used for nothing else: not for a segment of an earlier
    ///     run either.
    init(number: Int64, entropy: RawSpan, keys ring: borrowing KeyRing, into output: inout ByteBuffer) {
        precondition(entropy.byteCount == EncryptedFileHeader.entropy)
        let start = output.count
        let forHeader = EncryptionKey.bytes + ChunkedEncryption.saltBytes
        let salt = entropy.slice(forHeader, ChunkedEncryption.saltBytes)
        let dataKey = EncryptedFileHeader.write(
            .logSegment, entropy: entropy.slice(0, forHeader), keys: ring, into: &output)
        output.appendBigEndian(number)
        keys = LogSegment.keys(dataKey, start: output.bytes.slice(start, output.count - start), salt: salt)
        output.append(salt)
        keys.commitment.append(to: &output)
        bytes = Int64(LogSegment.headerBytes)
    }

    /// What is known of the file while it grows.
    var proof: EncryptedFileProof { EncryptedFileProof(commitment: keys.commitment) }

    /// Appends what is flushed to `output`, as one record or, above `Limits.logRecord`, several. O(bytes).
    mutating func append(_ flush: RawSpan, into output: inout ByteBuffer) {
        var offset = 0
        while offset < flush.byteCount {
            let count = min(flush.byteCount - offset, Limits.logRecord)
            seal(flush.slice(offset, count), .data, into: &output)
            offset += count
        }
    }

    /// Takes note that the first `records` records are on disk: an `fsync` that began after they were written has
    /// returned. Later records say so, from which a reader tells damage from a torn write.
    mutating func synced(records count: UInt64) {
        precondition(count <= records)
        synced = max(synced, count)
    }

    /// Appends the last record to `output`: the segment is complete.
    consuming func seal(into output: inout ByteBuffer) -> EncryptedFileProof {
        seal(RawSpan(), .last, into: &output)
        var proof = proof
        proof.end = .init(bytes: bytes, tag: previousTag)
        return proof
    }

    private mutating func seal(
        _ plaintext: RawSpan, _ kind: LogSegment.RecordKind, into output: inout ByteBuffer
    ) {
        precondition(records < 1 << 62)
        let start = output.count
        let header = LogSegment.RecordHeader(
            number: records, synced: synced, kind: kind, count: plaintext.byteCount)
        header.append(to: &output)
        var authenticated = ByteBuffer()
        authenticated.append(output.bytes.slice(start, LogSegment.sealedHeaderBytes))
        keys.cipher.seal(
            RawSpan(), nonce: LogSegment.headerNonce(keys, records), authenticating: authenticated.bytes,
            into: &output)
        authenticated.append(output.bytes.slice(output.count - AESGCM.tagBytes, AESGCM.tagBytes))
        previousTag.append(to: &authenticated)
        keys.cipher.seal(
            plaintext, nonce: LogSegment.bodyNonce(keys, records), authenticating: authenticated.bytes, into: &output)
        previousTag = AuthenticationTag(endOf: output.bytes)
        records += 1
        bytes += Int64(output.count - start)
    }
}
