internal import CCryptoBoringSSL

/// The SHA-1 of a script's text, by which `EVALSHA` names it.
struct ScriptDigest: Equatable, BitwiseCopyable {
    /// Bytes 0–7, 8–15 and 16–19, as they stand in memory.
    private var low: UInt64 = 0
    private var middle: UInt64 = 0
    private var high: UInt32 = 0

    static let bytes = 20

    init() {}

    /// The digest of a text. O(length).
    init(of text: RawSpan) {
        text.withUnsafeBytes { text in
            _ = withUnsafeMutableBytes(of: &self) {
                CCryptoBoringSSL_SHA1(text.baseAddress, text.count, $0.baseAddress)
            }
        }
    }

    /// From 40 hexadecimal characters (either case); nil for anything else.
    init?(hexadecimal text: RawSpan) {
        guard text.byteCount == ScriptDigest.bytes * 2 else { return nil }
        for index in 0..<ScriptDigest.bytes {
            guard let byte = text.hexadecimalByte(at: index * 2) else { return nil }
            withUnsafeMutableBytes(of: &self) { $0[index] = byte }
        }
    }

    /// 40 hexadecimal characters, in lower case.
    var text: String {
        withUnsafeBytes(of: self) { bytes in
            let digest = UnsafeRawBufferPointer(rebasing: bytes.prefix(ScriptDigest.bytes))
            return String(decoding: [UInt8](hexadecimalOf: RawSpan(_unsafeBytes: digest)), as: UTF8.self)
        }
    }
}
