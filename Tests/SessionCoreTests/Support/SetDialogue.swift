@testable import SessionCore

/// What tests of sets ask of a dialogue.
extension NodeDialogue {
    /// The bulk strings in the array that answers a command, as they came.
    func list(_ words: [String]) -> [String] {
        let bytes = sendBytes(words.map { Array($0.utf8) })
        return WireReply.all(in: bytes).first?.elements?.compactMap(\.text) ?? []
    }

    func list(_ words: String...) -> [String] { list(words) }

    /// How a key's value is kept.
    func kind(of key: String) -> RecordKind? {
        inspect { node in
            let bytes = Array(key.utf8)
            let place = node.execution.store.find(0, bytes.span.bytes, node.execution.store.hash(bytes.span.bytes))
            return place.map { node.execution.store[$0.record].kind }
        }
    }

    /// Bytes of the heap in use.
    var usedBytes: Int { inspect { $0.execution.store.heap.usedBytes } }
}
