/// One step of an RDB stream. What it names lies in the reader's `first` and `second`.
enum RDBUnit: Equatable {
    /// Nothing complete is left: `append` more.
    case needsMore
    /// `first` is the name of an auxiliary field, `second` its value.
    case auxiliary
    /// What follows belongs to this database.
    case database(Int)
    /// How many keys of the database are to come, as a hint.
    case sizes(keys: Int, expiring: Int)
    /// A key begins; `first` is its name. `deadline` in Unix milliseconds.
    case key(RDBType, deadline: Int64?)
    /// A key of a type that is not held was passed over.
    case skipped
    /// A key of a collection without elements was passed over, as Redis does: nothing may hold it.
    case empty
    /// The value of a string: `second`.
    case string
    /// A hash's field: name `first`, value `second`.
    case field
    /// A set's member: `first`.
    case member
    /// A sorted set's member: `first`.
    case scored(Double)
    /// The key is complete.
    case endOfKey
    /// The stream is complete and its checksum right.
    case end
}

/// Types of values, however they are encoded.
enum RDBType: Equatable {
    case string, hash, set, sortedSet
}

/// Takes an RDB stream apart as it arrives, in pieces of any size. Nothing of it is trusted: lengths are checked before
/// anything is allocated for them, and the stream may end anywhere.
///
/// A reader holds at most one string (or one packed list) and what was appended since the last step.
struct RDBReader: ~Copyable {
    /// Newest version of the format that is understood: Redis 7.4's.
    static let newestVersion = 12

    /// What the last unit named.
    private(set) var first = ByteBuffer()
    private(set) var second = ByteBuffer()
    /// Bytes taken so far.
    var offset: Int64 { dropped + Int64(position) }

    /// Values of types that are not held are passed over, not refused.
    private let skipsUnsupported: Bool
    private var input = ByteBuffer()
    /// Bytes of `input` that are taken, and bytes that were and are no longer there: these are in the checksum.
    private var position = 0
    private var dropped: Int64 = 0
    /// Bytes of `input` that the unit at `position` takes at least: with fewer it is not tried again, or a long string
    /// would be copied anew with every piece of the one behind it.
    private var wanted = 0
    private var database = 0
    private var keys = 0
    private var packed = ByteBuffer()
    private var state = State.magic
    private var deadline: Int64?
    private let crc = CRC64()
    private var checksum: UInt64 = 0
    private var version = 0

    private enum State: BitwiseCopyable {
        case magic
        /// Between keys.
        case opcode
        case string
        /// So many elements are left.
        case elements(RDBType, left: Int)
        /// An element at this position in `packed` comes next.
        case packed(RDBType, PackedElements.Form, position: Int)
        /// A value is being passed over; `isKey` if a key's.
        case skipping(RDBSkip, isKey: Bool)
        case checksum
        case end
    }

    /// - Parameter skipsUnsupported: whether values of types that are not held are passed over, as far as that is
    ///   possible. They are an error otherwise.
    init(skipsUnsupported: Bool = false) { self.skipsUnsupported = skipsUnsupported }

    /// What may follow the bytes of an RDB without trailer or length is left here once `end` has been answered.
    var rest: RawSpan {
        @_lifetime(borrow self)
        get { input.bytes.slice(position, input.count - position) }
    }

    /// Adds bytes that have arrived.
    mutating func append(_ bytes: RawSpan) {
        var held = ByteBuffer()
        swap(&held, &input)
        drop(from: &held)
        held.append(bytes)
        swap(&held, &input)
    }

    /// Forgets the bytes that are taken; they go into the checksum, many at a time.
    private mutating func drop(from held: inout ByteBuffer) {
        checksum = crc.adding(held.bytes.slice(0, position), to: checksum)
        held.removeFirst(position)
        dropped += Int64(position)
        wanted -= position
        position = 0
    }

