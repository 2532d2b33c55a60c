import Testing

@testable import SessionCore

/// Redis advisories CVE-2026-21864 and CVE-2026-63639: `RESTORE`, or a snapshot, with lengths that do not fit what
/// follows. There is no `RESTORE` here; what carries such values is the snapshot of a primary.
@Suite("CVE-2026-21864, CVE-2026-63639: values with corrupt lengths")
struct CVE_2026_21864Tests {
    /// A value of each encoding, under the key `k`.
    private static let values = [
        "00 016b 0474657874", "00 016b c00a", "00 016b c2ffffff7f",
        "00 016b c3 0e 4168 03616263 61e0ff02e15107016263",
        "02 016b 02 0161 0162", "04 016b 02 0161 c001 0162 c002",
        "05 016b 02 0162 0000000000000040 0161 000000000000f03f",
        "0b 016b 0e 02000000 03000000 0100 0200 2c01",
        "0c 016b 10 10000000 0d000000 0200 00 01 61 03 f2 ff",
        "0d 016b 10 10000000 0d000000 0200 00 01 61 03 f2 ff",
        "10 016b 15 15000000 0400 816102 0101 816202 8474657874 05 ff",
        "11 016b 11 11000000 0400 816102 0101 816202 0201 ff",
        "14 016b 0f 0f000000 0300 816102 816202 0101 ff",
        "fc 7bd8cc32bb030000 00 016b 0161",
    ]

    private static let replacements: [UInt8] = [
        0, 1, 3, 0x3F, 0x40, 0x7F, 0x80, 0x81, 0xC0, 0xC3, 0xF0, 0xF4, 0xFE, 0xFF,
    ]

    /// Every byte of each value replaced, and the value cut short: it is refused or loaded, and what is loaded can be
    /// read by every command.
    @Test(arguments: values.indices) func areRefusedOrReadable(_ index: Int) {
        let value = Self.bytes(Self.values[index])
        let reads = Self.readRequests()
        let dialogue = NodeDialogue()
        #expect(load(value, dialogue), "it is a value as long as nothing is changed")
        read(reads, dialogue, "unchanged")
        for place in 1..<value.count {
            for replacement in Self.replacements where replacement != value[place] {
                var changed = value
                changed[place] = replacement
                if load(changed, dialogue) { read(reads, dialogue, "byte \(place) is \(replacement)") }
            }
            if load(Array(value[..<place]), dialogue) { read(reads, dialogue, "cut at \(place)") }
        }
        dialogue.expect("PING", gives: "+PONG\r\n")
    }

    /// Whether a snapshot of this value, without a checksum, is accepted.
    private func load(_ value: [UInt8], _ dialogue: NodeDialogue) -> Bool {
        let bytes = Array("REDIS0010".utf8) + [0xFE, 0] + value + [0xFF] + [UInt8](repeating: 0, count: 8)
        do throws(RDBError) { return try dialogue.load(bytes) != nil } catch { return false }
    }

    private func read(_ requests: [[String]], _ dialogue: NodeDialogue, _ change: String) {
        let keys = dialogue.reply("KEYS", "*").elements ?? []
        for key in keys {
            guard case .bulk(let name) = key else { continue }
            for request in requests {
                let words = request.map { $0 == "{key}" || $0 == "{other}" ? name : Array($0.utf8) }
                let answer = dialogue.sendBytes(words)
                #expect(ReplyFrames.count(in: answer) == 1, "\(change): \(request)")
            }
        }
        // Keys that are due count until they are removed.
        #expect(dialogue.reply("DBSIZE").number ?? -1 >= Int64(keys.count), "\(change)")
    }

    /// The forms of every command that reads keys.
    private static func readRequests() -> [[String]] {
        let table = CommandTable()
        var requests: [[String]] = []
        for id in CommandID.allCases where table.rows[Int(id.rawValue)].flags.contains(.readonly) {
            requests += RequestForms.of(table, id).filter { $0.contains("{key}") }.prefix(2)
        }
        return requests
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8).filter { $0 > 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// What Redis answers where it does not know a command.
    @Test(arguments: ["RESTORE", "RESTORE-ASKING", "DUMP", "MIGRATE", "MODULE", "FUNCTION"])
    func restoreIsUnknown(_ name: String) {
        let payload: [UInt8] = [16, 255, 255, 255, 255, 10, 0, 1, 2, 3, 4, 5, 6, 7, 8]
        let dialogue = NodeDialogue()
        let answer = dialogue.sendBytes([Array(name.utf8), Array("k".utf8), Array("0".utf8), payload])
        #expect(
            String(decoding: answer, as: UTF8.self)
                == "-ERR unknown command '\(name)', with args beginning with: \r\n")
        dialogue.expect("EXISTS", "k", gives: ":0\r\n")
    }
}
