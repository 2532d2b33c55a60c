/// What has happened in a simulation: a digest of all of it, and the last of it in words.
struct Trace {
    struct Entry {
        let time: Int64
        let kind: StaticString
        let first: Int
        let second: Int
        let words: [String]
        let reply: Reply?
    }

    static let kept = 120

    private var entries: [Entry] = []
    private var next = 0
    /// FNV-1a of everything noted, in order.
    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    var clock: Int64 = 0

    mutating func note(_ kind: StaticString, _ first: Int, _ second: Int, _ words: [String] = []) {
        fold(UInt64(bitPattern: clock))
        fold(UInt64(UInt32(truncatingIfNeeded: first)) << 32 | UInt64(UInt32(truncatingIfNeeded: second)))
        for word in words { for byte in word.utf8 { fold(UInt64(byte)) } }
        keep(Entry(time: clock, kind: kind, first: first, second: second, words: words, reply: nil))
    }

    /// Notes a reply of a host at an offset, whose bytes are folded in by the caller.
    mutating func note(_ reply: Reply, from host: Int, at offset: Int64) {
        fold(UInt64(bitPattern: offset))
        keep(Entry(time: clock, kind: "reply", first: host, second: Int(offset), words: [], reply: reply))
    }

    private mutating func keep(_ entry: Entry) {
        if entries.count < Trace.kept {
            entries.append(entry)
        } else {
            entries[next] = entry
            next = (next + 1) % Trace.kept
        }
    }

    /// Notes bytes that a node has sent.
    mutating func fold(_ bytes: [UInt8]) {
        for byte in bytes { fold(UInt64(byte)) }
    }

    private mutating func fold(_ value: UInt64) { digest = (digest ^ value) &* 0x0000_0100_0000_01B3 }

    /// The last events, oldest first, a line each.
    var lines: [String] {
        (entries[next...] + entries[..<next]).map { entry in
            let (seconds, rest) = entry.time.quotientAndRemainder(dividingBy: 1_000_000)
            let fraction = String(rest + 1_000_000).dropFirst()
            return "\(seconds).\(fraction) \(entry.kind) \(entry.first) \(entry.second) "
                + (entry.reply?.description ?? entry.words.joined(separator: " "))
        }
    }
}
