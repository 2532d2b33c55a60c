/// What dispatch needs to know about a command, in 16 bytes.
struct CommandFacts: BitwiseCopyable {
    let flags: CommandFlags
    let id: CommandID
    /// Words of a request, command name (and container) included; negative for "at least so many".
    let arity: Int8
    let keys: KeyPlaces
    let creation: KeyCreation
    let propagation: CommandPropagation
    let streamRole: StreamRole
    let tracking: TrackedKeys
    let transaction: TransactionRole

    /// The second word names what is executed (unless there is none and the arity allows that, as for `COMMAND`).
    @inline(__always)
    var isContainer: Bool { flags.contains(.container) }

    /// Whether `CLIENT PAUSE … WRITE` holds it back: what changes data, and what replicas are told of.
    var waitsForWritePause: Bool { !flags.isDisjoint(with: .heldByWritePause) }

    /// Whether replicas and monitors, which no pause holds back, may not use it.
    var touchesKeyspace: Bool { flags.contains(.readonly) || waitsForWritePause }

    /// How much entropy a request may take, in as many tokens.
    var tokens: Int {
        if !flags.contains(.takesEntropy) { return 0 }
        // Only the length of a generated password is the client's choice.
        return id == .aclGenpass ? (Limits.generatedPassword / 8 - 1) / Limits.tokenEntropy + 1 : 1
    }

    /// Whether its keys are names of keys, not tokens or users.
    @inline(__always)
    var namesKeys: Bool { flags.contains(.namesKeys) }

    /// Whether a request of so many words has the right number of them.
    @inline(__always)
    func accepts(words: Int) -> Bool { arity >= 0 ? words == Int(arity) : words >= -Int(arity) }

    init(_ descriptor: CommandDescriptor) {
        id = descriptor.id
        arity = descriptor.arity
        flags = descriptor.isContainer ? descriptor.flags.union(.container) : descriptor.flags
        keys = descriptor.keys.places
        creation = descriptor.effect.creation
        propagation = descriptor.effect.propagation
        streamRole = descriptor.effect.streamRole
        tracking = descriptor.effect.tracking
        transaction = descriptor.transaction
    }
}
