import Testing

@testable import SessionCore

/// What a node tells its replicas.
extension NodeDialogue {
    /// A node that propagates its changes.
    /// - Parameter mayRepeat: as `Propagation.mayRepeat`.
    static func propagating(
        _ configuration: Configuration = Configuration(), mayRepeat: Bool = false
    ) -> NodeDialogue {
        let node = NodeDialogue(configuration)
        node.modify {
            $0.execution.startPropagation()
            $0.execution.propagation.mayRepeat = mayRepeat
        }
        return node
    }

    /// The effects since the last call, as bytes.
    func propagatedBytes() -> [UInt8] {
        modify { node in
            precondition(node.execution.propagation.isComplete, "a command's effects are not all there yet")
            let bytes = node.execution.propagation.buffer.bytes.array
            node.execution.propagation.buffer.removeAll()
            return bytes
        }
    }

    /// The effects since the last call, their words.
    func propagatedWords() -> [[[UInt8]]] {
        WireReply.all(in: propagatedBytes()).map { request in
            (request.elements ?? []).map { word in
                guard case .bulk(let bytes) = word else { fatalError("a request is an array of bulk strings: \(word)") }
                return bytes
            }
        }
    }

    /// The effects since the last call, each as its words with spaces between them.
    func propagated() -> [String] {
        propagatedWords().map { words in
            words.map { $0.isEmpty ? "\"\"" : String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
    }

    /// Runs a table of commands (words separated by single spaces, `""` for an empty one) and their effects, separated
    /// by `; `.
    func expectEffects(
        _ exchanges: [(command: String, effects: String)], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (command, effects) in exchanges {
            let reply = send(command.split(separator: " ").map { $0 == "\"\"" ? "" : String($0) })
            let told = propagated().joined(separator: "; ")
            #expect(told == effects, "\(command): \(reply)", sourceLocation: sourceLocation)
        }
    }
}
