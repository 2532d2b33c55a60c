/// A record, to be read: its head, its key, and its payload as what its kind says.
///
/// A view, and each span of it, is good until the record is changed, moved or freed, which the compiler does not watch
/// over (`Heap` says why): none is kept in a variable across a call that may do so. O(1).
struct RecordView: ~Escapable {
    fileprivate let block: Block

    @inline(__always)
    @_lifetime(copy block)
    init(_ block: Block) { self.block = block }

    // MARK: Head

    @inline(__always)
    var kind: RecordKind { block.loadCase(RecordLayout.kind, as: RecordKind.self) }

    @inline(__always)
    var flags: RecordFlags { RecordFlags(rawValue: block.load(RecordLayout.flags, as: UInt8.self)) }

    @inline(__always)
    var expires: Bool { flags.contains(.expires) }

    /// Unix milliseconds. Only for a record that `expires`.
    @inline(__always)
    var deadline: Int64 { block.load(RecordLayout.deadline, as: Int64.self) }

    /// Of a plain key, when it was used last, in Unix seconds.
    @inline(__always)
    var stamp: UInt32 { block.load(RecordLayout.stamp, as: UInt32.self) }

    @inline(__always)
    var keyOffset: Int { expires ? RecordLayout.longHead : RecordLayout.shortHead }

    @inline(__always)
    var keyLength: Int { Int(block.load(RecordLayout.keyLength, as: UInt16.self)) }

    @inline(__always)
    var payloadOffset: Int { keyOffset &+ keyLength }

    /// Bytes of the payload.
    @inline(__always)
    var length: Int { Int(block.load(RecordLayout.length, as: UInt32.self)) }

    // MARK: Key

    /// The key, or the 16 bytes of the handle.
    @inline(__always)
    var key: RawSpan {
        @_lifetime(copy self)
        get { block.bytes(keyOffset, keyLength) }
    }

    /// The handle of a record keyed by one.
    @inline(__always)
    var handle: Handle { block.handle(RecordLayout.longHead) }

    // MARK: Payload

    @inline(__always)
    var payload: RawSpan {
        @_lifetime(copy self)
        get { block.bytes(payloadOffset, length) }
    }

    /// The bytes of a string; nil for a record of another kind.
    @inline(__always)
    var string: RawSpan? {
        @_lifetime(copy self)
        get { kind == .string ? payload : nil }
    }

    /// The fields of a packed hash.
    @inline(__always)
    var packedFields: PackedFields {
        @_lifetime(copy self)
        get { PackedFields(payload) }
    }

    /// A set kept as `PackedIntegers`.
    @inline(__always)
    var isIntegerSet: Bool { kind == .packedSet && !flags.contains(.edited) }

    /// The header of the table of a record that has one.
    @inline(__always)
    var table: BucketTable { block.load(payloadOffset, as: BucketTable.self) }

    /// An element of the record's table.
    @inline(__always)
    @_lifetime(copy self)
    func element(_ element: Slot) -> ElementView { ElementView(block.other(element)) }

    /// The tree of a record of kind `treeSortedSet`.
    @inline(__always)
    var scoreTree: ScoreTree { block.load(payloadOffset &+ TreeSortedSet.tree, as: ScoreTree.self) }

    /// The record as a session, which it must be.
    @inline(__always)
    var session: SessionView {
        @_lifetime(copy self)
        get { SessionView(self) }
    }

    /// What a record of kind `predecessor` says.
    var predecessor: PredecessorContent {
        PredecessorContent(
            successor: block.handle(PredecessorLayout.successor),
            graceUntil: block.load(PredecessorLayout.graceUntil, as: Int64.self),
            created: block.loadTime(PredecessorLayout.created))
    }

    /// The type that `TYPE` names.
    var typeName: StaticString {
        switch kind {
        case .string, .predecessor, .tombstone: "string"
        case .packedHash, .tableHash, .session: "hash"
        case .packedSet, .tableSet: "set"
        case .packedSortedSet, .treeSortedSet: "zset"
        }
    }
}

/// A session's record, to be read; good as long as a `RecordView`. O(1).
struct SessionView: ~Escapable {
    private let record: RecordView

    @inline(__always)
    @_lifetime(copy record)
    fileprivate init(_ record: RecordView) { self.record = record }

