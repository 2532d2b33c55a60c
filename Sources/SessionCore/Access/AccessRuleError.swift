/// Why a rule of `ACL SETUSER` was refused. No text quotes the rule.
enum AccessRuleError: Error, Equatable {
    case unknownCommand
    case syntax
    case allKeysAlready
    case allChannelsAlready
    case noSuchPassword
    case invalidHash
    case duplicateUser
    case firstArgumentOfSubcommand
    /// More of something than `Limits` allows.
    case tooMany(String, limit: Int)

    /// Redis 7.0's words where Redis has the error.
    var text: String {
        switch self {
        case .unknownCommand: "Unknown command or category name in ACL"
        case .syntax: "Syntax error"
        case .allKeysAlready:
            "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. "
                + "Try 'resetkeys' to start with an empty list of patterns"
        case .allChannelsAlready:
            "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any "
                + "effect. Try 'resetchannels' to start with an empty list of channels"
        case .noSuchPassword: "The password you are trying to remove from the user does not exist"
        case .invalidHash:
            "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"
        case .duplicateUser: "Duplicate user found. A user can only be defined once in config files"
        case .firstArgumentOfSubcommand: "Allowing first-arg of a subcommand is not supported"
        case .tooMany(let what, let limit): "Too many \(what): at most \(limit) are allowed"
        }
    }
}
