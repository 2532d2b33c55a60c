import Glibc

/// A moment on the monotonic clock by which something must have happened.
public struct Deadline: Sendable {
    private let end: Int64

    /// - Parameter seconds: from now.
    public static func within(_ seconds: Double) -> Deadline {
        Deadline(end: monotonicMicroseconds() + Int64(seconds * 1_000_000))
    }

    public var hasPassed: Bool { monotonicMicroseconds() >= end }

    /// Whole milliseconds left, rounded up so that a wait does not end early; 0 when it has passed.
    public var millisecondsLeft: Int32 {
        Int32(clamping: max(0, (end - monotonicMicroseconds() + 999) / 1000))
    }
}

/// Microseconds on the monotonic clock.
public func monotonicMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}

/// Milliseconds since 1970 on the wall clock.
public func wallMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// Asks again and again until `condition` holds, every two milliseconds, for at most `seconds`.
///
/// For what only the passage of real time brings about in another process: no fixed sleep is both short and reliable.
/// - Returns: whether it came to hold.
public func eventually(within seconds: Double = 5, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Deadline.within(seconds)
    repeat {
        if try condition() { return true }
        usleep(2_000)
    } while !deadline.hasPassed
    return try condition()
}
