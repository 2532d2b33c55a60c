/// One word of the directive `bind`.
struct ListenAddress: Equatable {
    /// A numeric address or a host name; nil for all addresses of the family.
    var host: String?
    var family: Family
    /// The word began with `-`: an address this machine does not have is passed over.
    var isOptional: Bool

    enum Family { case any, v4, v6 }

    /// `*` stands for all IPv4 addresses and `::*` for all IPv6 ones, as in Redis.
    init(_ word: String) {
        isOptional = word.hasPrefix("-")
        let address = isOptional ? String(word.dropFirst()) : word
        switch address {
        case "*": (host, family) = (nil, .v4)
        case "::*": (host, family) = (nil, .v6)
        default: (host, family) = (address, .any)
        }
    }

    /// For messages, e.g. `[::1]:6379`.
    func description(port: Int) -> String {
        let shown = host ?? (family == .v6 ? "::" : "0.0.0.0")
        return shown.contains(":") ? "[\(shown)]:\(port)" : "\(shown):\(port)"
    }
}
