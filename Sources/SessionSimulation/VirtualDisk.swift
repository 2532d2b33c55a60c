import SessionCore

/// A file system in memory that does what nodes ask of it, one system call at a time, and forgets what it may when the
/// power fails.
///
/// It promises what POSIX does and no more: the content of a file is on disk after `sync`, and a name after
/// `syncDirectory`. Until then either may be there, wholly or in part, or not (`DataLoss`, `NameLoss`). A value: a copy
/// is another disk that holds the same.
struct VirtualDisk {
    /// What a name leads to.
    fileprivate enum Entry: Equatable { case file(Int), directory }

    /// A change of names that may not be on disk yet.
    fileprivate struct NameChange {
        let directory: String
        let path: String
        /// nil where the name is gone.
        let entry: Entry?
        /// The name that what is under `path` now had before.
        var source: String?
    }

    private var files: [VirtualFile] = []
    private var names = OrderedMap<String, Entry>()
    private var durableNames = OrderedMap<String, Entry>()
    /// Oldest first.
    private var changes: [NameChange] = []
    private var open = OrderedMap<DiskFile, (file: Int, position: Int)>()

    /// Bytes that files may have in all.
    var capacity = Int.max
    /// `sync` answers that it has failed.
    var failsSync = false
    /// Pages are written in any order, and names are no journal: otherwise what is lost is the end of each.
    var reorders = false
    /// For what happens at random: failures, and what is left of what was not synchronised.
    var random: SplitMix64
    var statistics = DiskStatistics()
    /// After a loss of power some file has, or had, a hole: something is missing in front of something that is there.
    private(set) var hasHole = false

    /// - Parameter directory: one that is there.
    init(directory: String, random: SplitMix64) {
        names[directory] = .directory
        durableNames[directory] = .directory
        self.random = random
    }

    // MARK: System calls

    /// - Returns: why it has failed; nil if it has not.
    mutating func perform(_ step: DiskStep, _ answer: inout DiskAnswer) -> String? {
        statistics.steps += 1
        switch step {
        case .makeDirectory(let path):
            if names[path] == nil { change(path, .directory) }
            return nil
        case .create(let file, let path): return create(file, path)
        case .append(let file, let path):
            guard case .file(let number)? = names[path] else { return VirtualDisk.missing }
            open[file] = (number, 0)
            return nil
        case .write(let file, let bytes): return write(file, bytes)
        case .truncate(let file, let bytes):
            guard let number = open[file]?.file else { return VirtualDisk.notOpen }
            files[number].truncate(Int(bytes))
            return nil
        case .sync(let file):
            guard let number = open[file]?.file else { return VirtualDisk.notOpen }
            if failsSync {
                statistics.failedSyncs += 1
                files[number].syncFails(random.pick(losses), &random)
                return "Input/output error"
            }
            statistics.syncs += 1
            files[number].sync()
            return nil
        case .close(let file):
            open[file] = nil
            return nil
        case .rename(let path, let target): return rename(path, target)
        case .remove(let path):
            if names[path] != nil { change(path, nil) }
            return nil
        case .syncDirectory(let path):
            if names[path] != .directory { return VirtualDisk.missing }
            for change in changes where change.directory == path { durableNames.apply(change) }
            changes.removeAll { $0.directory == path }
            return nil
        case .open(let file, let path):
            guard case .file(let number)? = names[path] else { return VirtualDisk.missing }
            open[file] = (number, 0)
            answer.length = Int64(files[number].content.count)
            return nil
        case .read(let file, let count): return read(file, count, &answer)
        }
    }

