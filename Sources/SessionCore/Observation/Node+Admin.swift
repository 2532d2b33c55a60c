/// The admin port: which path shows what.
extension Node {
    /// Answers one request of HTTP. O(commands) for `/metrics`, O(1) otherwise.
    /// - Parameters:
    ///   - method: in capitals.
    ///   - target: path and query, or a whole address.
    public mutating func adminResponse(to method: String, target: String, now: Timestamp) -> AdminResponse {
        setTime(now)
        let isOptions = method == "OPTIONS"
        guard isOptions || method == "GET" || method == "HEAD" else {
            return .refusal(405, "the methods are \(AdminResponse.allowedMethods)")
        }
        let response = adminResponse(Self.relative(target[...]))
        return isOptions ? response.withoutBody() : response
    }

    /// What follows the host in a whole address, as clients send it to proxies.
    private static func relative(_ target: Substring) -> Substring {
        for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.utf8.count)
            guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
            return rest[start...]
        }
        return target
    }

    private func adminResponse(_ target: Substring) -> AdminResponse {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1] : ""
        do throws(QueryError) {
            switch parts.first ?? "" {
            case "/livez", "/liveness":
                try AdminQuery.checkEmpty(query)
                return response(livenessChecks())
            case "/readyz", "/readiness": return response(readinessChecks(lag: try AdminQuery.lag(query)))
            case "/primary":
                try AdminQuery.checkEmpty(query)
                return response(primaryChecks())
            case "/replica": return response(replicaChecks(lag: try AdminQuery.lag(query)))
            case "/metrics":
                try AdminQuery.checkEmpty(query)
                return AdminResponse(200, text: metrics(), contentType: MetricsText.contentType)
            // `OPTIONS *` asks about the server as a whole.
            case "*": return response(livenessChecks())
            default:
                return .refusal(404, "the paths are /livez, /readyz, /primary, /replica?lag=seconds and /metrics")
            }
        } catch {
            return .refusal(400, error.reason)
        }
    }

    /// 200 if all checks passed, else 503; each with its reason, and the role.
    private func response(_ checks: [HealthCheck]) -> AdminResponse {
        let isWell = checks.allSatisfy(\.isPassed)
        var json = JSONObject()
        json.member("status", isWell ? "ok" : "failed")
        json.member("role", replicationHealth().isPrimary ? "primary" : "replica")
        var list = JSONObject()
        for check in checks {
            var entry = JSONObject()
            entry.member("ok", check.isPassed)
            entry.member("reason", check.reason)
            list.member(check.name, entry)
        }
        json.member("checks", list)
        return AdminResponse(isWell ? 200 : 503, json: json)
    }
}

/// Why the query of a request to the admin port was refused; does not repeat it.
private struct QueryError: Error { let reason: String }

/// The part of a path after the question mark. A name that means nothing is refused: it is a misspelt condition.
private enum AdminQuery {
    static func checkEmpty(_ query: Substring) throws(QueryError) {
        if !query.isEmpty { throw QueryError(reason: "this path takes no query") }
    }

    /// `lag=seconds`; nil if it is not given.
    static func lag(_ query: Substring) throws(QueryError) -> Int64? {
        if query.isEmpty { return nil }
        let words = query.split(separator: "&", omittingEmptySubsequences: false)
        guard words.count == 1, words[0].hasPrefix("lag=") else {
            throw QueryError(reason: "the query may be lag=seconds and nothing else")
        }
        let digits = words[0].utf8.dropFirst(4)
        guard (1...9).contains(digits.count), digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
            throw QueryError(reason: "lag must be a whole number of seconds")
        }
        return digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
    }
}
