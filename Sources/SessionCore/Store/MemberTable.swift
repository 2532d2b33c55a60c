/// The intermediate result of an operation on several sets: a table of members without a record.
///
/// For a reply it refers to the elements of the sets it reads, and copies only members that are packed: so it takes
/// 8.4 bytes a member beyond its inputs. For a set to be stored all elements are copies, and the table becomes that
/// set's. It must be released with `Store.destroy` or handed over to `Store.createSet`; until then the sets must not
/// change.
struct MemberTable: ~Copyable {
    fileprivate(set) var table = BucketTable()
    /// All elements are its own. Else those in `owned` are.
    fileprivate let copies: Bool
    fileprivate var owned = Vector<Slot>()
    /// Every member that ever was in it is an integer; and how many there were at most. As in Redis, the form of the
    /// result depends on what was in it on the way.
    fileprivate var isInteger = true
    fileprivate var peak: UInt32 = 0
    fileprivate var digits = ByteBuffer()

    /// - Parameter stores: whether a set is to be made of it.
    init(stores: Bool) { copies = stores }

    var count: Int { Int(table.count) }
}

extension Store {
    /// - Returns: whether the member is new.
    mutating func insert(_ member: SetMember, into members: inout MemberTable) -> Bool {
        member.render(into: &members.digits)
        let nameHash = hash(heap.name(member, members.digits))
        if findElement(in: members.table, heap.name(member, members.digits), nameHash) != nil { return false }
        if members.isInteger { members.isInteger = parseInteger(heap.name(member, members.digits)) != nil }
        var element = member.block
        if members.copies || !member.isElement {
            element = copyElement(member, members.digits)
            if !members.copies { members.owned.append(element) }
        }
        insert(element, nameHash, into: &members.table)
        members.peak = max(members.peak, members.table.count)
        return true
    }

    private mutating func copyElement(_ member: SetMember, _ digits: borrowing ByteBuffer) -> Slot {
        let element = allocateElement(name: member.isInteger ? digits.count : member.length, value: 0)
        if member.isInteger {
            heap.write(digits, element, TableHash.name)
        } else {
            heap.copy(from: member.block, member.offset, to: element, TableHash.name, member.length)
        }
        return element
    }

    /// Takes a member out, if it is there.
    mutating func remove(_ member: SetMember, from members: inout MemberTable) {
        member.render(into: &members.digits)
        let nameHash = hash(heap.name(member, members.digits))
        guard let found = findElement(in: members.table, heap.name(member, members.digits), nameHash) else { return }
        let keyHash = hash
        members.table.remove(found.position, &heap) { keyHash($0.element($1).name) }
        if members.copies { heap.free(found.record) }
    }

    /// Appends all its elements.
    func elements(of members: borrowing MemberTable, into elements: inout Vector<Slot>) {
        var cursor: UInt64 = 0
        repeat { cursor = members.table.scan(cursor, heap, into: &elements) } while cursor != 0
    }

    /// Frees what it owns. O(members).
    mutating func destroy(_ members: inout MemberTable) {
        if members.copies {
            free(&members.table)
        } else {
            for index in 0..<members.owned.count { heap.free(members.owned[index]) }
            members.owned.removeAll()
            members.table.destroy(&heap)
        }
    }

    /// A new set of all members, at least one. The members are gone from the table.
    /// - Parameters:
    ///   - old: what is under the key so far, of any type; its deadline goes with it.
    ///   - limit: members up to which a set is kept as integers.
    mutating func createSet(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, from members: inout MemberTable, replacing old: Place?,
        _ limit: Int
    ) {
        precondition(members.copies && members.count > 0)
        if members.isInteger && Int(members.peak) <= limit {
            let packed = integers(of: members)
            createPacked(database, key, keyHash, packed, [], old)
        } else if let packed = packed(members) {
            createPacked(database, key, keyHash, packed, .edited, old)
        } else {
            let record = put(.tableSet, database, key, keyHash, payload: TableHash.payloadBytes, old)
            heap.setTable(record, members.table)
            members.table = BucketTable()
            return
        }
        destroy(&members)
    }

    private mutating func createPacked(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, _ payload: borrowing ByteBuffer, _ flags: RecordFlags,
        _ old: Place?
    ) {
        let record = put(.packedSet, database, key, keyHash, payload: payload.count, old)
        heap.write(payload, record, heap[record].payloadOffset)
        heap.setFlags(record, heap[record].flags.union(flags))
    }

    private mutating func put(
        _ kind: RecordKind, _ database: Int, _ key: RawSpan, _ keyHash: UInt64, payload: Int, _ old: Place?
    ) -> Slot {
        guard let old else { return create(kind, database, key, keyHash, payload: payload, deadline: nil) }
        return replace(old, with: kind, database, key, keyHash, payload: payload, deadline: nil)
    }

    private func integers(of members: borrowing MemberTable) -> ByteBuffer {
        var found = Vector<Slot>()
        elements(of: members, into: &found)
        var values: [Int64] = []
        for index in 0..<found.count {
            guard let value = parseInteger(heap.element(found[index]).name) else {
                preconditionFailure("a set of integers has another member")
            }
            values.append(value)
        }
        values.sort()
        return PackedIntegers.pack(values)
    }

    /// The members in their packed form; nil if they are too many.
    private func packed(_ members: borrowing MemberTable) -> ByteBuffer? {
        guard members.count <= Limits.packedMembers else { return nil }
        var found = Vector<Slot>()
        elements(of: members, into: &found)
        var packed = ByteBuffer()
        for index in 0..<found.count {
            PackedMembers.append(heap.element(found[index]).name, to: &packed)
            if packed.count > Limits.packedSet { return nil }
        }
        return packed
    }
}
