/// `/metrics`: counters and gauges as Prometheus reads them (text exposition format 0.0.4,
/// https://prometheus.io/docs/instrumenting/exposition_formats/). Units are seconds and bytes, as is the custom there.
extension Node {
    /// All metrics. O(commands + databases).
    func metrics() -> String {
        var text = MetricsText()
        text.family("build_info", .gauge, "Version of Cloakroom, and of Redis whose behaviour it has; always 1.")
        text.sample([("version", Node.version), ("redis_version", "\(Node.redisVersion)")], 1)
        text.single(
            "start_time_seconds", .gauge, "When the node was started, in seconds since 1970.",
            seconds: lifecycle.startedAt.unixMicroseconds)
        connectionMetrics(&text)
        commandMetrics(&text)
        sessionMetrics(&text)
        expiryMetrics(&text)
        memoryMetrics(&text)
        replicationMetrics(&text)
        return text.content
    }

    private func connectionMetrics(_ text: inout MetricsText) {
        text.single("connections", .gauge, "Open connections.", Int64(connections.openCount))
        text.single("connections_limit", .gauge, "Most connections (maxclients).", Int64(configuration.maxClients))
        text.single("connections_accepted_total", .counter, "Connections accepted.", observation.statistics.connections)
        text.single(
            "connections_rejected_total", .counter, "Connections refused: maxclients, protected mode.",
            observation.statistics.rejectedConnections)
        text.single(
            "received_bytes_total", .counter, "Bytes received from clients.", observation.statistics.bytesReceived)
        text.single("sent_bytes_total", .counter, "Bytes sent to clients.", observation.statistics.bytesSent)
    }

    private func commandMetrics(_ text: inout MetricsText) {
        let used = CommandID.allCases.filter { id in
            let counters = observation.commandStatistics[id]
            return counters.calls > 0 || counters.rejected > 0 || counters.failed > 0
        }
        let names = used.map { table.fullName(of: $0) }
        text.family("commands_total", .counter, "Commands executed.")
        for (id, name) in zip(used, names) {
            text.sample([("command", name)], Int64(clamping: observation.commandStatistics[id].calls))
        }
        text.family("commands_failed_total", .counter, "Commands executed and answered with an error.")
        for (id, name) in zip(used, names) {
            text.sample([("command", name)], Int64(clamping: observation.commandStatistics[id].failed))
        }
        text.family("commands_rejected_total", .counter, "Commands refused before they were executed.")
        for (id, name) in zip(used, names) {
            text.sample([("command", name)], Int64(clamping: observation.commandStatistics[id].rejected))
        }
        text.family("commands_duration_seconds_total", .counter, "Time spent executing commands.")
        for (id, name) in zip(used, names) {
            let microseconds = Int64(clamping: observation.commandStatistics[id].nanoseconds / 1000)
            text.sample([("command", name)], seconds: microseconds)
        }
        text.family("errors_total", .counter, "Errors answered, by code.")
        for (code, count) in observation.errorStatistics.counts { text.sample([("code", code)], count) }
    }

    private func sessionMetrics(_ text: inout MetricsText) {
        var live: Int64 = 0
        for index in 0..<execution.store.databases.count { live += Int64(execution.store.databases[index].sessions) }
        text.single("sessions", .gauge, "Live sessions.", live)
        text.single("sessions_created_total", .counter, "Sessions created.", execution.store.statistics.sessionsCreated)
        text.single("sessions_revoked_total", .counter, "Sessions revoked.", execution.store.statistics.sessionsRevoked)
        text.single("sessions_expired_total", .counter, "Sessions expired.", execution.store.statistics.sessionsExpired)
        text.single(
            "zombie_writes_total", .counter, "Late writes to dead keys under session-prefixes, answered and dropped.",
            execution.store.statistics.zombieWrites)
        text.family("tombstones", .gauge, "Marks of dead tokens and keys, by kind.")
        text.sample([("kind", "revoked")], Int64(execution.store.marks.tombstones))
        text.sample([("kind", "replaced")], Int64(execution.store.marks.predecessors))
        text.sample([("kind", "key")], Int64(execution.store.marks.keyTombstones))
        text.single("tombstone_bytes", .gauge, "Memory for these marks.", Int64(execution.store.marks.bytes))
        text.single("tombstone_limit_bytes", .gauge, "Most memory for them.", Int64(execution.markLimit))
        text.single(
            "tombstones_forgotten_total", .counter, "Marks given up before their time, for lack of memory.",
            execution.store.marks.forgotten)
        text.family("keys", .gauge, "Keys, sessions and marks of dead tokens included.")
        for index in 0..<execution.store.databases.count
        where execution.store.databases[index].records.count > 0 || index == 0 {
            text.sample([("db", String(index))], Int64(execution.store.databases[index].records.count))
        }
        text.single("keyspace_hits_total", .counter, "Lookups that found a key.", execution.store.statistics.hits)
        text.single("keyspace_misses_total", .counter, "Lookups that found none.", execution.store.statistics.misses)
    }

