@testable import SessionCore

/// A node, its disk, and what it logs.
final class DurableDialogue {
    let disk: MemoryDisk
    let dialogue: NodeDialogue
    private(set) var log: [String] = []
    /// Why it has ended with failure.
    private(set) var failure: String?
    private(set) var isShutDown = false
    private(set) var shutdownsAborted = 0

    static func configuration(_ directives: [(String, String)] = []) -> Configuration {
        var configuration = Configuration()
        try? configuration.apply("dir", ["/d"])
        for (name, value) in directives { try? configuration.apply(name, [value]) }
        return configuration
    }

    /// A node that has loaded what the disk holds, unless it is told not to.
    init(
        _ disk: MemoryDisk = MemoryDisk(), _ directives: [(String, String)] = [],
        startingAt milliseconds: Int64 = NodeDialogue.start, keys: String? = nil, loads: Bool = true
    ) {
        self.disk = disk
        disk.forgetOpenFiles()
        dialogue = NodeDialogue(
            DurableDialogue.configuration(directives), startingAt: milliseconds, seed: UInt64(disk.steps.count + 1),
            keys: keys.flatMap { text in try? KeyRing(lines: Array(text.utf8).span.bytes) })
        if loads { settle() }
    }

    /// A node that keeps snapshots and no log.
    static func withoutLog(
        _ disk: MemoryDisk = MemoryDisk(), _ directives: [(String, String)] = [], loads: Bool = true
    ) -> DurableDialogue {
        DurableDialogue(disk, [("appendonly", "no")] + directives, loads: loads)
    }

    /// Has the disk answer one request of the node.
    /// - Returns: false if there was none.
    @discardableResult
    func step() -> Bool {
        guard let effect = dialogue.modify({ $0.nextEffect() }) else { return false }
        switch effect {
        case .disk(let request):
            let answer = disk.perform(request)
            let now = dialogue.now
            dialogue.modify { $0.diskAnswered(answer, in: request.lane, now: now) }
        case .log(_, let line): log.append(line)
        case .fail(let reason): failure = reason
        case .shutdown: isShutDown = true
        case .shutdownAborted: shutdownsAborted += 1
        case .close(let id): dialogue.disconnect(id.rawValue)
        default: break
        }
        return true
    }

    /// A turn of the runtime that begins with what the disk has done: only behind `advance` is anything sent.
    func turn() {
        let now = dialogue.now
        dialogue.modify { node in
            while let effect = node.nextEffect() {
                if case .disk(let request) = effect {
                    node.diskAnswered(disk.perform(request), in: request.lane, now: now)
                }
            }
            _ = node.advance(to: now)
        }
    }

    /// Gives the node turns and its disk work until neither has anything left to do now.
    func settle() {
        for _ in 0..<100_000 {
            let now = dialogue.now
            dialogue.supplyEntropy()
            let goesOn = dialogue.modify { $0.advance(to: now) } ?? .max <= now.monotonicMicroseconds
            var acted = false
            while step() { acted = true }
            if !goesOn && !acted { return }
        }
    }

    func pass(milliseconds: Int64) {
        dialogue.skip(milliseconds: milliseconds)
        settle()
    }

    /// Sends a command, and lets all that follows from it happen.
    @discardableResult
    func send(_ words: String..., on connection: UInt32 = 0) -> String {
        let reply = dialogue.send(words, on: connection)
        settle()
        return reply + dialogue.read(on: connection)
    }

    /// The value of a line of INFO.
    func info(_ name: String) -> String? {
        let lines = dialogue.send("INFO", on: 9).split(separator: "\r\n")
        return lines.first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.utf8.count + 1)) }
    }
}
