/// Reads one segment of the encrypted append log: see `LogSegment`.
///
/// Only authentic plaintext leaves it, in order. Holds one record, or what has come at a time, at most. Once it has
/// thrown, it throws the same error for ever.
struct LogSegmentReader: ~Copyable {
    /// How a segment ends.
    enum End: Equatable {
        /// By its last record.
        case sealed(EncryptedFileProof)
        /// Behind a record: the writer has stopped without sealing it.
        case open(at: Int64)
        /// Within a record that was not known to be on disk. What begins at this byte is lost; so are this many records
        /// behind it whose beginnings are intact.
        case torn(at: Int64, laterRecords: Int)
    }

    private let keys: ChunkedEncryption.Keys
    private var stage = Stage.records
    /// Number of the next record.
    private(set) var records: UInt64 = 0
    private var previousTag = AuthenticationTag.zero
    /// Ends the last intact record; zeros if there is none.
    var lastTag: AuthenticationTag { previousTag }
    private var pending = ByteBuffer()
    /// Bytes of the file before the first pending one.
    private var offset: Int64
    /// Where the first record begins that is not intact.
    private var damage: Int64 = 0
    private var laterRecords = 0

    private enum Stage: Equatable {
        case records
        /// Behind a record that is not intact, in search of later ones.
        case damaged
        case sealed
        case failed(EncryptionError)
    }

    /// - Parameters:
    ///   - header: the first `LogSegment.headerBytes` of the file, or all of it if it has fewer.
    ///   - number: the segment's in the log.
    /// - Throws: what is wrong with the header, the lack of its key above all. It was on disk before the manifest named
    ///   the file, so it is never torn.
    init(header: RawSpan, number: Int64, keys ring: borrowing KeyRing) throws(EncryptionError) {
        let dataKey = try EncryptedFileHeader.dataKey(header, .logSegment, keys: ring)
        guard header.byteCount >= LogSegment.headerBytes else {
            throw EncryptionError(reason: .truncated, offset: Int64(header.byteCount))
        }
        let saltOffset = EncryptedFileHeader.bytes + 8
        let keys = LogSegment.keys(
            dataKey, start: header.slice(0, saltOffset), salt: header.slice(saltOffset, ChunkedEncryption.saltBytes))
        let commitment = KeyCommitment(
            header.slice(saltOffset + ChunkedEncryption.saltBytes, KeyCommitment.bytes))
        guard keys.commitment == commitment else {
            throw EncryptionError(reason: .commitment, offset: Int64(EncryptedFileHeader.bytes))
        }
        let found = header.loadBigEndian(EncryptedFileHeader.bytes, as: Int64.self)
        guard found == number else {
            throw EncryptionError(
                reason: .sequence(found: found, expected: number), offset: Int64(EncryptedFileHeader.bytes))
        }
        self.keys = keys
        offset = Int64(LogSegment.headerBytes)
    }

    var commitment: KeyCommitment { keys.commitment }

    /// Appends the plaintext of the records that `bytes`, which follow in the file, complete.
    ///
    /// - Throws: `record` if one is damaged that was on disk when a later one was sealed, `trailingData`.
    mutating func receive(_ bytes: RawSpan, into plaintext: inout ByteBuffer) throws(EncryptionError) {
        if case .failed(let error) = stage { throw error }
        pending.append(bytes)
        while stage == .records, try takeRecord(into: &plaintext) {}
        if stage == .damaged { try search() }
        if stage == .sealed, !pending.isEmpty { throw fail(.trailingData, at: offset) }
    }

