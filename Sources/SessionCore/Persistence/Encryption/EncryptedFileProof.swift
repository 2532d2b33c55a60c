/// What pins down a complete encrypted file, so that another one in its place is found: `AppendManifest` keeps it.
///
/// The commitment is unlike any other file's, because every file has its own data key and salt, and whoever lacks the
/// data key can make no second content for it. The length and the last tag tell that the file is complete: in a log
/// segment, the last tag depends on every record. So nothing need be read again to compute a digest, and a new
/// encryption of the data key changes nothing of it.
struct EncryptedFileProof: Equatable {
    /// The content's.
    var commitment: KeyCommitment
    /// Nil while the file still grows.
    var end: End?

    struct End: Equatable {
        /// The file's length.
        var bytes: Int64
        /// The file's last 16 bytes.
        var tag: AuthenticationTag
    }
}

/// A tag of AES-GCM.
struct AuthenticationTag: Equatable, BitwiseCopyable {
    static let bytes = 16

    let high: UInt64
    let low: UInt64

    static let zero = AuthenticationTag(high: 0, low: 0)

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter bytes: ends with the tag.
    init(endOf bytes: RawSpan) {
        high = bytes.loadBigEndian(bytes.byteCount - 16, as: UInt64.self)
        low = bytes.loadBigEndian(bytes.byteCount - 8, as: UInt64.self)
    }

    func append(to buffer: inout ByteBuffer) {
        buffer.appendBigEndian(high)
        buffer.appendBigEndian(low)
    }
}
