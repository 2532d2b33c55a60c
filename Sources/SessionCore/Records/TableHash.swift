/// A hash or set too large to be packed: the record's payload is the header of a table (`BucketTable`, 24 bytes) whose
/// elements are blocks of their own. A set is a table of elements without values.
///
///     element  [ nameLength : UInt32 | valueLength : UInt32 | name | value ]
enum TableHash {
    static let nameLength = 0
    static let valueLength = 4
    static let name = 8
    static let payloadBytes = MemoryLayout<BucketTable>.size
}

extension Heap {
    mutating func setTable(_ record: Slot, _ table: BucketTable) { store(table, record, self[record].payloadOffset) }
}

/// An element of a table, to be read; good as long as a `RecordView`. O(1).
struct ElementView: ~Escapable {
    private let block: Block

    @inline(__always)
    @_lifetime(copy block)
    init(_ block: Block) { self.block = block }

    @inline(__always)
    private var nameLength: Int { Int(block.load(TableHash.nameLength, as: UInt32.self)) }

    /// The name of a field, or the member.
    @inline(__always)
    var name: RawSpan {
        @_lifetime(copy self)
        get { block.bytes(TableHash.name, nameLength) }
    }

    /// The value of a field.
    @inline(__always)
    var value: RawSpan {
        @_lifetime(copy self)
        get {
            block.bytes(TableHash.name &+ nameLength, Int(block.load(TableHash.valueLength, as: UInt32.self)))
        }
    }

    /// The score of a member of a sorted set.
    @inline(__always)
    var score: Double { block.load(TableHash.name &+ nameLength, as: Double.self) }
}
