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
    /// What a peer has said, for the log: printable, in one line, and not for ever.
    static func shortened(_ bytes: RawSpan) -> String {
        var text: [UInt8] = []
        for index in 0..<min(bytes.byteCount, Limits.quotedText) {
            text.append((32...126).contains(bytes[index]) ? bytes[index] : UInt8(ascii: "?"))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
