import Testing

@testable import SessionCore

/// Commands about the server and whole databases. Replies and error texts were taken from redis-server 7.0.15.
@Suite struct ServerCommandTests {
    private static func debugging() -> Configuration {
        var configuration = Configuration()
        configuration.debugCommand = .everybody
        return configuration
    }

    // MARK: Databases

    @Test func sizesAndFlushes() {
        NodeDialogue().expect([
            ("DBSIZE", ":0"), ("SET a 1", "+OK"), ("SET b 1 EX 10", "+OK"), ("HSET h f v", ":1"), ("DBSIZE", ":3"),
            ("SELECT 1", "+OK"), ("DBSIZE", ":0"), ("SET c 1", "+OK"), ("FLUSHDB", "+OK"), ("DBSIZE", ":0"),
            ("SET c 1", "+OK"), ("SELECT 0", "+OK"), ("DBSIZE", ":3"), ("FLUSHALL SYNC", "+OK"), ("DBSIZE", ":0"),
            ("SELECT 1", "+OK"), ("DBSIZE", ":0"), ("FLUSHDB async", "+OK"), ("FLUSHALL ASYNC", "+OK"),
        ])
    }

    @Test(arguments: ["FLUSHALL x", "FLUSHALL ASYNC SYNC", "FLUSHDB x", "FLUSHDB SYNC x"])
    func flushOptions(_ command: String) {
        NodeDialogue().expect([("SET a 1", "+OK"), (command, "-ERR syntax error"), ("DBSIZE", ":1")])
    }

