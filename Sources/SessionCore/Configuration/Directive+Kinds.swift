/// The kinds that only one directive has.
extension Directive {
    static let bind = addresses("bind", \.bind)

    static let adminBind = addresses("admin-bind", \.adminBind)

    /// Addresses to listen on.
    private static func addresses(_ name: String, _ path: Path<[String]>) -> Kind {
        .words(
            get: { $0[keyPath: path].joined(separator: " ") },
            set: { (configuration, words) throws(InvalidValue) in
                let addresses = words.flatMap { $0.split(separator: " ").map(String.init) }
                guard addresses.count <= Limits.bindAddresses else {
                    throw InvalidValue(reason: "Too many bind addresses specified.")
                }
                configuration[keyPath: path] = addresses
            },
            lines: { configuration in
                let words = configuration[keyPath: path]
                if words == Configuration()[keyPath: path] { return [] }
                return [RewrittenLine(name, words.isEmpty ? [""] : words, isForced: true)]
            })
    }

    /// Numbers from 0 to 100; none for no percentiles.
    static let latencyPercentiles = Kind.words(
        get: { $0.latencyPercentiles.map(ValueFormat.percentile).joined(separator: " ") },
        set: { (configuration, words) throws(InvalidValue) in
            var percentiles: [Double] = []
            for word in words == [""] ? [] : words {
                guard let percentile = ValueFormat.decimal(word) else {
                    throw InvalidValue(reason: "Invalid latency-tracking-info-percentiles parameters")
                }
                guard percentile >= 0, percentile <= 100 else {
                    throw InvalidValue(
                        reason: "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
                }
                percentiles.append(percentile)
            }
            guard percentiles.count <= Limits.percentiles else {
                throw InvalidValue(reason: "more than \(Limits.percentiles) percentiles")
            }
            configuration.latencyPercentiles = percentiles
        },
        lines: { configuration in
            let percentiles = configuration.latencyPercentiles.map(ValueFormat.percentile)
            return [
                RewrittenLine(
                    "latency-tracking-info-percentiles", percentiles.isEmpty ? [""] : percentiles, isForced: true)
            ]
        })

    /// An integer with a second bound, known only at run time.
    static let maxClients = Kind.words(
        get: { String($0.maxClients) },
        set: { (configuration, words) throws(InvalidValue) in
            let plain = Directive("maxclients", .integer(\.maxClients, 1...Int(UInt32.max)), mutable: true, "")
            var changed = configuration
            try plain.set(words, in: &changed)
            guard changed.maxClients <= configuration.maxClientsCeiling else {
                throw InvalidValue(
                    reason: "The operating system is not able to handle the specified number of clients, "
                        + "try with \(configuration.maxClientsCeiling)")
            }
            configuration = changed
        })

    static let daemonize = constant(
        "no", ["no"], "it stays in the foreground: let systemd or a container run it, and leave daemonize no")

    /// A directive with one possible value, known so that configurations written for Redis can be kept.
    static func constant(
        _ value: String, _ accepted: [String], _ reason: String,
        lines: (@Sendable (Configuration) -> [RewrittenLine])? = nil
    ) -> Kind {
        .words(
            get: { _ in value },
            set: { (_, words) throws(InvalidValue) in
                guard words.count == 1 || (words.isEmpty && value.isEmpty) else {
                    throw InvalidValue(reason: words.isEmpty ? "wrong number of arguments" : reason)
                }
                guard accepted.contains((words.first ?? "").lowercased()) else { throw InvalidValue(reason: reason) }
            },
            lines: lines)
    }

    static let logLevel = Kind.choice(
        ["debug", "verbose", "notice", "warning"],
        get: { $0.logLevel.rawValue },
        set: { configuration, index in
            if let severity = LogSeverity(rawValue: index) { configuration.logLevel = severity }
        })

    static let keyspaceEvents = Kind.word(
        get: { $0.keyspaceEvents.text },
        set: { (configuration, word) throws(InvalidValue) in
            guard let events = KeyspaceEvents(word) else {
                throw InvalidValue(reason: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
            }
            configuration.keyspaceEvents = events
        },
        written: { $0.keyspaceEvents.fullText })

    static let sessionPrefixes = Kind.words(
        get: { $0.sessionPrefixes.joined(separator: " ") },
        set: { (configuration, words) throws(InvalidValue) in
            // A configuration file may have them in one pair of quotation marks.
            let prefixes = words.flatMap { $0.split(separator: " ").map(String.init) }
            guard prefixes.count <= Limits.sessionPrefixes else {
                throw InvalidValue(reason: "at most \(Limits.sessionPrefixes) prefixes are possible")
            }
            guard prefixes.allSatisfy({ $0.utf8.count <= Limits.sessionPrefix }) else {
                throw InvalidValue(reason: "a prefix is longer than \(Limits.sessionPrefix) bytes")
            }
            configuration.sessionPrefixes = prefixes
        })

    static let replicaOf = Kind.words(
        get: { $0.replicaOf.map { "\($0.host) \($0.port)" } ?? "" },
        set: { (configuration, words) throws(InvalidValue) in
            if words.isEmpty || words == [""] {
                configuration.replicaOf = nil
                return
            }
            guard words.count == 2 else { throw InvalidValue(reason: "wrong number of arguments") }
            if words[0].lowercased() == "no" && words[1].lowercased() == "one" {
                configuration.replicaOf = nil
                return
            }
            guard HostName.isValid(words[0]) else {
                throw InvalidValue(reason: "Invalid master host")
            }
            guard let port = ValueFormat.integer(words[1]), (0...65535).contains(port) else {
                throw InvalidValue(reason: "Invalid master port")
            }
            configuration.replicaOf = PrimaryAddress(host: words[0], port: port)
        },
        lines: { configuration in
            guard let primary = configuration.replicaOf else { return [] }
            return [RewrittenLine("replicaof", [primary.host, String(primary.port)], isForced: true)]
        })

    static let maxMemoryClients = Kind.word(
        get: { $0.maxMemoryClients.text },
        set: { (configuration, word) throws(InvalidValue) in
            configuration.maxMemoryClients = try ClientMemoryLimit(word)
        },
        written: { $0.maxMemoryClients.shortText })

    static let announcedAddress = Kind.word(
        get: { $0.replicaAnnounceAddress },
        set: { (configuration, word) throws(InvalidValue) in
            guard word.isEmpty || HostName.isValid(word) else {
                throw InvalidValue(reason: "argument must be a host name or an address")
            }
            configuration.replicaAnnounceAddress = word
        })

    static let debugCommand = Kind.choice(
        DebugAccess.allCases.map(\.rawValue),
        get: { DebugAccess.allCases.firstIndex(of: $0.debugCommand) ?? 0 },
        set: { $0.debugCommand = DebugAccess.allCases[$1] })

    static let aclPubSubDefault = Kind.choice(
        ["allchannels", "resetchannels"],
        get: { $0.aclPubSubDefault ? 0 : 1 },
        set: { $0.aclPubSubDefault = $1 == 0 })

    static let unsupportedTypes = Kind.choice(
        ["refuse", "skip"],
        get: { $0.skipsUnsupportedTypes ? 1 : 0 },
        set: { $0.skipsUnsupportedTypes = $1 == 1 })

    static let maxMemoryPolicy = Kind.choice(
        EvictionPolicy.allCases.map(\.rawValue),
        get: { EvictionPolicy.allCases.firstIndex(of: $0.maxMemoryPolicy) ?? 0 },
        set: { $0.maxMemoryPolicy = EvictionPolicy.allCases[$1] })

    /// Groups of four words: class, hard limit, soft limit, seconds above the soft limit. Classes not named keep
    /// theirs.
    static let outputLimits = Kind.words(
        get: { configuration in
            "normal \(configuration.normalOutputLimit.text) slave \(configuration.replicaOutputLimit.text) "
                + "pubsub \(configuration.pubsubOutputLimit.text)"
        },
        set: { (configuration, words) throws(InvalidValue) in
            let words = words == [""] ? [] : words
            guard words.count.isMultiple(of: 4) else {
                throw InvalidValue(reason: "Wrong number of arguments in buffer limit configuration.")
            }
            var changed = configuration
            for start in stride(from: 0, to: words.count, by: 4) {
                let path: WritableKeyPath<Configuration, OutputLimit>
                switch words[start].lowercased() {
                case "normal": path = \.normalOutputLimit
                case "slave", "replica": path = \.replicaOutputLimit
                case "pubsub": path = \.pubsubOutputLimit
                default: throw InvalidValue(reason: "Invalid client class specified in buffer limit configuration.")
                }
                guard let limit = OutputLimit(words[(start + 1)...(start + 3)]) else {
                    throw InvalidValue(
                        reason: "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
                }
                changed[keyPath: path] = limit
            }
            configuration = changed
        },
        lines: { configuration in
            let paths: [(String, WritableKeyPath<Configuration, OutputLimit>)] = [
                ("normal", \.normalOutputLimit), ("replica", \.replicaOutputLimit), ("pubsub", \.pubsubOutputLimit),
            ]
            return paths.map { name, path in
                let limit = configuration[keyPath: path]
                let hard = ValueFormat.shortest(memory: limit.hard)
                let soft = ValueFormat.shortest(memory: limit.soft)
                return RewrittenLine(
                    "client-output-buffer-limit", [name, hard, soft, String(limit.softSeconds)],
                    isForced: limit != Configuration()[keyPath: path])
            }
        })
}

extension OutputLimit {
    /// `hard soft seconds`; nil if one of them is malformed.
    fileprivate init?(_ words: ArraySlice<String>) {
        let words = Array(words)
        guard let hard = ValueFormat.memory(words[0]), let soft = ValueFormat.memory(words[1]),
            let seconds = ValueFormat.integer(words[2]), seconds >= 0
        else { return nil }
        self.init(hard: hard, soft: soft, softSeconds: seconds)
    }

    fileprivate var text: String { "\(hard) \(soft) \(softSeconds)" }
}
