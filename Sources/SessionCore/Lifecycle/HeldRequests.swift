/// Which requests have to wait.
enum HeldRequests: UInt8, Comparable {
    case none
    /// Those that change data.
    case writes
    case all

    static func < (left: HeldRequests, right: HeldRequests) -> Bool { left.rawValue < right.rawValue }
}
