/// INFO persistence, with Redis's names. There is no second process, so that what is about one is zero.
extension Node {
    func infoPersistence(_ text: inout InfoText) {
        text.add("loading", durability.isLoading ? 1 : 0)
        text.add("async_loading", 0)
        text.add("current_cow_peak", 0)
        text.add("current_cow_size", 0)
        text.add("current_cow_size_age", 0)
        infoFile(&text)
        infoSnapshots(&text)
        infoLog(&text)
        if encryptsFiles, let key = encryptionKeyName { text.add("encryption_key", key) }
        text.add("module_fork_in_progress", 0)
        text.add("module_fork_last_cow_size", 0)
        infoLoading(&text)
    }

    /// The file that is being written.
    private func infoFile(_ text: inout InfoText) {
        let (keys, total) = durability.fileProgress
        text.add("current_fork_perc", total == 0 ? "0.00" : MemoryReport.ratio(Int(min(keys, total) * 100), Int(total)))
        text.add("current_save_keys_processed", keys)
        text.add("current_save_keys_total", total)
    }

    private func infoSnapshots(_ text: inout InfoText) {
        let (saves, isSaving) = (durability.saves, durability.isSaving)
        // Not known while nobody counts.
        if execution.store.observers.contains(.saving) { text.add("rdb_changes_since_last_save", durability.changes) }
        text.add("rdb_bgsave_in_progress", isSaving ? 1 : 0)
        text.add("rdb_last_save_time", saves.lastSave)
        text.add("rdb_last_bgsave_status", saves.lastSucceeded ? "ok" : "err")
        text.add("rdb_last_bgsave_time_sec", saves.lastDuration)
        let began = durability.fileBegan ?? now.monotonicMicroseconds
        text.add("rdb_current_bgsave_time_sec", isSaving ? (now.monotonicMicroseconds - began) / 1_000_000 : -1)
        text.add("rdb_saves", saves.count)
        text.add("rdb_last_cow_size", 0)
        text.add("rdb_last_load_keys_expired", 0)
        text.add("rdb_last_load_keys_loaded", saves.keysLoaded)
    }

    private func infoLog(_ text: inout InfoText) {
        let isRewriting = durability.isRewriting || durability.log.finishedBase != nil
        let figures = durability.log.figures
        text.add("aof_enabled", durability.log.isActive ? 1 : 0)
        text.add("aof_rewrite_in_progress", isRewriting ? 1 : 0)
        text.add("aof_rewrite_scheduled", durability.log.wanted == .rewrite ? 1 : 0)
        text.add("aof_last_rewrite_time_sec", figures.lastRewriteDuration)
        let seconds = (now.monotonicMicroseconds - figures.lastTry) / 1_000_000
        text.add("aof_current_rewrite_time_sec", isRewriting ? seconds : -1)
        text.add("aof_last_bgrewrite_status", figures.lastRewriteSucceeded ? "ok" : "err")
        text.add("aof_rewrites", figures.rewrites)
        text.add("aof_rewrites_consecutive_failures", figures.failures)
        text.add("aof_last_write_status", durability.log.problem == nil ? "ok" : "err")
        text.add("aof_last_cow_size", 0)
        guard durability.log.isActive else { return }
        text.add("aof_current_size", durability.log.size)
        text.add("aof_base_size", durability.log.sizeAtRewrite)
        text.add("aof_pending_rewrite", 0)
        text.add("aof_buffer_length", Int64(durability.log.outputBytes))
        text.add("aof_pending_bio_fsync", durability.log.flight?.isSynced == true ? 1 : 0)
        text.add("aof_delayed_fsync", figures.delayedSyncs)
    }

    /// What is being loaded.
    private func infoLoading(_ text: inout InfoText) {
        guard let progress = durability.loadingProgress(now: now.monotonicMicroseconds) else { return }
        text.add("loading_start_time", progress.startedAt)
        text.add("loading_total_bytes", progress.total)
        text.add("loading_loaded_bytes", progress.loaded)
        text.add("loading_loaded_perc", MemoryReport.ratio(Int(progress.loaded * 100), Int(max(1, progress.total))))
        text.add("loading_eta_seconds", progress.secondsLeft)
    }
}
