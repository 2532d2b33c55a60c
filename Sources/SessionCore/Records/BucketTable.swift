/// An incrementally growing hash table of slots, in the heap.
///
/// A bucket is one cache line: twelve slots, an eight-bit tag of each, and the slot of an overflow bucket. A lookup
/// reads the bucket, compares all twelve tags at once, and visits only records whose tag fits (a wrong one in 21
/// lookups of a full bucket).
///
///     bucket   [ slot × 12 : UInt32 | tag × 12 : UInt8 | overflow bucket : UInt32 ]   64 bytes
///
/// The number of buckets is a power of two. To grow or shrink, a second array is set up and every later insertion
/// or removal moves one bucket over, so no operation pays for the whole. The table does not know the records: the
/// caller compares keys and supplies hashes. 8.4 bytes a record on average at 64 % occupancy.
/// The design follows Valkey 8.1's hash table (https://valkey.io/blog/new-hash-table/).
///
/// A plain value: the memory it names belongs to the heap and must be released with `destroy`.
struct BucketTable: BitwiseCopyable {
    /// Records in the table.
    private(set) var count: UInt32 = 0
    /// Bucket index bits of `array` and, while records move, of `target`.
    private var mask: UInt32 = 0
    private var targetMask: UInt32 = 0
    /// Buckets of `array` below this index have moved to `target`.
    private var moved: UInt32 = 0
    private var array = Slot.none
    /// Where records move to; `none` when nothing moves.
    private var target = Slot.none

    static let entries = 12
    private static let bucketBytes = 64
    private static let bucketUnits: UInt32 = 4
    private static let tags = 48
    private static let overflow = 60
    /// Average records a bucket beyond which the table doubles, and below which it shrinks.
    private static let growAbove: UInt32 = 10
    private static let shrinkBelow: UInt32 = 2
    /// Places that `randomRecord` draws among: a bucket and one overflow bucket.
    private static let drawnEntries: UInt64 = 24

    init() {}

    /// A place in the table, as found by a probe.
    struct Position: BitwiseCopyable {
        fileprivate var bucket: Slot
        fileprivate var index: Int
    }

    /// Walks the records whose tag fits a hash.
    struct Probe: BitwiseCopyable {
        fileprivate var bucket: Slot
        fileprivate var second: Slot
        fileprivate var pending: UInt32
        fileprivate var index = 0
        fileprivate let tag: UInt8

        /// Where the record last returned stands.
        var position: Position { Position(bucket: bucket, index: index) }

        /// The next candidate, or `none`.
        @inline(__always)
        mutating func next(_ heap: borrowing Heap) -> Slot {
            while true {
                while pending != 0 {
                    index = pending.trailingZeroBitCount
                    pending &= pending &- 1
                    let slot = BucketTable.entry(heap, bucket, index)
                    if slot != .none { return slot }
                }
                if bucket == .none { return .none }
                bucket = BucketTable.overflowBucket(heap, bucket)
                if bucket == .none {
                    bucket = second
                    second = .none
                    if bucket == .none { return .none }
                }
                pending = BucketTable.matches(heap, bucket, tag)
            }
        }
    }

    // MARK: Lookup

    @inline(__always)
    func probe(_ hash: UInt64, _ heap: borrowing Heap) -> Probe {
        let tag = BucketTable.tag(hash)
        guard array != .none else { return Probe(bucket: .none, second: .none, pending: 0, tag: tag) }
        var bucket = bucketSlot(array, UInt32(truncatingIfNeeded: hash) & mask)
        if target != .none && UInt32(truncatingIfNeeded: hash) & mask < moved {
            bucket = bucketSlot(target, UInt32(truncatingIfNeeded: hash) & targetMask)
        }
        return Probe(bucket: bucket, second: .none, pending: BucketTable.matches(heap, bucket, tag), tag: tag)
    }

    /// Asks the processor for the bucket that `hash` falls into.
    @inline(__always)
    func prefetch(_ hash: UInt64, _ heap: borrowing Heap) {
        if array == .none { return }
        heap.prefetch(bucketSlot(array, UInt32(truncatingIfNeeded: hash) & mask))
    }

