/// Errors of connections: accepting them, AUTH, HELLO and CLIENT.
extension ReplyError {
    static var tooManyClients: ReplyError { .custom("ERR max number of clients reached") }

    static var protectedMode: ReplyError {
        .custom(
            """
            DENIED Cloakroom is in protected mode: no password is set, so it answers only connections from this \
            machine. Set a password with 'requirepass', or, if the network is trusted, start it with \
            '--protected-mode no'.
            """)
    }

    static var noPasswordConfigured: ReplyError {
        .custom(
            "ERR AUTH <password> called without any password configured for the default user. Are you sure your "
                + "configuration is correct?")
    }

    static var invalidProtocolVersion: ReplyError { .custom("ERR Protocol version is not an integer or out of range") }
    static var unsupportedProtocolVersion: ReplyError { .custom("NOPROTO unsupported protocol version") }

    static func helloOptionSyntax(_ option: String) -> ReplyError {
        .custom("ERR Syntax error in HELLO option '\(option)'")
    }

    static var helloNeedsAuthentication: ReplyError {
        .custom(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> "
                + "option can be used to authenticate the client and select the RESP protocol version at the same time")
    }

    // MARK: CLIENT

    static var clientNameWithBlanks: ReplyError {
        .custom("ERR Client names cannot contain spaces, newlines or special characters.")
    }

    /// A name that is shown in lists is too long.
    static func nameTooLong(_ what: String) -> ReplyError {
        .custom("ERR \(what) is too long (maximum is \(Limits.clientName) bytes)")
    }

    static func unrecognizedClientOption(_ option: String) -> ReplyError {
        .custom("ERR Unrecognized option '\(option)'")
    }

    static func clientInfoWithBlanks(_ option: String) -> ReplyError {
        .custom("ERR \(option) cannot contain spaces, newlines or special characters.")
    }

    static var invalidClientID: ReplyError { .custom("ERR Invalid client ID") }
    static var clientIDNotPositive: ReplyError { .custom("ERR client-id should be greater than 0") }
    static var noSuchClient: ReplyError { .custom("ERR No such client") }
    static func unknownClientType(_ type: String) -> ReplyError { .custom("ERR Unknown client type '\(type)'") }
    static func noSuchUser(_ name: String) -> ReplyError { .custom("ERR No such user '\(name)'") }
    static var invalidUnblockReason: ReplyError { .custom("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR") }
    static var invalidPauseMode: ReplyError { .custom("ERR CLIENT PAUSE mode must be WRITE or ALL") }

    /// `CLIENT UNBLOCK … ERROR`.
    static var unblocked: ReplyError { .custom("UNBLOCKED client unblocked via CLIENT UNBLOCK") }

    // MARK: CLIENT TRACKING and CACHING

    static var secondRedirection: ReplyError { .custom("ERR A client can only redirect to a single other client") }
    static var noRedirectionTarget: ReplyError { .custom("ERR The client ID you want redirect to does not exist") }
    static var prefixWithoutBroadcast: ReplyError { .custom("ERR PREFIX option requires BCAST mode to be enabled") }

    static var broadcastSwitched: ReplyError {
        .custom(
            "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it "
                + "with a different mode.")
    }

    static var choiceWithBroadcast: ReplyError { .custom("ERR OPTIN and OPTOUT are not compatible with BCAST") }
    static var optInAndOptOut: ReplyError { .custom("ERR You can't specify both OPTIN mode and OPTOUT mode") }

    static var choiceSwitched: ReplyError {
        .custom(
            "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it "
                + "with a different mode.")
    }

    static var tooManyPrefixes: ReplyError {
        .custom("ERR too many prefixes: a connection may have \(Limits.trackedPrefixes)")
    }

    static var prefixTooLong: ReplyError { .custom("ERR prefix is too long (maximum is \(Limits.key) bytes)") }

    static func overlappingPrefix(_ prefix: RawSpan, _ kind: String, _ other: RawSpan) -> ReplyError {
        .custom(
            "ERR Prefix '\(prefix.text)' overlaps with \(kind) '\(other.text)'. Prefixes for a single client must not "
                + "overlap.")
    }

    static var cachingWithoutChoice: ReplyError {
        .custom(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode "
                + "enabled")
    }

    static var cachingWithoutOptIn: ReplyError {
        .custom("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
    }

    static var notCachingWithoutOptOut: ReplyError {
        .custom("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
    }
}
