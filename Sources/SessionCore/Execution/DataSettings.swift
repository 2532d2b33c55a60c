/// The directives that data commands heed, in the form in which they need them. Their meaning is in `Configuration`.
struct DataSettings {
    let hash: HashLimits
    /// Most members of a set of integers that is packed.
    let integerSet: Int
    let sortedSet: SortedSetLimits
    /// Bytes of the longest string.
    let longestString: Int
    /// Bytes of data that `maxmemory` allows, 0 without a limit, and what is done about more.
    let maxMemory: Int
    let maxMemoryPolicy: EvictionPolicy
    /// Milliseconds.
    let sessionIdle, sessionMax, sessionGrace, sessionTombstone, sessionTombstoneMax: Int64
    let sessionMaxBytes: Int
    let sessionReuseRevokes: Bool
    /// Of plain keys under `session-prefixes`, in milliseconds.
    let keyTombstone, sessionDefaultTTL: Int64
    /// `repl-touch-interval`, in milliseconds.
    let touchInterval: Int64

    init(_ configuration: borrowing Configuration) {
        hash = HashLimits(entries: configuration.hashMaxListpackEntries, value: configuration.hashMaxListpackValue)
        integerSet = min(configuration.setMaxIntsetEntries, Limits.integerSet)
        sortedSet = SortedSetLimits(
            entries: configuration.zsetMaxListpackEntries, value: configuration.zsetMaxListpackValue)
        longestString = min(configuration.protoMaxBulkLength, Limits.value)
        maxMemory = configuration.maxMemory
        maxMemoryPolicy = configuration.maxMemoryPolicy
        sessionIdle = configuration.sessionIdle
        sessionMax = configuration.sessionMax
        sessionGrace = configuration.sessionGrace
        sessionTombstone = configuration.sessionTombstone
        sessionTombstoneMax = configuration.sessionTombstoneMax
        sessionMaxBytes = configuration.sessionMaxBytes
        sessionReuseRevokes = configuration.sessionReuseRevokes
        keyTombstone = configuration.keyTombstone
        sessionDefaultTTL = configuration.sessionDefaultTTL
        touchInterval = Int64(configuration.touchInterval)
    }
}
