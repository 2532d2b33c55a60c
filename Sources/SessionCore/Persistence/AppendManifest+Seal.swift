/// An authenticated manifest: its text, and a last line that Redis takes for a comment.
///
///     file appendonly.aof.1.base.rdb seq 1 type b commitment 5f… bytes 8192 tag 0c…
///     file appendonly.aof.1.incr.aof seq 1 type i commitment 77… bytes 4711 tag e1…
///     file appendonly.aof.2.incr.aof seq 2 type i commitment a0…
///     # cloakroom-seal@v1 key 0123456789abcdef hmac 9a…
///
/// The code is HMAC-SHA-256 (RFC 2104) over all bytes before that line, under a key that HKDF derives from the key that
/// data keys are encrypted with. It is in the manifest itself, and not beside it, because one file can be replaced
/// atomically and two cannot. Every file in it is pinned down by what only its writer can have made
/// (`EncryptedFileProof`): removing, adding, swapping or exchanging one is found, and so is a shortened one, but for
/// the last segment. An older copy of the whole directory is authentic: nothing in it can tell that it is old.
extension AppendManifest {
    private static var sealStart: StaticString { "# cloakroom-seal@v1 key " }
    private static var sealMiddle: StaticString { " hmac " }
    private static let sealBytes = 24 + 16 + 6 + 64 + 1

    /// Appends the text and its seal, under the primary key.
    ///
    /// - Throws: as `write`.
    func writeSealed(keys: borrowing KeyRing, to buffer: inout ByteBuffer) throws(AppendManifestError) {
        var text = ByteBuffer()
        try write(to: &text)
        buffer.append(text.bytes)
        _ = keys.withKey(nil) { member in
            buffer.append(AppendManifest.sealStart)
            member.identifier.appendHexadecimal(to: &buffer)
            buffer.append(AppendManifest.sealMiddle)
            member.manifestKey.authenticate(text.bytes).appendHexadecimal(to: &buffer)
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Whether a manifest ends with a seal, right or wrong: one of encrypted files.
    static func isSealed(_ text: RawSpan) -> Bool { seal(text) != nil }

    /// Reads a manifest of plain files.
    static func unsealed(_ text: RawSpan) throws(ManifestSealError) -> AppendManifest {
        let manifest: AppendManifest
        do { manifest = try AppendManifest(text) } catch { throw .content(error) }
        // Its last line was removed.
        guard manifest.base?.proof == nil, manifest.increments.allSatisfy({ $0.proof == nil }) else { throw .missing }
        return manifest
    }

    /// Names the key that a manifest is sealed with; nil if it is not.
    static func sealingKey(_ text: RawSpan) -> KeyIdentifier? { seal(text)?.key }

    /// Reads a manifest whose seal is right, and in which every file is pinned down: all but the last increment by
    /// their ends, too.
    static func sealed(_ text: RawSpan, keys: borrowing KeyRing) throws(ManifestSealError) -> AppendManifest {
        guard let seal = seal(text) else { throw .missing }
        let content = text.slice(0, text.byteCount - sealBytes)
        let isRight = keys.withKey(seal.key) { $0.manifestKey.authenticate(content) == seal.code }
        guard let isRight else { throw .unknownKey(seal.key) }
        guard isRight else { throw .wrong }
        do {
            let manifest = try AppendManifest(content)
            guard manifest.isPinnedDown else { throw ManifestSealError.unpinned }
            return manifest
        } catch let error as AppendManifestError {
            throw .content(error)
        } catch { throw .unpinned }
    }

    private static func seal(_ text: RawSpan) -> (key: KeyIdentifier, code: KeyCommitment)? {
        guard text.byteCount >= sealBytes else { return nil }
        let line = text.slice(text.byteCount - sealBytes, sealBytes)
        guard line.starts(with: sealStart), line.slice(40, 6).isEqual(to: sealMiddle),
            line[sealBytes - 1] == UInt8(ascii: "\n"), let key = KeyIdentifier(hexadecimal: line.slice(24, 16)),
            let code = KeyCommitment(hexadecimal: line.slice(46, 64)),
            // Capital digits would be a second text for the same code.
            !line.array.contains(where: { $0 &- 65 < 26 })
        else { return nil }
        return (key, code)
    }

    private var isPinnedDown: Bool {
        (base.map { $0.proof?.end != nil } ?? true) && increments.dropLast().allSatisfy { $0.proof?.end != nil }
            && (increments.last.map { $0.proof != nil } ?? true)
    }
}

/// Why a manifest of encrypted files is refused.
enum ManifestSealError: Error, Equatable {
    case missing
    case unknownKey(KeyIdentifier)
    case wrong
    /// A file in it could be exchanged without being found.
    case unpinned
    case content(AppendManifestError)

    /// Whether its text says what to do: another key or directive would do.
    var hasRemedy: Bool {
        switch self {
        case .missing, .unknownKey: true
        default: false
        }
    }

    /// For logs: what is wrong.
    var text: String {
        switch self {
        case .missing:
            "the manifest is not sealed: the log is not encrypted ('encrypt-at-rest convert' takes it over), or "
                + "somebody has changed it"
        case .unknownKey(let identifier):
            "the manifest is sealed with key \(identifier.text), which is not among the keys given by "
                + "encryption-key-file or encryption-key-command: add that key"
        case .wrong: "the manifest is not as it was written: a file was removed, added or exchanged"
        case .unpinned: "the manifest names a file that is not encrypted or not complete"
        case .content(let error): error.text
        }
    }
}

extension EncryptedFileProof {
    /// Checks what is at hand before a file is read.
    ///
    /// - Parameters:
    ///   - commitment: the file's own.
    ///   - bytes: the file's length.
    ///   - lastBytes: its last 16 bytes, if it has as many.
    func matches(commitment found: KeyCommitment, bytes: Int64, lastBytes: RawSpan) -> Bool {
        guard commitment == found else { return false }
        guard let end else { return true }
        return end.bytes == bytes && lastBytes.byteCount == AESGCM.tagBytes
            && end.tag == AuthenticationTag(endOf: lastBytes)
    }
}
