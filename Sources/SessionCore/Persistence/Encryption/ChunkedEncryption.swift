/// Encryption of a file as a stream: C2SP chunked encryption, https://c2sp.org/chunked-encryption, in its instantiation
/// Cobblestone-256 (SHA-512 and AEAD_AES_256_GCM), taken exactly.
///
///     0    24   salt
///     24   32   key commitment
///     56   …    chunks of 16,384 bytes of plaintext, each followed by its tag of 16 bytes
///               the last chunk is shorter than that, maybe empty, and so marks the end
///
///     key (32) || base nonce (12) || commitment (32) =
///         HKDF-Expand-SHA-512(input key, "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM" || 0x00 || salt || context)
///     nonce of chunk i = base nonce XOR i
///
/// Why this one:
/// - A wrong key is found by the commitment before anything is decrypted. age's STREAM has ChaCha20-Poly1305 instead of
///   AES and no commitment; Tink's AES256-GCM-HKDF streaming has none either.
/// - All randomness is the salt, so that the core stays deterministic and no nonce can collide. FLOE (Snowflake, also
///   with a commitment) draws a nonce for each segment and keeps four bytes of length in it.
/// - The short last chunk marks the end, so that a writer need not know which chunk is the last when it seals it.
/// - It has published vectors (C2SP's Wycheproof, 35 for this instantiation, which the tests run) and independent
///   implementations (filippo.io/cobblestone in Go, pyca/cryptography 50 in Python), with which files can be opened
///   without this program.
///
/// A message may have 2^38 chunks, four pebibytes; 2^35 messages of 32 GiB may be encrypted under one input key with
/// an advantage of 2^-32 at most for whoever attacks (the specification's table). Every file has its own input key.
enum ChunkedEncryption {
    static let saltBytes = 24
    static let headerBytes = saltBytes + KeyCommitment.bytes
    /// Plaintext in every chunk but the last.
    static let chunkBytes = 16 * 1024
    static let sealedChunkBytes = chunkBytes + AESGCM.tagBytes
    static let maximumChunks: UInt64 = 1 << 38

    /// What is derived for one message.
    struct Keys: ~Copyable {
        let cipher: AESGCM
        let baseNonce: AESGCM.Nonce
        let commitment: KeyCommitment

        /// - Parameters:
        ///   - salt: 24 bytes that have never been used with this key before.
        ///   - context: what the message is for; a reader must give the same.
        init(key: borrowing EncryptionKey, salt: RawSpan, context: RawSpan) {
            precondition(salt.byteCount == ChunkedEncryption.saltBytes)
            var info = ByteBuffer()
            info.append("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM")
            info.append(0)
            info.append(salt)
            info.append(context)
            let derived = SecretBytes(
                expanding: key.bytes, info: info.bytes,
                count: AESGCM.keyBytes + AESGCM.nonceBytes + KeyCommitment.bytes)
            cipher = AESGCM(key: derived.bytes.slice(0, AESGCM.keyBytes))
            baseNonce = AESGCM.Nonce(base: derived.bytes.slice(AESGCM.keyBytes, AESGCM.nonceBytes))
            commitment = KeyCommitment(
                derived.bytes.slice(AESGCM.keyBytes + AESGCM.nonceBytes, KeyCommitment.bytes))
        }

        /// Appends the sealed chunk of a number.
        func seal(_ chunk: RawSpan, number: UInt64, into output: inout ByteBuffer) {
            precondition(number < ChunkedEncryption.maximumChunks, "a message has at most 4 PiB")
            cipher.seal(chunk, nonce: baseNonce.combined(with: number), into: &output)
        }

        /// Appends the plaintext of a chunk if it is authentic.
        func open(_ chunk: RawSpan, number: UInt64, into plaintext: inout ByteBuffer) -> Bool {
            number < ChunkedEncryption.maximumChunks
                && cipher.open(chunk, nonce: baseNonce.combined(with: number), into: &plaintext)
        }
    }
}
