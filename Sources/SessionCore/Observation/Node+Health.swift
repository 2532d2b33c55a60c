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
        if lifecycle.stopping == .now { return HealthCheck("draining", false, "the server stops now") }
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
