/// Errors of logging in, of permissions and of ACL. No text contains a password.
extension ReplyError {
    // MARK: Permissions

    static var noAuthentication: ReplyError { .custom("NOAUTH Authentication required.") }
    static var wrongPassword: ReplyError { .custom("WRONGPASS invalid username-password pair or user is disabled.") }

    static func commandNotPermitted(_ command: String) -> ReplyError {
        .custom("NOPERM this user has no permissions to run the '\(command)' command")
    }

    static var keyNotPermitted: ReplyError {
        .custom("NOPERM this user has no permissions to access one of the keys used as arguments")
    }

    static var channelNotPermitted: ReplyError {
        .custom("NOPERM this user has no permissions to access one of the channels used as arguments")
    }

    /// `EXEC` comes to a command that was permitted when it was queued.
    static func noLongerPermitted(_ reason: AccessDenial.Reason) -> ReplyError {
        let reason =
            switch reason {
            case .command: "no permission to execute the command or subcommand"
            case .key: "no permission to touch the specified keys"
            case .channel: "no permission to access one of the channels used as arguments"
            case .authentication: "no permission"
            }
        return .custom(
            "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This "
                + "command is no longer allowed for the following reason: \(reason)")
    }

    static func notPermittedInScript(_ reason: AccessDenial.Reason) -> ReplyError {
        let reason =
            switch reason {
            case .command: "can't run this command or subcommand"
            case .key: "can't access at least one of the keys mentioned in the command arguments"
            case .channel: "can't publish to the channel mentioned in the command"
            case .authentication: "lacking the permissions for the command"
            }
        return .custom("ERR The user executing the script \(reason)")
    }

    // MARK: Users

    static var userNameWithBlanks: ReplyError { .custom("ERR Usernames can't contain spaces or null characters") }

    static var userNameTooLong: ReplyError {
        .custom("ERR Usernames can't be longer than \(Limits.accessUserName) bytes")
    }

    static var tooManyUsers: ReplyError {
        .custom("ERR there are \(Limits.accessUsers) users, as many as allowed: delete some first")
    }

    static var defaultUserStays: ReplyError { .custom("ERR The 'default' user cannot be removed") }

    static func unknownUser(_ name: [UInt8]) -> ReplyError {
        .quoting(Array("ERR User '".utf8) + name + Array("' not found".utf8))
    }

    static func unknownCommandToTry(_ name: [UInt8]) -> ReplyError {
        .quoting(Array("ERR Command '".utf8) + name + Array("' not found".utf8))
    }

    static func unknownCategory(_ name: [UInt8]) -> ReplyError {
        .quoting(Array("ERR Unknown category '".utf8) + name + Array("'".utf8))
    }

    static func unmatchedParenthesis(_ word: [UInt8]) -> ReplyError {
        .quoting(
            Array("ERR Unmatched parenthesis in acl selector starting at '".utf8) + AccessRules.quoted(word)
                + Array("'.".utf8))
    }

    static func invalidRule(_ rule: [UInt8], _ reason: AccessRuleError) -> ReplyError {
        .quoting(
            Array("ERR Error in ACL SETUSER modifier '".utf8) + AccessRules.quoted(rule)
                + Array("': \(reason.text)".utf8))
    }

    static var generatedPasswordLength: ReplyError {
        .custom(
            "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to "
                + "\(Limits.generatedPassword)")
    }

    // MARK: The file of users

    static var noAccessFile: ReplyError {
        .custom(
            "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL "
                + "SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) "
                + "in order to store users in the Redis configuration.")
    }

    static func accessFileNotRead(path: String, _ problem: FileProblem) -> ReplyError {
        .custom("ERR Error loading ACLs, opening file '\(path)': \(problem.reason)")
    }

    static func accessFileRefused(_ problems: [UInt8]) -> ReplyError { .quoting(Array("ERR ".utf8) + problems) }

    static var accessFileNotWritten: ReplyError {
        .custom("ERR There was an error trying to save the ACLs. Please check the server logs for more information")
    }
}
