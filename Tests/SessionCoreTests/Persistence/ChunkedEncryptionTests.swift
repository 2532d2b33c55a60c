import Crypto
import Testing

@testable import SessionCore

@Suite struct ChunkedEncryptionTests {
    // MARK: Published vectors

    @Test(arguments: CobblestoneVector.all)
    func vector(_ vector: CobblestoneVector) throws {
        guard let key = EncryptionKey(bytesOf(hexadecimal: vector.key).span.bytes) else {
            #expect(vector.flags.contains("InvalidKeySize"))
            return
        }
        let ciphertext = expanded(vector.ciphertext)
        let context = bytesOf(hexadecimal: vector.context)
        let result = decrypt(ciphertext, key: keyBytes(key), context: context)
        #expect((result.error == nil) == vector.isValid)
        #expect(result.plaintext.count == (vector.length ?? 0))
        if let digest = vector.digest {
            #expect(hexadecimalText(Array(SHA512.hash(data: result.plaintext))) == digest)
        }
        if vector.flags.contains("HeaderFailure") { #expect(result.plaintext.isEmpty) }
        if vector.flags.contains("WrongKey") || vector.flags.contains("WrongContext") {
            #expect(result.error == EncryptionError(reason: .commitment, offset: 0))
        }
        // The salt makes encryption repeatable.
        if vector.isValid {
            let salt = Array(ciphertext.prefix(24))
            #expect(encrypt(result.plaintext, key: keyBytes(key), salt: salt, context: context) == ciphertext)
        }
    }

    @Test func allVectorsAreThere() {
        #expect(CobblestoneVector.all.count == 35)
        #expect(CobblestoneVector.all.filter(\.isValid).count == 10)
    }

    /// RFC 5869 has vectors for SHA-256 and SHA-1 only; RFC 4231's for HMAC tell that the keyed part is right.
    @Test func hmac() {
        let key = SecretBytes(copying: [UInt8](repeating: 0x0B, count: 20).span.bytes)
        var text = ByteBuffer()
        key.authenticate(Array("Hi There".utf8).span.bytes).appendHexadecimal(to: &text)
        #expect(text.bytes.text == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    }

    /// The GCM specification's test case 16 (McGrew and Viega).
    @Test func gcm() {
        let cipher = AESGCM(
            key: bytesOf(hexadecimal: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").span.bytes)
        let nonce = AESGCM.Nonce(base: bytesOf(hexadecimal: "cafebabefacedbaddecaf888").span.bytes)
        let plaintext = bytesOf(
            hexadecimal: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let data = bytesOf(hexadecimal: "feedfacedeadbeeffeedfacedeadbeefabaddad2")
        var sealed = ByteBuffer()
        cipher.seal(plaintext.span.bytes, nonce: nonce, authenticating: data.span.bytes, into: &sealed)
        #expect(
            hexadecimalText(sealed.bytes.array)
                == "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b")
        var opened = ByteBuffer()
        let isRight = cipher.open(sealed.bytes, nonce: nonce, authenticating: data.span.bytes, into: &opened)
        #expect(isRight && opened.bytes.array == plaintext)
        let isRightWithoutData = cipher.open(sealed.bytes, nonce: nonce, into: &opened)
        #expect(!isRightWithoutData && opened.bytes.array == plaintext)
    }

    // MARK: Round trips

    private static let chunk = ChunkedEncryption.chunkBytes

    @Test(arguments: [0, 1, 100, chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1, 5 * chunk + 7])
    func roundTrip(_ size: Int) throws {
        let plaintext = pseudoRandomBytes(size)
        let whole = encrypt(plaintext)
        #expect(whole.count == 56 + size + 16 * (size / Self.chunk + 1))
        for step in [1, 1000, Self.chunk, Self.chunk + 16, .max] {
            if step == 1 && size > 2 * Self.chunk { continue }
            #expect(encrypt(plaintext, step: step) == whole)
            let result = decrypt(whole, step: step)
            #expect(result.error == nil)
            #expect(result.plaintext == plaintext)
        }
    }

    /// Two pieces, cut wherever a header or a chunk begins or ends, and around it.
    @Test func everySplit() {
        let plaintext = pseudoRandomBytes(2 * Self.chunk + 40)
        let whole = encrypt(plaintext)
        let borders = [0, 24, 56, 56 + 16_400, 56 + 2 * 16_400, whole.count]
        for split in Set(borders.flatMap { ($0 - 20)...($0 + 20) }).sorted() where split >= 0 && split <= whole.count {
            let result = decrypt(whole, pieces: whole.pieces(split))
            #expect(result.error == nil && result.plaintext == plaintext)
        }
        for split in stride(from: 0, through: plaintext.count, by: 61) {
            #expect(encrypt(plaintext, pieces: plaintext.pieces(split)) == whole)
        }
    }

    // MARK: Damage

    @Test func everyBytesDamageIsFound() {
        let whole = encrypt(pseudoRandomBytes(300))
        for index in whole.indices {
            for bit in [0, 3, 7] {
                var damaged = whole
                damaged[index] ^= 1 << bit
                let result = decrypt(damaged)
                #expect(result.error == .init(reason: index < 56 ? .commitment : .chunk, offset: index < 56 ? 0 : 56))
                #expect(result.plaintext.isEmpty)
            }
        }
    }

    @Test func everyTruncationIsFound() {
        let plaintext = pseudoRandomBytes(Self.chunk + 100)
        let whole = encrypt(plaintext)
        let lengths = Array(0..<200) + Array(whole.count - 400..<whole.count)
        for length in lengths {
            let result = decrypt(Array(whole.prefix(length)))
            #expect(result.error != nil)
            #expect(result.plaintext.elementsEqual(plaintext.prefix(result.plaintext.count)))
        }
    }

    @Test func chunksOutOfPlaceAreFound() {
        let size = ChunkedEncryption.sealedChunkBytes
        let whole = encrypt(pseudoRandomBytes(3 * Self.chunk + 5))
        let header = whole[..<56]
        let chunks = (0..<4).map { Array(whole[(56 + $0 * size)...].prefix(size)) }
        for order in [[1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [0, 1, 3], [1, 2, 3], [0, 1, 2, 3, 3], [0, 1, 2], [3]] {
            let moved = Array(header) + order.flatMap { chunks[$0] }
            #expect(decrypt(moved).error != nil, "\(order)")
        }
    }

    @Test func anErrorStays() {
        var decryptor = ChunkDecryptor(key: encryptionKey(2), context: RawSpan())
        var plaintext = ByteBuffer()
        let whole = encrypt([1, 2, 3], key: keyBytes(encryptionKey(1)), context: [])
        let first = encryptionError { () throws(EncryptionError) in
            try decryptor.receive(whole.span.bytes, into: &plaintext)
        }
        #expect(first == EncryptionError(reason: .commitment, offset: 0))
        let second = encryptionError { () throws(EncryptionError) in try decryptor.finish(into: &plaintext) }
        #expect(second == first)
    }

    // MARK: Support

    /// The bytes that a vector's text stands for.
    private func expanded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in text.split(separator: "(", omittingEmptySubsequences: false).enumerated() {
            guard part.offset > 0 else {
                bytes += bytesOf(hexadecimal: String(part.element))
                continue
            }
            let halves = part.element.split(separator: ")", omittingEmptySubsequences: false)
            let run = halves[0].split(separator: "*")
            bytes += [UInt8](repeating: UInt8(run[0], radix: 16)!, count: Int(run[1])!)
            bytes += bytesOf(hexadecimal: String(halves[1]))
        }
        return bytes
    }

    private func encrypt(
        _ plaintext: [UInt8], step: Int = .max, pieces: [ArraySlice<UInt8>]? = nil,
        key: [UInt8] = keyBytes(encryptionKey(1)), salt: [UInt8] = pseudoRandomBytes(24, seed: 9),
        context: [UInt8] = Array("test".utf8)
    ) -> [UInt8] {
        var output = ByteBuffer()
        var encryptor = ChunkEncryptor(
            key: EncryptionKey(key.span.bytes)!, salt: salt.span.bytes, context: context.span.bytes, into: &output)
        for piece in pieces ?? cut(plaintext, step) { encryptor.append(Array(piece).span.bytes, into: &output) }
        encryptor.finish(into: &output)
        return output.bytes.array
    }

    private func decrypt(
        _ message: [UInt8], step: Int = .max, pieces: [ArraySlice<UInt8>]? = nil,
        key: [UInt8] = keyBytes(encryptionKey(1)), context: [UInt8] = Array("test".utf8)
    ) -> (plaintext: [UInt8], error: EncryptionError?) {
        var decryptor = ChunkDecryptor(key: EncryptionKey(key.span.bytes)!, context: context.span.bytes)
        var plaintext = ByteBuffer()
        do {
            for piece in pieces ?? cut(message, step) {
                try decryptor.receive(Array(piece).span.bytes, into: &plaintext)
            }
            try decryptor.finish(into: &plaintext)
            return (plaintext.bytes.array, nil)
        } catch { return (plaintext.bytes.array, error) }
    }

    private func cut(_ bytes: [UInt8], _ step: Int) -> [ArraySlice<UInt8>] {
        if step >= bytes.count { return [bytes[...]] }
        return stride(from: 0, to: bytes.count, by: step).map { bytes[$0..<min($0 + step, bytes.count)] }
    }
}
