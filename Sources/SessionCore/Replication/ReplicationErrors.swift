/// Errors of roles: what a replica refuses, and of PSYNC, REPLCONF, REPLICAOF, FAILOVER and WAIT.
extension ReplyError {
    // MARK: Requests of clients

    static var readOnlyReplica: ReplyError { .custom("READONLY You can't write against a read only replica.") }
    static var tooFewReplicas: ReplyError { .custom("NOREPLICAS Not enough good replicas to write.") }

    static var primaryDown: ReplyError {
        .custom("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")
    }

    /// A connection that is a replica's asks for data.
    static var notForReplicas: ReplyError { .custom("ERR Replica can't interact with the keyspace") }

    static var waitOnReplica: ReplyError {
        .custom(
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is "
                + "configured to be writable (which is not the default) writes to replicas are just local and are not "
                + "propagated.")
    }

    static var roleChanged: ReplyError {
        .custom("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)")
    }

    // MARK: PSYNC, REPLCONF, REPLICAOF

    static var invalidPrimaryHost: ReplyError { .custom("ERR Invalid master host") }
    static var invalidPrimaryPort: ReplyError { .custom("ERR Invalid master port") }
    static var replicaOfDuringFailover: ReplyError { .custom("ERR REPLICAOF not allowed while failing over.") }

    static var notLinkedWithPrimary: ReplyError {
        .custom("NOMASTERLINK Can't SYNC while not connected with my master")
    }

    static var syncDuringFailover: ReplyError { .custom("NOMASTERLINK Can't SYNC while failing over") }
    static var failoverToPrimary: ReplyError { .custom("ERR PSYNC FAILOVER can't be sent to a master.") }
    static var failoverOfAnotherHistory: ReplyError { .custom("ERR PSYNC FAILOVER replid must match my replid.") }
    static var tooManyReplicas: ReplyError { .custom("ERR too many replicas (maximum is \(Limits.replicas))") }

    static var replicaTooOld: ReplyError {
        .custom("ERR this replica is too old: it has to announce 'REPLCONF capa eof', as Redis does since 2.8.18")
    }

    /// What a replica says it is reached at is no `HostName`.
    static var invalidReplicaAddress: ReplyError {
        .custom("ERR REPLCONF ip-address is neither the name of a host nor an address")
    }

    static func replicaAddressTooLong(_ bytes: Int) -> ReplyError {
        .custom("ERR REPLCONF ip-address provided by replica instance is too long: \(bytes) bytes")
    }

    static func unrecognizedReplicaOption(_ option: String) -> ReplyError {
        .custom("ERR Unrecognized REPLCONF option: \(option)")
    }

    // MARK: FAILOVER

    static var noFailover: ReplyError { .custom("ERR No failover in progress.") }
    static var failoverInProgress: ReplyError { .custom("ERR FAILOVER already in progress.") }
    static var failoverOnReplica: ReplyError { .custom("ERR FAILOVER is not valid when server is a replica.") }
    static var failoverWithoutReplicas: ReplyError { .custom("ERR FAILOVER requires connected replicas.") }
    static var failoverTimeoutNotPositive: ReplyError { .custom("ERR FAILOVER timeout must be greater than 0") }

    static var forcedFailoverIncomplete: ReplyError {
        .custom("ERR FAILOVER with force option requires both a timeout and target HOST and IP.")
    }

    static var failoverTargetUnknown: ReplyError { .custom("ERR FAILOVER target HOST and PORT is not a replica.") }
    static var failoverTargetNotOnline: ReplyError { .custom("ERR FAILOVER target replica is not online.") }
}
