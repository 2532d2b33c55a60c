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
        guard let words = ManifestWords.split(line), words.count >= 6, words.count % 2 == 0 else { throw .format }
        var pairs = ManifestPairs()
        for index in stride(from: 0, to: words.count, by: 2) { try pairs.take(words[index], words[index + 1]) }
        guard let name = pairs.name, pairs.sequence != 0, pairs.type != 0 else { throw .format }
        let proof = try pairs.proof()
        guard let kind = Kind(rawValue: pairs.type) else { throw .type }
        return (File(name: name, sequence: pairs.sequence, proof: proof), kind)
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
            let tag = [UInt8](hexadecimal: tag.span.bytes), tag.count == AESGCM.tagBytes
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

/// Splits a line into words as Redis's `sdssplitargs` does; in main, `InlineRequest` does it.
enum ManifestWords {
    /// Nil if a quote is not closed, or something follows one that is.
    static func split(_ line: RawSpan) -> [[UInt8]]? {
        var words: [[UInt8]] = []
        var position = 0
        while true {
            while position < line.byteCount, isSpace(line[position]) { position += 1 }
            if position == line.byteCount { return words }
            guard let word = word(line, &position) else { return nil }
            words.append(word)
        }
    }

    private static func word(_ line: RawSpan, _ position: inout Int) -> [UInt8]? {
        var word: [UInt8] = []
        while position < line.byteCount {
            let byte = line[position]
            // Fewer than what may stand between words.
            if byte == 32 || byte == 9 || byte == 10 || byte == 13 { break }
            position += 1
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                return quoted(byte, line, &position, &word) ? word : nil
            }
            word.append(byte)
        }
        return word
    }

    private static func quoted(
        _ quote: UInt8, _ line: RawSpan, _ position: inout Int, _ word: inout [UInt8]
    ) -> Bool {
        while position < line.byteCount {
            let byte = line[position]
            position += 1
            if byte == quote { return position == line.byteCount || isSpace(line[position]) }
            if byte == UInt8(ascii: "\\"), position < line.byteCount,
                quote == UInt8(ascii: "\"") || line[position] == quote {
                word.append(unescaped(line, &position, in: quote))
            } else {
                word.append(byte)
            }
        }
        return false
    }

    private static func unescaped(_ line: RawSpan, _ position: inout Int, in quote: UInt8) -> UInt8 {
        let byte = line[position]
        position += 1
        if quote == UInt8(ascii: "'") { return byte }
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "x"):
            guard position + 1 < line.byteCount, let high = hexDigit(line[position]),
                let low = hexDigit(line[position + 1])
            else { return byte }
            position += 2
            return high << 4 | low
        default: return byte
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
}
