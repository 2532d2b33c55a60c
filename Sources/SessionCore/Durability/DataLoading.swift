/// The data of the last run on its way from the disk: a snapshot, or the files of the append log one after the other.
struct DataLoading: ~Copyable {
    /// A file that is read.
    struct Source {
        let path: String
        let file: DiskFile
        /// It may hold requests; a snapshot may come first.
        let isLog: Bool
        let expectation: StoredFileReader.Expectation
        /// Bytes of it.
        var length: Int64 = 0
    }

    /// Where the data is looked for, one after the other.
    enum Place { case manifest, oldLog, snapshot }

    var place: Place
    var sources: [Source] = []
    /// Files that were opened, and the one that is being read.
    var opened = 0
    var number = 0
    /// Of the log; nil for other places.
    var manifest: AppendManifest?

    /// The snapshot being loaded, and the data as far as it has come; takes the place of the node's when complete.
    var loader: SnapshotLoader?
    var store: Store?
    /// Requests that are not executed yet.
    var input = StreamInput()
    /// Zeros at the end of what came of a log: they belong to a request only if something follows.
    private(set) var zeros = 0
    /// Bytes behind an annotation that are not the stream's.
    var uncounted = 0

    /// The file that is being read.
    var reader = StoredFileReader(.init())
    /// What of it was not looked at yet, decrypted.
    var plaintext = ByteBuffer()
    /// What the file has turned out to be, if it is encrypted, and where it was found to end.
    var foundProof: EncryptedFileProof?
    /// Bytes of plaintext that were taken; the file's end was reached.
    var taken: Int64 = 0
    var isAtEnd = false
    /// Reads that were not answered yet.
    var outstanding = 0
    /// Bytes of all files, and bytes that were taken of them.
    var total: Int64 = 0
    var loaded: Int64 = 0
    /// Where the last file of the log is to be cut: nothing may ever follow what is left of a request.
    var cutAt: Int64?
    /// When it began, monotonic microseconds and Unix seconds, and when the log was told of it last.
    let startedAt: Int64
    let startedAtUnix: Int64
    var reportedAt: Int64

    init(_ place: Place, now: Timestamp) {
        self.place = place
        startedAt = now.monotonicMicroseconds
        startedAtUnix = now.unixMilliseconds / 1000
        reportedAt = startedAt
    }

    var source: Source { sources[number] }

    var isLast: Bool { number == sources.count - 1 }

    /// Where the first byte lies that was not executed.
    var position: Int64 { taken - Int64(input.bytes.count + zeros) }

    /// Takes a part of a log.
    ///
    /// A log ends in a line feed. Zeros at its end are pages that a loss of power has left unwritten in a file that was
    /// longer already; they must not be taken for the rest of a value.
    mutating func append(_ bytes: RawSpan) {
        var end = bytes.byteCount
        while end > 0, bytes[end - 1] == 0 { end -= 1 }
        if end > 0 {
            input.bytes.appendZeros(zeros)
            zeros = 0
            input.bytes.append(bytes.slice(0, end))
        }
        zeros += bytes.byteCount - end
    }

    /// Forgets what was not executed.
    mutating func forgetInput() {
        input.removeAll()
        zeros = 0
    }

    /// What `INFO` says of it.
    /// - Parameter now: monotonic microseconds.
    func progress(now: Int64) -> LoadingProgress {
        let elapsed = max(1, (now - startedAt) / 1_000_000)
        return LoadingProgress(
            startedAt: startedAtUnix, total: total, loaded: loaded,
            secondsLeft: max(0, total - loaded) / max(1, loaded / elapsed))
    }
}

/// How far the loading is, in bytes.
struct LoadingProgress {
    /// Unix seconds.
    let startedAt: Int64
    let total: Int64
    let loaded: Int64
    /// That the rest is expected to take.
    let secondsLeft: Int64

    var percent: Int { total == 0 ? 0 : Int(loaded * 100 / total) }
}

/// Why a file cannot be used.
struct LoadFailure {
    let text: String
    /// The text says what to do.
    let hasRemedy: Bool

    init(_ text: String, hasRemedy: Bool = false) {
        (self.text, self.hasRemedy) = (text, hasRemedy)
    }
}