    static let missing = "No such file or directory"
    private static let notOpen = "Bad file descriptor"
    private static let full = "No space left on device"

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }

    private mutating func change(_ path: String, _ entry: Entry?, from source: String? = nil) {
        let change = NameChange(
            directory: VirtualDisk.directory(of: path), path: path, entry: entry, source: source)
        names.apply(change)
        changes.append(change)
    }

    private mutating func create(_ file: DiskFile, _ path: String) -> String? {
        guard names[VirtualDisk.directory(of: path)] == .directory else { return VirtualDisk.missing }
        if case .file(let number)? = names[path] {
            files[number].truncate(0)
            open[file] = (number, 0)
            return nil
        }
        if used >= capacity { return fails() }
        files.append(VirtualFile())
        change(path, .file(files.count - 1))
        open[file] = (files.count - 1, 0)
        return nil
    }

    /// A disk that is full takes what there is room for.
    private mutating func write(_ file: DiskFile, _ bytes: [UInt8]) -> String? {
        guard let number = open[file]?.file else { return VirtualDisk.notOpen }
        let room = max(0, capacity == .max ? .max : capacity - used)
        files[number].write(bytes.prefix(room))
        if random.chance(5) { files[number].writeBack(reorders ? .pages : .end, &random) }
        return room < bytes.count ? fails() : nil
    }

    private mutating func fails() -> String {
        statistics.full += 1
        return VirtualDisk.full
    }

    private mutating func rename(_ path: String, _ target: String) -> String? {
        guard let entry = names[path] else { return VirtualDisk.missing }
        statistics.renames += 1
        change(target, entry, from: path)
        return nil
    }

    private mutating func read(_ file: DiskFile, _ count: Int, _ answer: inout DiskAnswer) -> String? {
        guard let place = open[file] else { return VirtualDisk.notOpen }
        let content = files[place.file].content
        let end = min(content.count, place.position + count)
        answer.bytes = Array(content[min(place.position, end)..<end])
        open[file]?.position = end
        return nil
    }

    // MARK: What is there

    /// Files by name, in the order of their names.
    private var listing: [(path: String, number: Int)] {
        names.compactMap { path, entry in if case .file(let number) = entry { (path, number) } else { nil } }
            .sorted { $0.path < $1.path }
    }

    /// Bytes of all files.
    var used: Int { listing.reduce(0) { $0 + files[$1.number].content.count } }

    var paths: [String] { listing.map(\.path) }

    subscript(path: String) -> [UInt8]? {
        guard case .file(let number)? = names[path] else { return nil }
        return files[number].content
    }

    // MARK: Faults

    /// The process is gone: what it has written stays. Its last write may have come to nothing, or to a part.
    mutating func killProcess(during step: DiskStep? = nil) {
        if case .write(let file, let bytes)? = step, let number = open[file]?.file {
            files[number].write(bytes.prefix(random.below(bytes.count + 1)))
        }
        open = OrderedMap()
        statistics.kills += 1
    }

    /// The power fails.
    mutating func losePower() {
        statistics.powerLosses += 1
        open = OrderedMap()
        loseNames(random.pick(reorders ? NameLoss.allCases : [.all, .nothing, .end]))
        for (_, number) in listing {
            if !files[number].isClean { statistics.unsyncedFiles += 1 }
            let loss = random.pick(losses)
            if files[number].losePower(loss, &random) { hasHole = true }
        }
    }

    private var losses: [DataLoss] { reorders ? DataLoss.allCases : [.all, .nothing, .end, .zeros] }

    private mutating func loseNames(_ loss: NameLoss) {
        if !changes.isEmpty { statistics.unsyncedNames += 1 }
        let count = random.below(changes.count + 1)
        for (index, change) in changes.enumerated() {
            let isThere =
                switch loss {
                case .all: false
                case .nothing: true
                case .end: index < count
                case .some: random.chance(50)
                }
            if isThere { durableNames.apply(change) }
        }
        changes = []
        // A directory that is gone takes along what was in it.
        let directories = durableNames
        names = durableNames.filter { path, entry in
            entry == .directory || directories[VirtualDisk.directory(of: path)] == .directory
        }
        durableNames = names
    }

    /// A bit of a file is not what was written.
    mutating func flipBit(of path: String, at bit: Int) {
        guard case .file(let number)? = names[path] else { return }
        files[number].flipBit(bit)
    }
}

extension OrderedMap<String, VirtualDisk.Entry> {
    fileprivate mutating func apply(_ change: VirtualDisk.NameChange) {
        if let source = change.source, self[source] == change.entry { self[source] = nil }
        self[change.path] = change.entry
    }
}

/// What becomes of names that were not synchronised when the power fails.
enum NameLoss: CaseIterable {
    /// None of the changes is on disk; all of them are.
    case all, nothing
    /// The last ones are missing: the file system keeps a journal.
    case end
    /// Any of them is there: it does not.
    case some
}

/// What disks have done.
public struct DiskStatistics: Sendable, Equatable {
    public init() {}

    /// System calls.
    public var steps = 0
    public var syncs = 0
    public var failedSyncs = 0
    public var renames = 0
    /// Calls that failed because the disk was full.
    public var full = 0
    public var kills = 0
    public var powerLosses = 0
    /// Losses of power while names, and files that had then, were not synchronised.
    public var unsyncedNames = 0
    public var unsyncedFiles = 0

    public static func += (left: inout DiskStatistics, right: DiskStatistics) {
        left.steps += right.steps
        left.syncs += right.syncs
        left.failedSyncs += right.failedSyncs
        left.renames += right.renames
        left.full += right.full
        left.kills += right.kills
        left.powerLosses += right.powerLosses
        left.unsyncedNames += right.unsyncedNames
        left.unsyncedFiles += right.unsyncedFiles
    }
}
