/// The manifest of an append log in several files: which ones there are, and in what order they are loaded. As in
/// Redis 7 ("Multi Part AOF", `aof.c`): a base, which is a snapshot or a log of one, and the increments since.
///
///     file appendonly.aof.2.base.rdb seq 2 type b
///     file appendonly.aof.1.incr.aof seq 1 type h
///     file appendonly.aof.4.incr.aof seq 4 type i
///
/// Files of the history are no longer needed and may be deleted. Further pairs of words on a line are passed over, by
/// Redis too; encrypted files have pairs that pin them down, and `AppendManifest+Seal` authenticates the whole.
struct AppendManifest: Equatable {
    struct File: Equatable {
        /// Any bytes but `/`, `\` and zero.
        var name: [UInt8]
        /// Not zero.
        var sequence: Int64
        /// Of an encrypted file.
        var proof: EncryptedFileProof?
    }

    enum BaseFormat {
        /// A snapshot.
        case rdb
        /// Commands.
        case aof
    }

    var base: File?
    var history: [File] = []
    /// With ascending sequence numbers, the first of them above zero.
    var increments: [File] = []
    /// The highest sequence number of a base and of an increment so far; names are never used again.
    private(set) var lastBase: Int64 = 0
    private(set) var lastIncrement: Int64 = 0

    init() {}

    /// Without files there is nothing to load.
    var isEmpty: Bool { base == nil && increments.isEmpty }

    /// Begins a new increment, to which all further writes go.
    ///
    /// - Parameter prefix: `appendfilename`.
    /// - Returns: its name: `appendonly.aof.3.incr.aof`.
    mutating func beginIncrement(prefix: [UInt8]) -> [UInt8] {
        lastIncrement += 1
        let name = AppendManifest.name(prefix, lastIncrement, ".incr.aof")
        increments.append(File(name: name, sequence: lastIncrement))
        return name
    }

    /// Takes note of what pins the last increment down.
    mutating func pinLastIncrement(_ proof: EncryptedFileProof) {
        if !increments.isEmpty { increments[increments.count - 1].proof = proof }
    }

    /// Puts a new base in the place of the old one and of the increments that it holds, which become history.
    ///
    /// - Parameters:
    ///   - prefix: `appendfilename`.
    ///   - current: how many increments at the end are not in the new base: one while the log is on.
    /// - Returns: its name: `appendonly.aof.2.base.rdb`.
    mutating func replaceBase(prefix: [UInt8], format: BaseFormat, keeping current: Int = 1) -> [UInt8] {
        lastBase += 1
        let name = AppendManifest.name(prefix, lastBase, format == .rdb ? ".base.rdb" : ".base.aof")
        let rewritten = max(0, increments.count - current)
        history.insert(contentsOf: (base.map { [$0] } ?? []), at: 0)
        history.insert(contentsOf: increments[..<rewritten], at: 0)
        increments.removeFirst(rewritten)
        base = File(name: name, sequence: lastBase)
        return name
    }

    private static func name(_ prefix: [UInt8], _ sequence: Int64, _ suffix: StaticString) -> [UInt8] {
        var name = ByteBuffer()
        name.append(prefix.span.bytes)
        name.append(UInt8(ascii: "."))
        name.appendDecimal(sequence)
        name.append(suffix)
        return name.bytes.array
    }

    /// What a line says the file is.
    enum Kind: UInt8 {
        case base = 0x62
        case history = 0x68
        case increment = 0x69
    }

    /// Adds a file that a line names.
    ///
    /// - Throws: if there is a base already, or an increment of a higher number.
    mutating func add(_ file: File, _ kind: Kind) throws(AppendManifestError.Reason) {
        switch kind {
        case .base:
            guard base == nil else { throw .secondBase }
            base = file
            lastBase = file.sequence
        case .history: history.append(file)
        case .increment:
            guard file.sequence > lastIncrement else { throw .order }
            increments.append(file)
            lastIncrement = file.sequence
        }
    }
}

/// Why a manifest is refused, with the line, counted from 1; 0 if it is none in particular.
struct AppendManifestError: Error, Equatable {
    enum Reason: Error, Equatable {
        case empty
        case lineTooLong
        case format
        case path
        case secondBase
        case order
        case type
        /// The pairs that pin an encrypted file down are malformed.
        case proof
    }

    let reason: Reason
    let line: Int

    /// In Redis's words.
    var text: String {
        let what = switch reason {
        case .empty: "Found an empty AOF manifest"
        case .lineTooLong: "The AOF manifest file contains too long line"
        case .format: "Invalid AOF manifest file format"
        case .path: "File can't be a path, just a filename"
        case .secondBase: "Found duplicate base file information"
        case .order: "Found a non-monotonic sequence number"
        case .type: "Unknown AOF file type"
        case .proof: "What pins an encrypted file down is malformed"
        }
        return line > 0 ? "\(what), at line \(line)" : what
    }
}
