/// Reads a file that was kept, encrypted or not: bytes go in as they stand in the file, plaintext comes out.
///
/// What it is shows in its first bytes. Of an encrypted file only authentic plaintext leaves it, and the file is
/// complete once `finish` has returned. Holds a chunk or record at most.
struct StoredFileReader: ~Copyable {
    /// What the file has to be.
    struct Expectation {
        /// Nil for a file in chunks, otherwise the number of the log's segment.
        var segment: Int64?
        /// What its manifest says of it; nil if there is no manifest, or it is not sealed.
        var proof: EncryptedFileProof?
        /// A plain file is refused.
        var isEncrypted = false
    }

    /// How a file has ended.
    enum End: Equatable {
        /// There is nothing to be said of a plain one.
        case plain
        case complete(EncryptedFileProof)
        /// A segment without its last record: this is what it is, up to its last intact record. Of those behind it,
        /// which begin at the proof's end, so many have intact beginnings; nil if nothing was behind it.
        case open(EncryptedFileProof, tornRecords: Int?)
    }

    /// What it has turned out to be.
    private enum Kind { case unknown, plain, chunks, segment }

    private var kind = Kind.unknown
    /// Of the kind that it is.
    private var chunks: EncryptedFileReader?
    private var segment: LogSegmentReader?
    private let expectation: Expectation
    private var pending = ByteBuffer()
    /// Bytes of the file so far, and the last of them.
    private var bytes: Int64 = 0
    private var lastBytes: [UInt8] = []

    /// Whether it has turned out to be encrypted.
    var isEncrypted: Bool { kind == .chunks || kind == .segment }

    init(_ expectation: Expectation) { self.expectation = expectation }

    /// Appends the plaintext of the bytes that follow in the file.
    ///
    /// - Throws: what is wrong with them; `notEncrypted` if the file is plain and must not be, `unknownKey` if its key
    ///   is missing.
    mutating func receive(
        _ part: RawSpan, keys: borrowing KeyRing?, into plaintext: inout ByteBuffer
    ) throws(EncryptionError) {
        bytes += Int64(part.byteCount)
        lastBytes = part.byteCount >= AESGCM.tagBytes
            ? part.slice(part.byteCount - AESGCM.tagBytes, AESGCM.tagBytes).array
            : Array((lastBytes + part.array).suffix(AESGCM.tagBytes))
        if kind == .unknown {
            pending.append(part)
            return try begin(isAll: false, keys: keys, into: &plaintext)
        }
        try take(part, into: &plaintext)
    }

    /// Call it when the file ends.
    ///
    /// - Parameter isLast: whether the log ends with it, so that the end of a segment may be missing.
    mutating func finish(
        isLast: Bool, keys: borrowing KeyRing?, into plaintext: inout ByteBuffer
    ) throws(EncryptionError) -> End {
        if kind == .unknown { try begin(isAll: true, keys: keys, into: &plaintext) }
        switch kind {
        case .unknown, .plain: return .plain
        case .chunks: return try finishChunks(into: &plaintext)
        case .segment: return try finishSegment(isLast: isLast)
        }
    }

    private mutating func finishChunks(into plaintext: inout ByteBuffer) throws(EncryptionError) -> End {
        try chunks?.finish(into: &plaintext)
        guard let commitment = chunks?.commitment else { throw error(.truncated) }
        let proof = EncryptedFileProof(
            commitment: commitment, end: .init(bytes: bytes, tag: AuthenticationTag(endOf: lastBytes.span.bytes)))
        try check(proof)
        return .complete(proof)
    }

    private mutating func finishSegment(isLast: Bool) throws(EncryptionError) -> End {
        // One that was recovered has no last record, but a manifest that says where it ends.
        let isPinned = expectation.proof?.end != nil
        guard let end = try segment?.finish(isLast: isLast || isPinned), let commitment = segment?.commitment,
            let tag = segment?.lastTag
        else { throw error(.truncated) }
        switch end {
        case .sealed(let proof):
            try check(proof)
            return .complete(proof)
        case .open(let offset):
            let proof = EncryptedFileProof(commitment: commitment, end: .init(bytes: offset, tag: tag))
            try check(proof)
            return .open(proof, tornRecords: nil)
        case .torn(let offset, let laterRecords):
            // What is pinned down is whole.
            if isPinned { throw error(.exchanged) }
            let proof = EncryptedFileProof(commitment: commitment, end: .init(bytes: offset, tag: tag))
            try check(proof)
            return .open(proof, tornRecords: laterRecords)
        }
    }

    /// Finds out what the file is, if enough of it has come.
    private mutating func begin(
        isAll: Bool, keys: borrowing KeyRing?, into plaintext: inout ByteBuffer
    ) throws(EncryptionError) {
        var start = ByteBuffer()
        if pending.count < 8 && !isAll { return }
        guard pending.count >= 8, EncryptedFileHeader.begins(pending.bytes) else {
            if expectation.isEncrypted || expectation.proof != nil {
                throw EncryptionError(reason: .notEncrypted, offset: 0)
            }
            kind = .plain
            plaintext.append(pending.bytes)
            pending = ByteBuffer()
            return
        }
        let wanted = expectation.segment == nil ? EncryptedFileHeader.bytes : LogSegment.headerBytes
        if pending.count < wanted && !isAll { return }
        swap(&start, &pending)
        let header = start.bytes.slice(0, min(wanted, start.count))
        switch keys {
        case .none:
            let identifier = try EncryptedFileHeader.wrappingKey(header)
            throw EncryptionError(reason: .unknownKey(identifier), offset: 0)
        case .some(let keys):
            if let number = expectation.segment {
                let reader = try LogSegmentReader(header: header, number: number, keys: keys)
                try checkCommitment(reader.commitment)
                segment = consume reader
                kind = .segment
            } else {
                chunks = try EncryptedFileReader(header: header, keys: keys)
                kind = .chunks
            }
        }
        try take(start.bytes.slice(header.byteCount, start.count - header.byteCount), into: &plaintext)
    }

    private mutating func take(_ part: RawSpan, into plaintext: inout ByteBuffer) throws(EncryptionError) {
        switch kind {
        case .unknown: preconditionFailure("begin has decided what it is")
        case .plain: plaintext.append(part)
        case .chunks:
            try chunks?.receive(part, into: &plaintext)
            if let commitment = chunks?.commitment { try checkCommitment(commitment) }
        case .segment: try segment?.receive(part, into: &plaintext)
        }
    }

    private func checkCommitment(_ found: KeyCommitment) throws(EncryptionError) {
        if let proof = expectation.proof, proof.commitment != found { throw error(.exchanged) }
    }

    /// Whether the file is the one that the manifest is about.
    private func check(_ found: EncryptedFileProof) throws(EncryptionError) {
        try checkCommitment(found.commitment)
        if let end = expectation.proof?.end, end != found.end { throw error(.exchanged) }
    }

    private func error(_ reason: EncryptionError.Reason) -> EncryptionError {
        EncryptionError(reason: reason, offset: bytes)
    }
}
