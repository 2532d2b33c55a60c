internal import CCryptoBoringSSL

/// AES-256-GCM (NIST SP 800-38D) under one key, with nonces of 96 bits and tags of 128.
///
/// Calls BoringSSL in swift-crypto's vendored copy, as `Digest` does: `Crypto.AES.GCM` sets the key up again for every
/// message and returns its results in Foundation's `Data`.
///
/// Invariants: `context` is initialised and owned; BoringSSL overwrites it when it is freed. A nonce is used for one
/// message only: whoever seals keeps count.
struct AESGCM: ~Copyable {
    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16

    private let context: UnsafeMutablePointer<EVP_AEAD_CTX>

    /// - Parameter key: 32 bytes.
    init(key: RawSpan) {
        precondition(key.byteCount == AESGCM.keyBytes)
        let context = key.withUnsafeBytes {
            CCryptoBoringSSL_EVP_AEAD_CTX_new(
                CCryptoBoringSSL_EVP_aead_aes_256_gcm(), $0.baseAddress, $0.count, AESGCM.tagBytes)
        }
        guard let context else { preconditionFailure("no memory for a key schedule") }
        self.context = context
    }

    deinit { CCryptoBoringSSL_EVP_AEAD_CTX_free(context) }

    /// A nonce that is derived from a base and a counter, as in TLS 1.3 (RFC 8446, section 5.3).
    struct Nonce: BitwiseCopyable {
        /// As they stand in memory.
        fileprivate var words: (UInt32, UInt32, UInt32)

        /// - Parameter base: 12 bytes.
        init(base: RawSpan) {
            precondition(base.byteCount == AESGCM.nonceBytes)
            words = (
                base.load(0, as: UInt32.self), base.load(4, as: UInt32.self), base.load(8, as: UInt32.self)
            )
        }

        /// Exclusive or of this one and `counter` as a big-endian number of 96 bits.
        func combined(with counter: UInt64) -> Nonce {
            var result = self
            result.words.1 ^= UInt32(truncatingIfNeeded: counter >> 32).bigEndian
            result.words.2 ^= UInt32(truncatingIfNeeded: counter).bigEndian
            return result
        }
    }

    /// Appends the ciphertext of `plaintext`, of the same length, and the tag over it and `data`. O(length).
    func seal(
        _ plaintext: RawSpan, nonce: Nonce, authenticating data: RawSpan = RawSpan(), into sealed: inout ByteBuffer
    ) {
        let limit = plaintext.byteCount + AESGCM.tagBytes
        let context = context
        sealed.append(atMost: limit) { target in
            var written = 0
            let done = withUnsafeBytes(of: nonce.words) { nonce in
                plaintext.withUnsafeBytes { plaintext in
                    data.withUnsafeBytes { data in
                        CCryptoBoringSSL_EVP_AEAD_CTX_seal(
                            context, target, &written, limit, nonce.baseAddress, nonce.count, plaintext.baseAddress,
                            plaintext.count, data.baseAddress, data.count)
                    }
                }
            }
            precondition(done == 1 && written == limit)
            return written
        }
    }

    /// Appends the plaintext of `sealed`, ciphertext and tag, if it and `data` are what was sealed under this nonce;
    /// otherwise nothing. O(length).
    func open(
        _ sealed: RawSpan, nonce: Nonce, authenticating data: RawSpan = RawSpan(), into plaintext: inout ByteBuffer
    ) -> Bool {
        guard sealed.byteCount >= AESGCM.tagBytes else { return false }
        let count = sealed.byteCount - AESGCM.tagBytes
        var isAuthentic = false
        plaintext.append(atMost: count) { target in
            let target = UnsafeMutableRawBufferPointer(start: target, count: count)
            isAuthentic = open(sealed, nonce: nonce, authenticating: data, to: target)
            return isAuthentic ? count : 0
        }
        return isAuthentic
    }

    /// Writes the plaintext to `target`, which has its length, if it is authentic.
    func open(
        _ sealed: RawSpan, nonce: Nonce, authenticating data: RawSpan, to target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var written = 0
        let done = withUnsafeBytes(of: nonce.words) { nonce in
            sealed.withUnsafeBytes { sealed in
                data.withUnsafeBytes { data in
                    CCryptoBoringSSL_EVP_AEAD_CTX_open(
                        context, target.baseAddress, &written, target.count, nonce.baseAddress, nonce.count,
                        sealed.baseAddress, sealed.count, data.baseAddress, data.count)
                }
            }
        }
        // BoringSSL keeps a queue of errors for each thread.
        if done != 1 { CCryptoBoringSSL_ERR_clear_error() }
        return done == 1
    }
}
