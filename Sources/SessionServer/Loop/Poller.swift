import CLinux

/// An epoll instance and room for the events of one wait.
struct Poller: ~Copyable {
    let descriptor: Int32
    private let events: UnsafeMutableRawPointer

    /// Most events of one turn: bounds how long a turn takes, and so how late timers and other connections are served.
    static let batch = 512

    /// What an event is about.
    enum Source: Equatable {
        case connection(UInt32)
        case listener(Int)
        case signals
        /// Another thread has something for the loop.
        case wake
        /// The connection being made.
        case dial
        /// The threads of the disk have answered.
        case disk
    }

    init() throws(StartFailure) {
        descriptor = clinux_epoll_create()
        if descriptor < 0 { throw StartFailure("cannot create an epoll instance", code: descriptor) }
        events = .allocate(byteCount: Self.batch * Int(clinux_event_size), alignment: 16)
    }

    deinit {
        _ = clinux_close(descriptor)
        events.deallocate()
    }

    /// Waits for events.
    /// - Parameter milliseconds: at most so long; -1 for ever, 0 to look only.
    /// - Returns: how many events there are to be read with `source` and `mask`.
    @inline(__always)
    func wait(milliseconds: Int32) -> Int32 {
        // The one failure of a correct call is interruption by a signal: no events.
        max(0, clinux_epoll_wait(descriptor, events, Int32(Self.batch), milliseconds))
    }

    @inline(__always)
    func mask(_ index: Int32) -> UInt32 { clinux_event_mask(events, index) }

    @inline(__always)
    func source(_ index: Int32) -> Source {
        let data = clinux_event_data(events, index)
        if data <= UInt64(UInt32.max) { return .connection(UInt32(truncatingIfNeeded: data)) }
        if data & Self.listenerBit != 0 { return .listener(Int(data & ~Self.listenerBit)) }
        if data == Self.dialData { return .dial }
        if data == Self.diskData { return .disk }
        return data == Self.signalData ? .signals : .wake
    }

    private static let listenerBit: UInt64 = 1 << 62
    private static let signalData: UInt64 = 1 << 63
    private static let wakeData: UInt64 = 1 << 63 | 1
    private static let dialData: UInt64 = 1 << 61
    private static let diskData: UInt64 = 1 << 61 | 1

    /// Watches a connection for input, edge-triggered: paused connections need no call, and the kernel does not look at
    /// ready ones twice.
    func add(connection id: UInt32, _ descriptor: Int32) -> Int32 {
        clinux_epoll_set_edge(self.descriptor, descriptor, UInt64(id), 0, 1)
    }

    /// Also watches it for room to write, or no longer.
    func watch(connection id: UInt32, _ descriptor: Int32, forRoom: Bool) {
        _ = clinux_epoll_set_edge(self.descriptor, descriptor, UInt64(id), forRoom ? 1 : 0, 0)
    }

    func add(listener index: Int, _ descriptor: Int32) -> Int32 {
        clinux_epoll_add_level(self.descriptor, descriptor, Self.listenerBit | UInt64(index))
    }

    func add(signals descriptor: Int32) -> Int32 {
        clinux_epoll_add_level(self.descriptor, descriptor, Self.signalData)
    }

    func add(wake descriptor: Int32) -> Int32 {
        clinux_epoll_add_level(self.descriptor, descriptor, Self.wakeData)
    }

    func add(disk descriptor: Int32) -> Int32 {
        clinux_epoll_add_level(self.descriptor, descriptor, Self.diskData)
    }

    /// Watches what tells of a host's addresses.
    func add(lookup descriptor: Int32) -> Int32 {
        clinux_epoll_add_level(self.descriptor, descriptor, Self.dialData)
    }

    /// Watches a socket that is being connected.
    func add(dial descriptor: Int32) -> Int32 {
        clinux_epoll_set_edge(self.descriptor, descriptor, Self.dialData, 1, 1)
    }

    func remove(_ descriptor: Int32) { _ = clinux_epoll_remove(self.descriptor, descriptor) }
}
