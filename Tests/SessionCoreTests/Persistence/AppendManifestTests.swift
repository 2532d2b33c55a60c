import Testing

@testable import SessionCore

@Suite struct AppendManifestTests {
    private func manifest(_ text: String) throws(AppendManifestError) -> AppendManifest {
        try AppendManifest(Array(text.utf8).span.bytes)
    }

    private func text(_ manifest: AppendManifest) throws -> String {
        var buffer = ByteBuffer()
        try manifest.write(to: &buffer)
        return buffer.bytes.text
    }

    private static let prefix = Array("appendonly.aof".utf8)

    @Test func aLogsLife() throws {
        var manifest = AppendManifest()
        #expect(manifest.isEmpty)
        #expect(manifest.replaceBase(prefix: Self.prefix, format: .rdb) == Array("appendonly.aof.1.base.rdb".utf8))
        #expect(manifest.beginIncrement(prefix: Self.prefix) == Array("appendonly.aof.1.incr.aof".utf8))
        #expect(
            try text(manifest) == """
                file appendonly.aof.1.base.rdb seq 1 type b
                file appendonly.aof.1.incr.aof seq 1 type i

                """)
        _ = manifest.beginIncrement(prefix: Self.prefix)
        _ = manifest.beginIncrement(prefix: Self.prefix)
        _ = manifest.replaceBase(prefix: Self.prefix, format: .aof)
        let written = try text(manifest)
        #expect(
            written == """
                file appendonly.aof.2.base.aof seq 2 type b
                file appendonly.aof.1.incr.aof seq 1 type h
                file appendonly.aof.2.incr.aof seq 2 type h
                file appendonly.aof.1.base.rdb seq 1 type h
                file appendonly.aof.3.incr.aof seq 3 type i

                """)
        #expect(try self.manifest(written) == manifest)
        manifest.history = []
        #expect(manifest.beginIncrement(prefix: Self.prefix) == Array("appendonly.aof.4.incr.aof".utf8))
    }

    @Test(arguments: ["plain", "with space", "quo\"te", "apo'strophe", "tab\t", "new\nline", "\u{1}", "é", "#"])
    func namesComeBack(_ name: String) throws {
        var manifest = AppendManifest()
        _ = manifest.beginIncrement(prefix: Array(name.utf8))
        #expect(try self.manifest(text(manifest)) == manifest)
    }

    @Test func aNameTooLongIsRefused() {
        var manifest = AppendManifest()
        _ = manifest.beginIncrement(prefix: [UInt8](repeating: 1, count: 255))
        var buffer = ByteBuffer()
        #expect(throws: AppendManifestError(reason: .lineTooLong, line: 1)) { try manifest.write(to: &buffer) }
    }

    /// `RedisManifestTests` compares the verdicts with Redis's.
    @Test(arguments: ManifestSample.all)
    func verdicts(_ sample: ManifestSample) {
        var reason: AppendManifestError.Reason?
        do { _ = try AppendManifest(sample.text.span.bytes) } catch { reason = error.reason }
        #expect(reason == sample.reason)
    }

    @Test func pinsComeBack() throws {
        let commitment = KeyCommitment(pseudoRandomBytes(32).span.bytes)
        var manifest = AppendManifest()
        _ = manifest.replaceBase(prefix: Self.prefix, format: .rdb)
        manifest.base?.proof = EncryptedFileProof(
            commitment: commitment, end: .init(bytes: 4711, tag: AuthenticationTag(high: 1, low: 2)))
        _ = manifest.beginIncrement(prefix: Self.prefix)
        manifest.increments[0].proof = EncryptedFileProof(commitment: commitment)
        #expect(try self.manifest(text(manifest)) == manifest)
    }

    @Test(arguments: [
        "commitment ab", "commitment \(String(repeating: "a", count: 64)) bytes 1",
        "commitment \(String(repeating: "a", count: 64)) bytes -1 tag \(String(repeating: "b", count: 32))",
        "commitment \(String(repeating: "a", count: 64)) bytes 1 tag 00",
    ])
    func malformedPins(_ pairs: String) {
        #expect(throws: AppendManifestError(reason: .proof, line: 2)) {
            _ = try self.manifest("# c\nfile a seq 1 type i \(pairs)\n")
        }
    }

    @Test func pairsOfOthersArePassedOver() throws {
        let text = "file a seq 1 type i bytes 5 tag x startoffset 0\n"
        #expect(try self.manifest(text).increments == [AppendManifest.File(name: [97], sequence: 1)])
    }

    // MARK: Seal

    private func encryptedLog() -> AppendManifest {
        var manifest = AppendManifest()
        _ = manifest.replaceBase(prefix: Self.prefix, format: .rdb)
        for _ in 0..<3 { _ = manifest.beginIncrement(prefix: Self.prefix) }
        func proof(_ seed: UInt64, _ end: EncryptedFileProof.End?) -> EncryptedFileProof {
            EncryptedFileProof(commitment: KeyCommitment(pseudoRandomBytes(32, seed: seed).span.bytes), end: end)
        }
        manifest.base?.proof = proof(1, .init(bytes: 100, tag: .zero))
        manifest.increments[0].proof = proof(2, .init(bytes: 200, tag: .zero))
        manifest.increments[1].proof = proof(3, .init(bytes: 300, tag: .zero))
        manifest.increments[2].proof = proof(4, nil)
        return manifest
    }

    private func sealed(_ manifest: AppendManifest, _ ring: borrowing KeyRing) throws -> [UInt8] {
        var buffer = ByteBuffer()
        try manifest.writeSealed(keys: ring, to: &buffer)
        return buffer.bytes.array
    }

    private func sealError(_ text: [UInt8], _ ring: borrowing KeyRing) -> ManifestSealError? {
        do {
            _ = try AppendManifest.sealed(text.span.bytes, keys: ring)
            return nil
        } catch { return error }
    }

    @Test func seal() throws {
        let manifest = encryptedLog()
        let text = try sealed(manifest, keyRing(1))
        let isSealed = AppendManifest.isSealed(text.span.bytes)
        #expect(isSealed)
        let read = try AppendManifest.sealed(text.span.bytes, keys: keyRing(1))
        let readWithOldKey = try AppendManifest.sealed(text.span.bytes, keys: keyRing(2, 1))
        #expect(read == manifest && readWithOldKey == manifest)
        #expect(sealError(text, keyRing(2)) == .unknownKey(KeyIdentifier(of: encryptionKey(1))))
        // To Redis the seal is a comment.
        let plain = try AppendManifest(text.span.bytes)
        #expect(plain == manifest)
        #expect(text.split(separator: 10).allSatisfy { $0.count < Limits.manifestLine })
    }

    @Test func everyChangeOfASealedManifestIsFound() throws {
        let text = try sealed(encryptedLog(), keyRing(1))
        for index in text.indices {
            for bit in 0..<8 {
                var changed = text
                changed[index] ^= 1 << bit
                #expect(sealError(changed, keyRing(1)) != nil, "byte \(index), bit \(bit)")
            }
            #expect(sealError(Array(text.prefix(index)), keyRing(1)) != nil)
        }
        #expect(sealError(text + Array("# more\n".utf8), keyRing(1)) == .missing)
        let lines = text.split(separator: 10).map(Array.init)
        for order in [[0, 1, 3, 4], [0, 2, 1, 3, 4], [1, 2, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3, 3, 4]] {
            #expect(sealError(order.flatMap { lines[$0] + [10] }, keyRing(1)) == .wrong)
        }
    }

    @Test func everyFileMustBePinnedDown() throws {
        var open = encryptedLog()
        open.increments[1].proof?.end = nil
        #expect(sealError(try sealed(open, keyRing(1)), keyRing(1)) == .unpinned)
        var plain = encryptedLog()
        plain.base?.proof = nil
        #expect(sealError(try sealed(plain, keyRing(1)), keyRing(1)) == .unpinned)
        var last = encryptedLog()
        last.increments[2].proof = nil
        #expect(sealError(try sealed(last, keyRing(1)), keyRing(1)) == .unpinned)
    }
}