    /// Takes the next unit.
    mutating func next() throws(RDBError) -> RDBUnit {
        var held = ByteBuffer()
        swap(&held, &input)
        defer { swap(&held, &input) }
        if held.count < wanted { return .needsMore }
        while true {
            if case .checksum = state { drop(from: &held) }
            var cursor = RDBCursor(held.bytes, at: position)
            let unit: RDBUnit?
            do throws(RDBCursor.Stop) {
                unit = try step(&cursor)
            } catch {
                switch error {
                case .needsMore:
                    wanted = cursor.wanted
                    return .needsMore
                case .corrupt(let reason): throw RDBError(reason: reason, offset: offset)
                }
            }
            position = cursor.position
            if let unit { return unit }
        }
    }

    /// Takes what the state calls for.
    /// - Returns: nil if that was nothing to tell.
    private mutating func step(_ cursor: inout RDBCursor) throws(RDBCursor.Stop) -> RDBUnit? {
        switch state {
        case .magic:
            guard try cursor.matches("REDIS") else { throw .corrupt(.magic) }
            let version = try cursor.version()
            guard (1...RDBReader.newestVersion).contains(version) else { throw .corrupt(.version(version)) }
            self.version = version
            state = .opcode
            return nil
        case .opcode: return try opcode(&cursor)
        case .string:
            try cursor.string(into: &second)
            state = .elements(.string, left: 0)
            return .string
        case .elements(_, left: 0):
            state = .opcode
            return .endOfKey
        case .elements(let type, let left): return try element(type, left, &cursor)
        case .packed(let type, let form, let position): return try packedElement(type, form, position)
        case .skipping(var skip, let isKey):
            if try skip.advance(&cursor) {
                state = .skipping(skip, isKey: isKey)
                return nil
            }
            state = .opcode
            return isKey ? .skipped : nil
        case .checksum:
            let expected = try cursor.number(as: UInt64.self)
            guard expected == 0 || expected == checksum else { throw .corrupt(.checksum) }
            state = .end
            return .end
        case .end: return .end
        }
    }

    /// What stands between keys, and the head of a key.
    private mutating func opcode(_ cursor: inout RDBCursor) throws(RDBCursor.Stop) -> RDBUnit? {
        let opcode = try cursor.byte()
        switch opcode {
        case 250:
            try cursor.string(into: &first)
            try cursor.string(into: &second)
            return .auxiliary
        case 251: return .sizes(keys: try cursor.length(), expiring: try cursor.length())
        case 254:
            database = try cursor.length()
            return .database(database)
        case 252: deadline = try cursor.number(as: Int64.self)
        case 253: deadline = Int64(try cursor.number(as: Int32.self)) * 1000
        // How recently and how often it was used: not kept.
        case 248: _ = try cursor.length()
        case 249: _ = try cursor.byte()
        // How many keys a cluster's slot has.
        case 244: for _ in 0..<3 { _ = try cursor.length() }
        // A function library: there is no interpreter.
        case 245: try cursor.string(into: &second)
        case 247:
            guard skipsUnsupported, let skip = try RDBSkip(type: 247, &cursor) else { throw unsupported(247) }
            state = .skipping(skip, isKey: false)
        case 255:
            state = version >= 5 ? .checksum : .end
            return version >= 5 ? nil : .end
        default: return try key(opcode, &cursor)
        }
        return nil
    }

    private mutating func key(_ type: UInt8, _ cursor: inout RDBCursor) throws(RDBCursor.Stop) -> RDBUnit? {
        try cursor.string(into: &first)
        guard first.count <= Limits.key else { throw .corrupt(.keyTooLong(first.count)) }
        switch type {
        case 0: return begin(.string, .string)
        case 2: return try beginElements(.set, &cursor)
        case 4: return try beginElements(.hash, &cursor)
        case 5: return try beginElements(.sortedSet, &cursor)
        case 11: return try beginPacked(.set, .intset, &cursor)
        case 12: return try beginPacked(.sortedSet, .ziplist, &cursor)
        case 13: return try beginPacked(.hash, .ziplist, &cursor)
        case 16: return try beginPacked(.hash, .listpack, &cursor)
        case 17: return try beginPacked(.sortedSet, .listpack, &cursor)
        case 20: return try beginPacked(.set, .listpack, &cursor)
        default:
            guard RDBSkip.name(ofType: type) != nil else { throw .corrupt(.opcode(type)) }
            if try RDBSkip.isEmpty(type, &cursor) { return passOverEmpty() }
            guard skipsUnsupported, let skip = try RDBSkip(type: type, &cursor) else { throw unsupported(type) }
            state = .skipping(skip, isKey: true)
            deadline = nil
            return nil
        }
    }