    private func expiryMetrics(_ text: inout MetricsText) {
        text.single("expired_total", .counter, "Keys and sessions expired.", execution.store.statistics.expired)
        text.single("evicted_total", .counter, "Keys and sessions evicted.", execution.store.statistics.evicted)
        let backlog = execution.store.wheel.nextWake().map { max(0, execution.store.now - $0) } ?? 0
        text.single(
            "expiry_backlog_seconds", .gauge, "How far the removal of what is due is behind.", seconds: backlog * 1000)
        text.family(
            "expiry_lag_seconds", .histogram, "How late what was due was removed; it was never served meanwhile.")
        var count: UInt64 = 0
        for bucket in 0..<LagHistogram.buckets - 1 {
            count += execution.store.lag[bucket]
            let bound = MetricsText.seconds(LagHistogram.upperBound(bucket) * 1000)
            text.sample(suffix: "_bucket", [("le", bound)], Int64(clamping: count))
        }
        text.sample(suffix: "_bucket", [("le", "+Inf")], Int64(clamping: execution.store.lag.total))
        text.sample(suffix: "_sum", [], seconds: execution.store.lag.sum * 1000)
        text.sample(suffix: "_count", [], Int64(clamping: execution.store.lag.total))
    }

    private func memoryMetrics(_ text: inout MetricsText) {
        text.single("memory_used_bytes", .gauge, "Memory for data.", Int64(execution.usedMemory))
        text.single(
            "memory_peak_bytes", .gauge, "Most memory for data so far.",
            Int64(max(observation.statistics.peakMemory, execution.usedMemory)))
        text.single(
            "memory_limit_bytes", .gauge, "Most memory for data (maxmemory); 0 for no limit.",
            Int64(configuration.maxMemory))
        guard let process else { return }
        text.single("memory_resident_bytes", .gauge, "Memory of the process.", Int64(process.residentBytes))
        text.single(
            "cpu_seconds_total", .counter, "Processor time of the process.",
            seconds: process.userMicroseconds + process.systemMicroseconds)
    }

    private func replicationMetrics(_ text: inout MetricsText) {
        let health = replicationHealth()
        text.family("role", .gauge, "1 for the role that the node has.")
        text.sample([("role", "primary")], health.isPrimary ? 1 : 0)
        text.sample([("role", "replica")], health.isPrimary ? 0 : 1)
        let isReady = readinessChecks(lag: nil).allSatisfy(\.isPassed)
        text.single("ready", .gauge, "1 if /readyz answers 200.", isReady ? 1 : 0)
        text.single("loading", .gauge, "1 while the data is not complete.", health.isLoading ? 1 : 0)
        text.single("draining", .gauge, "1 from SHUTDOWN on.", isStopping ? 1 : 0)
        text.single("replicas", .gauge, "Replicas that follow.", Int64(health.connectedReplicas))
        text.single("replication_offset_bytes", .gauge, "Position in the replication stream.", health.offset)
        text.single(
            "replication_link_up", .gauge, "1 if the link to the primary is up; on a primary too.",
            health.isLinkUp ? 1 : 0)
        if let lag = health.lagSeconds {
            text.single("replication_lag_seconds", .gauge, "How far a replica is behind at most.", lag)
        }
        if let lag = health.lagBytes {
            text.single("replication_lag_bytes", .gauge, "What a replica has yet to execute.", lag)
        }
    }
}
