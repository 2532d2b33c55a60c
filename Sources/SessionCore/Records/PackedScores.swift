/// Members and scores of a small sorted set, one after the other in the order of the set.
///
///     [ count : UInt16 ]
///     [ lengths : UInt8 ][ length of member ]?[ score ][ member ] …
///
/// The lower half of `lengths` is the bytes of the score: none for 0, an integer of 1, 2, 4 or 6 bytes, or a double of
/// 8. The upper half is the bytes of the member; 15 if its length follows as LEB128. So a member with a time in
/// milliseconds takes 8 bytes more than its name, or 9.
struct PackedScores: ~Escapable {
    private let bytes: RawSpan
    /// Where the next entry starts.
    private(set) var position: Int

    /// Where the first entry starts.
    static let start = 2

    /// - Parameter position: where an entry starts; reading begins there.
    @inline(__always)
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at position: Int = PackedScores.start) {
        self.bytes = bytes
        self.position = position
    }

    /// Entries in all.
    @inline(__always)
    var count: Int { Int(bytes.load(0, as: UInt16.self)) }

    /// Bounds of an entry within the packed bytes.
    struct Entry: BitwiseCopyable {
        /// Where the entry starts, and where the next one does.
        var start, end: Int
        var scoreOffset: Int
        var memberOffset, memberLength: Int
    }

    /// The entry at `position`, which moves on; nil at the end.
    @inline(__always)
    mutating func next() -> Entry? {
        guard position < bytes.byteCount else { return nil }
        let start = position
        let lengths = Int(bytes[start])
        position &+= 1
        var memberLength = lengths &>> 4
        if memberLength == PackedScores.longMember { memberLength = bytes.packedLength(at: &position) }
        let scoreOffset = position
        let memberOffset = scoreOffset &+ lengths & 0x0F
        position = memberOffset &+ memberLength
        return Entry(
            start: start, end: position, scoreOffset: scoreOffset, memberOffset: memberOffset,
            memberLength: memberLength)
    }

    /// Members of so many bytes have their length in bytes of its own.
    static let longMember = 15

    @inline(__always)
    @_lifetime(copy self)
    func member(_ entry: Entry) -> RawSpan { bytes.slice(entry.memberOffset, entry.memberLength) }

    @inline(__always)
    func score(_ entry: Entry) -> Double {
        let offset = entry.scoreOffset
        switch entry.memberOffset &- offset {
        case 0: return 0
        case 1: return Double(bytes.load(offset, as: Int8.self))
        case 2: return Double(bytes.load(offset, as: Int16.self))
        case 4: return Double(bytes.load(offset, as: Int32.self))
        case 6:
            let low = bytes.load(offset, as: UInt32.self)
            let high = bytes.load(offset &+ 4, as: Int16.self)
            return Double(Int64(high) &<< 32 | Int64(low))
        default: return bytes.load(offset, as: Double.self)
        }
    }

    /// The entry of a member, looked for from the first one on; nil if there is none. O(entries).
    @inline(__always)
    func find(_ member: RawSpan) -> Entry? {
        var reader = PackedScores(bytes)
        while let entry = reader.next() {
            if entry.memberLength == member.byteCount, self.member(entry).isEqual(to: member) { return entry }
        }
        return nil
    }

    /// Where an entry of this score and member belongs: the start of the first one that is not before it. O(entries).
    @inline(__always)
    func position(of score: Double, _ member: RawSpan) -> Int {
        var reader = PackedScores(bytes)
        while let entry = reader.next() {
            let other = self.score(entry)
            if other > score || (other == score && self.member(entry).compare(to: member) >= 0) { return entry.start }
        }
        return bytes.byteCount
    }

    // MARK: Sizes

    /// Bytes in which a score is kept.
    @inline(__always)
    static func scoreBytes(_ score: Double) -> Int {
        // Integers of up to 48 bits; minus zero and whatever else is no integer stays a double.
        guard score.magnitude < 140_737_488_355_328 else { return 8 }
        let integer = Int64(score)
        guard Double(integer) == score else { return 8 }
        if integer == 0 { return score.sign == .plus ? 0 : 8 }
        if integer == Int64(Int8(truncatingIfNeeded: integer)) { return 1 }
        if integer == Int64(Int16(truncatingIfNeeded: integer)) { return 2 }
        return integer == Int64(Int32(truncatingIfNeeded: integer)) ? 4 : 6
    }

    /// Bytes that an entry takes.
    @inline(__always)
    static func size(_ score: Double, _ member: Int) -> Int {
        1 &+ (member < longMember ? 0 : PackedFields.lengthBytes(member)) &+ scoreBytes(score) &+ member
    }

    // MARK: Writing

    /// Writes an entry into a block; there are `size` bytes for it.
    static func write(_ score: Double, _ member: RawSpan, _ heap: inout Heap, _ block: Slot, _ offset: Int) {
        let scoreBytes = PackedScores.scoreBytes(score)
        let isLong = member.byteCount >= longMember
        var offset = offset
        heap.store(UInt8((isLong ? longMember : member.byteCount) << 4 | scoreBytes), block, offset)
        offset &+= 1
        if isLong { offset = heap.storeLength(member.byteCount, block, offset) }
        let integer = scoreBytes == 8 ? 0 : Int64(score)
        switch scoreBytes {
        case 0: break
        case 1: heap.store(Int8(truncatingIfNeeded: integer), block, offset)
        case 2: heap.store(Int16(truncatingIfNeeded: integer), block, offset)
        case 4: heap.store(Int32(truncatingIfNeeded: integer), block, offset)
        case 6:
            heap.store(UInt32(truncatingIfNeeded: integer), block, offset)
            heap.store(Int16(truncatingIfNeeded: integer >> 32), block, offset &+ 4)
        default: heap.store(score, block, offset)
        }
        heap.write(member, block, offset &+ scoreBytes)
    }
}
