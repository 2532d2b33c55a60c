/// Rows of access control.
extension CommandTable {
    /// `ACL`, for users and their permissions.
    static func accessCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .acl, "acl", arity: -2, effect: .none, group: .server, since: "6.0.0",
                complexity: "Depends on the subcommand", summary: "Shows and changes users and what they may do.",
                subcommands: accessSubcommands())
        ]
    }

    private static func accessSubcommands() -> [CommandDescriptor] {
        let administers: CommandFlags = [.admin, .noscript, .loading, .stale]
        return [
            CommandDescriptor(
                .aclCat, "cat", arity: -2, effect: .none, flags: [.noscript, .loading, .stale], group: .server,
                since: "6.0.0", complexity: "O(N) with N the number of commands",
                summary: "Lists the categories of commands, or the commands of one.",
                syntax: "[categoryname]"),
            CommandDescriptor(
                .aclDeluser, "deluser", arity: -3, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N*M) with N the users named and M all users and connections",
                summary: "Removes users and closes their connections.",
                syntax: "username [username ...]"),
            CommandDescriptor(
                .aclDryrun, "dryrun", arity: -4, effect: .none, flags: administers, group: .server, since: "7.0.0",
                complexity: "O(N*M) with N the keys of the request and M the rules of the user",
                summary: "Says whether a user may execute a command, without executing it.",
                syntax: "username command [arg [arg ...]]"),
            CommandDescriptor(
                .aclGenpass, "genpass", arity: -2, effect: .none, flags: [.noscript, .loading, .stale, .takesEntropy],
                group: .server, since: "6.0.0", complexity: "O(1)", summary: "Makes a password that nobody can guess.",
                syntax: "[bits=integer]"),
            CommandDescriptor(
                .aclGetuser, "getuser", arity: 3, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the rules of the user", summary: "Shows the rules of a user.",
                syntax: "username"),
            CommandDescriptor(
                .aclList, "list", arity: 2, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the number of users",
                summary: "Lists all users with their rules, as the file of users has them."),
            CommandDescriptor(
                .aclLoad, "load", arity: 2, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the number of users", summary: "Reads the file of users again."),
            CommandDescriptor(
                .aclLog, "log", arity: -2, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the entries shown", summary: "Lists the latest requests that were denied.",
                syntax: "[operation: count | RESET]"),
            CommandDescriptor(
                .aclSave, "save", arity: 2, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the number of users", summary: "Writes the users to their file."),
            CommandDescriptor(
                .aclSetuser, "setuser", arity: -3, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the rules given, and the number of connections",
                summary: "Adds a user, or changes what he may do.",
                syntax: "username [rule [rule ...]]"),
            CommandDescriptor(
                .aclUsers, "users", arity: 2, effect: .none, flags: administers, group: .server, since: "6.0.0",
                complexity: "O(N) with N the number of users", summary: "Lists the names of all users."),
            CommandDescriptor(
                .aclWhoami, "whoami", arity: 2, effect: .none, flags: [.noscript, .loading, .stale], group: .server,
                since: "6.0.0", complexity: "O(1)", summary: "Returns the user of this connection."),
            CommandDescriptor(
                .aclHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .server, since: "6.0.0",
                complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
