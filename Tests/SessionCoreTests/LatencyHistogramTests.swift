import Testing

@testable import SessionCore

/// The histogram of durations. Expected values are those that redis-server 7.0.15 showed for the same durations.
@Suite struct LatencyHistogramTests {
    @Test(arguments: [
        (1, 1), (255, 255), (256, 257), (2000, 2007), (3000, 3007), (4000, 4015), (8000, 8031), (9000, 9023),
        (17_000, 17_023), (30_000, 30_079), (39_000, 39_167), (67_000, 67_071), (125_000, 125_439),
        (148_000, 148_479), (1_000_000_000, 1_002_438_655),
    ] as [(UInt64, UInt64)])
    func boundsAreThoseOfRedis(duration: UInt64, bound: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(duration)
        #expect(histogram.percentile(50) == bound)
        #expect(LatencyHistogram.upperBound(LatencyHistogram.bucket(duration)) == bound)
    }

    @Test func everyDurationIsWithinItsBucketAndOnePercentOfItsBound() {
        var duration: UInt64 = 1
        while duration <= LatencyHistogram.longest {
            let bucket = LatencyHistogram.bucket(duration)
            #expect(bucket < LatencyHistogram.buckets)
            let bound = LatencyHistogram.upperBound(bucket)
            #expect(bound >= duration && bound - duration <= duration / 100)
            #expect(bucket == 0 || LatencyHistogram.upperBound(bucket - 1) < duration)
            duration += duration / 7 + 1
        }
    }

    @Test func percentiles() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(50) == 0 && histogram.cumulative().isEmpty)
        for duration in 1...100 { histogram.record(UInt64(duration)) }
        let found = [0, 1, 50, 99, 99.9, 100, 1000].map { histogram.percentile($0) }
        #expect(found == [1, 1, 50, 99, 100, 100, 100])
    }

    @Test func whatIsTooLongOrNothingIsCounted() {
        var histogram = LatencyHistogram()
        histogram.record(0)
        histogram.record(.max)
        #expect(histogram.total == 2)
        #expect(histogram.percentile(0) == 1)
        #expect(histogram.percentile(100) == LatencyHistogram.upperBound(LatencyHistogram.bucket(1_000_000_000)))
        histogram.reset()
        #expect(histogram.total == 0 && histogram.percentile(100) == 0)
    }

    @Test func cumulativeDistribution() {
        var histogram = LatencyHistogram()
        for duration: UInt64 in [500, 1031, 1032, 20_000, 130_000, 2_000_000_000] { histogram.record(duration) }
        let found = histogram.cumulative().map { "\($0.microseconds)=\($0.count)" }
        #expect(found == ["1=2", "2=3", "33=4", "132=5", "1073741=6"])
    }

    @Test(arguments: [
        (1_000_000_000, 5, 5), (1_000_000, 3, 3000), (2_400_000_000, 24, 10), (3_000_000_000, 10, 3),
        (1, 2, 2_000_000_000),
    ] as [(UInt64, UInt64, UInt64)])
    func ticksToNanoseconds(frequency: UInt64, ticks: UInt64, nanoseconds: UInt64) {
        let counter = TickCounter(frequency: frequency) { _ in 0 }
        // The fraction is rounded down.
        #expect(nanoseconds - counter.nanoseconds(from: 100, to: 100 + ticks) <= 1)
        #expect(counter.nanoseconds(from: 100 + ticks, to: 100) == 0, "a counter that goes back")
    }
}
