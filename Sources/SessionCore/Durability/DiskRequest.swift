/// What the node asks its runtime to do with files. The steps are single system calls, so that whoever plays the disk
/// (a thread, or a simulation) can stop between any two of them.

/// A file that the node has open. It chooses the number, and uses it again when the file is closed.
public struct DiskFile: Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// One system call. Paths are absolute.
public enum DiskStep: Sendable, Equatable {
    /// Creates a directory; one that exists is as good.
    case makeDirectory(path: String)
    /// Opens a file for writing at its end; it is empty then, whatever it held.
    case create(DiskFile, path: String)
    /// Opens a file that exists for writing at its end.
    case append(DiskFile, path: String)
    /// Writes at the end.
    case write(DiskFile, [UInt8])
    /// Cuts a file that is open for writing; further writes go behind what is left.
    case truncate(DiskFile, bytes: Int64)
    /// Waits until the content of the file is on disk.
    case sync(DiskFile)
    case close(DiskFile)
    /// Gives a file another name; one that has it is replaced in the same moment.
    case rename(path: String, to: String)
    /// Removes a file; one that does not exist is as good.
    case remove(path: String)
    /// Waits until the names in a directory are on disk.
    case syncDirectory(path: String)
    /// Opens a file for reading from its start; answers its length.
    case open(DiskFile, path: String)
    /// Answers up to so many of the next bytes; none at the end.
    case read(DiskFile, count: Int)
}

/// Which queue a request waits in. What is in one queue is done in order; a slow step of one does not hold up the
/// other.
public enum DiskLane: Int, Sendable, CaseIterable {
    /// The append log, for whose writes clients may be waiting.
    case log
    /// Snapshots, and all that is read at start.
    case snapshot
}

/// Steps to be done one after the other, up to the first that fails.
public struct DiskRequest: Sendable, Equatable {
    public let lane: DiskLane
    public let steps: [DiskStep]
}

/// Why a step failed.
public struct DiskProblem: Error, Sendable, Equatable {
    /// In the system's words: `No space left on device`.
    public let reason: String
    /// There is no such file.
    public let isMissing: Bool
    /// Which step of the request it was.
    public let step: Int

    public init(reason: String, isMissing: Bool = false, step: Int = 0) {
        self.reason = reason
        self.isMissing = isMissing
        self.step = step
    }
}

/// What became of a request.
public struct DiskAnswer: Sendable, Equatable {
    /// Why it could not be done; nil if it was.
    public var problem: DiskProblem?
    /// What the last `read` has read.
    public var bytes: [UInt8] = []
    /// The length of the file that `open` opened.
    public var length: Int64 = 0
    /// How long it took.
    public var microseconds: Int64 = 0

    public init() {}
}
