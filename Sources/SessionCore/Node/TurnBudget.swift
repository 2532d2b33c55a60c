/// For how long requests are executed before others have their turn. One read may hold thousands of requests that each
/// take milliseconds: what is left of them after `Limits.turn` waits until the other connections were served, and what
/// arrives after `Limits.round` until the runtime has looked for input and sent what there is.
///
/// Time comes in as readings of the node's `TickCounter`; with one that stands still nothing is ever put off. Requests
/// that are put off are executed as if they had arrived later, so that this changes no reply.
struct TurnBudget: BitwiseCopyable {
    /// Ticks that a connection and a round may take.
    private let turn: UInt64
    private let round: UInt64
    /// Readings at which they are over; 0 until they begin.
    private var turnEnd: UInt64 = 0
    private var roundEnd: UInt64 = 0

    init(_ ticks: TickCounter) {
        turn = ticks.ticks(inNanoseconds: Limits.turn)
        round = ticks.ticks(inNanoseconds: Limits.round)
    }

    /// The next batch is the first one of another connection.
    @inline(__always)
    mutating func beginTurn() { turnEnd = 0 }

    /// The next batch is the first one after others were looked after.
    @inline(__always)
    mutating func beginRound() { roundEnd = 0 }

    /// A batch begins.
    @inline(__always)
    mutating func begin(at tick: UInt64) {
        if turnEnd == 0 { turnEnd = tick &+ turn }
        if roundEnd == 0 { roundEnd = tick &+ round }
    }

    /// Whether the connection being served has had its share.
    @inline(__always)
    func isTurnOver(at tick: UInt64) -> Bool { tick > turnEnd }

    /// Whether all connections together have.
    @inline(__always)
    func isRoundOver(at tick: UInt64) -> Bool { roundEnd != 0 && tick > roundEnd }
}
