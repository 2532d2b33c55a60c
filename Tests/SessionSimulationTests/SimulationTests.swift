import SessionSimulation
import Testing

/// Simulations of some seeds; `swift run -c release simulate --seeds 10000` runs many more.
@Suite struct SimulationTests {
    @Test(arguments: [1, 4]) func nothingIsViolated(hosts: Int) {
        for seed in 1...40 as ClosedRange<UInt64> {
            let report = Simulation(seed: seed, hosts: hosts).run()
            #expect(report.violations.isEmpty, "seed \(seed): \(report.trace.joined(separator: "\n"))")
        }
    }

    /// A seed says all there is to a run.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func aSeedReproducesItsRun(seed: UInt64) {
        let report = Simulation(seed: seed).run()
        #expect(Simulation(seed: seed).run() == report)
        #expect(Simulation(seed: seed + 1000).run().digest != report.digest)
    }

    /// The checks find something to check: each of the counts that say how much was looked at is well above nothing.
    @Test func muchIsChecked() {
        var statistics = Statistics()
        for seed in 1...20 as ClosedRange<UInt64> { statistics += Simulation(seed: seed).run().statistics }
        #expect(statistics.sessions > 500)
        #expect(statistics.served > 500)
        #expect(statistics.checked > 5000)
    }
}
