/// One of the conditions of a health check, and how it stands.
struct HealthCheck {
    let name: StaticString
    let isPassed: Bool
    /// For people.
    let reason: String

    init(_ name: StaticString, _ isPassed: Bool, _ reason: String) {
        (self.name, self.isPassed, self.reason) = (name, isPassed, reason)
    }
}

/// Health checks: what load balancers and orchestrators ask for.
extension Node {
    /// `/livez`: the process works. Whoever can answer that, does; what could be wrong is that nobody answers.
    func livenessChecks() -> [HealthCheck] { [HealthCheck("eventLoop", true, "answers")] }

    /// `/readyz`: requests may be sent here.
    /// - Parameter lag: most seconds that a replica may be behind; nil for what `health-max-lag` says.
    func readinessChecks(lag: Int64?) -> [HealthCheck] {
        let health = replicationHealth()
        let limit = lag ?? (configuration.healthMaxLag == 0 ? nil : Int64(configuration.healthMaxLag))
        return [
            health.loadingCheck, health.linkCheck, health.lagCheck(limit), drainingCheck, memoryCheck,
        ]
    }

    /// `/primary`: it takes writes.
    func primaryChecks() -> [HealthCheck] {
        let health = replicationHealth()
        let role = health.isPrimary ? "it is a primary" : "it is a replica"
        return [
            HealthCheck("role", health.isPrimary, role), health.loadingCheck, health.replicasCheck, drainingCheck,
        ]
    }

    /// `/replica`: it answers reads with data that is at most so old.
    /// - Parameter lag: most seconds that it may be behind; nil for any number.
    func replicaChecks(lag: Int64?) -> [HealthCheck] {
        let health = replicationHealth()
        let role = health.isPrimary ? "it is a primary" : "it is a replica"
        return [
            HealthCheck("role", !health.isPrimary, role), health.loadingCheck, health.linkCheck,
            health.lagCheck(lag), drainingCheck,
        ]
    }

    private var drainingCheck: HealthCheck {
        if stopping == .now { return HealthCheck("draining", false, "the server stops now") }
        guard let left = stoppingTimeLeft else { return HealthCheck("draining", true, "the server is not stopping") }
        return HealthCheck("draining", false, "draining: the server stops in \(left) ms")
    }

    /// Whether a write that needs memory would be refused.
    private var memoryCheck: HealthCheck {
        if execution.isHeapFull { return HealthCheck("memory", false, "the address space for data is used up") }
        guard execution.isOverMemory else { return HealthCheck("memory", true, "there is room for data") }
        let makesRoom = configuration.maxMemoryPolicy != .noEviction
        let policy = configuration.maxMemoryPolicy.rawValue
        return HealthCheck(
            "memory", makesRoom,
            makesRoom
                ? "maxmemory is reached; \(policy) makes room"
                : "out of memory: maxmemory is reached, and maxmemory-policy is \(policy)")
    }
}

extension ReplicationHealth {
    var loadingCheck: HealthCheck {
        HealthCheck("loading", !isLoading, isLoading ? "the data is not complete yet" : "the data is there")
    }

    var linkCheck: HealthCheck {
        if isPrimary { return HealthCheck("link", true, "a primary has no link to another one") }
        return HealthCheck("link", isLinkUp, "the link to the primary is \(isLinkUp ? "up" : "down")")
    }

    /// A primary that its replicas do not hear of may have been replaced by one of them.
    var replicasCheck: HealthCheck {
        HealthCheck(
            "replicas", hasEnoughReplicas,
            hasEnoughReplicas
                ? "writes are not refused for lack of replicas"
                : "writes are refused: fewer replicas are near than min-replicas-to-write asks for")
    }

    /// - Parameter limit: most seconds; nil for any number.
    func lagCheck(_ limit: Int64?) -> HealthCheck {
        if isPrimary { return HealthCheck("lag", true, "a primary is never behind") }
        let bound = limit.map { "at most \($0) s are allowed" } ?? "any lag is allowed"
        guard let lag = lagSeconds else {
            return HealthCheck("lag", limit == nil, "how far it is behind is not known; \(bound)")
        }
        return HealthCheck("lag", limit.map { lag <= $0 } ?? true, "\(lag) s behind; \(bound)")
    }
}
