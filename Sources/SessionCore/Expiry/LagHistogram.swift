/// How late records were removed after their deadline: counts by power of two of milliseconds. Fixed size, O(1).
///
/// Bucket 0 counts lags of 0 ms (or less), bucket n those of 2^(n-1) to 2^n - 1 ms; the last one takes all longer ones.
struct LagHistogram: ~Copyable {
    static let buckets = 24
    private var counts = Vector<UInt64>(repeating: 0, count: LagHistogram.buckets)
    /// Records counted.
    private(set) var total: UInt64 = 0
    /// The longest lag, in milliseconds.
    private(set) var maximum: Int64 = 0
    /// Sum of all lags, in milliseconds.
    private(set) var sum: Int64 = 0

    mutating func record(_ milliseconds: Int64) {
        let lag = max(0, milliseconds)
        counts[min(Int64.bitWidth - lag.leadingZeroBitCount, LagHistogram.buckets - 1)] += 1
        total += 1
        sum += lag
        maximum = max(maximum, lag)
    }

    /// Records in bucket `index`.
    subscript(index: Int) -> UInt64 { counts[index] }

    /// Longest lag that bucket `index` counts, in milliseconds.
    static func upperBound(_ index: Int) -> Int64 { (1 << Int64(index)) - 1 }

    /// An upper bound of the lag that the given share (0 ... 1) of records did not exceed; 0 with none counted.
    func quantile(_ share: Double) -> Int64 {
        let wanted = UInt64((Double(total) * share).rounded(.up))
        var seen: UInt64 = 0
        for index in 0..<LagHistogram.buckets {
            seen += counts[index]
            if seen >= wanted && seen > 0 { return min(LagHistogram.upperBound(index), maximum) }
        }
        return maximum
    }

    mutating func reset() { self = LagHistogram() }
}
