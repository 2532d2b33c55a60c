/// The keys that data keys are encrypted with: the first one encrypts new files, all of them open old ones.
struct KeyRing: ~Copyable {
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
