/// A key as `encryption-key-file` and `encryption-key-command` give it: 64 hexadecimal digits of either case, or the
/// standard base64 of 32 bytes with its padding (44 characters: what `openssl rand -base64 32` and
/// `aws kms decrypt --query Plaintext --output text` print). One line end may follow.
enum KeyText {
    /// - Throws: for anything else.
    static func key(_ text: RawSpan) throws(KeyTextError) -> EncryptionKey {
        let count = countWithoutLineEnd(text)
        let key: EncryptionKey? = switch count {
        case 64: hexadecimal(text)
        case 44: base64(text)
        default: nil
        }
        if let key { return key }
        throw KeyTextError(reason: .form(bytes: count))
    }

    /// Whether there is nothing but a line end.
    static func isBlank(_ text: RawSpan) -> Bool { countWithoutLineEnd(text) == 0 || text.isEqual(to: "\r") }

    private static func countWithoutLineEnd(_ text: RawSpan) -> Int {
        var count = text.byteCount
        if count > 0, text[count - 1] == UInt8(ascii: "\n") {
            count -= 1
            if count > 0, text[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        }
        return count
    }

    private static func hexadecimal(_ text: RawSpan) -> EncryptionKey? {
        var bytes = ByteBuffer()
        bytes.reserve(EncryptionKey.bytes)
        defer { bytes.wipe() }
        for index in 0..<EncryptionKey.bytes {
            guard let high = hexDigit(text[index * 2]), let low = hexDigit(text[index * 2 + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return EncryptionKey(bytes.bytes)
    }

    /// Eleven groups of four characters; the last one stands for two bytes, and its unused bits are zero.
    private static func base64(_ text: RawSpan) -> EncryptionKey? {
        guard text[43] == UInt8(ascii: "=") else { return nil }
        var bytes = ByteBuffer()
        bytes.reserve(EncryptionKey.bytes)
        defer { bytes.wipe() }
        var (bits, held): (UInt32, UInt32) = (0, 0)
        for index in 0..<43 {
            guard let digit = base64Digit(text[index]) else { return nil }
            bits = bits << 6 | digit
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        guard bits & 3 == 0 else { return nil }
        return EncryptionKey(bytes.bytes)
    }

    private static func base64Digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// A text that holds no key. Does not hold the text.
public struct KeyTextError: Error, Equatable {
    enum Reason: Equatable {
        /// Something of so many bytes, line end not counted, that is no key.
        case form(bytes: Int)
        case none
        case tooMany
    }

    let reason: Reason

    public var text: String {
        let what = switch reason {
        case .form(let bytes): "these \(bytes) bytes are no key"
        case .none: "there is none"
        case .tooMany: "there are more than \(Limits.encryptionKeys)"
        }
        return "an encryption key is a line of 64 hexadecimal digits or of the base64 of 32 bytes, and \(what); "
            + "'openssl rand -hex 32' makes one"
    }
}
