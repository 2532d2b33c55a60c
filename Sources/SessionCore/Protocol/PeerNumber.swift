/// Numbers that the other side of a replication link names, in its dialogue, its stream and its snapshot. Each is
/// checked here, where it is read: what these functions return can be added to, and used as an index, without another
/// look.
enum PeerNumber {
    /// An offset of a replication stream, in decimal: what this node appends to the stream fits 64 bits still.
    static func offset(_ text: RawSpan) -> Int64? {
        guard let number = parseInteger(text), (0...Limits.streamOffset).contains(number) else { return nil }
        return number
    }

    /// Bytes of a snapshot that are announced, in decimal: at least one.
    static func length(_ text: RawSpan) -> Int64? {
        guard let number = parseInteger(text), (1...Limits.streamOffset).contains(number) else { return nil }
        return number
    }

    /// A database, if there are so many here.
    static func database(_ number: Int64, of databases: Int) -> Int? {
        (0..<Int64(databases)).contains(number) ? Int(number) : nil
    }

    /// A TCP port, in decimal; 0 where a peer has none to name.
    static func port(_ text: RawSpan) -> Int? {
        guard let number = parseInteger(text), (0...65535).contains(number) else { return nil }
        return Int(number)
    }
}

/// Texts of peers that are quoted. (What they name a host has to be a `HostName`.)
enum PeerText {
    /// What our primary has said, for the log: printable, in one line, not for ever, and without the secret that it was
    /// told. Whatever of a primary's words is logged comes from here.
    /// - Parameter secret: `masterauth`. Errors quote requests, but not always to their end: where the text repeats the
    ///   secret's first bytes, it ends.
    static func quoted(_ bytes: RawSpan, hiding secret: String) -> String {
        let beginning = Array(secret.utf8.prefix(recognisedBytes))
        var text: [UInt8] = []
        for index in 0..<min(bytes.byteCount, Limits.quotedText) {
            if repeats(bytes, at: index, beginning) { return String(decoding: text, as: UTF8.self) + "(redacted)" }
            text.append(isPrintable(bytes[index]) ? bytes[index] : UInt8(ascii: "?"))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Bytes by which a secret is recognised.
    private static let recognisedBytes = 4

    /// Whether a text repeats `beginning`; an error may have anything in place of what is not printable.
    private static func repeats(_ bytes: RawSpan, at position: Int, _ beginning: [UInt8]) -> Bool {
        if beginning.isEmpty || bytes.byteCount - position < beginning.count { return false }
        for index in beginning.indices where bytes[position + index] != beginning[index] {
            if isPrintable(beginning[index]) { return false }
        }
        return true
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { (32...126).contains(byte) }
}
