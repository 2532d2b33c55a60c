/// The first 128 bytes of an encrypted file: what it is, and its data key, encrypted.
///
///     0    8    "CLOAKENC"
///     8    1    version: 1
///     9    1    kind: 1 a file in chunks, 2 a log segment
///     10   6    zero
///     16   8    identifier of the key that the data key is encrypted with
///     24   104  the data key: a message of `ChunkedEncryption` under that key, whose context is
///               "cloakroom/data-key@v1" and bytes 0 to 23
///     128  …    the content, under the data key, with bytes 0 to 15 in its context
///
/// So every bit of it is authenticated, and a data key can be encrypted under another key without a change to the
/// content. Every file has a new data key.
enum EncryptedFileHeader {
    enum Kind: UInt8 {
        case chunks = 1
        case logSegment = 2
    }

    static let version: UInt8 = 1
    static let bytes = 128
    /// Random bytes that a new file takes: data key, salt of the encrypted data key, salt of the content.
    static let entropy = EncryptionKey.bytes + 2 * ChunkedEncryption.saltBytes
    private static let magic: StaticString = "CLOAKENC"
    /// Bytes that say what the file is.
    static let identity = 16
    private static let wrappedKey = identity + KeyIdentifier.bytes

    /// Whether a file that begins with these bytes, eight at least, is an encrypted one.
    static func begins(_ file: RawSpan) -> Bool { file.starts(with: magic) }

    /// Appends a header with a new data key, and returns that.
    ///
    /// - Parameter entropy: random bytes, 32 for the key and 24 for the salt, used for nothing else.
    static func write(
        _ kind: Kind, entropy: RawSpan, keys: borrowing KeyRing, into output: inout ByteBuffer
    ) -> EncryptionKey {
        precondition(entropy.byteCount == EncryptionKey.bytes + ChunkedEncryption.saltBytes)
        guard let dataKey = EncryptionKey(entropy.slice(0, EncryptionKey.bytes)) else { preconditionFailure() }
        wrap(
            dataKey, kind, salt: entropy.slice(EncryptionKey.bytes, ChunkedEncryption.saltBytes), keys: keys,
            into: &output)
        return dataKey
    }

    /// The data key in a header.
    ///
    /// - Throws: what is wrong with the first 128 bytes of a file; `unknownKey` if none of `keys` opens it.
    static func dataKey(
        _ header: RawSpan, _ kind: Kind, keys: borrowing KeyRing
    ) throws(EncryptionError) -> EncryptionKey {
        let identifier = try wrappingKey(header)
        guard header[9] == kind.rawValue else { throw EncryptionError(reason: .kind, offset: 9) }
        let dataKey = try keys.withKey(identifier) { (member) throws(EncryptionError) in
            try unwrap(header, with: member.key)
        }
        if let dataKey { return dataKey }
        throw EncryptionError(reason: .unknownKey(identifier), offset: Int64(identity))
    }

    /// Appends a header with the same data key under the primary key, to take the place of `header`.
    ///
    /// Write it to a copy of the file and rename that: a header torn by a loss of power would be the loss of the file.
    ///
    /// - Parameter salt: 24 random bytes, used for nothing else.
    /// - Throws: as `dataKey`.
    static func rewrap(
        _ header: RawSpan, _ kind: Kind, keys: borrowing KeyRing, salt: RawSpan, into output: inout ByteBuffer
    ) throws(EncryptionError) {
        wrap(try dataKey(header, kind, keys: keys), kind, salt: salt, keys: keys, into: &output)
    }

    /// The identifier of the key that opens a header.
    static func wrappingKey(_ header: RawSpan) throws(EncryptionError) -> KeyIdentifier {
        guard header.byteCount >= magic.utf8CodeUnitCount, begins(header) else {
            throw EncryptionError(reason: .notEncrypted, offset: 0)
        }
        guard header.byteCount >= bytes else {
            throw EncryptionError(reason: .truncated, offset: Int64(header.byteCount))
        }
        guard header[8] == version else { throw EncryptionError(reason: .version(header[8]), offset: 8) }
        return KeyIdentifier(value: header.loadBigEndian(identity, as: UInt64.self))
    }

    private static func wrap(
        _ dataKey: borrowing EncryptionKey, _ kind: Kind, salt: RawSpan, keys: borrowing KeyRing,
        into output: inout ByteBuffer
    ) {
        let start = output.count
        output.append(magic)
        output.append(version)
        output.append(kind.rawValue)
        output.appendZeros(6)
        output.appendBigEndian(keys.primaryIdentifier.value)
        let context = wrappingContext(output.bytes.slice(start, wrappedKey))
        _ = keys.withKey(nil) { member in
            var encryptor = ChunkEncryptor(key: member.key, salt: salt, context: context.span.bytes, into: &output)
            encryptor.append(dataKey.bytes, into: &output)
            encryptor.finish(into: &output)
        }
    }

    /// One chunk, opened to memory that is wiped, which `ChunkDecryptor`'s is not.
    private static func unwrap(
        _ header: RawSpan, with key: borrowing EncryptionKey
    ) throws(EncryptionError) -> EncryptionKey {
        let message = header.slice(wrappedKey, bytes - wrappedKey)
        let keys = ChunkedEncryption.Keys(
            key: key, salt: message.slice(0, ChunkedEncryption.saltBytes),
            context: wrappingContext(header.slice(0, wrappedKey)).span.bytes)
        let commitment = KeyCommitment(message.slice(ChunkedEncryption.saltBytes, KeyCommitment.bytes))
        let sealed = message.slice(
            ChunkedEncryption.headerBytes, message.byteCount - ChunkedEncryption.headerBytes)
        guard keys.commitment == commitment,
            let secret = SecretBytes(opening: sealed, with: keys.cipher, nonce: keys.baseNonce),
            let dataKey = EncryptionKey(secret)
        else { throw EncryptionError(reason: .header, offset: Int64(wrappedKey)) }
        return dataKey
    }

    private static func wrappingContext(_ start: RawSpan) -> [UInt8] {
        let purpose: StaticString = "cloakroom/data-key@v1"
        return purpose.bytes.array + start.array
    }
}
