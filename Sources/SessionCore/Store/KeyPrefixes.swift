/// The prefixes of `session-prefixes`, as bytes to compare keys with.
struct KeyPrefixes: ~Copyable {
    /// Each behind its length in one byte.
    private var packed = ByteBuffer()
    /// Asked before every command.
    private(set) var isEmpty = true

    init() {}

    init(_ prefixes: [String]) {
        for prefix in prefixes {
            packed.append(UInt8(prefix.utf8.count))
            packed.append(prefix)
        }
        isEmpty = prefixes.isEmpty
    }

    /// The length of the first prefix that a key begins with; nil if it begins with none. O(prefixes).
    func match(_ key: RawSpan) -> Int? {
        let packed = packed.bytes
        var offset = 0
        while offset < packed.byteCount {
            let length = Int(packed[offset])
            if key.starts(with: packed.slice(offset + 1, length)) { return length }
            offset += 1 + length
        }
        return nil
    }
}
