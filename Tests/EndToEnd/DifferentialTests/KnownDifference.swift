import TestSupport

/// A reply in which Cloakroom differs from redis-server 7.0 on purpose. All of them are listed here.
struct KnownDifference {
    /// Why Cloakroom is right to differ.
    let reason: String
    let applies: @Sendable (_ command: [Bytes], _ redis: Reply, _ cloakroom: Reply) -> Bool

    static let all: [KnownDifference] = [
        KnownDifference(
            reason: """
                Redis repeats the arguments of a command it does not know. They may hold a token or a password, so \
                Cloakroom names the command only.
                """
        ) { _, redis, cloakroom in
            guard let theirs = redis.errorText, let ours = cloakroom.errorText else { return false }
            return ours.hasPrefix("ERR unknown command '") && ours.hasSuffix("', with args beginning with: ")
                && theirs.hasPrefix(ours)
        },
        KnownDifference(
            reason: """
                Whether a short string is stored with its header ("embstr") or apart from it ("raw") is a matter of \
                Redis's allocator. Cloakroom has one layout for both and names it by length alone.
                """
        ) { command, redis, cloakroom in
            let strings: [Reply] = ["embstr", "raw"]
            return command[0].text.uppercased() == "OBJECT" && strings.contains(redis) && strings.contains(cloakroom)
        },
        KnownDifference(
            reason: """
                Redis shares the objects of the integers 0 to 9999, and answers 2^31 - 1 users for those, except where \
                the value came by COPY. Cloakroom shares nothing and goes by the value alone.
                """
        ) { command, redis, cloakroom in
            command.count == 3 && command[1].text.uppercased() == "REFCOUNT" && redis == 1 && cloakroom == 2_147_483_647
        },
        KnownDifference(
            reason: """
                Both servers count keys whose time is up until they are removed: Redis when something touches them or \
                its cycle finds them, Cloakroom when the turn ends in which they became due. (`wholeIterations` \
                compares the count where nothing is due.)
                """
        ) { command, redis, cloakroom in
            command[0].text.uppercased() == "DBSIZE" && redis.integer != nil && cloakroom.integer != nil
        },
        KnownDifference(
            reason: "Redis's error texts end at a NUL in the name they repeat, because they are C strings."
        ) { command, redis, cloakroom in
            let texts = [redis, cloakroom].map { $0.errorText?.hasPrefix("ERR unknown subcommand '") ?? false }
            return texts == [true, true] && command[1].bytes.contains(0)
        },
        KnownDifference(
            reason: "Redis reads a cursor up to the first NUL, as a C string; to Cloakroom such a word is no number."
        ) { command, _, cloakroom in
            cloakroom == .error("ERR invalid cursor") && command.dropFirst().prefix(2).contains { $0.bytes.contains(0) }
        },
    ]
}
