@testable import SessionCore

/// Bytes of a small generator: the same for the same seed.
func pseudoRandomBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}

func hexadecimalText(_ bytes: [UInt8]) -> String {
    var buffer = ByteBuffer()
    buffer.appendHexadecimal(bytes.span.bytes)
    return buffer.bytes.text
}

func bytesOf(hexadecimal text: String) -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: Array(text.utf8).span.bytes) else { preconditionFailure(text) }
    return bytes
}

func encryptionKey(_ seed: UInt64) -> EncryptionKey {
    guard let key = EncryptionKey(pseudoRandomBytes(32, seed: seed).span.bytes) else { preconditionFailure() }
    return key
}

/// The bytes of a key, to compare.
func keyBytes(_ key: borrowing EncryptionKey) -> [UInt8] { key.bytes.array }

/// A ring of the keys of these seeds.
func keyRing(_ seeds: UInt64...) -> KeyRing {
    var ring = KeyRing(encryptionKey(seeds[0]))
    for seed in seeds.dropFirst() { ring.add(encryptionKey(seed)) }
    return ring
}

/// The error that an operation throws.
func encryptionError(_ body: () throws(EncryptionError) -> Void) -> EncryptionError? {
    do {
        try body()
        return nil
    } catch { return error }
}

extension Array {
    /// The array in pieces that end at these indices and at its end.
    func pieces(_ ends: Int...) -> [ArraySlice<Element>] {
        var start = 0
        return (ends + [count]).map { end in
            defer { start = end }
            return self[start..<end]
        }
    }
}