    /// Nothing is left of flushed records: no memory, no deadline that comes due.
    @Test func flushForgetsEverything() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SELECT", "1")
        _ = dialogue.send("SET", "stays", "1")
        _ = dialogue.send("SELECT", "0")
        let before = dialogue.inspect { $0.execution.store.heap.usedBytes }
        for index in 0..<600 {
            _ = dialogue.send("HSET", "h", "field\(index)", "value")
            _ = dialogue.send("SET", "key\(index)", "value", "EX", "10")
            _ = dialogue.send("SESSCREATE", "USER", "alice")
        }
        dialogue.expect("FLUSHDB", gives: "+OK\r\n")
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } == before)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0)
        dialogue.expect("SESSCARD", "alice", gives: ":0\r\n")
        dialogue.advance(milliseconds: 24 * 3600 * 1000)
        #expect(dialogue.inspect { $0.execution.store.statistics.expired } == 0)
        dialogue.expect("DBSIZE", gives: ":0\r\n")
        _ = dialogue.send("SELECT", "1")
        dialogue.expect("GET", "stays", gives: bulk("1"))
    }

    @Test func swaps() {
        NodeDialogue().expect([
            ("SET a 1", "+OK"), ("SWAPDB 0 3", "+OK"), ("DBSIZE", ":0"), ("SELECT 3", "+OK"), ("GET a", "$1\r\n1"),
            ("SWAPDB 3 3", "+OK"), ("GET a", "$1\r\n1"), ("SWAPDB 3 0", "+OK"), ("GET a", "$-1"),
        ])
    }

    @Test(arguments: [
        ("SWAPDB x 0", "invalid first DB index"), ("SWAPDB 0 x", "invalid second DB index"),
        ("SWAPDB x y", "invalid first DB index"), ("SWAPDB 0 99999999999", "invalid second DB index"),
        ("SWAPDB 0 16", "DB index is out of range"), ("SWAPDB -1 0", "DB index is out of range"),
    ])
    func swapErrors(_ command: String, _ error: String) {
        NodeDialogue().expect([(command, "-ERR " + error)])
    }

    // MARK: Time

    @Test func times() {
        let dialogue = NodeDialogue()
        dialogue.expect("TIME", gives: bulks("1000000000", "0"))
        dialogue.skip(milliseconds: 1234)
        dialogue.expect("TIME", gives: bulks("1000000001", "234000"))
        dialogue.expect("LASTSAVE", gives: ":1000000000\r\n")
    }

    // MARK: SHUTDOWN

    @Test(arguments: ["SHUTDOWN", "SHUTDOWN NOSAVE", "SHUTDOWN nosave now force", "SHUTDOWN FORCE", "SHUTDOWN NOW NOW"])
    func shutdown(_ command: String) {
        let dialogue = NodeDialogue()
        #expect(dialogue.send(command.split(separator: " ").map(String.init)) == "")
        #expect(dialogue.effects().contains(.shutdown))
    }

    @Test(arguments: [
        ("SHUTDOWN x", "syntax error"), ("SHUTDOWN SAVE NOSAVE", "syntax error"),
        ("SHUTDOWN ABORT NOW", "syntax error"), ("SHUTDOWN NOSAVE ABORT", "syntax error"),
        ("SHUTDOWN NOSAVE FORCE NOW x", "syntax error"), ("SHUTDOWN ABORT", "No shutdown in progress."),
        (
            "SHUTDOWN SAVE",
            "this server keeps its data in memory only: start it with --dir <directory> to have snapshots written"
        ),
    ])
    func shutdownErrors(_ command: String, _ error: String) {
        let dialogue = NodeDialogue()
        dialogue.expect([(command, "-ERR " + error)])
        #expect(!dialogue.effects().contains(.shutdown))
    }

    /// Nothing behind SHUTDOWN is executed any more.
    @Test func shutdownEndsAPipeline() {
        let dialogue = NodeDialogue()
        #expect(dialogue.sendRaw("SET a 1\r\nSHUTDOWN\r\nSET a 2\r\n") == "+OK\r\n")
        #expect(dialogue.send("GET", "a", on: 1) == bulk("1"))
    }

    // MARK: CONFIG

    @Test func configGet() {
        let dialogue = NodeDialogue()
        dialogue.expect("CONFIG", "GET", "maxmemory", gives: bulks("maxmemory", "0"))
        dialogue.expect("CONFIG", "GET", "nonsense", gives: "*0\r\n")
        dialogue.expect("CONFIG", "GET", "PORT", "port", "po?t", gives: bulks("PORT", "6379"))
        dialogue.expect(
            "CONFIG", "GET", "MAXMEMORY-*", "timeout",
            gives: bulks(
                "maxmemory-clients", "1073741824", "maxmemory-policy", "noeviction", "maxmemory-samples", "5",
                "timeout", "0"))
        dialogue.expect(
            "CONFIG", "GET", "hash-max-*-entries",
            gives: bulks("hash-max-listpack-entries", "512", "hash-max-ziplist-entries", "512"))
        dialogue.modify { $0.connections[0].reply.isRESP3 = true }
        dialogue.expect("CONFIG", "GET", "timeout", gives: "%1\r\n" + bulk("timeout") + bulk("0"))
        // Every directive is shown once.
        let all = dialogue.send("CONFIG", "GET", "*")
        let names = Directive.all.reduce(0) { $0 + 1 + $1.aliases.count }
        #expect(all.hasPrefix("%\(names)\r\n"))
    }

    @Test func configSet() {
        let dialogue = NodeDialogue()
        dialogue.expect("CONFIG", "SET", "maxmemory", "3mb", "timeout", "7", gives: "+OK\r\n")
        #expect(dialogue.effects() == [.configurationChanged])
        dialogue.expect("CONFIG", "GET", "maxmemory", "timeout", gives: bulks("maxmemory", "3145728", "timeout", "7"))
        #expect(dialogue.inspect { $0.configuration.maxMemory } == 3 << 20)
    }

    @Test(arguments: [
        ("CONFIG SET timeout", "wrong number of arguments for 'config|set' command"),
        ("CONFIG SET timeout 1 maxmemory", "syntax error"),
        ("CONFIG SET timeout 1 nonsense 1", "Unknown option or number of arguments for CONFIG SET - 'nonsense'"),
        (
            "CONFIG SET timeout 1 databases 3",
            "CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config"
        ),
        (
            "CONFIG SET timeout 1 Timeout 2",
            "CONFIG SET failed (possibly related to argument 'Timeout') - duplicate parameter"
        ),
        (
            "CONFIG SET timeout 1 tcp-keepalive x",
            "CONFIG SET failed (possibly related to argument 'tcp-keepalive') - "
                + "argument couldn't be parsed into an integer"
        ),
        ("CONFIG GET", "wrong number of arguments for 'config|get' command"),
        ("CONFIG nonsense", "unknown subcommand 'nonsense'. Try CONFIG HELP."),
        ("CONFIG", "wrong number of arguments for 'config' command"),
    ])
    func configErrors(_ command: String, _ error: String) {
        let dialogue = NodeDialogue()
        dialogue.expect([(command, "-ERR " + error)])
        #expect(dialogue.inspect { $0.configuration.timeout } == 0)
        #expect(dialogue.effects() == [])
    }

    /// A password that is not text is not taken for another one, and none appears in an error.
    @Test func configSetOfBytes() {
        let dialogue = NodeDialogue()
        let words: [[UInt8]] = ["CONFIG", "SET", "requirepass"].map { Array($0.utf8) } + [[0xC3, 0x28, 0xFF]]
        let reply = String(decoding: dialogue.sendBytes(words), as: UTF8.self)
        #expect(reply == "-ERR CONFIG SET failed - the value is not valid UTF-8\r\n")
        #expect(dialogue.inspect { $0.configuration.requirePass } == "")
    }

    /// Those who were let in stay; newcomers need the password, and do not once it is gone.
    @Test func passwordWhileRunning() {
        let dialogue = NodeDialogue()
        dialogue.expect("CONFIG", "SET", "requirepass", "secret", gives: "+OK\r\n")
        dialogue.expect("CONFIG", "GET", "requirepass", gives: bulks("requirepass", "(redacted)"))
        dialogue.expect("PING", on: 1, gives: "-NOAUTH Authentication required.\r\n")
        dialogue.expect("CONFIG", "GET", "requirepass", on: 1, gives: "-NOAUTH Authentication required.\r\n")
        dialogue.expect("CONFIG", "SET", "requirepass", "", gives: "+OK\r\n")
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
    }

    @Test func statisticsAreReset() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "a", "1", "PX", "5")
        _ = dialogue.send("GET", "a")
        dialogue.advance(milliseconds: 10)
        _ = dialogue.send("GET", "a")
        _ = dialogue.send("nonsense")
        var info = fields(dialogue, "stats", "expiry")
        #expect(info["keyspace_hits"] == "1" && info["keyspace_misses"] == "1" && info["expired_keys"] == "1")
        #expect(info["total_error_replies"] == "1" && info["expiry_lag_count"] == "1")
        #expect(info["total_connections_received"] == "1")
        #expect(info["total_commands_processed"] == "3", "what was executed before")
        dialogue.expect("CONFIG", "RESETSTAT", gives: "+OK\r\n")
        info = fields(dialogue, "stats", "expiry")
        for name in ["keyspace_hits", "keyspace_misses", "expired_keys", "total_error_replies", "expiry_lag_count"] {
            #expect(info[name] == "0", "\(name)")
        }
        #expect(info["total_commands_processed"] == "1")
    }

    // MARK: INFO

    @Test func infoSections() {
        let dialogue = NodeDialogue()
        let whole = dialogue.send("INFO")
        #expect(headings(dialogue.send("INFO", "nonsense", "default")) == headings(whole))
        #expect(headings(dialogue.send("INFO", "memory", "CLIENTS", "nonsense")) == ["Clients", "Memory"])
        dialogue.expect("INFO", "nonsense", gives: bulk(""))
        dialogue.modify { $0.connections[0].reply.isRESP3 = true }
        dialogue.expect("INFO", "cluster", gives: "=34\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n")
    }

    /// Figures of the process are the runtime's; without one they are left out.
    @Test func processFigures() {
        let dialogue = NodeDialogue()
        let names = ["process_id", "used_memory_rss", "mem_fragmentation_ratio", "used_cpu_sys", "used_cpu_user"]
        for name in names { #expect(!dialogue.send("INFO").contains("\(name):")) }
        dialogue.modify {
            $0.process = ProcessUsage(
                processID: 42, residentBytes: 3 << 20, systemBytes: 1 << 30, userMicroseconds: 1_000_001,
                systemMicroseconds: 250_000)
        }
        let info = dialogue.send("INFO")
        for line in [
            "process_id:42", "used_memory_rss:3145728", "total_system_memory:1073741824",
            "total_system_memory_human:1.00G",
            "used_cpu_sys:0.250000", "used_cpu_user:1.000001",
        ] {
            #expect(info.contains("\r\n\(line)\r\n"), "\(line)")
        }
        #expect(info.contains("\r\nmem_fragmentation_ratio:"))
    }

    /// What Sentinel, StackExchange.Redis and exporters look for.
    @Test func infoFields() {
        let dialogue = NodeDialogue()
        dialogue.connect(1)
        dialogue.skip(milliseconds: 90_061_000)
        let info = fields(dialogue)
        let expected = [
            "redis_version": "7.0.15", "cloakroom_version": Node.version, "redis_mode": "standalone",
            "tcp_port": "6379", "uptime_in_seconds": "90061", "uptime_in_days": "1", "connected_clients": "2",
            "maxclients": "10000", "maxmemory": "0", "maxmemory_human": "0B", "maxmemory_policy": "noeviction",
            "role": "master", "connected_slaves": "0", "master_repl_offset": "0", "loading": "0",
            "rejected_connections": "0", "evicted_keys": "0", "pubsub_channels": "0", "pubsub_patterns": "0",
        ]
        for (name, value) in expected { #expect(info[name] == value, "\(name)") }
        for name in ["run_id", "master_replid"] {
            #expect(info[name]?.count == 40 && info[name]?.allSatisfy(\.isHexDigit) == true, "\(name)")
        }
        #expect(info["run_id"] != info["master_replid"])
    }

    @Test func infoMemory() throws {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "a", String(repeating: "x", count: 3 << 20))
        dialogue.advance(milliseconds: 1)
        let full = fields(dialogue, "memory")
        #expect(full["used_memory_human"] == "3.06M")
        #expect(full["used_memory_peak_perc"] == "100.00%")
        _ = dialogue.send("DEL", "a")
        let empty = fields(dialogue, "memory")
        #expect(empty["used_memory_peak"] == full["used_memory"])
        let used = try #require(empty["used_memory"].flatMap { Int($0) })
        #expect(used == dialogue.inspect { $0.execution.store.heap.usedBytes })
    }

    @Test func infoKeyspace() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "a", "1")
        for index in 0..<20 { _ = dialogue.send("SET", "key\(index)", "1", "PX", "5000") }
        _ = dialogue.send("SELECT", "2")
        _ = dialogue.send("SET", "a", "1")
        dialogue.skip(milliseconds: 1000)
        let info = fields(dialogue, "keyspace")
        #expect(info == ["db0": "keys=21,expires=20,avg_ttl=4000", "db2": "keys=1,expires=0,avg_ttl=0"])
    }

    @Test func infoSessions() {
        let dialogue = NodeDialogue()
        for index in 0..<4 { _ = dialogue.send("SESSCREATE", "ID", "token-0123456789-\(index)", "IDLE", "1000") }
        _ = dialogue.send("SESSREVOKE", "token-0123456789-0")
        _ = dialogue.send("SESSTOUCH", "token-0123456789-1", "IDLE", "60000")
        dialogue.advance(milliseconds: 2000)
        let info = fields(dialogue, "sessions")
        #expect(
            info == [
                "sessions_live": "1", "sessions_created": "4", "sessions_revoked": "1", "sessions_expired": "2",
                "tombstones": "1", "replaced_tokens": "0", "key_tombstones": "0", "tombstone_bytes": "48",
                "tombstone_bytes_limit": "15032371200", "tombstones_forgotten": "0", "zombie_writes": "0",
            ])
    }

    @Test func infoExpiry() {
        let dialogue = NodeDialogue()
        for (key, time) in [("a", "100"), ("b", "100"), ("c", "97"), ("d", "90000")] {
            _ = dialogue.send("SET", key, "1", "PX", time)
        }
        dialogue.skip(milliseconds: 100)
        #expect(fields(dialogue, "expiry")["expiry_backlog_ms"] != "0")
        dialogue.advance(milliseconds: 0)
        let info = fields(dialogue, "expiry")
        #expect(
            info == [
                "expiry_armed": "1", "expiry_backlog_ms": "0", "expiry_lag_count": "3", "expiry_lag_sum_ms": "3",
                "expiry_lag_p50_ms": "0", "expiry_lag_p99_ms": "3", "expiry_lag_max_ms": "3",
                "expiry_lag_histogram_ms": "0=2,3=1",
            ])
    }

    // MARK: MEMORY

    @Test func memoryUsage() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "a", String(repeating: "x", count: 1000))
        dialogue.expect([
            ("MEMORY USAGE none", "$-1"), ("MEMORY USAGE a", ":1024"), ("MEMORY USAGE a SAMPLES 0", ":1024"),
            ("MEMORY USAGE a SAMPLES", "-ERR syntax error"), ("MEMORY USAGE a SAMPLES -1", "-ERR syntax error"),
            ("MEMORY USAGE none nonsense 1", "-ERR syntax error"),
            ("MEMORY USAGE none SAMPLES x", "-ERR value is not an integer or out of range"),
            ("MEMORY USAGE a samples 1 SAMPLES 2", ":1024"),
            ("MEMORY nonsense", "-ERR unknown subcommand 'nonsense'. Try MEMORY HELP."),
        ])
    }

    /// Of a large hash: all that its deletion gives back, but for overflow buckets.
    @Test func memoryUsageOfTable() throws {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "other", "1")
        let before = dialogue.inspect { $0.execution.store.heap.usedBytes }
        for index in 0..<1000 { _ = dialogue.send("HSET", "h", "field\(index + 1000)", "value") }
        let used = dialogue.inspect { $0.execution.store.heap.usedBytes } - before
        let reply = dialogue.send("MEMORY", "USAGE", "h", "SAMPLES", "0")
        let all = try #require(Int(reply.filter(\.isNumber)))
        #expect(all <= used && all > used * 9 / 10, "\(all) of \(used)")
        #expect(dialogue.send("MEMORY", "USAGE", "h") == reply)
    }

    @Test func memoryStats() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "a", "1")
        let reply = dialogue.send("MEMORY", "STATS")
        #expect(reply.hasPrefix("*30\r\n" + bulk("peak.allocated") + ":"))
        #expect(reply.contains(bulk("keys.count") + ":1\r\n"))
        #expect(reply.contains(bulk("db.0") + "*4\r\n" + bulk("overhead.hashtable.main") + ":64\r\n"))
        #expect(reply.contains(bulk("peak.percentage") + bulk("100.00")))
        #expect(reply.split(separator: "\r\n").count > 30)
    }

    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (1536, "1.50K"), (990_576, "967.36K"), (25_276_502_016, "23.54G"),
        (1 << 20, "1.00M"), (1 << 41, "2.00T"),
    ])
    func bytesForPeople(_ bytes: Int, _ text: String) {
        #expect(MemoryReport.text(bytes) == text)
    }

    // MARK: DEBUG

    @Test func debugIsOffUnlessConfigured() {
        let refusal =
            "-ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it "
            + "from a local connection, otherwise you need to set this option in the configuration file, and then "
            + "restart the server.\r\n"
        NodeDialogue().expect("DEBUG", "SLEEP", "0", gives: refusal)
        NodeDialogue().expect(
            "CONFIG", "SET", "enable-debug-command", "yes",
            gives: "-ERR CONFIG SET failed (possibly related to argument 'enable-debug-command') - "
                + "can't set immutable config\r\n")
        var configuration = Configuration()
        configuration.debugCommand = .local
        configuration.protectedMode = false
        let dialogue = NodeDialogue(configuration)
        dialogue.expect("DEBUG", "SLEEP", "0", gives: "+OK\r\n")
        dialogue.connect(1, from: "203.0.113.5:4000", isLocal: false)
        dialogue.expect("DEBUG", "SLEEP", "0", on: 1, gives: refusal)
    }

    @Test(arguments: [
        ("1.5", 1_500_000), ("0.01", 10_000), ("0", nil), ("-1", nil), ("nonsense", nil), ("nan", nil),
        ("1e300", Int64.max),
    ] as [(String, Int64?)])
    func debugSleep(_ seconds: String, _ microseconds: Int64?) {
        let dialogue = NodeDialogue(Self.debugging())
        guard let microseconds else {
            dialogue.expect("DEBUG", "SLEEP", seconds, gives: "+OK\r\n")
            #expect(dialogue.effects().isEmpty)
            return
        }
        dialogue.expect("DEBUG", "SLEEP", seconds, gives: "")
        #expect(dialogue.effects() == [.sleep(microseconds: microseconds)])
        dialogue.complete()
        #expect(dialogue.read() == "+OK\r\n")
    }

    @Test func debugActiveExpire() {
        let dialogue = NodeDialogue(Self.debugging())
        dialogue.expect("DEBUG", "SET-ACTIVE-EXPIRE", "0", gives: "+OK\r\n")
        _ = dialogue.send("SET", "a", "1", "PX", "5")
        dialogue.advance(milliseconds: 100)
        dialogue.expect("DBSIZE", gives: ":1\r\n")
        dialogue.expect("DEBUG", "SET-ACTIVE-EXPIRE", "1", gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        dialogue.expect("DBSIZE", gives: ":0\r\n")
    }

    @Test(arguments: ["JMAP", "nonsense", "SLEEP", "SLEEP 1 2", "HELP x", "STRINGMATCH-LEN 3 a*", "DIGEST", "OBJECT"])
    func debugUnknown(_ rest: String) {
        let name = rest.split(separator: " ")[0]
        NodeDialogue(Self.debugging()).expect([
            (
                "DEBUG \(rest)",
                "-ERR unknown subcommand or wrong number of arguments for '\(name)'. Try DEBUG HELP."
            ),
        ])
    }

    @Test func debugOthers() {
        let dialogue = NodeDialogue(Self.debugging())
        let replicationID = fields(dialogue, "replication")["master_replid"]
        dialogue.expect([
            ("DEBUG ERROR ERR-of-mine", "-ERR-of-mine"),
            ("DEBUG RELOAD", "-ERR DEBUG RELOAD is not supported: restart the server instead"),
            ("DEBUG OBJECT none", "-ERR no such key"), ("SET a 1", "+OK"), ("DEBUG CHANGE-REPL-ID", "+OK"),
        ])
        #expect(fields(dialogue, "replication")["master_replid"] != replicationID)
        dialogue.skip(milliseconds: 3000)
        let object = dialogue.send("DEBUG", "OBJECT", "a")
        #expect(object.hasPrefix("+Value at:0x"))
        #expect(object.hasSuffix(" refcount:1 encoding:int lru:1000000000 lru_seconds_idle:3\r\n"))
        #expect(dialogue.send("DEBUG", "HELP").hasPrefix("*15\r\n+DEBUG <subcommand>"))
    }

    // MARK: COMMAND

    @Test func commandTable() {
        let dialogue = NodeDialogue()
        dialogue.expect("COMMAND", "COUNT", gives: ":\(CommandTable().commands.count)\r\n")
        #expect(dialogue.send("COMMAND").hasPrefix("*\(CommandTable().commands.count)\r\n*10\r\n$3\r\nget\r\n:2\r\n"))
        dialogue.expect("COMMAND", "GETKEYS", "HSET", "h", "a", "1", gives: bulks("h"))
        dialogue.expect("COMMAND", "INFO", "nonsense", gives: "*1\r\n$-1\r\n")
        #expect(dialogue.send("CONFIG", "HELP").contains("+CONFIG <subcommand>"))
        #expect(dialogue.send("MEMORY", "HELP").contains("+MEMORY <subcommand>"))
    }

    // MARK: Reading INFO

    private func fields(_ dialogue: NodeDialogue, _ sections: String...) -> [String: String] {
        var fields: [String: String] = [:]
        for line in dialogue.send(["INFO"] + sections).split(separator: "\r\n").dropFirst() where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            #expect(fields.updateValue(parts.count > 1 ? parts[1] : "", forKey: parts[0]) == nil, "\(line) twice")
        }
        return fields
    }

    private func headings(_ info: String) -> [String] {
        info.split(separator: "\r\n").filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
    }
}
