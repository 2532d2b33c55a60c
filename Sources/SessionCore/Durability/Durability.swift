/// A node's part in keeping the data: the snapshot being written, the data being loaded, what was asked of the disk and
/// what came of it.
///
/// The node writes and reads files by `NodeEffect.disk`; the runtime answers each request with `Node.diskAnswered`, in
/// the order of its lane.
struct Durability: ~Copyable {
    /// What the requests under way are for, oldest first, by lane.
    var asked: [[DiskPurpose]] = [[], []]
    /// The snapshot that is being written to a file.
    var file: FileSnapshot?
    /// The data that is being loaded.
    var loading: DataLoading?
    /// What is to be begun before the next turn, when no request is being executed.
    var wantedFile: FileSnapshot.Purpose?
    /// `BGSAVE SCHEDULE`: a snapshot is to be written as soon as another file is done.
    var isSaveScheduled = false
    var log = AppendLog()
    /// The data cannot be loaded; the runtime was told why.
    var hasFailed = false
    /// The log is begun, behind the loading: until then nothing that is written would be kept.
    var isStartingLog = false
    /// The log is being executed, and the history that it is of.
    var executesLog = false
    var history = ""
    /// Clients in `WAITAOF`.
    var waits: [DurableWait] = []
    /// Clients in `SAVE`.
    var saveWaits: [ClientReference] = []
    var saves = SaveFigures()
    /// Changes of keys since the last snapshot; counted while there are save rules.
    var changes: Int64 = 0
    /// Monotonic microseconds at which save rules and the like are looked at next; `Int64.max` without any.
    var nextTick = Int64.max
    /// Encrypt files and open encrypted ones; nil if none were given.
    let keys: KeyRing?
    /// Names the key under which the log is that was loaded; nil for a plain one.
    var loadedKey: KeyIdentifier?
    private var nextFile: UInt32 = 0

    init(keys: consuming KeyRing?) { self.keys = keys }

    var isLoading: Bool {
        if isStartingLog { return true }
        switch loading {
        case .none: return false
        case .some: return true
        }
    }

    /// A file is being written, or about to be.
    var isWriting: Bool { file != nil || wantedFile != nil }

    /// The snapshot of `dbfilename` is being written, or about to be.
    var isSaving: Bool {
        if case .save? = wantedFile { return true }
        switch file {
        case .none: return false
        case .some(let file): return file.isSave
        }
    }

    /// A base of the log is being written, or about to be.
    var isRewriting: Bool {
        if wantedFile == .logBase { return true }
        switch file {
        case .none: return false
        case .some(let file): return !file.isSave
        }
    }

    /// Keys of the file that is being written: written, and there were when it began; zeros without one.
    var fileProgress: (keys: Int64, total: Int64) {
        switch file {
        case .none: (0, 0)
        case .some(let file): (file.writer.keys, file.keysAtStart)
        }
    }

    /// When that file was begun, monotonic microseconds.
    var fileBegan: Int64? {
        switch file {
        case .none: nil
        case .some(let file): file.startedAt
        }
    }

    /// How far the loading is; nil while there is none.
    /// - Parameter now: monotonic microseconds.
    func loadingProgress(now: Int64) -> LoadingProgress? {
        switch loading {
        case .none: nil
        case .some(let loading): loading.progress(now: now)
        }
    }

    /// A number for another file.
    mutating func newFile() -> DiskFile {
        nextFile &+= 1
        return DiskFile(rawValue: nextFile)
    }
}

/// What a request to the disk is for.
enum DiskPurpose: Equatable {
    /// A part of the snapshot that is being written: whether it is the last one, and what was begun with which number.
    case snapshot(isLast: Bool, DiskFile)
    /// A file that is given up, or one that is no longer needed: nobody waits for it.
    case removal
    /// The data being loaded: its file was opened, or the next part read.
    case opening
    case reading
    /// The manifest of the log was read.
    case manifest
    /// A part of the log: `AppendLog.flight`.
    case log
}

/// What `INFO` says of snapshots. Times are monotonic microseconds unless they say otherwise.
struct SaveFigures {
    /// Unix seconds of the last snapshot, or of the start.
    var lastSave: Int64 = 0
    var lastSucceeded = true
    /// When the last one was begun.
    var lastTry = Int64.min / 2
    /// Seconds that the last one took; -1 for none.
    var lastDuration: Int64 = -1
    /// Snapshots written.
    var count: Int64 = 0
    /// Keys of the last load: those that were put into the data, and those that were passed over.
    var keysLoaded: Int64 = 0
    var keysSkipped: Int64 = 0
}
