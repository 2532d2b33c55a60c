/// The keys that data keys are encrypted with: the first one encrypts new files, all of them open old ones.
public struct KeyRing: ~Copyable {
    /// A key with what is derived from it once.
    struct Member: ~Copyable {
        let identifier: KeyIdentifier
        let key: EncryptionKey
        /// Authenticates manifests.
        let manifestKey: SecretBytes

        init(_ key: consuming EncryptionKey) {
            identifier = KeyIdentifier(of: key)
            let info: StaticString = "cloakroom/append-manifest@v1"
            manifestKey = SecretBytes(expanding: key.bytes, info: info.bytes, count: 32)
            self.key = key
        }
    }

    private var members = Vector<Member>()

    /// - Parameter primary: encrypts new files.
    init(_ primary: consuming EncryptionKey) { members.append(Member(primary)) }

    /// The keys in what `encryption-key-file` or `encryption-key-command` gives: one a line, the primary one first,
    /// then those that only open old files. Blank lines count for nothing.
    ///
    /// - Throws: if there is no key, a line is none, or there are more than `Limits.encryptionKeys`.
    public init(lines text: RawSpan) throws(KeyTextError) {
        var start = 0
        while start < text.byteCount {
            let end = text.slice(start, text.byteCount - start).firstIndex(of: UInt8(ascii: "\n"))
            let line = text.slice(start, end < 0 ? text.byteCount - start : end + 1)
            start += line.byteCount
            if KeyText.isBlank(line) { continue }
            guard members.count < Limits.encryptionKeys else { throw KeyTextError(reason: .tooMany) }
            members.append(Member(try KeyText.key(line)))
        }
        if members.count == 0 { throw KeyTextError(reason: .none) }
    }

    /// Adds a key that opens old files.
    mutating func add(_ key: consuming EncryptionKey) { members.append(Member(key)) }

    var count: Int { members.count }

    var primaryIdentifier: KeyIdentifier { members[0].identifier }

    /// What `body` makes of the key of this name, or of the primary one if there is no name; nil if it is missing.
    func withKey<Result: ~Copyable, Failure: Error>(
        _ identifier: KeyIdentifier?, _ body: (borrowing Member) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let identifier else { return try body(members[0]) }
        for index in 0..<members.count where members[index].identifier == identifier {
            return try body(members[index])
        }
        return nil
    }
}
