/// Requests as they stand on the wire, for tests and for the fuzz targets alike.
enum RequestEncoding {
    /// The bytes of a request.
    static func bytes(_ words: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        append(words, to: &bytes)
        return bytes
    }

    /// Adds a request to others.
    static func append(_ words: [[UInt8]], to bytes: inout [UInt8]) {
        appendHead(words.count, to: &bytes)
        for word in words { append(word: word, to: &bytes) }
    }

    /// Adds what stands before the words of a request of so many.
    static func appendHead(_ count: Int, to bytes: inout [UInt8]) { appendLine("*", count, to: &bytes) }

    /// Adds a word.
    static func append(word: [UInt8], to bytes: inout [UInt8]) {
        appendLine("$", word.count, to: &bytes)
        bytes += word
        bytes += [13, 10]
    }

    private static func appendLine(_ type: Unicode.Scalar, _ count: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: type))
        bytes += String(count).utf8
        bytes += [13, 10]
    }
}
