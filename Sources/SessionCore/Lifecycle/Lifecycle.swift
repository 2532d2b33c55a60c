/// A node's run from its start to its end: when it began and under which name, what clients have paused, and how far
/// stopping has come.
struct Lifecycle: ~Copyable {
    let startedAt: Timestamp
    /// 40 hexadecimal characters that change with every start.
    let runID: String
    /// What clients hold back.
    var pause = Pause()
    /// `DEBUG SET-ACTIVE-EXPIRE`.
    var expiresActively = true
    var stopping = Stopping.no
    /// Connections that wait for the end, and what is to be saved before it.
    var shutdownRequests: [ShutdownRequest] = []
    var shutdownSave = ShutdownSave()

    init(runID: String, startedAt: Timestamp) {
        self.runID = runID
        self.startedAt = startedAt
    }
}
