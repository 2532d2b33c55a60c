/// The options of `CLIENT TRACKING` that a connection has set.
struct Tracking: BitwiseCopyable {
    struct Options: OptionSet {
        let rawValue: UInt8

        static let on = Options(rawValue: 1)
        /// All keys under its prefixes, whether it has read them or not.
        static let broadcasts = Options(rawValue: 2)
        /// Only keys that a command after `CLIENT CACHING YES` reads, or not those after `CLIENT CACHING NO`.
        static let optIn = Options(rawValue: 4)
        static let optOut = Options(rawValue: 8)
        /// No messages about its own changes.
        static let noLoop = Options(rawValue: 16)
        /// `CLIENT CACHING` was given for the next command.
        static let caching = Options(rawValue: 32)
        /// The connection to which messages were redirected is gone.
        static let brokenRedirect = Options(rawValue: 64)

        /// Those that `CLIENT TRACKING` sets anew each time.
        static let modes: Options = [.broadcasts, .optIn, .optOut, .noLoop, .brokenRedirect]
    }

    var options: Options = []
    /// Client id of the connection to which messages are redirected, 0 for none; and its connection number.
    var redirect: Int64 = 0
    var redirectIndex = 0

    var isOn: Bool { options.contains(.on) }
}
