/// A manifest is read as Redis 7 reads it.
extension AppendManifest {
    /// Reads a manifest as Redis 7's `aofLoadManifestFromFile` does, its leniency included: words may be quoted, the
    /// names of pairs may be in either case and in any order, pairs of other names are passed over, of a type only the
    /// first letter counts, and of a sequence number the digits it begins with.
    ///
    /// - Throws: for the first line that Redis refuses.
    init(_ text: RawSpan) throws(AppendManifestError) {
        var (position, number) = (0, 0)
        while position < text.byteCount {
            number += 1
            let line = AppendManifest.line(text, from: position)
            position += line.byteCount
            if line[0] == UInt8(ascii: "#") { continue }
            do {
                let (file, kind) = try AppendManifest.file(line)
                try add(file, kind)
            } catch { throw AppendManifestError(reason: error, line: number) }
        }
        if number == 0 { throw AppendManifestError(reason: .empty, line: 0) }
    }

    /// The line that begins at a byte, with its line feed; of a longer one than Redis's buffer holds, a part.
    @_lifetime(copy text)
    private static func line(_ text: RawSpan, from position: Int) -> RawSpan {
        let limit = min(text.byteCount - position, Limits.manifestLine)
        let end = text.slice(position, limit).firstIndex(of: UInt8(ascii: "\n"))
        return text.slice(position, end < 0 ? limit : end + 1)
    }

    private static func file(_ line: RawSpan) throws(AppendManifestError.Reason) -> (File, Kind) {
        // The line is a C string to Redis: what follows a zero byte is not there, the line feed above all.
        guard line[line.byteCount - 1] == UInt8(ascii: "\n"), line.firstIndex(of: 0) < 0 else { throw .lineTooLong }
        guard let words = words(line), words.count >= 6, words.count % 2 == 0 else { throw .format }
        var pairs = ManifestPairs()
        for index in stride(from: 0, to: words.count, by: 2) { try pairs.take(words[index], words[index + 1]) }
        guard let name = pairs.name, pairs.sequence != 0, pairs.type != 0 else { throw .format }
        let proof = try pairs.proof()
        guard let kind = Kind(rawValue: pairs.type) else { throw .type }
        return (File(name: name, sequence: pairs.sequence, proof: proof), kind)
    }

    /// The words of a line, which are quoted as in an inline request; nil if a quote is not closed.
    private static func words(_ line: RawSpan) -> [[UInt8]]? {
        var bytes = ByteBuffer()
        var words = Vector<ArgumentRange>()
        do throws(ProtocolError) { try InlineRequest.split(line, into: &bytes, &words) } catch { return nil }
        return (0..<words.count).map { bytes.bytes.slice(words[$0]).array }
    }
}

/// The pairs of words on a line.
private struct ManifestPairs {
    var name: [UInt8]?
    var sequence: Int64 = 0
    var type: UInt8 = 0
    private var commitment: [UInt8]?
    private var bytes: [UInt8]?
    private var tag: [UInt8]?

    mutating func take(_ key: [UInt8], _ value: [UInt8]) throws(AppendManifestError.Reason) {
        if key.matches("file") {
            let value = ManifestPairs.untilZero(value)
            guard !value.contains(UInt8(ascii: "/")), !value.contains(UInt8(ascii: "\\")) else { throw .path }
            name = value
        } else if key.matches("seq") {
            sequence = ManifestPairs.number(value)
        } else if key.matches("type") {
            type = value.first ?? 0
        } else if key.matches("commitment") {
            commitment = value
        } else if key.matches("bytes") {
            bytes = value
        } else if key.matches("tag") {
            tag = value
        }
    }

    /// Nil without a commitment: the other pairs may then be somebody else's.
    ///
    /// - Throws: if it is malformed, or has half of an end.
    func proof() throws(AppendManifestError.Reason) -> EncryptedFileProof? {
        guard let commitment else { return nil }
        guard let commitment = KeyCommitment(hexadecimal: commitment.span.bytes) else { throw .proof }
        if bytes == nil && tag == nil { return EncryptedFileProof(commitment: commitment) }
        guard let bytes, bytes.count <= 18, bytes.allSatisfy({ $0 >= 48 && $0 <= 57 }), let tag,
            let tag = [UInt8](hexadecimal: tag.span.bytes), tag.count == AuthenticationTag.bytes
        else { throw .proof }
        let end = EncryptedFileProof.End(
            bytes: ManifestPairs.number(bytes), tag: AuthenticationTag(endOf: tag.span.bytes))
        return EncryptedFileProof(commitment: commitment, end: end)
    }

    private static func untilZero(_ word: [UInt8]) -> [UInt8] {
        word.firstIndex(of: 0).map { Array(word[..<$0]) } ?? word
    }

    /// As C's `atoll`: blanks, a sign, digits, and then whatever; beyond the range its nearest end.
    private static func number(_ word: [UInt8]) -> Int64 {
        var rest = word.drop { $0 == 32 || ($0 >= 9 && $0 <= 13) }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        var value: Int64 = 0
        for byte in rest {
            guard byte >= 48, byte <= 57 else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - 48)
            let (sum, carry) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if overflow || carry { return isNegative ? .min : .max }
            value = sum
        }
        return value
    }
}
