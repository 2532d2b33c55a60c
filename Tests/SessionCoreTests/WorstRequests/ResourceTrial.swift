import CAllocationCount
import Testing

@testable import SessionCore

/// A node that is asked one thing, with what it takes to answer it measured meanwhile.
final class ResourceTrial {
    /// What a request has taken.
    struct Usage {
        /// Bytes that were allocated at the highest moment and not at the beginning: by `malloc`, and in the heaps, in
        /// whole pages.
        var memory = 0
        var reply: [UInt8] = []
        var isClosed = false
    }

    static let replyLimit = 256 << 10
    static let connection: UInt32 = 0

    let dialogue: NodeDialogue
    /// Bytes of the requests so far: no data can be more.
    private(set) var sent = 0

    init() {
        var configuration = Configuration()
        configuration.debugCommand = .everybody
        configuration.shutdownTimeout = 0
        dialogue = NodeDialogue(configuration)
        dialogue.modify { $0.execution.replyLimit = ResourceTrial.replyLimit }
    }

    /// Sends what goes before, in the notation of `WorstRequest.prelude`.
    func prepare(_ prelude: [String]) {
        for step in prelude {
            let byOthers = step.hasPrefix("@")
            var text = byOthers ? step.dropFirst() : step[...]
            var count = 1
            if let end = text.firstRange(of: "× "), let number = Int(text[..<end.lowerBound]) {
                (count, text) = (number, text[end.upperBound...])
            }
            var requests: [UInt8] = []
            for number in 10_000..<10_000 + count {
                let one = count > 1 ? String(text).replacing("#", with: "\(number)") : String(text)
                requests += RequestEncoding.bytes(WorstRequest.words(one))
                if byOthers { send(&requests, on: UInt32(100 + number - 10_000), step) }
            }
            send(&requests, on: ResourceTrial.connection, step)
        }
    }

    private func send(_ requests: inout [UInt8], on connection: UInt32, _ step: String) {
        if requests.isEmpty { return }
        sent += requests.count
        dialogue.connect(connection)
        dialogue.deliver(requests, on: connection)
        let reply = String(decoding: dialogue.readBytes(on: connection).prefix(100), as: UTF8.self)
        #expect(!reply.hasPrefix("-") || reply.hasPrefix("-NOPERM"), "\(step): \(reply)")
        requests = []
    }

    /// Sends a request and measures until nothing is left to do.
    func measure(_ words: [[UInt8]]) -> Usage {
        let request = RequestEncoding.bytes(words)
        sent += request.count
        _ = dialogue.read()
        var usage = Usage()
        let now = dialogue.now
        let pages = heapBytes
        forget_allocation_peak()
        let before = allocated_bytes()
        dialogue.deliver(request, on: ResourceTrial.connection)
        usage.memory = dialogue.modify { node in
            for _ in 0..<1000 {
                guard let next = node.advance(to: now), next <= now.monotonicMicroseconds else { break }
            }
            return Int(allocation_peak() - before)
        }
        usage.memory += heapBytes - pages
        usage.reply = dialogue.readBytes(on: ResourceTrial.connection)
        usage.isClosed = dialogue.effects().contains(.close(ConnectionID(rawValue: ResourceTrial.connection)))
        return usage
    }

    /// What the heaps have taken of their address space at most.
    private var heapBytes: Int {
        dialogue.inspect { node in
            node.execution.store.heap.reservedBytes - node.execution.store.heap.untouchedBytes
                + node.listeners.pubsub.usedBytes
                + node.listeners.trackedKeys.usedBytes
        }
    }
}
