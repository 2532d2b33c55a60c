/// The append log: the replication stream, on disk.
///
/// It is a base, which is a snapshot, and segments with what came after it; a manifest names them (`AppendManifest`).
/// The stream is appended to the last segment. A rewrite begins a new segment and writes a new base of the same moment;
/// when both are on disk the manifest names them in place of all others.
struct AppendLog: ~Copyable {
    enum Phase {
        case off
        /// The first base is being written, and the segment that goes with it: the manifest does not name them yet.
        case starting
        case on
    }

    var phase = Phase.off
    var manifest = AppendManifest()
    /// The segment that is appended to; nil until the first one is there.
    var file: DiskFile?
    /// What is to be appended and was not handed to the disk yet.
    var pending: [UInt8] = []
    /// What could not be written, as it goes to the file: in front of what is pending. Of an encrypted segment it must
    /// stay as it is, for a second plaintext under the same nonce would give both away.
    var unwritten: [UInt8] = []
    /// Encrypts the segment that is appended to, and the one that is about to take its place; nil for plain files.
    var writer: LogSegmentWriter?
    var nextWriter: LogSegmentWriter?
    /// The last file that was loaded: it has to be on disk before another one follows it.
    var loadedEnd: LoadedEnd?
    /// What was handed to it and is not answered: one request at a time.
    var flight: LogFlight?
    /// A new segment, or a new base with one, is wanted as soon as the disk has answered.
    var wanted = Wanted.nothing
    /// Up to where the stream is on disk, and up to where it was handed to the system.
    var synced: Int64 = 0
    var written: Int64 = 0
    /// When it was last synchronised, monotonic microseconds, and how long that took.
    var syncedAt: Int64 = 0
    var syncDuration: Int64 = 0

    /// Bytes of the segment, of the complete ones and of the base, and of all when the base was new.
    var segmentBytes: Int64 = 0
    var completeBytes: Int64 = 0
    var baseBytes: Int64 = 0
    var sizeAtRewrite: Int64 = 0
    /// Where the stream was when the base that is being written, or is finished, was begun.
    var baseOffset: Int64 = 0
    /// How often the log was begun anew: answers to what was asked for before mean nothing.
    var epoch = 0
    /// A base that is on disk and not yet in the manifest.
    var finishedBase: FinishedBase?
    var figures = LogFigures()

    /// Why it cannot be written at present, and when it is tried again (monotonic microseconds).
    var problem: String?
    var retryAt: Int64 = 0
    /// All that is in memory is to be on disk, and then the node ends.
    var isFinishing = false

    // Replies that wait for the disk (`appendfsync always`).
    /// Whether output has to wait now.
    var holdsReplies = false
    var gates: [LogGate] = []
    /// Clients that the last write let go: they are likely to have new requests in the next one.
    var released = 0
    /// Until when the next write waits for them, monotonic microseconds.
    var gatherUntil: Int64 = 0
    /// When that is over, while it is waited for; `Int64.max` otherwise.
    var flushAt = Int64.max

    enum Wanted { case nothing, segment, rewrite }

    init() {}

    var isActive: Bool { phase != .off }

    var size: Int64 { baseBytes + completeBytes + segmentBytes }

    /// Something is not on disk yet.
    var isBehind: Bool { hasOutput || flight != nil || synced < written }

    /// Something was not handed to the disk yet.
    var hasOutput: Bool { !pending.isEmpty || !unwritten.isEmpty }

    /// Bytes that were not handed to the disk yet.
    var outputBytes: Int { pending.count + unwritten.count }

    /// Takes what is to be appended, as it goes to the file.
    mutating func takeOutput() -> [UInt8] {
        var output = unwritten
        unwritten = []
        let plaintext = pending
        pending = []
        // The next one will be as long: growing step by step would copy it once more.
        pending.reserveCapacity(min(plaintext.count, Limits.logGathered))
        if writer == nil { return output.isEmpty ? plaintext : output + plaintext }
        var sealed = ByteBuffer()
        writer?.append(plaintext.span.bytes, into: &sealed)
        output += sealed.bytes.array
        return output
    }

    /// Forgets what is to be appended: it is in a new base, or nobody wants it.
    mutating func discardOutput() {
        pending = []
        unwritten = []
    }

    /// Records of the encrypted segment so far.
    var records: UInt64 {
        switch nextWriter {
        case .some(let writer): return writer.records
        case .none: break
        }
        switch writer {
        case .some(let writer): return writer.records
        case .none: return 0
        }
    }

    /// Puts a part of the stream behind what is to be written.
    mutating func append(_ bytes: RawSpan) { pending.append(bytes) }
}

/// A request to the disk under way.
struct LogFlight {
    enum Purpose {
        /// Appends, or only synchronises.
        case write
        /// Appends to the old segment, then begins a new one: the manifest with it, and bytes it begins with.
        case segment(AppendManifest, DiskFile, bytes: Int64)
        /// Puts a manifest in place that names a new base.
        case manifest(AppendManifest)
    }

    let purpose: Purpose
    /// As `AppendLog.epoch` was.
    let epoch: Int
    let steps: [DiskStep]
    /// What is appended, and where the stream is behind that.
    let bytes: [UInt8]
    let end: Int64
    /// Records of an encrypted segment that are on disk when it is answered.
    let records: UInt64
    /// What is appended is on disk when it is answered.
    let isSynced: Bool
    /// Steps that are about the segment there was before.
    let oldSteps: Int
}

/// A base that is on disk under its name.
struct FinishedBase {
    let bytes: Int64
    /// Of an encrypted one.
    let proof: EncryptedFileProof?
}

/// The end of the log as it was found at start. A process that was killed may not have synchronised it.
struct LoadedEnd {
    let path: String
    /// Where it is to be cut; nil if it ends where it may.
    let cutAt: Int64?

    /// Steps that make it last.
    func steps(_ file: DiskFile) -> [DiskStep] {
        let cut: [DiskStep] = cutAt.map { [.truncate(file, bytes: $0)] } ?? []
        return [.append(file, path: path)] + cut + [.sync(file), .close(file)]
    }
}

/// A connection whose output waits until the stream is on disk up to an offset.
struct LogGate {
    let client: ClientReference
    let offset: Int64
}

/// What `INFO` says of the log. Times are seconds.
struct LogFigures {
    var rewrites: Int64 = 0
    var failures: Int64 = 0
    var lastRewriteSucceeded = true
    var lastRewriteDuration: Int64 = -1
    /// Synchronising took so long that a second one was due.
    var delayedSyncs: Int64 = 0
    /// Monotonic microseconds of the last attempt at a rewrite.
    var lastTry = Int64.min / 2
}

/// A client in `WAITAOF`.
struct DurableWait {
    let client: ClientReference
    let offset: Int64
    /// Whether it waits for this node's disk, and for how many replicas' disks.
    let isLocal: Bool
    let replicas: Int
    /// Monotonic microseconds; `Int64.max` for no end.
    let deadline: Int64
}
