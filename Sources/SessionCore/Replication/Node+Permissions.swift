/// The permissions of a node's role, kept up to date, and what clients are refused by them.
extension Node {
    /// Works out the permissions anew: to be called when any part of the situation, or the configuration, has changed.
    ///
    /// A transaction under way is executed to its end as it began, as far as due records are concerned; `EXEC` calls
    /// this again.
    mutating func updatePermissions() {
        let role: RoleSituation.Role =
            replication.isReplica
            ? .replica(isLinkUp: replication.isLinkUp) : .primary(goodReplicas: replication.goodReplicas)
        execution.permissions = RolePermissions(
            RoleSituation(
                role: role, failover: replication.failover.phase, stopping: lifecycle.stopping,
                clientPause: lifecycle.pause.held, disk: diskSituation),
            configuration)
        if current >= 0 && connections[current].isInTransaction { return }
        execution.store.dueRecords = execution.permissions.dueRecords
    }

    private var diskSituation: DiskSituation {
        DiskSituation(
            isLoading: durability.isLoading,
            snapshotsFail: !durability.saves.lastSucceeded && configuration.stopsWritesOnSaveError
                && !configuration.effectiveSaveRules.isEmpty,
            logFails: durability.log.problem != nil)
    }

    /// Refuses a request that the node does not admit at present, whatever its arguments, in Redis's words and order:
    /// for want of memory, for the disk, or by its part in replication. All such checks are made here, by flags alone,
    /// so that they hold for transactions too: `EXEC` has the flags of all that is queued, for much may have changed
    /// since. `Node.check` passes over it where nothing can be refused.
    @inline(never)
    mutating func checkAdmission(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        var flags = JointFlags(facts.flags)
        // PSYNC decides for itself: it may make this a primary (FAILOVER).
        if facts.id == .psync { flags.all.insert(.stale) }
        if connections[current].isInTransaction {
            switch facts.transaction {
            case .execution: flags.join(connections[current].transaction.flags)
            case .immediate: break
            case .queued, .loginOption, .refused, .refusedUnflagged:
                if isRefusedInTransaction(request, facts) { throw .notInTransaction }
                // To be queued it takes memory, whatever it does.
                flags.any.insert(.denyOOM)
            }
        }
        if flags.any.contains(.denyOOM) && execution.isOverMemory && !makeRoom() { throw .outOfMemory }
        // So that those who watch the server notice.
        if facts.id == .ping { try checkDisk() }
        try checkRestrictions(flags)
    }

    /// Refuses what the disk or replication forbids now, in Redis's words and order.
    @inline(never)
    func checkRestrictions(_ flags: JointFlags) throws(ReplyError) {
        if flags.any.contains(.write) {
            try checkDisk()
            try execution.checkMayWrite()
        }
        if execution.permissions.restrictions.contains(.stale) && !flags.all.contains(.stale) { throw .primaryDown }
        if execution.permissions.restrictions.contains(.loading) && !flags.all.contains(.loading) { throw .loading }
    }

    private func checkDisk() throws(ReplyError) {
        if execution.permissions.restrictions.contains(.snapshotsFail) { throw .snapshotsFail }
        if execution.permissions.restrictions.contains(.logFails) { throw .logFails(durability.log.problem ?? "") }
    }
}