    @inline(__always)
    private var block: Block {
        @_lifetime(copy self)
        get { record.block }
    }

    @inline(__always)
    var handle: Handle { record.handle }

    /// Unix milliseconds: the earlier of idle and absolute timeout.
    @inline(__always)
    var deadline: Int64 { record.deadline }

    @inline(__always)
    var version: UInt32 { record.stamp }

    /// Unix milliseconds.
    @inline(__always)
    var created: Int64 { block.loadTime(SessionLayout.created) }

    @inline(__always)
    var lastUse: UseStamp { UseStamp(rawValue: block.load(SessionLayout.lastUse, as: UInt64.self)) }

    /// The sliding timeout in milliseconds.
    @inline(__always)
    var idle: Int64 { block.loadTime(SessionLayout.idle) }

    /// The absolute timeout in Unix milliseconds; 0 for none.
    @inline(__always)
    var end: Int64 { block.loadTime(SessionLayout.end) }

    @inline(__always)
    var options: SessionOptions { SessionOptions(rawValue: block.load(SessionLayout.options, as: UInt8.self)) }

    /// The authentication level it was given.
    @inline(__always)
    var level: UInt8 { block.load(SessionLayout.level, as: UInt8.self) }

    /// When the level falls back to 1, Unix milliseconds.
    @inline(__always)
    var levelUntil: Int64? {
        options.contains(.levelExpires) ? block.load(options.levelUntilOffset, as: Int64.self) : nil
    }

    /// First 16 bytes of SHA-256 of the fingerprint it is bound to.
    @inline(__always)
    var bind: Handle? { options.contains(.bound) ? block.handle(SessionLayout.variable) : nil }

    /// Handle of the token that the present one replaced.
    @inline(__always)
    var predecessor: Handle? { options.contains(.rotated) ? block.handle(options.predecessorOffset) : nil }

    /// All of the above, for a command that is to change some of it.
    @inline(__always)
    var image: SessionImage { SessionImage(self) }

    // MARK: Texts

    @inline(__always)
    private var userLength: Int { Int(block.load(SessionLayout.userLength, as: UInt16.self)) }

    @inline(__always)
    private var deviceLength: Int { Int(block.load(SessionLayout.deviceLength, as: UInt16.self)) }

    /// Empty for an anonymous session.
    var user: RawSpan {
        @_lifetime(copy self)
        get { block.bytes(options.userOffset, userLength) }
    }

    var device: RawSpan {
        @_lifetime(copy self)
        get { block.bytes(options.userOffset &+ userLength, deviceLength) }
    }

    // MARK: Fields

    var fieldCount: Int { Int(block.load(SessionLayout.fieldCount, as: UInt16.self)) }

    /// The packed fields.
    var fieldBytes: RawSpan {
        @_lifetime(copy self)
        get {
            let start = options.userOffset &+ userLength &+ deviceLength
            return block.bytes(start, RecordLayout.handlePayload + record.length - start)
        }
    }

    var fields: PackedFields {
        @_lifetime(copy self)
        get { PackedFields(fieldBytes) }
    }
}

extension Block {
    /// The handle whose 16 bytes start at an offset.
    @inline(__always)
    func handle(_ offset: Int) -> Handle {
        Handle(low: load(offset, as: UInt64.self), high: load(offset &+ 8, as: UInt64.self))
    }

    /// A 48-bit number.
    @inline(__always)
    func loadTime(_ offset: Int) -> Int64 {
        Int64(load(offset, as: UInt32.self)) | Int64(load(offset &+ 4, as: UInt16.self)) &<< 32
    }
}

extension Heap {
    /// The record at a slot, to be read.
    @inline(__always)
    subscript(_ record: Slot) -> RecordView {
        @_lifetime(immortal)
        get { RecordView(block(record)) }
    }

    /// The element at a slot, to be read.
    @inline(__always)
    @_lifetime(immortal)
    func element(_ element: borrowing Slot) -> ElementView { ElementView(block(element)) }

    /// The member of an entry.
    @inline(__always)
    @_lifetime(immortal)
    func member(_ entry: borrowing SortedSetEntry) -> RawSpan {
        bytes(entry.block, Int(entry.offset), Int(entry.length))
    }
}
