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
