import Benchmark

/// What `swift package benchmark` runs: one function per subject, each in its own file.
///
/// Every iteration does a thousand operations (`.kilo`), and the times reported are divided by it: a clock read costs
/// more than most operations do. CPU time is not among the metrics, for it is counted in ticks of 10 ms.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput],
        timeUnits: .nanoseconds,
        warmupIterations: 10,
        scalingFactor: .kilo,
        maxDuration: .seconds(1)
    )
    parserBenchmarks()
    replyWriterBenchmarks()
    byteBufferBenchmarks()
    tableBenchmarks()
    wheelBenchmarks()
}
