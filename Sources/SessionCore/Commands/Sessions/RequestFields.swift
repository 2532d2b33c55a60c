/// Fields that a request names, or gives values to: so many, from a word on.
struct RequestFields: BitwiseCopyable {
    let first: Int
    let count: Int

    /// Up to so many names are compared one by one; more are looked up in a table.
    private static let fewNames = 16

    /// Appends `old` with the request's pairs merged in: known names get the new value, new ones follow in order, and
    /// the last of several pairs with one name counts. O(old fields + pairs).
    /// - Returns: how many fields there are now.
    func merge(
        _ old: RawSpan, _ request: borrowing Request, _ hash: KeyHash, into buffer: inout ByteBuffer
    ) -> Int {
        if self.count > RequestFields.fewNames { return mergeMany(old, request, hash, into: &buffer) }
        var count = 0
        var reader = PackedFields(old)
        while let field = reader.next() {
            let name = reader.name(field)
            let pair = lastPair(name, request, before: self.count)
            let value = pair < 0 ? reader.value(field) : request[first + pair * 2 + 1]
            PackedFields.append(name, value, to: &buffer)
            count += 1
        }
        let known = PackedFields(old)
        for pair in 0..<self.count {
            let name = request[first + pair * 2]
            if old.byteCount > 0 && known.find(name) != nil { continue }
            if lastPair(name, request, before: pair) >= 0 { continue }
            let value = request[first + lastPair(name, request, before: self.count) * 2 + 1]
            PackedFields.append(name, value, to: &buffer)
            count += 1
        }
        return count
    }

    @inline(never)
    private func mergeMany(
        _ old: RawSpan, _ request: borrowing Request, _ hash: KeyHash, into buffer: inout ByteBuffer
    ) -> Int {
        let index = self.index(request, 2, hash)
        var isDone = Vector<Bool>(repeating: false, count: self.count)
        var count = 0
        var reader = PackedFields(old)
        while let field = reader.next() {
            let name = reader.name(field)
            let pair = Int(index[place(of: name, in: index, request, 2, hash)]) - 1
            if pair >= 0 { isDone[pair] = true }
            let value = pair < 0 ? reader.value(field) : request[first + pair * 2 + 1]
            PackedFields.append(name, value, to: &buffer)
            count += 1
        }
        for pair in 0..<self.count {
            let name = request[first + pair * 2]
            let last = Int(index[place(of: name, in: index, request, 2, hash)]) - 1
            if isDone[last] { continue }
            isDone[last] = true
            PackedFields.append(name, request[first + last * 2 + 1], to: &buffer)
            count += 1
        }
        return count
    }

    /// Appends `old` without the fields that the request names. O(old fields + names).
    /// - Returns: how many fields there are now.
    func remove(
        _ old: RawSpan, _ request: borrowing Request, _ hash: KeyHash, into buffer: inout ByteBuffer
    ) -> Int {
        let isMany = self.count > RequestFields.fewNames
        let index = isMany ? self.index(request, 1, hash) : Vector<UInt16>()
        var count = 0
        var reader = PackedFields(old)
        while let field = reader.next() {
            let name = reader.name(field)
            if isMany ? index[place(of: name, in: index, request, 1, hash)] != 0 : names(name, request) { continue }
            PackedFields.append(name, reader.value(field), to: &buffer)
            count += 1
        }
        return count
    }

    private func lastPair(_ name: RawSpan, _ request: borrowing Request, before end: Int) -> Int {
        var pair = end - 1
        while pair >= 0 && !request[first + pair * 2].isEqual(to: name) { pair -= 1 }
        return pair
    }

    private func names(_ name: RawSpan, _ request: borrowing Request) -> Bool {
        for index in 0..<self.count where request[first + index].isEqual(to: name) { return true }
        return false
    }

    // MARK: Many names

    /// The last of each name by name: an open-addressed table of `1 + number`, at most half full.
    /// - Parameter width: words from one name to the next.
    private func index(_ request: borrowing Request, _ width: Int, _ hash: KeyHash) -> Vector<UInt16> {
        let bits = Int.bitWidth - (count * 2 - 1).leadingZeroBitCount
        var index = Vector<UInt16>(repeating: 0, count: 1 << bits)
        for number in 0..<count {
            index[place(of: request[first + number * width], in: index, request, width, hash)] = UInt16(number + 1)
        }
        return index
    }

    /// Where a name stands in the table, or would stand. Expected O(1): the hash is keyed.
    private func place(
        of name: RawSpan, in index: borrowing Vector<UInt16>, _ request: borrowing Request, _ width: Int,
        _ hash: KeyHash
    ) -> Int {
        var place = Int(truncatingIfNeeded: hash(name)) & (index.count - 1)
        while index[place] != 0, !request[first + (Int(index[place]) - 1) * width].isEqual(to: name) {
            place = (place + 1) & (index.count - 1)
        }
        return place
    }
}
