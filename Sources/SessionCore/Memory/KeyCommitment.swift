/// 32 bytes that pin down a key and what it is used for: nobody can find a second key that leads to the same ones.
/// Also holds a message authentication code of that length.
struct KeyCommitment: BitwiseCopyable {
    static let bytes = 32

    /// Bytes 0–7, 8–15, 16–23 and 24–31, as they stand in memory.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// - Parameter bytes: 32 bytes.
    init(_ bytes: RawSpan) {
        precondition(bytes.byteCount == KeyCommitment.bytes)
        words = (
            bytes.load(0, as: UInt64.self), bytes.load(8, as: UInt64.self), bytes.load(16, as: UInt64.self),
            bytes.load(24, as: UInt64.self)
        )
    }

    /// From 64 hexadecimal digits; nil for anything else.
    init?(hexadecimal text: RawSpan) {
        guard let bytes = [UInt8](hexadecimal: text), bytes.count == KeyCommitment.bytes else { return nil }
        self.init(bytes.span.bytes)
    }

    func append(to buffer: inout ByteBuffer) {
        buffer.appendRaw(words.0)
        buffer.appendRaw(words.1)
        buffer.appendRaw(words.2)
        buffer.appendRaw(words.3)
    }

    /// 64 hexadecimal digits.
    func appendHexadecimal(to buffer: inout ByteBuffer) {
        var bytes = ByteBuffer()
        append(to: &bytes)
        buffer.appendHexadecimal(bytes.bytes)
    }
}

extension KeyCommitment: Equatable {
    /// Takes the same time whatever the bytes are.
    static func == (left: KeyCommitment, right: KeyCommitment) -> Bool {
        (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3) == 0
    }
}
