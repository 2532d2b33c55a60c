/// MEMORY USAGE and STATS: bytes in the heap of the data, rounding included.
extension Node {
    /// MEMORY USAGE key [SAMPLES count]: the blocks of the record and all it owns, not its share of the table of keys
    mutating func memoryUsage(_ request: borrowing Request) throws(ReplyError) {
        var samples = 5
        for index in stride(from: 3, to: request.count, by: 2) {
            guard request[index].matches("samples"), index + 1 < request.count else { throw .syntax }
            let count = try request.integer(index + 1)
            guard count >= 0 else { throw .syntax }
            samples = count == 0 ? .max : Int(count)
        }
        guard let place = execution.store.lookup(execution.database, request[2], request.hash) else {
            return execution.reply.null()
        }
        execution.reply.integer(execution.store.memoryUsage(place.record, samples: samples))
    }

    /// MEMORY STATS. Only what is known: the process's own memory is the runtime's, and not in here.
    mutating func memoryStats() {
        let memory = MemoryReport(self)
        var keys = 0
        var used: [Int] = []
        for index in 0..<execution.store.databases.count where execution.store.databases[index].records.count > 0 {
            keys += Int(execution.store.databases[index].records.count)
            used.append(index)
        }
        execution.reply.map(14 + used.count)
        field("peak.allocated", memory.peak)
        field("total.allocated", memory.used)
        field("replication.backlog", 0)
        field("clients.slaves", 0)
        field("clients.normal", memory.clients)
        for index in used {
            execution.reply.bulk("db.\(index)")
            execution.reply.map(2)
            field("overhead.hashtable.main", execution.store.databases[index].records.arrayBytes)
            field("overhead.hashtable.users", execution.store.databases[index].users.arrayBytes)
        }
        field("overhead.total", memory.overhead)
        field("keys.count", keys)
        field("keys.bytes-per-key", keys == 0 ? 0 : memory.used / keys)
        field("dataset.bytes", memory.dataset)
        field("dataset.percentage", MemoryReport.ratio(memory.dataset * 100, memory.used))
        field("peak.percentage", MemoryReport.ratio(memory.used * 100, memory.peak))
        field("allocator.allocated", memory.used)
        field("allocator.active", memory.active)
        field("allocator-fragmentation.ratio", MemoryReport.ratio(memory.active, memory.used))
    }

    /// MEMORY DOCTOR: what Redis looks for, as far as it can be wrong here, in our own words.
    mutating func memoryDoctor() {
        let memory = MemoryReport(self)
        guard memory.used >= 5 << 20 else {
            return execution.reply.verbatim("There is too little data to judge how memory is used.\n")
        }
        var findings: [String] = []
        if memory.peak > memory.used + memory.used / 2 {
            findings.append(
                "Peak: at most \(MemoryReport.text(memory.peak)) were in use, \(MemoryReport.text(memory.used)) are "
                    + "now. Pages that became empty are given back to the system.")
        }
        if memory.active > memory.used + memory.used / 10 && memory.active - memory.used > 10 << 20 {
            findings.append(
                "Fragmentation: blocks take \(MemoryReport.text(memory.used)) of pages that take "
                    + "\(MemoryReport.text(memory.active)). New data fills the gaps.")
        }
        if let resident = process?.residentBytes, resident > memory.active + memory.active / 10,
            resident - memory.active > 10 << 20 {
            findings.append(
                "Resident memory: the process takes \(MemoryReport.text(resident)), the pages of its data "
                    + "\(MemoryReport.text(memory.active)). Look at mem_clients_normal and mem_pubsub in INFO memory.")
        }
        if memory.clients / max(1, connections.openCount) > 200 << 10 {
            findings.append(
                "Buffers of clients: \(MemoryReport.text(memory.clients)) for \(connections.openCount) connections. "
                    + "CLIENT LIST shows who does not read what it asked for, or sends very large requests.")
        }
        guard !findings.isEmpty else { return execution.reply.verbatim("Nothing is wrong with how memory is used.\n") }
        execution.reply.verbatim("Of note about memory:\n\n" + findings.map { " * \($0)\n" }.joined(separator: "\n"))
    }

