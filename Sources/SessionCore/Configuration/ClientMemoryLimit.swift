/// The value of `maxmemory-clients`: an amount of memory, or a share of `maxmemory`.
public enum ClientMemoryLimit: Equatable, Sendable {
    /// 0 for no limit.
    case bytes(Int)
    /// 0 to 100.
    case percent(Int)

    /// Why a text is none, in Redis's words.
    static let malformed = "argument must be a memory or percent value"
    static let aboveAll = "percentage argument must be less or equal to 100"

    init(_ text: String) throws(Directive.InvalidValue) {
        guard text.hasSuffix("%") else {
            guard let bytes = ValueFormat.memory(text) else { throw Directive.InvalidValue(reason: Self.malformed) }
            self = .bytes(bytes)
            return
        }
        let digits = text.utf8.dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }), let percent = Int(Substring(digits)) else {
            throw Directive.InvalidValue(reason: Self.malformed)
        }
        guard percent <= 100 else { throw Directive.InvalidValue(reason: Self.aboveAll) }
        self = .percent(percent)
    }

    /// As `CONFIG GET` shows it.
    var text: String {
        switch self {
        case .bytes(let bytes): String(bytes)
        case .percent(let percent): "\(percent)%"
        }
    }

    /// As `CONFIG REWRITE` writes it.
    var shortText: String {
        switch self {
        case .bytes(let bytes): ValueFormat.shortest(memory: bytes)
        case .percent: text
        }
    }

    /// In bytes; 0 for no limit, and so is a share of a `maxmemory` that has none.
    func bytes(of maxMemory: Int) -> Int {
        switch self {
        case .bytes(let bytes): bytes
        case .percent(let percent): Int(clamping: (Int128(maxMemory) * Int128(percent)) / 100)
        }
    }
}
