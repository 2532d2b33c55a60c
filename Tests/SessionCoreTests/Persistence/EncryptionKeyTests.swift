import Testing

@testable import SessionCore

@Suite struct EncryptionKeyTests {
    private static let hexadecimal = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    private static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    @Test(arguments: [hexadecimal, hexadecimal.uppercased(), base64], ["", "\n", "\r\n"])
    func keyTexts(_ text: String, _ end: String) throws {
        let key = try KeyText.key(Array((text + end).utf8).span.bytes)
        #expect(keyBytes(key) == Array(0..<32))
    }

    @Test(arguments: [
        "", "\n", hexadecimal + "\n\n", hexadecimal + " ", " " + hexadecimal, String(hexadecimal.dropLast()),
        hexadecimal + "0", "g" + hexadecimal.dropFirst(), String(base64.dropLast()), base64 + "=",
        // Of 33 and 31 bytes; with bits that stand for nothing; base64url.
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", "__ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "a passphrase",
    ])
    func noKeyTexts(_ text: String) {
        do {
            _ = try KeyText.key(Array(text.utf8).span.bytes)
            Issue.record("accepted")
        } catch {
            let known = text.count > 8 ? text : "no such text"
            #expect(!error.text.contains(known))
            #expect(error.text.contains("64 hexadecimal digits or of the base64 of 32 bytes"))
        }
    }

    @Test func identifiersDiffer() {
        #expect(KeyIdentifier(of: encryptionKey(1)) == KeyIdentifier(of: encryptionKey(1)))
        #expect(KeyIdentifier(of: encryptionKey(1)) != KeyIdentifier(of: encryptionKey(2)))
        let identifier = KeyIdentifier(value: 0x0123_4567_89AB_CDEF)
        #expect(identifier.text == "0123456789abcdef")
        let read = KeyIdentifier(hexadecimal: Array(identifier.text.utf8).span.bytes)
        #expect(read == identifier)
    }

    // MARK: Headers

    private func header(_ ring: borrowing KeyRing, _ kind: EncryptedFileHeader.Kind = .chunks) -> [UInt8] {
        var output = ByteBuffer()
        let key = EncryptedFileHeader.write(
            kind, entropy: pseudoRandomBytes(56, seed: 77).span.bytes, keys: ring, into: &output)
        #expect(keyBytes(key) == Array(pseudoRandomBytes(56, seed: 77).prefix(32)))
        return output.bytes.array
    }

    private func open(
        _ header: [UInt8], _ ring: borrowing KeyRing, _ kind: EncryptedFileHeader.Kind = .chunks
    ) throws(EncryptionError) -> [UInt8] {
        keyBytes(try EncryptedFileHeader.dataKey(header.span.bytes, kind, keys: ring))
    }

    @Test func header() throws {
        let header = header(keyRing(1))
        #expect(header.count == EncryptedFileHeader.bytes)
        let isOne = EncryptedFileHeader.begins(header.span.bytes)
        #expect(isOne)
        let expected = Array(pseudoRandomBytes(56, seed: 77).prefix(32))
        #expect(try open(header, keyRing(1)) == expected)
        // Old keys open old files.
        #expect(try open(header, keyRing(3, 2, 1)) == expected)
    }

    @Test func aWrongKeyIsNamed() {
        let header = header(keyRing(1))
        let error = encryptionError { () throws(EncryptionError) in _ = try open(header, keyRing(2, 3)) }
        let identifier = KeyIdentifier(of: encryptionKey(1))
        #expect(error == EncryptionError(reason: .unknownKey(identifier), offset: 16))
        #expect(error?.text.contains(identifier.text) == true)
    }

