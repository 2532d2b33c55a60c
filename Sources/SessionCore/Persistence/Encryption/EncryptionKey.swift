/// A uniformly random key of 256 bits: what encrypts a file (a data key), or what encrypts data keys.
struct EncryptionKey: ~Copyable {
    static let bytes = 32

    private let secret: SecretBytes

    /// Nil unless there are 32 bytes.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == EncryptionKey.bytes else { return nil }
        secret = SecretBytes(copying: bytes)
    }

    /// Nil unless there are 32 bytes.
    init?(_ secret: consuming SecretBytes) {
        guard secret.count == EncryptionKey.bytes else { return nil }
        self.secret = secret
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { secret.bytes }
    }
}
