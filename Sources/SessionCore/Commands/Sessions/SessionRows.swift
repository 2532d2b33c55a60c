/// Rows of the session commands.
extension CommandTable {
    /// The session commands: see the specification of the family.
    static func sessionCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .sessCreate, "sesscreate", arity: -1,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .refused),
                flags: [.denyOOM, .fast, .takesEntropy], group: .session, since: "1.0.0",
                complexity: "O(N) with N fields; with LIMIT also O(M log K) for M sessions of the user, K too many",
                summary: "Creates a session and returns its token.",
                syntax: """
                    [ID token] [USER user] [DEVICE device] [IDLE duration] [MAX duration] [BIND fingerprint] \
                    [LEVEL <level [FOR duration]>] [LIMIT <count [REJECT | EVICT]>] [FIELDS <numfields field \
                    value [field value ...]>]
                    """),
            CommandDescriptor(
                .sessGet, "sessget", arity: -2, effect: .reads(.session), flags: [.fast, .mayReplicate, .token],
                keys: .single(1, "not_key"), group: .session, since: "1.0.0",
                complexity: "O(N) with N the number of fields; O(N*M) where M of them are named",
                summary: "Returns a session, or null; renews its idle timeout if asked.",
                syntax: """
                    token [TOUCH] [BIND fingerprint] [MINLEVEL level] [MINVER version] [FIELDS <numfields field \
                    [field ...]>]
                    """),
            CommandDescriptor(
                .sessSet, "sessset", arity: -4,
                effect: .writes(creates: .nothing, propagates: .sessionFields, inStream: .refused),
                flags: [.denyOOM, .fast, .token], keys: .single(1, "not_key"), group: .session, since: "1.0.0",
                complexity: "O(N+M) with N the fields of the session and M those given",
                summary: "Changes a session that exists and returns its new version.",
                syntax: """
                    token [IFVER version] [USER user] [DEVICE device] [IDLE duration] [FIELDS <numfields field \
                    value [field value ...]>]
                    """),
            CommandDescriptor(
                .sessUnset, "sessunset", arity: -5,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .refused), flags: [.fast, .token],
                keys: .single(1, "not_key"), group: .session, since: "1.0.0",
                complexity: "O(N+M) with N the fields of the session and M those given",
                summary: "Removes fields of a session and returns its version.",
                syntax: "token [IFVER version] FIELDS <numfields field [field ...]>"),
            CommandDescriptor(
                .sessTouch, "sesstouch", arity: -2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .refused), flags: [.fast, .token],
                keys: .single(1, "not_key"), group: .session, since: "1.0.0", complexity: "O(1)",
                summary: "Renews the idle timeout of a session and returns the milliseconds left.",
                syntax: "token [IDLE duration]"),
            CommandDescriptor(
                .sessRotate, "sessrotate", arity: -2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .refused),
                flags: [.denyOOM, .fast, .token, .takesEntropy], keys: .single(1, "not_key"), group: .session,
                since: "1.0.0", complexity: "O(N) with N the number of fields",
                summary: "Gives a session a new token and returns it.",
                syntax: "token [GRACE duration] [USER user] [LEVEL <level [FOR duration]>] [BIND fingerprint]"),
            CommandDescriptor(
                .sessRevoke, "sessrevoke", arity: -2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .refused),
                flags: [.fast, .movableKeys], keys: .sessions, group: .session,
                since: "1.0.0", complexity: "O(N) with N the number of sessions named",
                summary: "Ends sessions for good and returns how many were live.",
                syntax: "<targets: token [token ...] | HANDLE handle [handle ...]> [REASON reason]"),
            CommandDescriptor(
                .sessRevokeUser, "sessrevokeuser", arity: -2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .refused),
                keys: .single(1, "not_key"), group: .session, since: "1.0.0",
                complexity: "O(N) with N the number of sessions of the user",
                summary: "Ends all sessions of a user for good and returns how many were live.",
                syntax: "user [EXCEPT token] [REASON reason]"),
            CommandDescriptor(
                .sessList, "sesslist", arity: -2, effect: .reads(.nothing), keys: .single(1, "not_key"),
                group: .session, since: "1.0.0",
                complexity: "O(N log M) with N the sessions of the user and M the COUNT",
                summary: "Lists the sessions of a user, the most recently used first.",
                syntax: "user [CURSOR cursor] [COUNT count]"),
            CommandDescriptor(
                .sessCard, "sesscard", arity: -1, effect: .reads(.nothing), flags: [.fast, .noMandatoryKeys],
                keys: .single(1, "not_key"), group: .session, since: "1.0.0",
                complexity: "O(1), for a user O(N) with N the sessions of the user",
                summary: "Counts the live sessions of a user, or of the node.",
                syntax: "[user]"),
        ]
    }
}
