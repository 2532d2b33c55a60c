/// How long something took, as a distribution with two significant digits. Fixed size, O(1) to record.
///
/// The high dynamic range histogram of Gil Tene (http://hdrhistogram.org), with the parameters that Redis gives it: 128
/// buckets for each power of two up to a second, so that percentiles come out as Redis's. Its 24 KiB are allocated with
/// the first duration recorded.
struct LatencyHistogram: ~Copyable {
    /// Nanoseconds; what took longer is counted as this.
    static let longest: UInt64 = 1_000_000_000
    /// Buckets of a power of two; below twice as many nanoseconds each has a bucket of its own.
    private static let half = 128
    static let buckets = 3072

    private var counts = Vector<UInt64>()
    /// Durations recorded.
    private(set) var total: UInt64 = 0

    init() {}

    @inline(__always)
    mutating func record(_ nanoseconds: UInt64, calls: UInt64 = 1) {
        if counts.isEmpty { allocate() }
        counts[LatencyHistogram.bucket(nanoseconds)] &+= calls
        total &+= calls
    }

    /// A duration that was recorded as `counted` is another one. It may have been forgotten meanwhile.
    mutating func correct(from counted: UInt64, to nanoseconds: UInt64) {
        let bucket = LatencyHistogram.bucket(counted)
        if total > 0 && counts[bucket] > 0 {
            counts[bucket] &-= 1
            total &-= 1
        }
        record(nanoseconds)
    }

    @inline(never)
    private mutating func allocate() { counts = Vector(repeating: 0, count: LatencyHistogram.buckets) }

    mutating func reset() { self = LatencyHistogram() }

    /// The bucket that counts a duration; 0 counts as 1 ns, as in Redis.
    @inline(__always)
    static func bucket(_ nanoseconds: UInt64) -> Int {
        let value = max(1, min(nanoseconds, longest))
        let magnitude = 56 &- (value | 255).leadingZeroBitCount
        return magnitude &* half &+ Int(truncatingIfNeeded: value >> UInt64(magnitude))
    }

    /// The longest duration that a bucket counts, in nanoseconds.
    static func upperBound(_ bucket: Int) -> UInt64 {
        if bucket < 2 * half { return UInt64(bucket) }
        let magnitude = bucket / half - 1
        return (UInt64(bucket - magnitude * half + 1) << UInt64(magnitude)) - 1
    }

    /// The duration in nanoseconds that the given share (0 ... 100) of those recorded did not exceed; 0 with none.
    func percentile(_ percentile: Double) -> UInt64 {
        guard total > 0 else { return 0 }
        let wanted = max(1, UInt64(min(percentile, 100) / 100 * Double(total) + 0.5))
        var seen: UInt64 = 0
        for bucket in 0..<LatencyHistogram.buckets {
            seen += counts[bucket]
            if seen >= wanted {
                // The lowest percentile is the lower end of its bucket.
                return percentile == 0 && bucket > 0
                    ? LatencyHistogram.upperBound(bucket - 1) + 1 : LatencyHistogram.upperBound(bucket)
            }
        }
        return LatencyHistogram.longest
    }

    /// The cumulative distribution as `LATENCY HISTOGRAM` shows it: by doubling bounds, from about a microsecond on,
    /// each in microseconds and with the number of durations up to it. Bounds that add nothing are left out.
    func cumulative() -> [(microseconds: UInt64, count: UInt64)] {
        var found: [(microseconds: UInt64, count: UInt64)] = []
        var (seen, bucket): (UInt64, Int) = (0, 0)
        var bound: UInt64 = 1024
        while seen < total {
            // The bucket in which the bound lies belongs to it, as in Redis.
            let last = bound > LatencyHistogram.longest ? LatencyHistogram.buckets - 1 : LatencyHistogram.bucket(bound)
            let before = seen
            while bucket <= last {
                seen += counts[bucket]
                bucket += 1
            }
            if seen > before { found.append((LatencyHistogram.upperBound(last) / 1000, seen)) }
            bound *= 2
        }
        return found
    }
}