    @Test func theKindIsAuthenticated() {
        let header = header(keyRing(1), .logSegment)
        #expect(
            encryptionError { () throws(EncryptionError) in _ = try open(header, keyRing(1)) }
                == EncryptionError(reason: .kind, offset: 9))
        var changed = header
        changed[9] = EncryptedFileHeader.Kind.chunks.rawValue
        #expect(
            encryptionError { () throws(EncryptionError) in _ = try open(changed, keyRing(1)) }
                == EncryptionError(reason: .header, offset: 24))
    }

    @Test func everyBitOfAHeaderCounts() {
        let header = header(keyRing(1))
        for index in header.indices {
            for bit in 0..<8 {
                var damaged = header
                damaged[index] ^= 1 << bit
                #expect(encryptionError { () throws(EncryptionError) in _ = try open(damaged, keyRing(1)) } != nil)
            }
            let short = Array(header.prefix(index))
            #expect(encryptionError { () throws(EncryptionError) in _ = try open(short, keyRing(1)) } != nil)
        }
    }

    @Test func rotation() throws {
        let old = header(keyRing(1))
        var output = ByteBuffer()
        try EncryptedFileHeader.rewrap(
            old.span.bytes, .chunks, keys: keyRing(2, 1), salt: pseudoRandomBytes(24, seed: 5).span.bytes,
            into: &output)
        let new = output.bytes.array
        #expect(new.count == old.count && new != old)
        #expect(try open(new, keyRing(2)) == open(old, keyRing(1)))
        #expect(encryptionError { () throws(EncryptionError) in _ = try open(new, keyRing(1)) } != nil)
    }

    // MARK: Files

    private func file(_ plaintext: [UInt8], seed: UInt64 = 3) -> (bytes: [UInt8], proof: EncryptedFileProof) {
        var output = ByteBuffer()
        let entropy = pseudoRandomBytes(EncryptedFileHeader.entropy, seed: seed)
        var writer = EncryptedFileWriter(entropy: entropy.span.bytes, keys: keyRing(1), into: &output)
        writer.append(plaintext.span.bytes, into: &output)
        let proof = writer.finish(into: &output)
        return (output.bytes.array, proof)
    }

    private func read(_ file: [UInt8]) throws(EncryptionError) -> [UInt8] {
        let header = Array(file.prefix(EncryptedFileHeader.bytes))
        var reader = try EncryptedFileReader(header: header.span.bytes, keys: keyRing(1))
        var plaintext = ByteBuffer()
        try reader.receive(Array(file.dropFirst(EncryptedFileHeader.bytes)).span.bytes, into: &plaintext)
        try reader.finish(into: &plaintext)
        return plaintext.bytes.array
    }

    @Test func files() throws {
        let plaintext = pseudoRandomBytes(40_000)
        let (file, proof) = file(plaintext)
        #expect(try read(file) == plaintext)
        #expect(proof.end?.bytes == Int64(file.count))
        let commitment = KeyCommitment(file.span.bytes.slice(152, 32))
        let end = file.span.bytes.slice(file.count - 16, 16)
        let isIt = proof.matches(commitment: commitment, bytes: Int64(file.count), lastBytes: end)
        let isLonger = proof.matches(commitment: commitment, bytes: Int64(file.count) + 1, lastBytes: end)
        #expect(isIt && !isLonger)
    }

    @Test func everyByteOfAFileCounts() {
        let file = file(Array("a session".utf8)).bytes
        for index in file.indices {
            var damaged = file
            damaged[index] ^= 0x20
            #expect(encryptionError { () throws(EncryptionError) in _ = try read(damaged) } != nil, "byte \(index)")
            let short = Array(file.prefix(index))
            #expect(encryptionError { () throws(EncryptionError) in _ = try read(short) } != nil, "length \(index)")
        }
        #expect(
            encryptionError { () throws(EncryptionError) in _ = try read(file + [0]) }?.offset
                == Int64(EncryptedFileHeader.bytes + ChunkedEncryption.headerBytes))
    }

    /// A file's plaintext is in none of its bytes; nor is its data key.
    @Test func nothingShows() {
        let secret = Array("a session of somebody who wants privacy".utf8)
        let file = file(secret).bytes
        #expect(!file.contains(secret))
        #expect(!file.contains(Array(pseudoRandomBytes(EncryptedFileHeader.entropy, seed: 3).prefix(32))))
        #expect(!file.contains(keyBytes(encryptionKey(1))))
    }
}
