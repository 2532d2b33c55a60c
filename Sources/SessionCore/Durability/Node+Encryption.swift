/// Encryption of what is written (`encrypt-at-rest`), and what its manifest says of the files.
extension Node {
    /// Whether files are written encrypted.
    var encryptsFiles: Bool { configuration.encryptAtRest != .no }

    /// Names the key that encrypts new files: 16 hexadecimal digits, which tell nothing about it.
    var encryptionKeyName: String? {
        switch durability.keys {
        case .none: nil
        case .some(let keys): keys.primaryIdentifier.text
        }
    }

    /// Whether there is entropy for so many new files; without, they are begun in the next turn, before which there
    /// will be. Each has a data key and two salts of its own.
    mutating func hasEntropy(files: Int) -> Bool {
        if execution.entropy.count >= files * EncryptedFileHeader.entropy { return true }
        durability.nextTick = 0
        wantsTurn = true
        return false
    }

    /// Begins to encrypt a snapshot, if files are encrypted.
    mutating func beginEncryption(of snapshot: inout FileSnapshot) {
        guard encryptsFiles else { return }
        switch durability.keys {
        case .none: preconditionFailure("encrypt-at-rest needs a key: the runtime has given none")
        case .some(let keys):
            let entropy = execution.entropy.bytes.slice(0, EncryptedFileHeader.entropy)
            snapshot.encryptor = EncryptedFileWriter(entropy: entropy, keys: keys, into: &snapshot.sealed)
        }
        execution.entropy.removeFirst(EncryptedFileHeader.entropy)
    }

    /// Takes what is to be appended to the present segment; an encrypted one ends with it.
    /// - Returns: what goes to the file and, of an encrypted segment, what pins it down.
    mutating func endSegment() -> ([UInt8], EncryptedFileProof?) {
        guard durability.log.file != nil else {
            // It is in the new base.
            durability.log.discardOutput()
            return ([], nil)
        }
        var bytes = durability.log.takeOutput()
        guard let writer = durability.log.writer.take() else { return (bytes, nil) }
        var end = ByteBuffer()
        let proof = writer.seal(into: &end)
        bytes += end.bytes.array
        return (bytes, proof)
    }

    /// What the new segment, the last one of the manifest, begins with: where the stream is.
    mutating func segmentHead(_ manifest: inout AppendManifest) -> [UInt8] {
        let head = annotation.bytes
        guard encryptsFiles else { return head }
        var output = ByteBuffer()
        var writer: LogSegmentWriter
        switch durability.keys {
        case .none: preconditionFailure("encrypt-at-rest needs a key: the runtime has given none")
        case .some(let keys):
            let entropy = execution.entropy.bytes.slice(0, EncryptedFileHeader.entropy)
            writer = LogSegmentWriter(number: manifest.lastIncrement, entropy: entropy, keys: keys, into: &output)
        }
        execution.entropy.removeFirst(EncryptedFileHeader.entropy)
        writer.append(head.span.bytes, into: &output)
        manifest.pinLastIncrement(writer.proof)
        durability.log.nextWriter = consume writer
        return output.bytes.array
    }

    /// Appends the text of a manifest: of encrypted files, with its seal.
    func write(_ manifest: AppendManifest, to buffer: inout ByteBuffer) throws(AppendManifestError) {
        guard encryptsFiles else { return try manifest.write(to: &buffer) }
        switch durability.keys {
        case .none: preconditionFailure("encrypt-at-rest needs a key: the runtime has given none")
        case .some(let keys): try manifest.writeSealed(keys: keys, to: &buffer)
        }
    }

    /// Whether the log that was loaded is under another key than the first one: it is written anew under that.
    var isSealedAnew: Bool {
        guard encryptsFiles, let key = durability.loadedKey else { return false }
        switch durability.keys {
        case .none: return false
        case .some(let keys): return keys.primaryIdentifier != key
        }
    }
}
