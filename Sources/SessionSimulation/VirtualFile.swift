import SessionCore

/// A file of the virtual disk: what processes see, and what would be left if the power failed.
struct VirtualFile {
    /// Bytes of a page: what the system writes at a time.
    static let page = 4096

    /// As processes see it (the page cache).
    private(set) var content: [UInt8] = []
    /// As it is on disk.
    private(set) var durable: [UInt8] = []
    /// Pages that were changed and not synchronised since, in ascending order.
    private var dirty: [Int] = []

    init() {}

    /// It has been synchronised as it is.
    var isClean: Bool { dirty.isEmpty && content.count == durable.count }

    mutating func write(_ bytes: ArraySlice<UInt8>) {
        if bytes.isEmpty { return }
        let first = content.count / VirtualFile.page
        content += bytes
        mark(first...((content.count - 1) / VirtualFile.page))
    }

    mutating func truncate(_ count: Int) {
        if count >= content.count { return }
        content.removeSubrange(count...)
        dirty.removeAll { $0 * VirtualFile.page >= count }
        if count % VirtualFile.page > 0 { mark((count / VirtualFile.page)...(count / VirtualFile.page)) }
    }

    private mutating func mark(_ pages: ClosedRange<Int>) {
        for page in pages where !dirty.contains(page) { dirty.append(page) }
        dirty.sort()
    }

    /// The content is on disk, as far as it was changed since an attempt to synchronise it failed.
    mutating func sync() {
        durable = merged(length: content.count) { _ in .max }
        dirty = []
    }

    /// An attempt to synchronise has failed. Some pages are on disk, others are not; as on Linux, all count as written
    /// from now on: no later attempt writes them.
    mutating func syncFails(_ loss: DataLoss, _ random: inout SplitMix64) {
        durable = remains(loss, &random)
        dirty = []
    }

    /// The system has written some pages of its own accord.
    mutating func writeBack(_ loss: DataLoss, _ random: inout SplitMix64) {
        durable = remains(loss, &random)
    }

    /// The power fails.
    /// - Returns: whether something is missing in front of something that is there.
    mutating func losePower(_ loss: DataLoss, _ random: inout SplitMix64) -> Bool {
        if isClean { return false }
        let remains = remains(loss, &random)
        let hasHole = hasHole(remains)
        (content, durable, dirty) = (remains, remains, [])
        return hasHole
    }

    /// A bit of the file is not what was written.
    mutating func flipBit(_ bit: Int) {
        content[bit / 8] ^= 1 << (bit % 8)
        durable = content
        dirty = []
    }

    // MARK: What is left

    private func remains(_ loss: DataLoss, _ random: inout SplitMix64) -> [UInt8] {
        switch loss {
        case .all: return durable
        case .nothing: return merged(length: content.count) { _ in .max }
        case .end:
            let growth = content.count - durable.count
            let length = growth > 0 ? durable.count + random.below(growth + 1) : random.pick([content, durable]).count
            return merged(length: length) { _ in .max }
        case .zeros:
            let known = commonPrefix
            let end = known + random.below(content.count - known + 1)
            return merged(length: content.count) { max(0, end - $0 * VirtualFile.page) }
        case .pages:
            let lengths = [content.count, durable.count]
            let length = random.chance(70) ? random.pick(lengths)
                : min(lengths[0], lengths[1]) + random.below(abs(lengths[0] - lengths[1]) + 1)
            var parts = OrderedMap<Int, Int>()
            for page in dirty {
                parts[page] = random.chance(50) ? 0 : random.chance(25) ? random.below(VirtualFile.page) : .max
            }
            return merged(length: length) { parts[$0] ?? 0 }
        }
    }

    /// What is on disk when of each changed page so many of its first bytes were written.
    private func merged(length: Int, _ count: (Int) -> Int) -> [UInt8] {
        var result = Array(durable.prefix(length))
        result += [UInt8](repeating: 0, count: length - result.count)
        for page in dirty {
            let start = page * VirtualFile.page
            let end = min(start + min(count(page), VirtualFile.page), length, content.count)
            if start < end { result.replaceSubrange(start..<end, with: content[start..<end]) }
        }
        return result
    }

    private var commonPrefix: Int {
        var count = 0
        while count < min(content.count, durable.count), content[count] == durable[count] { count += 1 }
        return count
    }

    /// Whether something is not as in the content, in front of something that is there.
    private func hasHole(_ remains: [UInt8]) -> Bool {
        let shared = min(remains.count, content.count)
        guard let first = (0..<shared).first(where: { remains[$0] != content[$0] }) else { return false }
        return remains[first..<shared].contains { $0 != 0 }
    }
}

/// What becomes of the data of a file that was not synchronised when the power fails.
enum DataLoss: CaseIterable {
    /// None of it is on disk; all of it is.
    case all, nothing
    /// It ends too early, at any byte.
    case end
    /// The file is as long as it was, but ends in zeros: its length was written before its pages (XFS, and ext4 with
    /// unwritten extents).
    case zeros
    /// Any of the pages is there, whole or torn at any byte: the disk has written them in another order.
    case pages
}
