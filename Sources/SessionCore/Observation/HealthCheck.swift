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