    /// The record a position names.
    @inline(__always)
    func record(at position: Position, _ heap: borrowing Heap) -> Slot {
        BucketTable.entry(heap, position.bucket, position.index)
    }

    @inline(__always)
    private func bucketSlot(_ array: Slot, _ index: UInt32) -> Slot {
        Slot(rawValue: array.rawValue &+ index &* BucketTable.bucketUnits)
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash &>> 56) }

    @inline(__always)
    private static func entry(_ heap: borrowing Heap, _ bucket: Slot, _ index: Int) -> Slot {
        Slot(rawValue: heap.load(bucket, index &* 4, as: UInt32.self))
    }

    @inline(__always)
    private static func overflowBucket(_ heap: borrowing Heap, _ bucket: Slot) -> Slot {
        Slot(rawValue: heap.load(bucket, overflow, as: UInt32.self))
    }

    /// One bit per entry whose tag equals `tag`; may name empty entries too.
    @inline(__always)
    private static func matches(_ heap: borrowing Heap, _ bucket: Slot, _ tag: UInt8) -> UInt32 {
        // Eight tags at a time in an integer: Swift 6.3 compiles the comparison of SIMD vectors to a loop over bytes.
        let low = BucketTable.equalBytes(heap.load(bucket, tags, as: UInt64.self), tag)
        let high = BucketTable.equalBytes(UInt64(heap.load(bucket, tags &+ 8, as: UInt32.self)), tag)
        return low | (high & 0x0F) &<< 8
    }

    /// Bit `n` is set where byte `n` of `word` equals `byte`. Exact, unlike the shorter test for a zero byte.
    @inline(__always)
    private static func equalBytes(_ word: UInt64, _ byte: UInt8) -> UInt32 {
        let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        let sevens: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let zeros = ~(((difference & sevens) &+ sevens) | difference | sevens)
        return UInt32(truncatingIfNeeded: ((zeros &>> 7) &* 0x0102_0408_1020_4080) &>> 56)
    }

    // MARK: Change

    /// Most bytes that the next insertion may allocate: the array that is to replace the present one.
    var growthBytes: Int { (Int(mask) + 1) * 2 * BucketTable.bucketBytes }

    /// Adds a record that is not in the table. The caller has made sure of that.
    mutating func insert(_ record: Slot, _ hash: UInt64, _ heap: inout Heap, rehash: (borrowing Heap, Slot) -> UInt64) {
        if array == .none {
            array = heap.allocateZeroed(BucketTable.bucketBytes)
        }
        count &+= 1
        resizeIfNeeded(&heap)
        if target != .none { step(&heap, rehash) }
        place(record, hash, &heap)
    }

    /// Takes out the record at `position`, which must come from a probe with no change since.
    mutating func remove(_ position: Position, _ heap: inout Heap, rehash: (borrowing Heap, Slot) -> UInt64) {
        heap.store(UInt32(0), position.bucket, position.index &* 4)
        count &-= 1
        resizeIfNeeded(&heap)
        if target != .none { step(&heap, rehash) }
    }

    /// Puts `record` where another one with the same hash was.
    func replace(_ position: Position, with record: Slot, _ heap: inout Heap) {
        heap.store(record.rawValue, position.bucket, position.index &* 4)
    }

    /// Frees the buckets; the records are the caller's.
    mutating func destroy(_ heap: inout Heap) {
        if array != .none { release(array, mask, from: moved, &heap) }
        if target != .none { release(target, targetMask, from: 0, &heap) }
        self = BucketTable()
    }

    /// Whether records wait to be moved: `step` may be called when there is time.
    var isResizing: Bool { target != .none }

    /// Moves one bucket to the array that replaces the present one.
    @inline(never)
    mutating func step(_ heap: inout Heap, _ rehash: (borrowing Heap, Slot) -> UInt64) {
        let head = bucketSlot(array, moved)
        moved &+= 1
        for index in 0..<BucketTable.entries { heap.prefetch(BucketTable.entry(heap, head, index)) }
        var bucket = head
        while bucket != .none {
            for index in 0..<BucketTable.entries {
                let record = BucketTable.entry(heap, bucket, index)
                if record != .none {
                    let hash = rehash(heap, record)
                    link(record, hash, bucketSlot(target, UInt32(truncatingIfNeeded: hash) & targetMask), &heap)
                }
            }
            let next = BucketTable.overflowBucket(heap, bucket)
            if bucket != head { heap.free(bucket) }
            bucket = next
        }
        if moved > mask {
            heap.free(array)
            (array, mask) = (target, targetMask)
            (target, targetMask, moved) = (.none, 0, 0)
        }
    }

    @inline(__always)
    private func place(_ record: Slot, _ hash: UInt64, _ heap: inout Heap) {
        let low = UInt32(truncatingIfNeeded: hash)
        let bucket = target != .none && low & mask < moved
            ? bucketSlot(target, low & targetMask) : bucketSlot(array, low & mask)
        link(record, hash, bucket, &heap)
    }

    private func link(_ record: Slot, _ hash: UInt64, _ head: Slot, _ heap: inout Heap) {
        var bucket = head
        while true {
            for index in 0..<BucketTable.entries where BucketTable.entry(heap, bucket, index) == .none {
                heap.store(record.rawValue, bucket, index &* 4)
                heap.store(BucketTable.tag(hash), bucket, BucketTable.tags &+ index)
                return
            }
            let next = BucketTable.overflowBucket(heap, bucket)
            if next == .none { break }
            bucket = next
        }
        let fresh = heap.allocateZeroed(BucketTable.bucketBytes)
        heap.store(fresh.rawValue, bucket, BucketTable.overflow)
        heap.store(record.rawValue, fresh, 0)
        heap.store(BucketTable.tag(hash), fresh, BucketTable.tags)
    }

    @inline(__always)
    private mutating func resizeIfNeeded(_ heap: inout Heap) {
        if target != .none { return }
        let buckets = mask &+ 1
        if count > buckets &* BucketTable.growAbove && mask < 1 << 28 {
            resize(to: buckets &* 2, &heap)
        } else if mask > 0 && count < buckets &* BucketTable.shrinkBelow {
            resize(to: max(buckets / 4, 1), &heap)
        }
    }

    @inline(never)
    private mutating func resize(to buckets: UInt32, _ heap: inout Heap) {
        target = heap.allocateZeroed(Int(buckets) * BucketTable.bucketBytes)
        targetMask = buckets - 1
        moved = 0
    }

    private func release(_ array: Slot, _ mask: UInt32, from: UInt32, _ heap: inout Heap) {
        for index in from...max(from, mask) where index <= mask {
            var bucket = BucketTable.overflowBucket(heap, bucketSlot(array, index))
            while bucket != .none {
                let next = BucketTable.overflowBucket(heap, bucket)
                heap.free(bucket)
                bucket = next
            }
        }
        heap.free(array)
    }

    // MARK: Iteration

    /// Appends the records of one bucket (two arrays' worth while resizing) and returns the next cursor; 0 at the end.
    ///
    /// Records present from the first call (cursor 0) to the last are returned at least once, however the table is
    /// resized meanwhile: the cursor's bits are counted from the top, as in Redis's `dictScan` (Pieter Noordhuis,
    /// 2012).
    func scan(_ cursor: UInt64, _ heap: borrowing Heap, into found: inout Vector<Slot>) -> UInt64 {
        if array == .none { return 0 }
        var cursor = cursor
        if target == .none {
            collect(array, UInt32(truncatingIfNeeded: cursor) & mask, heap, &found)
            return BucketTable.advance(cursor, mask)
        }
        // A bucket of the smaller array and all buckets of the larger one that share its low bits.
        let targetIsLarger = targetMask > mask
        let (small, large) = targetIsLarger ? (array, target) : (target, array)
        let (smallMask, largeMask) = targetIsLarger ? (mask, targetMask) : (targetMask, mask)
        collectUnlessMoved(small, UInt32(truncatingIfNeeded: cursor) & smallMask, heap, &found)
        repeat {
            collectUnlessMoved(large, UInt32(truncatingIfNeeded: cursor) & largeMask, heap, &found)
            cursor = BucketTable.advance(cursor, largeMask)
        } while cursor & UInt64(smallMask ^ largeMask) != 0
        return cursor
    }

    /// A record chosen at random, `none` in an empty table. One of the buckets in use is drawn, then one of
    /// `drawnEntries` places in it; an empty place means drawing again. So all records are equally likely, also while
    /// the table is being resized, but for those in the few chains longer than that, which come a little less often.
    /// Expected O(1) (a table is never less than a twelfth full, once resizing has caught up).
    func randomRecord(_ heap: borrowing Heap, into scratch: inout Vector<Slot>, random: () -> UInt64) -> Slot {
        if count == 0 { return .none }
        while true {
            let rest = collectDrawn(by: random(), heap, &scratch)
            let places = max(BucketTable.drawnEntries, UInt64(scratch.count))
            let place = Int(places.multipliedFullWidth(by: rest).high)
            if place < scratch.count { return scratch[place] }
        }
    }

    /// The records of a bucket chosen at random among those that have any, in `found`; none of an empty table. All
    /// records are nearly equally likely to be among them. Where few places are in use this takes fewer draws for as
    /// many records than `randomRecord`. Expected O(1).
    func randomRecords(_ heap: borrowing Heap, into found: inout Vector<Slot>, random: () -> UInt64) {
        found.removeAll()
        while count > 0 && found.isEmpty { _ = collectDrawn(by: random(), heap, &found) }
    }

    /// Collects the records of the bucket in use that a random number chooses.
    /// - Returns: what the choice has left of the number.
    private func collectDrawn(by number: UInt64, _ heap: borrowing Heap, _ found: inout Vector<Slot>) -> UInt64 {
        // Of the array that is being replaced, only buckets that have not moved yet hold anything.
        let left = mask &+ 1 &- moved
        let buckets = UInt64(left) &+ (target == .none ? 0 : UInt64(targetMask) &+ 1)
        // The upper part of the product chooses the bucket, the lower is left.
        let draw = buckets.multipliedFullWidth(by: number)
        found.removeAll()
        if draw.high < left {
            collect(array, moved &+ UInt32(truncatingIfNeeded: draw.high), heap, &found)
        } else {
            collect(target, UInt32(truncatingIfNeeded: draw.high &- UInt64(left)), heap, &found)
        }
        return draw.low
    }

    @inline(__always)
    private func collectUnlessMoved(
        _ from: Slot, _ index: UInt32, _ heap: borrowing Heap, _ found: inout Vector<Slot>
    ) {
        if from == array && index < moved { return }
        collect(from, index, heap, &found)
    }

    private func collect(_ array: Slot, _ index: UInt32, _ heap: borrowing Heap, _ found: inout Vector<Slot>) {
        if array == self.array && index < moved { return }
        var bucket = bucketSlot(array, index)
        while bucket != .none {
            for entry in 0..<BucketTable.entries {
                let record = BucketTable.entry(heap, bucket, entry)
                if record != .none { found.append(record) }
            }
            bucket = BucketTable.overflowBucket(heap, bucket)
        }
    }

    /// Increments the reversed bits below `mask`.
    private static func advance(_ cursor: UInt64, _ mask: UInt32) -> UInt64 {
        var value = (cursor | ~UInt64(mask)).bitReversed
        value &+= 1
        return value.bitReversed
    }

    /// Bytes of the bucket arrays (overflow buckets not counted).
    var arrayBytes: Int {
        var buckets = array == .none ? 0 : Int(mask) + 1
        if target != .none { buckets += Int(targetMask) + 1 }
        return buckets * BucketTable.bucketBytes
    }
}

extension UInt64 {
    /// The bits in the opposite order.
    var bitReversed: UInt64 {
        var value = self.byteSwapped
        value = (value & 0x0F0F_0F0F_0F0F_0F0F) << 4 | (value >> 4) & 0x0F0F_0F0F_0F0F_0F0F
        value = (value & 0x3333_3333_3333_3333) << 2 | (value >> 2) & 0x3333_3333_3333_3333
        return (value & 0x5555_5555_5555_5555) << 1 | (value >> 1) & 0x5555_5555_5555_5555
    }
}
