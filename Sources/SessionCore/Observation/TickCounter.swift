/// A counter that runs with time, for measuring how long commands take.
///
/// The node reads it between commands, which is too often for a system call: the runtime gives the processor's counter
/// where that is steady. Reading it decides nothing but figures (`INFO commandstats`, `SLOWLOG`, `LATENCY`) and which
/// requests make way for those of others (`TurnBudget`), so a node with another counter, or with one that stands still,
/// answers all other commands alike.
public struct TickCounter: Sendable {
    /// Ticks so far; never less than before. Called with `source`.
    public typealias Reading = @Sendable @convention(c) (UInt) -> UInt64

    private let reading: Reading
    private let source: UInt
    /// Nanoseconds a tick, with 32 fractional bits.
    private let scale: UInt64

    /// - Parameters:
    ///   - frequency: ticks a second, from 1 to 2^62.
    ///   - source: handed to `reading`: which counter to read, where there are several.
    public init(frequency: UInt64, source: UInt = 0, reading: @escaping Reading) {
        precondition(frequency > 0 && frequency < 1 << 62)
        self.reading = reading
        self.source = source
        let (whole, rest) = UInt64(1_000_000_000).quotientAndRemainder(dividingBy: frequency)
        scale = whole << 32 | frequency.dividingFullWidth((rest >> 32, rest << 32)).quotient
    }

    /// A counter that stands still: all durations are 0.
    public static var stopped: TickCounter { TickCounter(frequency: 1_000_000_000) { _ in 0 } }

    @inline(__always)
    func read() -> UInt64 { reading(source) }

    /// The time between two readings, in nanoseconds; 0 if the counter went back.
    @inline(__always)
    func nanoseconds(from start: UInt64, to end: UInt64) -> UInt64 {
        guard end > start else { return 0 }
        let (high, low) = (end &- start).multipliedFullWidth(by: scale)
        return high << 32 | low >> 32
    }

    /// The ticks in a time of at most four seconds; at least one.
    func ticks(inNanoseconds nanoseconds: UInt64) -> UInt64 {
        precondition(nanoseconds < 1 << 32)
        return scale == 0 ? nanoseconds : max(1, (nanoseconds << 32) / scale)
    }
}
