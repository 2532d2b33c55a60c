/// What the admin port answers to a request.
public struct AdminResponse: Sendable, Equatable {
    /// A status of HTTP.
    public let status: Int
    public let contentType: String
    public let body: [UInt8]

    /// The methods that every path takes, for the header `Allow`.
    public static let allowedMethods = "GET, HEAD, OPTIONS"

    init(_ status: Int, json: consuming JSONObject) {
        self.status = status
        contentType = "application/json"
        json.close()
        body = json.text.bytes.array + Array("\n".utf8)
    }

    init(_ status: Int, text: String, contentType: String) {
        self.status = status
        self.contentType = contentType
        body = Array(text.utf8)
    }

    /// A request that is not answered by what it asks for.
    /// - Parameter reason: for people; must not repeat what was sent.
    public static func refusal(_ status: Int, _ reason: String) -> AdminResponse {
        var json = JSONObject()
        json.member("status", Int64(status))
        json.member("reason", reason)
        return AdminResponse(status, json: json)
    }

    /// The answer where the node did not give one within `AdminPort.patience`.
    public static var unresponsive: AdminResponse {
        refusal(503, "the server did not answer within a second: something holds it up, or it is overloaded")
    }

    /// The same without a body, for `OPTIONS`.
    func withoutBody() -> AdminResponse { AdminResponse(status, text: "", contentType: contentType) }
}

/// What the admin port allows its clients: see `Limits`.
public enum AdminPort {
    public static var connections: Int { Limits.adminConnections }
    /// Seconds.
    public static var requestTime: Int64 { Limits.adminRequestTime }
    public static var idleTime: Int64 { Limits.adminIdleTime }
    public static var lingerTime: Int64 { Limits.adminLingerTime }
    public static var patience: Int64 { Limits.adminPatience }
    /// Bytes.
    public static var target: Int { Limits.adminTarget }
    public static var headerField: Int { Limits.adminHeaderField }
    public static var headers: Int { Limits.adminHeaders }
    public static var headerFields: Int { Limits.adminHeaderFields }
    public static var body: Int { Limits.adminBody }
    public static var lingerBytes: Int { Limits.adminLingerBytes }
    public static var read: Int { Limits.adminRead }
}
