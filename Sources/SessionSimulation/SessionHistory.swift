import SessionCore

/// What is known of a session after something was done to it. Times in Unix milliseconds.
struct SessionState {
    let user: Int
    var idle: Int64
    /// The absolute timeout; 0 for none.
    var end: Int64
    /// It ends between these two: on the node that was asked last both are the same, elsewhere it may end later by the
    /// step in which touches are sent.
    var earliestDeadline: Int64
    var latestDeadline: Int64
    var version: Int64 = 1
    var value: String
    /// Its token, and those it had before, oldest first.
    var token = 0
    var replaced: [Int] = []
    var graceUntil: Int64 = 0
    var isRevoked = false
    /// Nothing else is certain.
    var isUncertain = false

    mutating func setDeadline(_ deadline: Int64) { (earliestDeadline, latestDeadline) = (deadline, deadline) }

    /// As the session appears where its touches come in steps of `step` milliseconds.
    func seenFromAfar(step: Int64) -> SessionState {
        guard step > 1 else { return self }
        var state = self
        state.latestDeadline = (latestDeadline + step - 1) / step * step
        if end != 0 { state.latestDeadline = min(state.latestDeadline, end) }
        return state
    }

    enum Finding { case live, grace, reused, dead }

    /// What a token leads to at a moment.
    func find(_ token: Int, at now: Int64) -> Finding {
        if isRevoked || now >= latestDeadline { return .dead }
        if token == self.token { return .live }
        guard replaced.contains(token) else { return .dead }
        return token == replaced.last && now < graceUntil ? .grace : .reused
    }

    /// Whether it certainly has not ended by time.
    func isWithin(_ now: Int64) -> Bool { now < earliestDeadline }
}

/// A session in all histories: its tokens, and its states in the order in which they came about.
struct SessionHistory {
    var tokens: [String]
    var states: [(mark: Mark, state: SessionState)] = []
}

/// What a place in the histories knows of something.
enum Knowledge<Value> {
    case nothing
    case value(Value, isOwn: Bool)
    case unsure
}

/// A plain key's value after something was done to it; nil where there is none.
typealias KeyState = (mark: Mark, image: KeyImage?)
