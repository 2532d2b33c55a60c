/// What a command does to the data, and all that follows from it elsewhere in the node. The flags `write` and
/// `readonly` follow from it too: there is no way to make a command write without saying the rest.
enum CommandEffect {
    /// Nothing.
    case none
    /// It reads; a connection that tracks is told of changes to what it has read.
    case reads(TrackedKeys)
    /// It changes data.
    /// - creates: how it makes keys, for those that are to stay dead or to have a deadline (`session-prefixes`).
    /// - propagates: what replicas are told of what it has changed.
    /// - inStream: what it means where a primary has sent it.
    case writes(creates: KeyCreation, propagates: CommandPropagation, inStream: StreamRole)
    /// It executes other commands, which may write, and tell of that themselves.
    case runsCommands
    /// It changes nothing that is stored, but replicas are to do the same.
    case publishes
    /// It changes no data, but is part of a primary's stream.
    case comesInStream(StreamRole)

    /// The flags that follow.
    var flags: CommandFlags {
        switch self {
        case .none, .comesInStream: []
        case .reads: .readonly
        case .writes: [.write, .waitsForWritePause]
        case .runsCommands, .publishes: .waitsForWritePause
        }
    }

    var creation: KeyCreation {
        if case .writes(let creation, _, _) = self { creation } else { .nothing }
    }

    var propagation: CommandPropagation {
        switch self {
        case .writes(_, let propagation, _): propagation
        case .publishes: .message
        // What a command that only reads has removed, because it had expired, goes by itself.
        case .none, .reads, .runsCommands, .comesInStream: .changes
        }
    }

    var streamRole: StreamRole {
        switch self {
        case .writes(_, _, let role), .comesInStream(let role): role
        case .publishes: .executed
        case .none, .reads, .runsCommands: .unknown
        }
    }

    var tracking: TrackedKeys {
        switch self {
        case .reads(let tracking): tracking
        // A script is taken to read the keys that it declares.
        case .runsCommands: .keys
        case .none, .writes, .publishes, .comesInStream: .nothing
        }
    }
}

/// How a command makes the keys it names.
enum KeyCreation: UInt8 {
    /// Not at all.
    case nothing
    /// In a way that leaves marks and `session-default-ttl` aside: as sets and sorted sets, in which no framework keeps
    /// a session, or with the value of another key, which lives by that (`Node.revived`).
    case unmarked
    /// Whatever was there before.
    case overwriting
    /// Adding to what is there, or to nothing.
    case amending
    /// Only where nothing is: the client means to begin anew.
    case beginning
    /// `SET`: with `NX` `beginning`, else `overwriting`.
    case asOptionsSay
}

/// What replicas are told of what a command has changed. All of it is absolute, so that it may be executed twice.
enum CommandPropagation: UInt8 {
    /// What the log of changes says: that a key is gone, its deadline, or its value as a whole; what happened to a
    /// session.
    case changes
    /// The request as it came: it does the same to any data.
    case request
    /// `SET`: as it came if it is of three words and nothing is to stay dead, else as `string`.
    case set
    /// The string under the key as it stands now, with its deadline.
    case string
    /// Strings and parts of strings that the request says: as it came.
    case strings
    /// As `strings`, but under the name `MSET`: the keys are known not to exist.
    case mset
    /// What was appended, where it stands now.
    case append
    /// The request as it came, and the deadline of the key to which elements were added.
    case additions
    /// The field that was set, and its value now.
    case field
    /// `ZADD`: the members of the request with their scores now.
    case scores
    /// `ZINCRBY`: the member of the request with its score now.
    case score
    /// Elements that the request names are gone: as it came, or `DEL` with the last one.
    case removal
    /// As `removal`, for members of a set that the command has chosen.
    case chosenMembers
    /// As `removal`, for members of a sorted set that the command has chosen.
    case chosenScores
    /// `SMOVE`: what came of either set.
    case move
    /// `DEL` and `UNLINK`: as they came, unless some of the keys stay dead.
    case deletion
    /// `SESSSET`: the fields given, where that is all; else as `changes`.
    case sessionFields
    /// The request as it came, although it has changed nothing.
    case message
}

/// What a command means in the replication stream of a primary.
enum StreamRole: UInt8 {
    /// No primary sends it.
    case unknown
    /// It is looked at while the stream is parsed, or says only that the primary is there.
    case ignored
    /// `REPLCONF`: the primary may want to know how far this node is.
    case acknowledgement
    /// `SELECT`: chooses the database for what follows.
    case database
    /// Only a primary can decide what it does: it sends what came of it instead.
    case refused
    /// Executed as a client's. Not for keys of sessions.
    case executed
    /// `DEL`: executed for keys of all kinds. What it deletes may come back.
    case deletes
    /// `UNLINK`: as `DEL`, but keys of `session-prefixes` stay dead.
    case buries
    /// Executed as a client's; on a session's key it makes a session or changes its fields.
    case setsFields
    /// Executed as a client's; on a session's key it removes fields.
    case removesFields
    /// Executed as a client's; on a session's key it sets the deadline.
    case setsDeadline
    /// Executed as a client's; on a session's key it sets the deadline that the session's timeouts give.
    case removesDeadline
    /// Executed as a client's; on keys beside a session's it sets a tombstone or a predecessor.
    case setsString
}

/// What is remembered of a command for a connection that tracks (`CLIENT TRACKING`).
enum TrackedKeys: UInt8 {
    case nothing
    /// The keys it names.
    case keys
    /// The session of the token it names, under the key by which it can be read.
    case session
}

/// What becomes of a command between `MULTI` and `EXEC`.
enum TransactionRole: UInt8 {
    case queued
    /// It is executed at once.
    case immediate
    /// `EXEC`: it executes what is queued.
    case execution
    /// It spoils the transaction.
    case refused
    /// Refused, too, but not by its flags, as Redis queues it. `AUTH`: nothing can be held back in a transaction, so
    /// that logins in it would be a way around `LoginBrake`. `REPLCONF`: an acknowledgement has no reply, and that of
    /// `EXEC` would lack an element.
    case refusedUnflagged
    /// `HELLO`: as a login if `AUTH` is among its options, else queued.
    case loginOption
}

/// Which words of a request are channels, to which a user needs access. Ending subscriptions needs none.
enum ChannelUse: UInt8 {
    case none
    /// Word 1 is a channel.
    case first
    /// All words but the name are channels.
    case channels
    /// All words but the name are patterns of channels.
    case patterns
}

/// What operators are shown of a request's arguments (`Redaction`).
enum ShownArguments {
    /// The option words of the syntax, and numbers at places where it has numbers.
    case options
    /// Names of directives, the first argument and every so many behind it.
    case directives(every: Int)
}
