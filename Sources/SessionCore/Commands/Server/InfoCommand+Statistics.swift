/// The sections of INFO that count: commands, errors, latencies.
extension Node {
    func infoStatistics(_ text: inout InfoText) {
        text.add("total_connections_received", observation.statistics.connections)
        text.add("total_commands_processed", observation.statistics.commands)
        let rates = observation.currentRates(now: now)
        text.add("instantaneous_ops_per_sec", rates.commands)
        text.add("total_net_input_bytes", observation.statistics.bytesReceived)
        text.add("total_net_output_bytes", observation.statistics.bytesSent)
        text.add("total_net_repl_input_bytes", replication.statistics.bytesReceived)
        text.add("total_net_repl_output_bytes", replication.statistics.bytesSent)
        text.add("instantaneous_input_kbps", MemoryReport.ratio(Int(rates.bytesReceived), 1024))
        text.add("instantaneous_output_kbps", MemoryReport.ratio(Int(rates.bytesSent), 1024))
        text.add("rejected_connections", observation.statistics.rejectedConnections)
        text.add("sync_full", replication.statistics.fullSyncs)
        text.add("sync_partial_ok", replication.statistics.partialSyncs)
        text.add("sync_partial_err", replication.statistics.refusedPartialSyncs)
        text.add("expired_keys", execution.store.statistics.expired)
        text.add("evicted_keys", execution.store.statistics.evicted)
        text.add("evicted_clients", observation.statistics.evictedClients)
        text.add("keyspace_hits", execution.store.statistics.hits)
        text.add("keyspace_misses", execution.store.statistics.misses)
        text.add("pubsub_channels", Int64(listeners.pubsub.topicCount(.channel)))
        text.add("pubsub_patterns", Int64(listeners.pubsub.topicCount(.pattern)))
        text.add("pubsubshard_channels", 0)
        text.add("latest_fork_usec", 0)
        text.add("total_forks", 0)
        text.add("tracking_total_keys", Int64(listeners.trackedKeys.topicCount(.trackedKey)))
        text.add("tracking_total_items", Int64(listeners.trackedKeys.subscriptionCount))
        text.add("tracking_total_prefixes", Int64(listeners.pubsub.topicCount(.trackedPrefix)))
        text.add("total_error_replies", observation.statistics.errorReplies)
        text.add("total_reads_processed", observation.statistics.reads)
        text.add("total_writes_processed", observation.statistics.writes)
        text.add("client_query_buffer_limit_disconnections", observation.statistics.queryLimitDisconnections)
        text.add("client_output_buffer_limit_disconnections", observation.statistics.outputLimitDisconnections)
        text.add("acl_access_denied_auth", observation.statistics.deniedLogins)
        text.add("acl_access_denied_cmd", observation.statistics.deniedCommands)
        text.add("acl_access_denied_key", observation.statistics.deniedKeys)
        text.add("acl_access_denied_channel", observation.statistics.deniedChannels)
    }

    /// Commands that were sent, in the order of the command table.
    func infoCommandStatistics(_ text: inout InfoText) {
        for id in CommandID.allCases {
            let counters = observation.commandStatistics[id]
            if counters.calls == 0 && counters.rejected == 0 && counters.failed == 0 { continue }
            let microseconds = counters.nanoseconds / 1000
            text.add(
                "cmdstat_\(table.fullName(of: id))",
                "calls=\(counters.calls),usec=\(microseconds),"
                    + "usec_per_call=\(MemoryReport.ratio(Int(clamping: microseconds), Int(clamping: counters.calls))),"
                    + "rejected_calls=\(counters.rejected),failed_calls=\(counters.failed)")
        }
    }

    /// Errors answered, by their code.
    func infoErrorStatistics(_ text: inout InfoText) {
        for (code, count) in observation.errorStatistics.counts { text.add("errorstat_\(code)", "count=\(count)") }
    }

    /// What `latency-tracking-info-percentiles` names, in microseconds, of each command that was measured.
    func infoLatencyStatistics(_ text: inout InfoText) {
        for id in CommandID.allCases where observation.commandStatistics.hasHistogram(id) {
            let values = configuration.latencyPercentiles.map { percentile in
                let nanoseconds = observation.commandStatistics.percentile(id, percentile)
                return "p\(ValueFormat.percentile(percentile))=\(Self.thousandths(nanoseconds))"
            }
            text.add("latency_percentiles_usec_\(table.fullName(of: id))", values.joined(separator: ","))
        }
    }

    /// A thousandth of a number, with three decimals.
    private static func thousandths(_ number: UInt64) -> String {
        "\(number / 1000)." + String(1000 + number % 1000).dropFirst()
    }
}
