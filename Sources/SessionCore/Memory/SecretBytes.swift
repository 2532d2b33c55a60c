internal import CCryptoBoringSSL

/// Bytes that must not outlive their use: keys, and what keys are derived from.
///
/// Invariants: the memory is owned, initialised and of fixed size; it is never moved, so that no copy stays behind; it
/// is overwritten before it is freed. What is derived in registers and on the stack is beyond reach of this.
struct SecretBytes: ~Copyable {
    private let base: UnsafeMutableRawPointer
    let count: Int

    /// Zero bytes.
    private init(zeros count: Int) {
        base = .allocate(byteCount: max(1, count), alignment: 16)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        self.count = count
    }

    init(copying bytes: RawSpan) {
        self.init(zeros: bytes.byteCount)
        bytes.withUnsafeBytes { bytes in
            if let from = bytes.baseAddress, count > 0 { base.copyMemory(from: from, byteCount: count) }
        }
    }

    /// HKDF-Expand with SHA-512 (RFC 5869, section 2.3).
    ///
    /// - Parameters:
    ///   - key: uniformly random; it takes the place of the extracted key.
    ///   - info: what the result is for. No two uses of a key may share it.
    ///   - count: bytes wanted, at most 16,320.
    init(expanding key: RawSpan, info: RawSpan, count: Int) {
        self.init(zeros: count)
        let base = base
        let done = key.withUnsafeBytes { key in
            info.withUnsafeBytes { info in
                CCryptoBoringSSL_HKDF_expand(
                    base, count, CCryptoBoringSSL_EVP_sha512(), key.baseAddress, key.count, info.baseAddress,
                    info.count)
            }
        }
        precondition(done == 1, "HKDF-Expand gives at most 255 times 64 bytes")
    }

    deinit {
        CCryptoBoringSSL_OPENSSL_cleanse(base, count)
        base.deallocate()
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let held = UnsafeRawBufferPointer(start: base, count: count)
            return _overrideLifetime(RawSpan(_unsafeBytes: held), borrowing: self)
        }
    }

    /// HMAC with SHA-256 (RFC 2104) of a message under these bytes. O(length).
    func authenticate(_ message: RawSpan) -> KeyCommitment {
        var code: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let (base, count) = (base, count)
        message.withUnsafeBytes { message in
            withUnsafeMutableBytes(of: &code) { code in
                _ = CCryptoBoringSSL_HMAC(
                    CCryptoBoringSSL_EVP_sha256(), base, count, message.baseAddress, message.count,
                    code.baseAddress, nil)
            }
        }
        return KeyCommitment(words: code)
    }

    /// The plaintext of `sealed`, ciphertext and tag; nil if it is not authentic. For keys that are stored encrypted:
    /// `AESGCM.open` would leave one in a buffer.
    init?(opening sealed: RawSpan, with cipher: borrowing AESGCM, nonce: AESGCM.Nonce) {
        precondition(sealed.byteCount >= AESGCM.tagBytes)
        self.init(zeros: sealed.byteCount - AESGCM.tagBytes)
        let target = UnsafeMutableRawBufferPointer(start: base, count: count)
        let opened = cipher.open(sealed, nonce: nonce, authenticating: RawSpan(), to: target)
        guard opened else { return nil }
    }
}
