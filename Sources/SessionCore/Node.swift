/// The whole server as a deterministic state machine: bytes, time and entropy enter as values, replies and `NodeEffect`s
/// leave as values. No I/O, no clock, no threads.
///
/// A runtime drives it in turns: `receive` for every connection that has sent something, `advance` once, then `output`
/// and `sent` for every connection that `nextWritable` names, then the effects. The same calls with the same values give
/// the same answers, so that one thread can run many nodes from one seed.
public struct Node: ~Copyable {
    public internal(set) var configuration: Configuration

    /// - Parameter seed: keys the hash function, the random choices of commands such as `RANDOMKEY`, and the run id.
    ///   From the system's CSPRNG, except in tests.
    public init(configuration: Configuration, seed: (UInt64, UInt64), now: Timestamp) {
        self.configuration = configuration
    }

    /// Bytes of entropy the node would like to be given before the next call of `receive` or `advance`.
    /// Tokens are made of it; with none left, session-creating requests wait for the next turn.
    public var entropyWanted: Int { 0 }

    /// Adds entropy from the system's CSPRNG, at most `entropyWanted` bytes.
    public mutating func supply(entropy: RawSpan) {}

    /// A connection was accepted. Refusals (`maxclients`, protected mode) are answered through it like anything else.
    public mutating func connected(_ id: ConnectionID, from peer: Peer, now: Timestamp) {}

    /// A connection is gone: closed by the peer, by an error, or after `NodeEffect.close`. `id` is free again.
    public mutating func disconnected(_ id: ConnectionID, now: Timestamp) {}

    /// Bytes arrived. Executes every complete request in them, keeps the rest.
    public mutating func receive(_ bytes: RawSpan, from id: ConnectionID, now: Timestamp) {}

    /// Whether the runtime should read from this connection: false while the peer does not read its replies, or while
    /// its requests wait (`CLIENT PAUSE`). May turn true again in `sent` and `advance`.
    public func wantsInput(_ id: ConnectionID) -> Bool { true }

    /// Expires what is due, does a bounded slice of background work, and executes requests that had to wait.
    /// - Returns: the monotonic time in microseconds at which it wants to be called again, at the latest;
    ///   nil if only new input matters. A time that has passed means at once, after looking for input.
    public mutating func advance(to now: Timestamp) -> Int64? { nil }

    /// The next connection that has output and has not been named since its output was last empty or blocked.
    public mutating func nextWritable() -> ConnectionID? { nil }

    /// What is to be sent on this connection, oldest byte first; empty if nothing.
    @_lifetime(borrow self)
    public func output(of id: ConnectionID) -> RawSpan { RawSpan() }

    /// The first `count` bytes of the output were handed to the kernel.
    public mutating func sent(_ count: Int, of id: ConnectionID, now: Timestamp) {}

    /// The next thing the runtime is to do, oldest first.
    public mutating func nextEffect() -> NodeEffect? { nil }

    /// SIGTERM or SIGINT arrived: as `SHUTDOWN` does, emits `NodeEffect.shutdown` when ready to stop.
    public mutating func beginShutdown(now: Timestamp) {}
}