/// A manifest, odd or not, and why it is refused.
struct ManifestSample: Sendable, CustomTestStringConvertible {
    let text: [UInt8]
    let reason: AppendManifestError.Reason?

    var testDescription: String { String(String(decoding: text, as: UTF8.self).prefix(60)) }

    private init(_ text: String, _ reason: AppendManifestError.Reason? = nil) {
        self.text = Array(text.utf8)
        self.reason = reason
    }

    private static let line = "file a.1.incr.aof seq 1 type i\n"

    static let all: [ManifestSample] = [
        ManifestSample(line),
        ManifestSample("", .empty),
        ManifestSample("# only a comment\n"),
        ManifestSample("# a comment without end"),
        ManifestSample("# c\n" + line + "#\n"),
        ManifestSample("file a.1.incr.aof seq 1 type i", .lineTooLong),
        ManifestSample("\n", .format),
        ManifestSample(line + "\n", .format),
        ManifestSample("  \t \n", .format),
        ManifestSample(" # an indented comment is none\n", .format),
        ManifestSample("  file   a.1.incr.aof\tseq 1 type i  \r\n"),
        ManifestSample("FILE a.1.incr.aof Seq 1 tYPE i\n"),
        ManifestSample("type i seq 1 file a.1.incr.aof\n"),
        ManifestSample("file a.1.incr.aof seq 1 type i more words\n"),
        ManifestSample("file a.1.incr.aof seq 1 type i odd\n", .format),
        ManifestSample("file a.1.incr.aof seq 1\n", .format),
        ManifestSample("file a.1.incr.aof seq 1 typ i\n", .format),
        ManifestSample("file a.1.incr.aof seq 0 type i\n", .format),
        ManifestSample("file a.1.incr.aof seq x type i\n", .format),
        ManifestSample("file a.1.incr.aof seq 1x type i\n"),
        ManifestSample("file a.1.incr.aof seq +1 type i\n"),
        ManifestSample("file a.1.incr.aof seq -1 type i\n", .order),
        ManifestSample("file a.1.base.rdb seq -1 type b\n"),
        ManifestSample("file a.1.incr.aof seq 99999999999999999999 type i\n"),
        ManifestSample("file a.1.incr.aof seq 9223372036854775808 type i\nfile a.2.incr.aof seq 1 type i\n", .order),
        ManifestSample("file a.1.incr.aof seq -9223372036854775809 type h\n"),
        ManifestSample("file a.1.incr.aof seq 1 type incremental\n"),
        ManifestSample("file a.1.incr.aof seq 1 type x\n", .type),
        ManifestSample("file a.1.incr.aof seq 1 type I\n", .type),
        ManifestSample("file a.1.incr.aof seq 1 type \"\"\n", .format),
        ManifestSample("file \"a.1.incr.aof\" seq \"1\" type 'i'\n"),
        ManifestSample("file \"a.1\\x2eincr.aof\" seq 1 type i\n"),
        ManifestSample("file 'a.1.incr.aof seq 1 type i\n", .format),
        ManifestSample("file \"a.1.incr.aof seq 1 type i\n", .format),
        ManifestSample("file \"a.1.incr.aof\"x seq 1 type i\n", .format),
        ManifestSample("file ../a.1.incr.aof seq 1 type i\n", .path),
        ManifestSample("file a\\b seq 1 type i\n", .path),
        ManifestSample("file \"a\\\\b\" seq 1 type i\n", .path),
        ManifestSample("file a.1.base.rdb seq 1 type b\nfile a.2.base.rdb seq 2 type b\n", .secondBase),
        ManifestSample(line + line, .order),
        ManifestSample("file a.2.incr.aof seq 2 type i\n" + line, .order),
        ManifestSample("file a.5.incr.aof seq 5 type h\n" + line + "file a.5.base.rdb seq 9 type b\n"),
        ManifestSample("file " + String(repeating: "a", count: 1024 - 19) + " seq 1 type h\n"),
        ManifestSample("file " + String(repeating: "a", count: 1024 - 18) + " seq 1 type h\n", .lineTooLong),
        ManifestSample("#" + String(repeating: "c", count: 1022) + "\n" + line),
        ManifestSample("#" + String(repeating: "c", count: 1023) + "\n" + line, .format),
        ManifestSample("#" + String(repeating: "c", count: 1023) + line),
        ManifestSample("#" + String(repeating: "c", count: 2000) + "\n" + line, .format),
        ManifestSample("file a.1.incr.aof seq 1 type i\0\n", .lineTooLong),
        ManifestSample("file \"a.1.incr.aof\\x00b\" seq 1 type i\n"),
        ManifestSample("file a.1.incr.aof seq 1 type i file b.1.incr.aof\n"),
        ManifestSample("\u{B}file a.1.incr.aof seq 1 type i\n"),
        ManifestSample("file a.1.incr.aof\u{B}seq 1 type i x\n", .format),
    ]
}