    private func unsupported(_ type: UInt8) -> RDBCursor.Stop {
        let name = RDBError.StaticStringName(text: RDBSkip.name(ofType: type) ?? "value")
        return .corrupt(.unsupportedType(name, database: database, keys: keys))
    }

    private mutating func beginElements(
        _ type: RDBType, _ cursor: inout RDBCursor
    ) throws(RDBCursor.Stop) -> RDBUnit {
        let count = try cursor.length()
        return count == 0 ? passOverEmpty() : begin(type, .elements(type, left: count))
    }

    /// A collection without elements ends here. Only what has an element is told of as a key, so that whoever builds a
    /// collection from the units can rely on its first one.
    private mutating func passOverEmpty() -> RDBUnit {
        deadline = nil
        return .empty
    }

    private mutating func begin(_ type: RDBType, _ next: State) -> RDBUnit {
        state = next
        let unit = RDBUnit.key(type, deadline: deadline)
        deadline = nil
        keys += 1
        return unit
    }

    private mutating func beginPacked(
        _ type: RDBType, _ form: PackedElements.Form, _ cursor: inout RDBCursor
    ) throws(RDBCursor.Stop) -> RDBUnit {
        try cursor.string(into: &packed)
        guard PackedElements(packed.bytes, form).hasValidHead else { throw .corrupt(.packedList) }
        do throws(RDBError.Reason) {
            var elements = PackedElements(packed.bytes, form)
            if try elements.next() == nil { return passOverEmpty() }
        } catch {
            throw .corrupt(error)
        }
        return begin(type, .packed(type, form, position: PackedElements.start(form)))
    }

    // MARK: Elements

    private mutating func element(
        _ type: RDBType, _ left: Int, _ cursor: inout RDBCursor
    ) throws(RDBCursor.Stop) -> RDBUnit {
        try cursor.string(into: &first)
        var unit = RDBUnit.member
        if type == .hash {
            try cursor.string(into: &second)
            unit = .field
        } else if type == .sortedSet {
            let score = Double(bitPattern: try cursor.number(as: UInt64.self))
            guard !score.isNaN else { throw .corrupt(.score) }
            unit = .scored(score)
        }
        state = .elements(type, left: left - 1)
        return unit
    }

    private mutating func packedElement(
        _ type: RDBType, _ form: PackedElements.Form, _ position: Int
    ) throws(RDBCursor.Stop) -> RDBUnit {
        // Out of the way of the buffers that are written meanwhile.
        var held = ByteBuffer()
        swap(&held, &packed)
        defer { swap(&held, &packed) }
        do throws(RDBError.Reason) {
            guard let next = try packedElement(type, form, position, in: held) else {
                state = .opcode
                return .endOfKey
            }
            state = .packed(type, form, position: next)
        } catch {
            throw .corrupt(error)
        }
        if type == .set { return .member }
        if type == .hash { return .field }
        guard let score = DoubleText.parse(second.bytes), !score.isNaN else { throw .corrupt(.score) }
        return .scored(score)
    }

    /// Reads one element, or two where names and values, members and scores stand in turn.
    /// - Returns: where the next one starts; nil at the end.
    private mutating func packedElement(
        _ type: RDBType, _ form: PackedElements.Form, _ position: Int, in list: borrowing ByteBuffer
    ) throws(RDBError.Reason) -> Int? {
        var elements = PackedElements(list.bytes, form, at: position)
        first.removeAll(keeping: Limits.bufferGrowthStep)
        second.removeAll(keeping: Limits.bufferGrowthStep)
        guard let name = try elements.next() else { return nil }
        elements.write(name, to: &first)
        if type != .set {
            guard let value = try elements.next() else { throw .packedList }
            elements.write(value, to: &second)
        }
        return elements.position
    }
}
