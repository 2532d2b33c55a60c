import Testing

@testable import SessionCore

/// What a node makes of its entropy: nothing that can be seen follows from what keys the hash function, nor the other
/// way round.
@Suite struct NodeSeedsTests {
    /// Gives these words in turn.
    private struct Words: RandomNumberGenerator {
        var words: [UInt64]
        mutating func next() -> UInt64 { words.removeFirst() }
    }

    /// What depends on the seeds: what nobody may know, what may be known and not be told ahead, and what need not be
    /// secret.
    private struct Traits: Equatable {
        var hash: UInt64
        var identifiers: [String]
        var choices: [UInt64]
    }

    private func traits(_ words: [UInt64]) -> Traits {
        var generator = Words(words: words)
        let now = Timestamp(unixMicroseconds: 1, monotonicMicroseconds: 1)
        var node = Node(configuration: Configuration(), seeds: NodeSeeds(using: &generator), now: now)
        return Traits(
            hash: node.execution.store.hash("key".utf8Span.span.bytes),
            identifiers: [node.lifecycle.runID, node.replication.id, node.identifiers.next(), node.identifiers.next()],
            choices: [node.execution.random.next(), node.execution.random.next()])
    }

    @Test func eachWordIsForOnePurpose() {
        let words: [UInt64] = [1, 2, 3, 4, 5, 6, 7]
        let first = traits(words)
        #expect(first == traits(words))
        #expect(Set(first.identifiers).count == 4)
        for id in first.identifiers { #expect(id.wholeMatch(of: /[0-9a-f]{40}/) != nil) }
        for index in words.indices {
            var changed = words
            changed[index] ^= 1 << 40
            let other = traits(changed)
            #expect((other.hash != first.hash) == (index < 2), "word \(index)")
            #expect((other.choices != first.choices) == (index == 6), "word \(index)")
            for (mine, theirs) in zip(first.identifiers, other.identifiers) {
                #expect((mine != theirs) == (2...5).contains(index), "word \(index)")
            }
        }
    }

    /// Every way in which a node comes to another replication id.
    @Test func replicationIDsAreIdentifiers() {
        var configuration = Configuration()
        configuration.debugCommand = .everybody
        let dialogue = NodeDialogue(configuration)
        var source = IdentifierSource(key: NodeSeeds(derivedFrom: 1).identifierKey)
        var identifiers = (0..<12).map { _ in source.next() }[...]
        func expectNext(_ how: Comment) {
            let id = dialogue.inspect { $0.replication.id }
            #expect(identifiers.contains(id), how)
            if let index = identifiers.firstIndex(of: id) { identifiers = identifiers[(index + 1)...] }
        }
        let runID = dialogue.inspect { $0.lifecycle.runID }
        #expect(runID == identifiers.first)
        identifiers.removeFirst()
        expectNext("at the start")
        _ = dialogue.send("DEBUG", "CHANGE-REPL-ID")
        expectNext("by DEBUG")
        _ = dialogue.send("REPLICAOF", "localhost", "1")
        _ = dialogue.send("REPLICAOF", "NO", "ONE")
        expectNext("after a promotion")
        _ = dialogue.send("REPLCONF", "capa", "eof", on: 1)
        var opening = dialogue.send("PSYNC", "?", "-1", on: 1)
        dialogue.advance(milliseconds: 0)
        opening += dialogue.read(on: 1)
        #expect(identifiers.contains { opening.contains("$EOF:\($0)\r\n") }, "\(opening.prefix(200))")
    }
}
