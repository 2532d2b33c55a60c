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

    /// Refuses a command that replication or the disk forbids now, in Redis's words and order.
    @inline(never)
    func checkRestrictions(_ facts: CommandFacts, isWrite: Bool) throws(ReplyError) {
        if isWrite || facts.id == .ping {
            if execution.permissions.restrictions.contains(.snapshotsFail) { throw .snapshotsFail }
            if execution.permissions.restrictions.contains(.logFails) {
                throw .logFails(durability.log.problem ?? "")
            }
        }
        if isWrite { try execution.checkMayWrite() }
        // PSYNC decides for itself: it may make this a primary (FAILOVER).
        if execution.permissions.restrictions.contains(.stale) && !facts.flags.contains(.stale) && facts.id != .psync {
            throw .primaryDown
        }
        if execution.permissions.restrictions.contains(.loading) && !facts.flags.contains(.loading) { throw .loading }
    }
}
