import Testing

@testable import SessionCore

/// Tokens are made of the entropy that the node is given, and of nothing else.
@Suite struct SessionEntropyTests {
    private let dialogue = NodeDialogue()

    init() { dialogue.suppliesEntropy = false }

    private func supply(_ bytes: [UInt8]) { dialogue.modify { $0.supply(entropy: bytes.span.bytes) } }

    /// Base64url without padding (RFC 4648, section 5), written independently of the node's.
    private func base64url(_ bytes: ArraySlice<UInt8>) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return String(stride(from: 0, to: bits.count, by: 6).map { start in
            alphabet[bits[start..<(start + 6)].reduce(0) { $0 * 2 + Int($1) }]
        })
    }

    @Test func tokensAreExactlyTheBytesSupplied() {
        var random = SplitMix64(seed: 99)
        let bytes = [UInt8](repeating: 0, count: 24) + [UInt8](repeating: 255, count: 24)
            + (0..<2400).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        supply(bytes)
        for index in 0..<102 {
            let expected = base64url(bytes[(index * 24)..<(index * 24 + 24)])
            let isRotated = index % 2 == 1
            let token = isRotated ? dialogue.rotate(dialogue.create("ID \(expected)x")) : dialogue.create()
            #expect(token == expected)
        }
        #expect(dialogue.inspect { $0.execution.entropy.count } == 0)
    }

    @Test func wantsBeforeItRunsOut() {
        #expect(dialogue.inspect { $0.entropyWanted } == 65_536)
        supply([UInt8](repeating: 1, count: 65_536))
        #expect(dialogue.inspect { $0.entropyWanted } == 0)
        var made = 0
        while dialogue.inspect({ $0.entropyWanted }) == 0 {
            // The same bytes give the same token: it is the number that matters here.
            dialogue.modify { _ = $0.execution.makeToken() }
            made += 1
        }
        #expect(65_536 - made * 24 < 16_384 && 65_536 - (made - 1) * 24 >= 16_384)
    }

    @Test func requestsWaitForEntropyAndAreExecutedOnce() {
        supply((0..<30).map { UInt8($0) })
        let first = dialogue.create("USER alice")
        #expect(first == base64url((0..<24).map { UInt8($0) }[...]))
        // Six bytes are left: too few.
        #expect(dialogue.send("SESSCREATE", "USER", "alice") == "")
        #expect(dialogue.send("PING") == "", "what follows on the same connection keeps its order")
        #expect(dialogue.send("SESSROTATE", first, on: 1) == "")
        #expect(dialogue.send("SESSCARD", "alice", on: 2) == ":1\r\n", "others do not wait")
        dialogue.advance(milliseconds: 10)
        #expect(dialogue.read() == "" && dialogue.read(on: 1) == "")
        supply((30..<48).map { UInt8($0) })
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == bulk(base64url((24..<48).map { UInt8($0) }[...])) + "+PONG\r\n")
        #expect(dialogue.read(on: 1) == "", "there was enough for one")
        supply([UInt8](repeating: 7, count: 100))
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read(on: 1) == bulk(base64url([UInt8](repeating: 7, count: 24)[...])))
        #expect(dialogue.send("SESSCARD", "alice", on: 2) == ":2\r\n")
        dialogue.advance(milliseconds: 1000)
        #expect(dialogue.read() == "" && dialogue.read(on: 1) == "")
    }

    @Test func pipelinesAndInlineRequestsWaitToo() {
        supply([UInt8](repeating: 1, count: 24))
        let pipeline = dialogue.sendRaw("PING\r\nSESSCREATE\r\nSESSCREATE USER bob\r\nPING\r\n")
        #expect(pipeline == "+PONG\r\n" + bulk(base64url([UInt8](repeating: 1, count: 24)[...])))
        supply([UInt8](repeating: 2, count: 24))
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == bulk(base64url([UInt8](repeating: 2, count: 24)[...])) + "+PONG\r\n")
        #expect(dialogue.run("SESSCARD bob") == 1)
    }

    @Test func aConnectionThatGoesAwayWhileItWaitsIsForgotten() {
        #expect(dialogue.send("SESSCREATE", "USER", "alice", on: 1) == "")
        dialogue.disconnect(1)
        supply([UInt8](repeating: 3, count: 48))
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.run("SESSCARD") == 0)
        dialogue.connect(1)
        #expect(dialogue.read(on: 1) == "")
    }

    @Test func whatNeedsNoTokenDoesNotWait() {
        #expect(dialogue.run("SESSGET nothing") == .null && dialogue.run("SESSTOUCH nothing") == -2)
        #expect(dialogue.run("SESSCARD") == 0 && dialogue.run("SESSREVOKE nothing") == 0)
    }
}
