import SessionCore

/// A client: sends requests on one connection to one host, some at a time, and waits for the replies.
final class VirtualClient {
    let index: Int
    /// A client of the controller's talks to one host only, and sends what it is told.
    let host: Int?
    var random: SplitMix64
    /// The part of the network it is in.
    var side = 0
    /// Its connection; -1 for none.
    var wire = -1
    var target = 0
    /// Requests of its own, for a controller's client, each to be sent as one.
    var errands: [[Request]] = []
    /// Tells its timers from older ones.
    var serial = 0
    /// When it gives up waiting; `Int64.max` when it does not wait.
    var patience = Int64.max

    init(index: Int, host: Int?, random: SplitMix64) {
        self.index = index
        self.host = host
        self.random = random
    }
}
