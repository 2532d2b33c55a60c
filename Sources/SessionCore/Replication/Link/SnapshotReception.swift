/// A snapshot that is arriving.
struct SnapshotReception: ~Copyable {
    /// How its end is known.
    enum Framing: Equatable {
        /// So many bytes are left.
        case length(Int64)
        /// These 40 bytes follow it.
        case mark([UInt8])
    }

    var framing: Framing
    var loader: SnapshotLoader
    /// The data as far as it has come; takes the place of ours when it is complete.
    var store: Store
    /// What it is a state of.
    let history: ReplicaHistory
    var received: Int64 = 0
    /// Bytes of the mark that were seen.
    var matched = 0
}

extension SnapshotReception {
    /// Takes bytes of the snapshot, and of the mark behind it.
    /// - Returns: whether it is complete; what follows is left in `input`.
    mutating func take(_ input: inout ByteBuffer) throws(RDBError) -> Bool {
        if !loader.isComplete {
            var part = input.count
            if case .length(let left) = framing { part = Int(min(left, Int64(part))) }
            try loader.receive(input.bytes.slice(0, part), into: &store)
            // Before the end, what the loader has not taken yet is with it, not here.
            let used = part - (loader.isComplete ? loader.rest.byteCount : 0)
            received += Int64(used)
            input.removeFirst(used)
            if case .length(let left) = framing { framing = .length(left - Int64(used)) }
            guard loader.isComplete else { return false }
        }
        switch framing {
        case .length(let left): return left == 0
        case .mark(let mark):
            while matched < mark.count, !input.isEmpty {
                guard input.bytes[0] == mark[matched] else {
                    matched = -1
                    return false
                }
                matched += 1
                input.removeFirst(1)
            }
            return matched == mark.count
        }
    }

    /// What follows the snapshot is not the mark that was announced.
    var isMarkWrong: Bool { matched < 0 }

    /// All bytes announced have come and the snapshot has not ended, or it has ended before they had.
    var isCutShort: Bool {
        guard case .length(let left) = framing else { return false }
        return (left == 0) != loader.isComplete
    }

    consuming func takeStore() -> Store { store }
}
