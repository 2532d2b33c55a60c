/// Turns plaintext that comes in pieces into one message of `ChunkedEncryption`.
///
/// Holds less than a chunk of plaintext. Appending costs O(bytes); whole chunks are sealed without being copied first.
struct ChunkEncryptor: ~Copyable {
    private let keys: ChunkedEncryption.Keys
    private var chunks: UInt64 = 0
    /// Shorter than a chunk.
    private var pending = ByteBuffer()

    /// Appends the message's salt and commitment to `output`.
    ///
    /// - Parameters:
    ///   - salt: 24 random bytes, used for nothing else.
    ///   - context: what the message is for.
    init(key: borrowing EncryptionKey, salt: RawSpan, context: RawSpan, into output: inout ByteBuffer) {
        keys = ChunkedEncryption.Keys(key: key, salt: salt, context: context)
        output.append(salt)
        keys.commitment.append(to: &output)
    }

    var commitment: KeyCommitment { keys.commitment }

    /// Appends the chunks that `plaintext` completes to `output`.
    mutating func append(_ plaintext: RawSpan, into output: inout ByteBuffer) {
        var offset = 0
        if !pending.isEmpty {
            offset = min(plaintext.byteCount, ChunkedEncryption.chunkBytes - pending.count)
            pending.append(plaintext.slice(0, offset))
            guard pending.count == ChunkedEncryption.chunkBytes else { return }
            keys.seal(pending.bytes, number: chunks, into: &output)
            chunks += 1
            pending.removeAll()
        }
        while plaintext.byteCount - offset >= ChunkedEncryption.chunkBytes {
            keys.seal(plaintext.slice(offset, ChunkedEncryption.chunkBytes), number: chunks, into: &output)
            chunks += 1
            offset += ChunkedEncryption.chunkBytes
        }
        pending.append(plaintext.slice(offset, plaintext.byteCount - offset))
    }

    /// Appends the last chunk to `output`. Without it, a reader takes the message for truncated.
    consuming func finish(into output: inout ByteBuffer) {
        keys.seal(pending.bytes, number: chunks, into: &output)
    }
}
