/// Names a key without telling anything about it: eight bytes derived from it by HKDF. It stands in files and logs, so
/// that a missing key can be named. Two keys share one with a chance of 2^-64; nothing relies on it for security.
struct KeyIdentifier: Equatable, BitwiseCopyable {
    static let bytes = 8

    let value: UInt64

    init(value: UInt64) { self.value = value }

    init(of key: borrowing EncryptionKey) {
        let info: StaticString = "cloakroom/key-identifier@v1"
        let derived = SecretBytes(expanding: key.bytes, info: info.bytes, count: KeyIdentifier.bytes)
        value = derived.bytes.loadBigEndian(0, as: UInt64.self)
    }

    /// From 16 hexadecimal digits; nil for anything else.
    init?(hexadecimal text: RawSpan) {
        guard let bytes = [UInt8](hexadecimal: text), bytes.count == KeyIdentifier.bytes else { return nil }
        value = bytes.span.bytes.loadBigEndian(0, as: UInt64.self)
    }

    /// 16 hexadecimal digits.
    func appendHexadecimal(to buffer: inout ByteBuffer) {
        for shift in stride(from: 60, through: 0, by: -4) {
            buffer.append(hexCharacter(UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 15))
        }
    }

    /// 16 hexadecimal digits.
    var text: String {
        var buffer = ByteBuffer()
        appendHexadecimal(to: &buffer)
        return buffer.bytes.text
    }
}
