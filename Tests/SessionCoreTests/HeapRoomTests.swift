import Testing

@testable import SessionCore

/// What is made of stored data may be longer than any request: where it does not fit the heap, it is refused before
/// anything of it is made.
@Suite struct HeapRoomTests {
    private let dialogue = NodeDialogue()

    /// 64 MiB of address space, about half of it taken by one set and one sorted set, each of 2000 members of 8 kB.
    init() {
        dialogue.modify { node in
            node.execution.store = Store(
                databases: 16, seed: (1, 2), now: node.now.unixMilliseconds, reserving: 64 << 20)
        }
        for number in 0..<2000 {
            let member = "\(number)" + String(repeating: "m", count: 8000)
            _ = dialogue.send("SADD", "s", member)
            _ = dialogue.send("ZADD", "z", "\(number)", member)
        }
    }

    private let refused = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"

    @Test func copiesThatDoNotFit() {
        let before = dialogue.inspect { $0.execution.store.heap.usedBytes }
        #expect(before > 30 << 20 && before < 50 << 20)
        _ = dialogue.send("COPY", "s", "first")
        for command in [
            "COPY s second", "COPY z second", "SUNIONSTORE second s", "SINTERSTORE second s first",
            "SDIFFSTORE second s", "ZUNIONSTORE second 1 z", "ZINTERSTORE second 1 z",
            "ZDIFFSTORE second 1 z", "ZRANGESTORE second z 0 -1",
        ] { #expect(dialogue.send(command.split(separator: " ").map(String.init)) == refused, "\(command)") }
        dialogue.expect([("EXISTS second", ":0"), ("SCARD s", ":2000"), ("ZCARD z", ":2000")])
    }

    @Test func whatFitsIsMade() {
        dialogue.expect([
            ("DEL z", ":1"), ("COPY s first", ":1"), ("SINTERCARD 2 s first", ":2000"), ("SADD small a b", ":2"),
            ("SUNIONSTORE second small", ":2"), ("ZUNIONSTORE third 1 small", ":2"), ("COPY small fourth", ":1"),
        ])
    }
}
