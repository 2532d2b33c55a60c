import CLinux
import SessionCore

/// Reads the system's clocks. Both readings go through the vDSO: no system call.
enum Clock {
    @inline(__always)
    static func now() -> Timestamp {
        Timestamp(
            unixMicroseconds: clinux_unix_microseconds(), monotonicMicroseconds: clinux_monotonic_microseconds())
    }
}

extension TickCounter {
    /// The cheapest steady counter of this machine. Finding its frequency takes up to two milliseconds.
    static var system: TickCounter {
        let source = clinux_tick_source()
        return TickCounter(frequency: clinux_tick_frequency(source), source: source) { clinux_ticks($0) }
    }
}

/// Entropy from the system's CSPRNG.
enum Entropy {
    /// Most bytes of one call: up to this many, getrandom(2) is neither cut short nor interrupted.
    static let chunk = 256

    /// What a node starts with: each part is drawn from getrandom(2) by itself.
    static func seeds() -> NodeSeeds {
        var generator = SystemRandomNumberGenerator()
        return NodeSeeds(using: &generator)
    }
}
