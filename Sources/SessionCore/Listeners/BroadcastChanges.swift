/// A key that changed in this turn and is under a prefix that some connection tracks.
struct BroadcastKey: BitwiseCopyable {
    /// Where it lies in `BroadcastChanges.names`; later changes lie behind earlier ones.
    let offset: Int
    let length: Int
    /// Client id of the connection that changed it, 0 for none.
    let client: Int64
}

/// The changes of this turn under prefixes that connections track.
struct BroadcastChanges: ~Copyable {
    var keys = Vector<BroadcastKey>()
    /// Their names, one after the other.
    var names = ByteBuffer()

    init() {}

    var isEmpty: Bool { keys.isEmpty }
}

extension BroadcastKey {
    /// The array of the keys under a prefix that others than `client` changed; empty, not an empty array, if there are
    /// none.
    static func body(
        _ keys: borrowing Vector<BroadcastKey>, _ names: borrowing ByteBuffer, under prefix: RawSpan,
        exceptOf client: Int64
    ) -> ReplyWriter {
        var count = 0
        for index in 0..<keys.count where keys[index].isMeant(names, prefix, client) { count += 1 }
        var body = ReplyWriter()
        if count == 0 { return body }
        body.array(count)
        for index in 0..<keys.count where keys[index].isMeant(names, prefix, client) {
            body.bulk(names.bytes.slice(keys[index].offset, keys[index].length))
        }
        return body
    }

    private func isMeant(_ names: borrowing ByteBuffer, _ prefix: RawSpan, _ client: Int64) -> Bool {
        self.client != client && names.bytes.slice(offset, length).starts(with: prefix)
    }

    /// Orders by name, then by time. Heapsort (Williams, 1964): in place, and O(n log n) whatever the names.
    static func sort(_ keys: inout Vector<BroadcastKey>, _ names: borrowing ByteBuffer) {
        for root in stride(from: keys.count / 2 - 1, through: 0, by: -1) { sink(root, keys.count, &keys, names) }
        for end in stride(from: keys.count - 1, to: 0, by: -1) {
            (keys[0], keys[end]) = (keys[end], keys[0])
            sink(0, end, &keys, names)
        }
    }

    private static func sink(
        _ start: Int, _ end: Int, _ keys: inout Vector<BroadcastKey>, _ names: borrowing ByteBuffer
    ) {
        var root = start
        while root * 2 + 1 < end {
            var child = root * 2 + 1
            if child + 1 < end && precedes(keys[child], keys[child + 1], names) { child += 1 }
            guard precedes(keys[root], keys[child], names) else { return }
            (keys[root], keys[child]) = (keys[child], keys[root])
            root = child
        }
    }

    private static func precedes(_ left: BroadcastKey, _ right: BroadcastKey, _ names: borrowing ByteBuffer) -> Bool {
        let order = names.bytes.slice(left.offset, left.length).compare(
            to: names.bytes.slice(right.offset, right.length))
        return order != 0 ? order < 0 : left.offset < right.offset
    }

    /// Of several changes of one key, in sorted `keys`, keeps the last: who made it is not told.
    static func keepLast(_ keys: inout Vector<BroadcastKey>, _ names: borrowing ByteBuffer) {
        var kept = 0
        for index in 0..<keys.count {
            let isLast = index == keys.count - 1
                || !names.bytes.slice(keys[index].offset, keys[index].length).isEqual(
                    to: names.bytes.slice(keys[index + 1].offset, keys[index + 1].length))
            if isLast {
                keys[kept] = keys[index]
                kept += 1
            }
        }
        keys.truncate(to: kept)
    }
}