    /// Call it when the file ends.
    ///
    /// - Parameter isLast: whether the log ends with this segment, so that its end may be missing.
    /// - Throws: if it is not the last one, `truncated` unless it is sealed, `record` if it is damaged.
    mutating func finish(isLast: Bool) throws(EncryptionError) -> End {
        switch stage {
        case .failed(let error): throw error
        case .sealed:
            let end = EncryptedFileProof.End(bytes: offset, tag: previousTag)
            return .sealed(EncryptedFileProof(commitment: keys.commitment, end: end))
        case .damaged:
            if !isLast { throw fail(.record, at: damage) }
            return .torn(at: damage, laterRecords: laterRecords)
        case .records:
            if !isLast { throw fail(.truncated, at: offset) }
            return pending.isEmpty ? .open(at: offset) : .torn(at: offset, laterRecords: 0)
        }
    }

    /// Takes the next record if all of it has come; otherwise false.
    private mutating func takeRecord(into plaintext: inout ByteBuffer) throws(EncryptionError) -> Bool {
        guard pending.count >= LogSegment.recordHeaderBytes else { return false }
        guard let header = authenticHeader(at: 0, number: records) else {
            foundDamage()
            return false
        }
        guard pending.count >= header.recordBytes else { return false }
        guard let tag = openRecord(header, into: &plaintext) else {
            foundDamage()
            return false
        }
        previousTag = tag
        records += 1
        offset += Int64(header.recordBytes)
        pending.removeFirst(header.recordBytes)
        if header.kind == .last { stage = .sealed }
        return true
    }

    /// Appends the plaintext of the record at the start of what is pending.
    ///
    /// - Returns: its tag, or nil if it is not intact.
    private func openRecord(
        _ header: LogSegment.RecordHeader, into plaintext: inout ByteBuffer
    ) -> AuthenticationTag? {
        let record = pending.bytes.slice(0, header.recordBytes)
        var authenticated = ByteBuffer()
        authenticated.append(record.slice(0, LogSegment.recordHeaderBytes))
        previousTag.append(to: &authenticated)
        let isIntact = keys.cipher.open(
            record.slice(LogSegment.recordHeaderBytes, header.count + AESGCM.tagBytes),
            nonce: LogSegment.bodyNonce(keys, records), authenticating: authenticated.bytes, into: &plaintext)
        return isIntact ? AuthenticationTag(endOf: record) : nil
    }

    /// The header that begins at a byte of what is pending, if it is that of record `number`.
    private func authenticHeader(at start: Int, number: UInt64) -> LogSegment.RecordHeader? {
        let bytes = pending.bytes.slice(start, LogSegment.recordHeaderBytes)
        guard let header = LogSegment.RecordHeader(bytes), header.number == number else { return nil }
        var nothing = ByteBuffer()
        let isAuthentic = keys.cipher.open(
            bytes.slice(LogSegment.sealedHeaderBytes, AESGCM.tagBytes), nonce: LogSegment.headerNonce(keys, number),
            authenticating: bytes.slice(0, LogSegment.sealedHeaderBytes), into: &nothing)
        return isAuthentic ? header : nil
    }

    private mutating func foundDamage() {
        stage = .damaged
        damage = offset
        pending.removeFirst(1)
        offset += 1
    }

    /// Looks at every byte that has come behind the damage for the beginning of a later record.
    ///
    /// The records between have a length, so few numbers are possible at a place: a tag is computed for one place in
    /// 2^50 or so of random bytes. O(bytes).
    private mutating func search() throws(EncryptionError) {
        var start = 0
        while pending.count - start >= LogSegment.recordHeaderBytes {
            let distance = UInt64(offset + Int64(start) - damage)
            let number = pending.bytes.loadBigEndian(start, as: UInt64.self)
            if number > records, number - records <= distance / UInt64(LogSegment.shortestRecord),
                let later = authenticHeader(at: start, number: number) {
                guard later.synced <= records else { throw fail(.record, at: damage) }
                laterRecords += 1
                start += LogSegment.recordHeaderBytes
            } else {
                start += 1
            }
        }
        pending.removeFirst(start)
        offset += Int64(start)
    }

    private mutating func fail(_ reason: EncryptionError.Reason, at place: Int64) -> EncryptionError {
        let error = EncryptionError(reason: reason, offset: place)
        stage = .failed(error)
        return error
    }
}
