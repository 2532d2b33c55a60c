/// How much is being done now, from counters that only grow: the difference to what they were about a second ago. Fixed
/// size, O(1) to note.
struct RateSampler: ~Copyable {
    struct Sample: BitwiseCopyable {
        /// Monotonic microseconds.
        var time: Int64
        var commands: Int64
        var bytesReceived: Int64
        var bytesSent: Int64
    }

    /// A second of samples at the rate at which they are taken, and some.
    private static let count = 16
    private static let interval: Int64 = 100_000

    private var samples: Vector<Sample>
    /// Where the next one goes.
    private var next = 0

    init(_ first: Sample) { samples = Vector(repeating: first, count: RateSampler.count) }

    /// When the next sample is due.
    private(set) var due: Int64 = 0

    mutating func note(_ sample: Sample) {
        samples[next] = sample
        next = (next + 1) % RateSampler.count
        due = sample.time + RateSampler.interval
    }

    /// The latest sample that is at least a second old, or the oldest.
    func base(_ now: Int64) -> Sample {
        for age in 1..<RateSampler.count {
            let sample = samples[(next - age + RateSampler.count) % RateSampler.count]
            if now - sample.time >= 1_000_000 { return sample }
        }
        return samples[next]
    }
}
