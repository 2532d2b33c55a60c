/// INFO: the node's state and counters as text. Names are Redis's where Redis has the figure, so that monitoring tools,
/// clients and Sentinel find it; a figure that is not known has no line.
extension Node {
    /// INFO [section ...]; unknown sections are passed over, as in Redis.
    mutating func info(_ request: borrowing Request) {
        var text = InfoText()
        for section in InfoSection.allCases where isWanted(section, request) {
            text.begin(section.title)
            switch section {
            case .server: infoServer(&text)
            case .clients: infoClients(&text)
            case .memory: infoMemory(&text)
            case .persistence: infoPersistence(&text)
            case .stats: infoStatistics(&text)
            case .replication: infoReplication(&text)
            case .cpu: infoProcessor(&text)
            case .modules: break
            case .commandStats: infoCommandStatistics(&text)
            case .errorStats: infoErrorStatistics(&text)
            case .latencyStats: infoLatencyStatistics(&text)
            case .cluster: text.add("cluster_enabled", 0)
            case .sessions: infoSessions(&text)
            case .expiry: infoExpiry(&text)
            case .keyspace: infoKeyspace(&text)
            }
        }
        execution.reply.verbatim(text.content)
    }

    private func isWanted(_ section: InfoSection, _ request: borrowing Request) -> Bool {
        if request.count == 1 { return section.isDefault }
        for index in 1..<request.count {
            let word = request[index]
            if word.matches("all") || word.matches("everything") { return true }
            if word.matches("default") && section.isDefault { return true }
            if word.matches(section.name) { return true }
        }
        return false
    }

    private func infoServer(_ text: inout InfoText) {
        let uptime = (now.monotonicMicroseconds - lifecycle.startedAt.monotonicMicroseconds) / 1_000_000
        text.add("redis_version", "\(Node.redisVersion)")
        text.add("cloakroom_version", Node.version)
        text.add("redis_mode", "standalone")
        text.add("arch_bits", Int64(Int.bitWidth))
        if let process { text.add("process_id", Int64(process.processID)) }
        text.add("run_id", lifecycle.runID)
        text.add("tcp_port", Int64(configuration.port))
        text.add("server_time_usec", now.unixMicroseconds)
        text.add("uptime_in_seconds", uptime)
        text.add("uptime_in_days", uptime / 86_400)
        text.add("lru_clock", now.unixMicroseconds / 1_000_000 & 0xFF_FFFF)
        text.add("config_file", configuration.file)
        text.add("io_threads_active", 0)
        if let left = stoppingTimeLeft { text.add("shutdown_in_milliseconds", left) }
    }

    private func infoClients(_ text: inout InfoText) {
        var (subscribers, blocked): (Int64, Int64) = (0, 0)
        var (longestInput, longestOutput) = (0, execution.reply.buffer.count)
        for index in 0..<connections.count {
            if connections[index].isPubSub { subscribers += 1 }
            if connections[index].waitsForOthers { blocked += 1 }
            longestInput = max(longestInput, connections[index].input.count)
            longestOutput = max(longestOutput, connections[index].reply.buffer.count)
        }
        text.add("connected_clients", Int64(connections.openCount - replication.replicas.count))
        text.add("cluster_connections", 0)
        text.add("maxclients", Int64(configuration.maxClients))
        text.add("client_recent_max_input_buffer", Int64(longestInput))
        text.add("client_recent_max_output_buffer", Int64(longestOutput))
        text.add("blocked_clients", blocked)
        text.add("tracking_clients", Int64(listeners.trackingClients))
        text.add("pubsub_clients", subscribers)
        text.add("watching_clients", Int64(listeners.watchingClients))
        text.add("total_watched_keys", Int64(listeners.pubsub.topicCount(.watchedKey)))
    }

    private func infoMemory(_ text: inout InfoText) {
        let memory = MemoryReport(self)
        text.add("used_memory", Int64(memory.used))
        text.add("used_memory_human", MemoryReport.text(memory.used))
        if let process {
            text.add("used_memory_rss", Int64(process.residentBytes))
            text.add("used_memory_rss_human", MemoryReport.text(process.residentBytes))
            text.add("mem_fragmentation_ratio", MemoryReport.ratio(process.residentBytes, memory.used))
            text.add("mem_fragmentation_bytes", Int64(process.residentBytes - memory.used))
            if process.systemBytes > 0 {
                text.add("total_system_memory", Int64(process.systemBytes))
                text.add("total_system_memory_human", MemoryReport.text(process.systemBytes))
            }
        }
        text.add("used_memory_peak", Int64(memory.peak))
        text.add("used_memory_peak_human", MemoryReport.text(memory.peak))
        text.add("used_memory_peak_perc", MemoryReport.ratio(memory.used * 100, memory.peak) + "%")
        text.add("used_memory_overhead", Int64(memory.overhead))
        text.add("used_memory_dataset", Int64(memory.dataset))
        text.add("used_memory_dataset_perc", MemoryReport.ratio(memory.dataset * 100, memory.used) + "%")
        text.add("allocator_allocated", Int64(memory.used))
        text.add("allocator_active", Int64(memory.active))
        text.add("maxmemory", Int64(configuration.maxMemory))
        text.add("maxmemory_human", MemoryReport.text(configuration.maxMemory))
        text.add("maxmemory_policy", configuration.maxMemoryPolicy.rawValue)
        text.add("allocator_frag_ratio", MemoryReport.ratio(memory.active, memory.used))
        text.add("allocator_frag_bytes", Int64(memory.active - memory.used))
        text.add("mem_clients_normal", Int64(memory.clients))
        text.add("mem_clients_slaves", Int64(memory.replicas))
        text.add("mem_pubsub", Int64(memory.pubsub))
        text.add("mem_replication_backlog", Int64(replication.backlog.capacity))
        text.add("mem_not_counted_for_evict", 0)
        text.add("number_of_cached_scripts", Int64(scripting.cache.count))
        text.add("active_defrag_running", 0)
        text.add("lazyfree_pending_objects", 0)
        text.add("lazyfreed_objects", 0)
    }

