/// Writes an encrypted file in chunks: a snapshot, or a base of the append log.
struct EncryptedFileWriter: ~Copyable {
    private var encryptor: ChunkEncryptor
    /// Bytes of the file so far.
    private var bytes: Int64

    /// Appends the start of the file to `output`.
    ///
    /// - Parameter entropy: `EncryptedFileHeader.entropy` random bytes, used for nothing else.
    init(entropy: RawSpan, keys: borrowing KeyRing, into output: inout ByteBuffer) {
        precondition(entropy.byteCount == EncryptedFileHeader.entropy)
        let start = output.count
        let forHeader = EncryptionKey.bytes + ChunkedEncryption.saltBytes
        let dataKey = EncryptedFileHeader.write(
            .chunks, entropy: entropy.slice(0, forHeader), keys: keys, into: &output)
        let context = EncryptedFileReader.context(output.bytes.slice(start, EncryptedFileHeader.bytes))
        encryptor = ChunkEncryptor(
            key: dataKey, salt: entropy.slice(forHeader, ChunkedEncryption.saltBytes), context: context.span.bytes,
            into: &output)
        bytes = Int64(output.count - start)
    }

    /// What is known of the file while it grows.
    var proof: EncryptedFileProof { EncryptedFileProof(commitment: encryptor.commitment) }

    mutating func append(_ plaintext: RawSpan, into output: inout ByteBuffer) {
        let start = output.count
        encryptor.append(plaintext, into: &output)
        bytes += Int64(output.count - start)
    }

    /// Appends the end of the file to `output`.
    consuming func finish(into output: inout ByteBuffer) -> EncryptedFileProof {
        var proof = proof
        let start = output.count
        encryptor.finish(into: &output)
        proof.end = .init(bytes: bytes + Int64(output.count - start), tag: AuthenticationTag(endOf: output.bytes))
        return proof
    }
}

/// Reads what `EncryptedFileWriter` wrote. Only authentic plaintext leaves it; the file is complete once `finish` has
/// returned.
struct EncryptedFileReader: ~Copyable {
    private var decryptor: ChunkDecryptor

    /// - Parameter header: the first `EncryptedFileHeader.bytes` of the file, or all of it if it has fewer.
    /// - Throws: what is wrong with the header, the lack of its key above all.
    init(header: RawSpan, keys: borrowing KeyRing) throws(EncryptionError) {
        let dataKey = try EncryptedFileHeader.dataKey(header, .chunks, keys: keys)
        let context = EncryptedFileReader.context(header)
        decryptor = ChunkDecryptor(
            key: dataKey, context: context.span.bytes, offset: Int64(EncryptedFileHeader.bytes))
    }

    /// The content's; nil before it has come.
    var commitment: KeyCommitment? { decryptor.commitment }

    /// - Parameter bytes: what follows in the file.
    mutating func receive(_ bytes: RawSpan, into plaintext: inout ByteBuffer) throws(EncryptionError) {
        try decryptor.receive(bytes, into: &plaintext)
    }

    mutating func finish(into plaintext: inout ByteBuffer) throws(EncryptionError) {
        try decryptor.finish(into: &plaintext)
    }

    fileprivate static func context(_ header: RawSpan) -> [UInt8] {
        let purpose: StaticString = "cloakroom/file@v1"
        return purpose.bytes.array + header.slice(0, EncryptedFileHeader.identity).array
    }
}