    /// MEMORY MALLOC-STATS: the heap of the data.
    mutating func memoryMallocStats() {
        let memory = MemoryReport(self)
        execution.reply.verbatim(
            """
            Heap of the data, in bytes:
            allocated: \(memory.used)
            active: \(memory.active)
            reserved address space: \(execution.store.reservedBytes)
            channels and patterns: \(memory.pubsub)

            """)
    }

    /// MEMORY PURGE: the heap gives its reserve of empty pages back.
    mutating func memoryPurge() {
        execution.store.releaseReserve()
        execution.reply.ok()
    }

    private mutating func field(_ name: StaticString, _ value: Int) {
        execution.reply.bulk(name)
        execution.reply.integer(value)
    }

    private mutating func field(_ name: StaticString, _ value: String) {
        execution.reply.bulk(name)
        execution.reply.double(value.utf8Span.span.bytes)
    }
}

/// How memory is used, in bytes, for `MEMORY STATS` and `INFO`.
struct MemoryReport: BitwiseCopyable {
    /// Blocks of the data: what `maxmemory` limits. Now, and at most so far.
    let used: Int
    let peak: Int
    /// Pages that hold at least one of them.
    let active: Int
    /// The tables of keys and of users.
    let overhead: Int
    /// Replies and requests under way, and of these what belongs to replicas.
    let clients: Int
    let replicas: Int
    /// Channels, patterns and who listens to them.
    let pubsub: Int

    /// The records themselves.
    var dataset: Int { used - overhead }

    /// O(connections).
    init(_ node: borrowing Node) {
        used = node.execution.usedMemory
        peak = max(used, node.observation.statistics.peakMemory)
        active = node.execution.store.pageBytesInUse
        pubsub = node.listeners.pubsub.usedBytes + node.listeners.trackedKeys.usedBytes
        var overhead = 0
        for index in 0..<node.execution.store.databases.count {
            overhead +=
                node.execution.store.databases[index].records.arrayBytes
                + node.execution.store.databases[index].users.arrayBytes
                + node.execution.store.databases[index].keyTombstones.arrayBytes
        }
        self.overhead = overhead
        // The replies of the connection that asks are held by the node meanwhile.
        var clients = node.execution.reply.buffer.capacity
        var replicas = 0
        for index in 0..<node.connections.count {
            let held = node.connections[index].reply.buffer.capacity + node.connections[index].input.capacity
            if node.connections[index].link == .replica { replicas += held } else { clients += held }
        }
        self.clients = clients
        self.replicas = replicas
    }

    /// A quotient with two decimals, rounded; 0 if the divisor is 0.
    static func ratio(_ dividend: Int, _ divisor: Int) -> String {
        guard divisor != 0 else { return "0.00" }
        // The largest `maxmemory` times 100 does not fit a word.
        let product = dividend.multipliedReportingOverflow(by: 100)
        guard !product.overflow else { return "\(dividend / divisor).00" }
        let hundredths = (product.partialValue + divisor / 2) / divisor
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// As people read it: `967.36K`.
    static func text(_ bytes: Int) -> String {
        if bytes < 1024 { return "\(bytes)B" }
        for (shift, unit) in [(10, "K"), (20, "M"), (30, "G")] where bytes < 1 << (shift + 10) {
            return ratio(bytes, 1 << shift) + unit
        }
        return ratio(bytes, 1 << 40) + "T"
    }
}

extension Store {
    /// Bytes of a record's block and of all that belongs to it alone. Of a table's elements `samples` are looked at,
    /// and stand for the rest.
    func memoryUsage(_ record: Slot, samples: Int) -> Int {
        let block = heap.capacity(of: record)
        guard heap[record].kind.hasTable else { return block }
        let table = heap[record].table
        let tree = heap[record].kind == .treeSortedSet ? heap[record].scoreTree.bytes(heap) : 0
        var elements = Vector<Slot>()
        var cursor: UInt64 = 0
        repeat { cursor = table.scan(cursor, heap, into: &elements) } while cursor != 0 && elements.count < samples
        let looked = min(samples, elements.count)
        var bytes = 0
        for index in 0..<looked { bytes += heap.capacity(of: elements[index]) }
        return block + tree + table.arrayBytes + (looked == 0 ? 0 : bytes * Int(table.count) / looked)
    }
}
