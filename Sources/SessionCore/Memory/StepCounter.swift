import CLinux

/// Counts what the calling thread does to memory, in builds with assertions: a step for each access to the heap, to an
/// element of a vector, to a byte or word of a span, and for each cache line that is copied or compared. So a test can
/// tell how the work of a command grows with the data, on any machine and with the same result every time.
///
/// In release builds there is neither the counting nor its cost. Each thread counts for itself, since tests run side by
/// side. What is counted is never read by the code that is counted.
enum StepCounter {
    /// Steps of the calling thread so far; 0 in release builds.
    static var steps: UInt64 { clinux_steps() }

    @inline(__always)
    static func count() {
        #if DEBUG
        clinux_count_steps(1)
        #endif
    }

    /// Counts bytes that are copied, compared or searched.
    @inline(__always)
    static func count(bytes: Int) {
        #if DEBUG
        clinux_count_steps(1 + UInt64(truncatingIfNeeded: max(0, bytes)) / 64)
        #endif
    }
}
