/// Errors that only commands on keys of any type answer with.
extension ReplyError {
    static var sameObject: ReplyError { .custom("ERR source and destination objects are the same") }
    static func unsupportedExpiryOption(_ option: String) -> ReplyError { .custom("ERR Unsupported option \(option)") }

    static var conditionsWithNX: ReplyError {
        .custom("ERR NX and XX, GT or LT options at the same time are not compatible")
    }

    static var laterAndEarlier: ReplyError { .custom("ERR GT and LT options at the same time are not compatible") }

    static var noAccessFrequency: ReplyError {
        .custom(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
                + "switching between policies at runtime LRU and LFU data will take some time to adjust.")
    }
}
