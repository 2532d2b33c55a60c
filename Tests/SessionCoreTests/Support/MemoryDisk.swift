@testable import SessionCore

/// A disk in memory that does what nodes ask for, until it is told to fail.
final class MemoryDisk {
    /// By path.
    var files: [String: [UInt8]] = [:]
    private var open: [DiskFile: (path: String, position: Int)] = [:]
    /// All steps so far.
    private(set) var steps: [DiskStep] = []
    /// Why a step fails; nil if it does not.
    var problem: (DiskStep) -> String? = { _ in nil }

    func perform(_ request: DiskRequest) -> DiskAnswer {
        var answer = DiskAnswer()
        for (index, step) in request.steps.enumerated() {
            steps.append(step)
            if let reason = problem(step) ?? perform(step, &answer) {
                answer.problem = DiskProblem(reason: reason, isMissing: reason.hasPrefix("No such file"), step: index)
                break
            }
        }
        return answer
    }

    private func perform(_ step: DiskStep, _ answer: inout DiskAnswer) -> String? {
        switch step {
        case .makeDirectory, .sync, .syncDirectory: break
        case .create(let file, let path):
            files[path] = []
            open[file] = (path, 0)
        case .append(let file, let path):
            guard files[path] != nil else { return "No such file or directory" }
            open[file] = (path, 0)
        case .write(let file, let bytes):
            guard let path = open[file]?.path else { return "Bad file descriptor" }
            files[path, default: []] += bytes
        case .truncate(let file, let bytes):
            guard let path = open[file]?.path else { return "Bad file descriptor" }
            files[path]?.removeSubrange(Int(bytes)...)
        case .close(let file): open[file] = nil
        case .rename(let path, let target):
            guard let content = files.removeValue(forKey: path) else { return "No such file or directory" }
            files[target] = content
            for (file, place) in open where place.path == path { open[file]?.path = target }
        case .remove(let path): files[path] = nil
        case .open(let file, let path):
            guard let content = files[path] else { return "No such file or directory" }
            open[file] = (path, 0)
            answer.length = Int64(content.count)
        case .read(let file, let count):
            guard let place = open[file], let content = files[place.path] else { return "Bad file descriptor" }
            let end = min(content.count, place.position + count)
            answer.bytes = Array(content[place.position..<end])
            open[file]?.position = end
        }
        return nil
    }

    /// What is left when the process is gone: open files are forgotten, content stays.
    func forgetOpenFiles() { open = [:] }
}

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
