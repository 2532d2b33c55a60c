/// A member of a set, in the form in which the set keeps it. Valid until the set changes.
struct SetMember: BitwiseCopyable {
    /// The block that holds its bytes: the record of a packed set, or an element; `none` for an integer in binary.
    let block: Slot
    private let count: UInt32
    /// Where its bytes start in the block; or the integer.
    private let value: Int64

    init(bytesOf block: Slot, _ offset: Int, _ count: Int) {
        self.block = block
        self.count = UInt32(truncatingIfNeeded: count)
        value = Int64(offset)
    }

    init(_ integer: Int64) {
        block = .none
        count = 0
        value = integer
    }

    @inline(__always)
    var isInteger: Bool { block == .none }

    /// Of one that is kept as an integer.
    @inline(__always)
    var integer: Int64 { value }

    @inline(__always)
    var offset: Int { Int(value) }

    @inline(__always)
    var length: Int { Int(count) }

    /// It has a block of its own, in the table of a set. (The bytes of a packed set start further behind.)
    var isElement: Bool { block != .none && offset == TableHash.name }

    /// Writes the digits of an integer; does nothing for others.
    @inline(__always)
    func render(into digits: inout ByteBuffer) {
        guard isInteger else { return }
        digits.removeAll()
        digits.appendDecimal(value)
    }
}

extension Heap {
    /// The bytes of a member: its own, or the digits that were rendered of an integer.
    @inline(__always)
    @_lifetime(borrow digits)
    func name(_ member: borrowing SetMember, _ digits: borrowing ByteBuffer) -> RawSpan {
        member.isInteger ? digits.bytes : bytes(member.block, member.offset, member.length)
    }

    /// An element of a table as a member of its set.
    @inline(__always)
    func member(_ element: Slot) -> SetMember {
        SetMember(
            bytesOf: element, TableHash.name, Int(load(element, TableHash.nameLength, as: UInt32.self)))
    }
}

/// Walks through the members of a set, each once: integers in ascending order, packed ones in the order in which they
/// were added. The set must not change meanwhile.
struct SetMembers: ~Copyable {
    private let record: Slot
    private let kind: RecordKind
    private let isInteger: Bool
    /// Index of the next integer, offset of the next packed member, or index into `found`.
    private var position = 0
    /// Elements of some buckets, and where the scan of the table goes on; 0 at its end.
    private var found = Vector<Slot>()
    private var cursor: UInt64 = 0
    private var isScanned = false

    /// Elements that are fetched from memory together.
    private static let fetched = 16

    init(_ record: Slot, _ heap: borrowing Heap) {
        self.record = record
        kind = heap[record].kind
        isInteger = heap[record].isIntegerSet
    }

    /// The next member; nil at the end.
    @inline(__always)
    mutating func next(_ heap: borrowing Heap) -> SetMember? {
        if kind == .tableSet { return nextElement(heap) }
        return isInteger ? nextInteger(heap) : nextPacked(heap)
    }

    private mutating func nextInteger(_ heap: borrowing Heap) -> SetMember? {
        let integers = PackedIntegers(heap[record].payload)
        guard position < integers.count else { return nil }
        position &+= 1
        return SetMember(integers[position &- 1])
    }

    @inline(__always)
    private mutating func nextPacked(_ heap: borrowing Heap) -> SetMember? {
        var members = PackedMembers(heap[record].payload, at: position)
        guard let member = members.next() else { return nil }
        position = member.end
        return SetMember(bytesOf: record, heap[record].payloadOffset &+ member.offset, member.length)
    }

    @inline(__always)
    private mutating func nextElement(_ heap: borrowing Heap) -> SetMember? {
        if position == found.count && !fetch(heap) { return nil }
        position &+= 1
        return heap.member(found[position &- 1])
    }

    /// Scans buckets until there are some elements, and has the processor fetch them all.
    private mutating func fetch(_ heap: borrowing Heap) -> Bool {
        let table = heap[record].table
        found.removeAll()
        position = 0
        while found.count < SetMembers.fetched && !isScanned {
            cursor = table.scan(cursor, heap, into: &found)
            isScanned = cursor == 0
        }
        for index in 0..<found.count { heap.prefetch(found[index]) }
        return found.count > 0
    }
}
