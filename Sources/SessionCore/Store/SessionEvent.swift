/// Something that happened to a session, for subscribers of `__session__:<event>` and `__sessionuser__:<user>`.
struct SessionEvent {
    enum Kind: String {
        case created, set, rotated, revoked, expired, expiring, reuse, bindmismatch, stepup, limit, zombie
    }

    var kind: Kind
    var handle: Handle
    /// Empty for an anonymous session. Bytes, for the channel `__sessionuser__:<user>` carries them as they are.
    var user: [UInt8]
    /// Unix milliseconds: the moment of the event; for `expired` and `expiring` the deadline itself.
    var at: Int64
    var reason: String?
    /// Empty if none was given.
    var device: String
}
