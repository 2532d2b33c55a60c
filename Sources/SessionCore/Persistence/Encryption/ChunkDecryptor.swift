/// Turns a message of `ChunkedEncryption` that comes in pieces back into plaintext.
///
/// Only authentic plaintext leaves it, but until `finish` has returned it may be the beginning of a longer message.
/// Holds one chunk at most. Once it has thrown, it throws the same error for ever.
struct ChunkDecryptor: ~Copyable {
    private var stage: Stage
    private let context: [UInt8]
    private var chunks: UInt64 = 0
    private var pending = ByteBuffer()
    private var failure: EncryptionError?
    /// Bytes of the file before the first pending one.
    private var offset: Int64

    private enum Stage: ~Copyable {
        case header(EncryptionKey)
        case chunks(ChunkedEncryption.Keys)

        /// The keys of a message that begins with this header.
        borrowing func keys(_ header: RawSpan, context: RawSpan) -> ChunkedEncryption.Keys {
            switch self {
            case .header(let key):
                ChunkedEncryption.Keys(
                    key: key, salt: header.slice(0, ChunkedEncryption.saltBytes), context: context)
            case .chunks: preconditionFailure("a message has one header")
            }
        }

        borrowing func open(_ chunk: RawSpan, number: UInt64, into plaintext: inout ByteBuffer) -> Bool {
            switch self {
            case .header: false
            case .chunks(let keys): keys.open(chunk, number: number, into: &plaintext)
            }
        }
    }

    /// - Parameter offset: bytes of the file before the message, for errors.
    init(key: consuming EncryptionKey, context: RawSpan, offset: Int64 = 0) {
        stage = .header(key)
        self.context = context.array
        self.offset = offset
    }

    /// The message's commitment; nil before it has come.
    var commitment: KeyCommitment? {
        switch stage {
        case .header: nil
        case .chunks(let keys): keys.commitment
        }
    }

    /// Appends to `plaintext` what is complete.
    ///
    /// - Throws: `commitment` if it is another key's message, `chunk` if one is damaged or out of place.
    mutating func receive(_ bytes: RawSpan, into plaintext: inout ByteBuffer) throws(EncryptionError) {
        if let failure { throw failure }
        var taken = 0
        while taken < bytes.byteCount {
            let wanted = isReadingHeader ? ChunkedEncryption.headerBytes : ChunkedEncryption.sealedChunkBytes
            if pending.isEmpty, bytes.byteCount - taken >= wanted {
                try take(bytes.slice(taken, wanted), into: &plaintext)
                taken += wanted
                continue
            }
            let more = min(wanted - pending.count, bytes.byteCount - taken)
            pending.append(bytes.slice(taken, more))
            taken += more
            guard pending.count == wanted else { return }
            var unit = ByteBuffer()
            swap(&unit, &pending)
            try take(unit.bytes, into: &plaintext)
            swap(&unit, &pending)
            pending.removeAll()
        }
    }

    /// Takes the last chunk, which is what has come since the last whole one.
    ///
    /// - Throws: `truncated` if there is none.
    mutating func finish(into plaintext: inout ByteBuffer) throws(EncryptionError) {
        if let failure { throw failure }
        guard !isReadingHeader, pending.count >= AESGCM.tagBytes else { throw fail(.truncated) }
        var unit = ByteBuffer()
        swap(&unit, &pending)
        try take(unit.bytes, into: &plaintext)
        // Whatever comes now would follow the end.
        _ = fail(.trailingData)
    }

    private var isReadingHeader: Bool {
        switch stage {
        case .header: true
        case .chunks: false
        }
    }

    /// Takes the header or a chunk.
    private mutating func take(_ unit: RawSpan, into plaintext: inout ByteBuffer) throws(EncryptionError) {
        if isReadingHeader {
            let keys = stage.keys(unit, context: context.span.bytes)
            let expected = KeyCommitment(unit.slice(ChunkedEncryption.saltBytes, KeyCommitment.bytes))
            guard keys.commitment == expected else { throw fail(.commitment) }
            stage = .chunks(keys)
        } else {
            guard stage.open(unit, number: chunks, into: &plaintext) else { throw fail(.chunk) }
            chunks += 1
        }
        offset += Int64(unit.byteCount)
    }

    private mutating func fail(_ reason: EncryptionError.Reason) -> EncryptionError {
        let error = EncryptionError(reason: reason, offset: offset)
        failure = error
        return error
    }
}
