/// A manifest is written as Redis 7 writes it, and named files are added to it and replaced.
extension AppendManifest {
    /// Appends the text: the base, then history, then increments.
    ///
    /// - Throws: `lineTooLong` if a name makes a line that no reader accepts, which Redis finds only when it starts
    ///   again.
    func write(to buffer: inout ByteBuffer) throws(AppendManifestError) {
        var line = 0
        if let base { try write(base, .base, &line, to: &buffer) }
        for file in history { try write(file, .history, &line, to: &buffer) }
        for file in increments { try write(file, .increment, &line, to: &buffer) }
    }

    private func write(
        _ file: File, _ kind: Kind, _ line: inout Int, to buffer: inout ByteBuffer
    ) throws(AppendManifestError) {
        line += 1
        let start = buffer.count
        buffer.append("file ")
        AppendManifest.writeName(file.name, to: &buffer)
        buffer.append(" seq ")
        buffer.appendDecimal(file.sequence)
        buffer.append(" type ")
        buffer.append(kind.rawValue)
        if let proof = file.proof { write(proof, to: &buffer) }
        buffer.append(UInt8(ascii: "\n"))
        guard buffer.count - start <= Limits.manifestLine else {
            throw AppendManifestError(reason: .lineTooLong, line: line)
        }
    }

    private func write(_ proof: EncryptedFileProof, to buffer: inout ByteBuffer) {
        buffer.append(" commitment ")
        proof.commitment.appendHexadecimal(to: &buffer)
        guard let end = proof.end else { return }
        buffer.append(" bytes ")
        buffer.appendDecimal(end.bytes)
        buffer.append(" tag ")
        var tag = ByteBuffer()
        end.tag.append(to: &tag)
        buffer.appendHexadecimal(tag.bytes)
    }

    /// As it is, or in quotes if it would not be read back so. Redis leaves a name with an apostrophe as it is, and
    /// then cannot read its own manifest.
    private static func writeName(_ name: [UInt8], to buffer: inout ByteBuffer) {
        let isPlain = name.allSatisfy {
            $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
        }
        if isPlain && !name.isEmpty { return buffer.append(name.span.bytes) }
        buffer.append(UInt8(ascii: "\""))
        for byte in name { writeQuoted(byte, to: &buffer) }
        buffer.append(UInt8(ascii: "\""))
    }

    private static func writeQuoted(_ byte: UInt8, to buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""):
            buffer.append(UInt8(ascii: "\\"))
            buffer.append(byte)
        case 10: buffer.append("\\n")
        case 13: buffer.append("\\r")
        case 9: buffer.append("\\t")
        case 7: buffer.append("\\a")
        case 8: buffer.append("\\b")
        case 32..<127: buffer.append(byte)
        default:
            buffer.append("\\x")
            buffer.append(hexCharacter(byte >> 4))
            buffer.append(hexCharacter(byte & 15))
        }
    }
}
