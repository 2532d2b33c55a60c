/// What happens at a moment of a simulation.
enum Event {
    /// Something has come to an end of a wire.
    case arrival(wire: Int, end: Int)
    /// A host's event loop turns.
    case turn(host: Int)
    /// The outcome of a dial is decided, if it is still open.
    case dialTimeout(host: Int, serial: Int)
    /// A client goes on, or gives up waiting; void unless the serial number is still its own.
    case client(Int, serial: Int)
    /// The fault of this number in the plan begins, or is over.
    case fault(Int), recovery(Int)
    case controller
    case audit
    /// A system call of the node's has come to its end; void unless the process is still the same.
    case disk(host: Int, lane: Int, serial: Int)
    /// Somebody starts a node that has ended.
    case restart(host: Int, serial: Int)
}

/// Events by time; those of one moment in the order in which they were scheduled. A binary heap: O(log n).
struct EventQueue {
    private struct Entry {
        let time: Int64
        let number: Int
        let event: Event

        func precedes(_ other: Entry) -> Bool { time != other.time ? time < other.time : number < other.number }
    }

    private var entries: [Entry] = []
    private var scheduled = 0

    mutating func schedule(_ event: Event, at time: Int64) {
        var index = entries.count
        entries.append(Entry(time: time, number: scheduled, event: event))
        scheduled += 1
        while index > 0, entries[index].precedes(entries[(index - 1) / 2]) {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// The next event, which is no longer in the queue.
    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sift()
        }
        return (first.time, first.event)
    }

    private mutating func sift() {
        var index = 0
        while true {
            var least = index
            for child in 2 * index + 1..<min(2 * index + 3, max(entries.count, 2 * index + 1)) {
                if entries[child].precedes(entries[least]) { least = child }
            }
            if least == index { return }
            entries.swapAt(index, least)
            index = least
        }
    }
}
