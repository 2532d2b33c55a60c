/// Counters of `INFO` that the node keeps itself; `CONFIG RESETSTAT` zeroes them.
struct NodeStatistics: BitwiseCopyable {
    var connections: Int64 = 0
    var rejectedConnections: Int64 = 0
    var commands: Int64 = 0
    var errorReplies: Int64 = 0
    var bytesReceived: Int64 = 0
    var bytesSent: Int64 = 0
    /// Pieces in which input came, and in which output went.
    var reads: Int64 = 0
    var writes: Int64 = 0
    var outputLimitDisconnections: Int64 = 0
    /// Clients closed at `maxmemory-clients`.
    var evictedClients: Int64 = 0
    var queryLimitDisconnections: Int64 = 0
    /// Requests and logins that were denied, by reason.
    var deniedLogins: Int64 = 0
    var deniedCommands: Int64 = 0
    var deniedKeys: Int64 = 0
    var deniedChannels: Int64 = 0
    /// Most bytes of data ever held at the end of a turn. Not zeroed by `CONFIG RESETSTAT`.
    var peakMemory = 0
}
