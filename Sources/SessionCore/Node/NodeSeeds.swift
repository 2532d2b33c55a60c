/// The randomness that a node starts with, in independent parts: knowing one reveals nothing about the others. Tokens
/// and generated passwords are made from none of them (`Node.supply(entropy:)`).
public struct NodeSeeds: Sendable {
    /// Keys the hash functions of all tables. Never leaves the node: with it, keys that collide can be made.
    let hashKey: (UInt64, UInt64)
    /// Keys `IdentifierSource`. Never leaves the node: with it, marks of snapshots can be predicted.
    let identifierKey: (UInt64, UInt64, UInt64, UInt64)
    /// The state of the generator for choices that need no secrecy, such as `RANDOMKEY`; clients can find it out.
    let choices: UInt64

    /// - Parameter generator: the system's CSPRNG; each word that it gives is independent of the others.
    public init(using generator: inout some RandomNumberGenerator) {
        hashKey = (generator.next(), generator.next())
        identifierKey = (generator.next(), generator.next(), generator.next(), generator.next())
        choices = generator.next()
    }

    /// For tests and simulations, where one number determines a whole run: every part can be computed from every other.
    package init(derivedFrom seed: UInt64) {
        var generator = SplitMix64(state: seed)
        self.init(using: &generator)
    }
}

/// Makes identifiers that must be unique and unpredictable: run ids, replication ids, and the marks that end snapshots.
/// A client that could predict a mark could store it as a value, and the replica would take what follows for requests
/// from its primary.
///
/// Each is the beginning of SHA-256(key, number): none says anything about the key, nor about the next.
struct IdentifierSource: Sendable {
    private let key: (UInt64, UInt64, UInt64, UInt64)
    private var number: UInt64 = 0

    /// Characters of an identifier, as in Redis.
    static let length = 40

    init(key: (UInt64, UInt64, UInt64, UInt64)) { self.key = key }

    /// 40 hexadecimal characters.
    mutating func next() -> String {
        number += 1
        var input: [UInt8] = []
        for word in [key.0, key.1, key.2, key.3, number] {
            for shift in stride(from: 0, to: UInt64.bitWidth, by: 8) {
                input.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return String(decoding: Digest(of: input.span.bytes).hexadecimal.prefix(IdentifierSource.length), as: UTF8.self)
    }
}