    private func infoProcessor(_ text: inout InfoText) {
        guard let process else { return }
        text.add("used_cpu_sys", Self.seconds(process.systemMicroseconds))
        text.add("used_cpu_user", Self.seconds(process.userMicroseconds))
    }

    /// Seconds with six decimals.
    private static func seconds(_ microseconds: Int64) -> String {
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    }

    private func infoSessions(_ text: inout InfoText) {
        text.add("sessions_live", Int64(execution.store.sessionCount))
        text.add("sessions_created", execution.store.statistics.sessionsCreated)
        text.add("sessions_revoked", execution.store.statistics.sessionsRevoked)
        text.add("sessions_expired", execution.store.statistics.sessionsExpired)
        text.add("tombstones", Int64(execution.store.marks.tombstones))
        text.add("replaced_tokens", Int64(execution.store.marks.predecessors))
        text.add("key_tombstones", Int64(execution.store.keyTombstoneCount))
        text.add("tombstone_bytes", Int64(execution.store.marks.bytes))
        text.add("tombstone_bytes_limit", Int64(execution.markLimit))
        text.add("tombstones_forgotten", execution.store.marks.forgotten)
        text.add("zombie_writes", execution.store.statistics.zombieWrites)
    }

    /// How late what was due was removed, in milliseconds, by the wheel or by the lookup that found it.
    private func infoExpiry(_ text: inout InfoText) {
        // The wheel's next work lies in the past while it has not caught up.
        let backlog = execution.store.wheel.nextWake().map { max(0, execution.store.now - $0) } ?? 0
        text.add("expiry_armed", Int64(execution.store.wheel.count))
        text.add("expiry_backlog_ms", backlog)
        text.add("expiry_lag_count", Int64(execution.store.lag.total))
        text.add("expiry_lag_sum_ms", execution.store.lag.sum)
        text.add("expiry_lag_p50_ms", execution.store.lag.quantile(0.5))
        text.add("expiry_lag_p99_ms", execution.store.lag.quantile(0.99))
        text.add("expiry_lag_max_ms", execution.store.lag.maximum)
        // Counts by upper bound; bounds that nothing fell under are left out.
        var histogram: [String] = []
        for bucket in 0..<LagHistogram.buckets where execution.store.lag[bucket] > 0 {
            let isLast = bucket == LagHistogram.buckets - 1
            histogram.append(
                "\(isLast ? "inf" : String(LagHistogram.upperBound(bucket)))=\(execution.store.lag[bucket])")
        }
        text.add("expiry_lag_histogram_ms", histogram.joined(separator: ","))
    }

    private mutating func infoKeyspace(_ text: inout InfoText) {
        for index in 0..<execution.store.databases.count where execution.store.databases[index].records.count > 0 {
            let (keys, expires) = (
                execution.store.databases[index].records.count, execution.store.databases[index].expiring
            )
            text.add("db\(index)", "keys=\(keys),expires=\(expires),avg_ttl=\(averageTimeLeft(index))")
        }
    }

    /// Milliseconds that keys with a deadline have left, on average: an estimate from a sample, as in Redis; 0 if the
    /// sample has none.
    private mutating func averageTimeLeft(_ database: Int) -> Int64 {
        guard execution.store.databases[database].expiring > 0 else { return 0 }
        var (sum, count): (Int64, Int64) = (0, 0)
        for _ in 0..<Limits.timeLeftSample {
            guard let deadline = execution.store.deadline(execution.store.randomRecord(database, &execution.random))
            else { continue }
            // A sum of so many cannot overflow.
            sum += min(max(0, deadline - execution.store.now), maximumTime)
            count += 1
        }
        return count == 0 ? 0 : sum / count
    }
}

/// The sections of INFO, in their order.
enum InfoSection: CaseIterable {
    case server, clients, memory, persistence, stats, replication, cpu, modules, commandStats, errorStats, latencyStats,
        cluster, sessions, expiry, keyspace

    /// Shown where no section is named.
    var isDefault: Bool { self != .commandStats && self != .latencyStats }

    /// As a request names it, in lower case.
    var name: StaticString {
        switch self {
        case .server: "server"
        case .clients: "clients"
        case .memory: "memory"
        case .persistence: "persistence"
        case .stats: "stats"
        case .replication: "replication"
        case .cpu: "cpu"
        case .modules: "modules"
        case .commandStats: "commandstats"
        case .errorStats: "errorstats"
        case .latencyStats: "latencystats"
        case .cluster: "cluster"
        case .sessions: "sessions"
        case .expiry: "expiry"
        case .keyspace: "keyspace"
        }
    }

    /// As its heading names it.
    var title: String {
        if self == .cpu { return "CPU" }
        let name = "\(name)"
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}

/// Lines of `name:value` under headings.
struct InfoText {
    private(set) var content = ""

    mutating func begin(_ title: String) {
        if !content.isEmpty { content += "\r\n" }
        content += "# \(title)\r\n"
    }

    mutating func add(_ name: String, _ value: String) { content += "\(name):\(value)\r\n" }

    mutating func add(_ name: String, _ value: Int64) { add(name, String(value)) }
}
