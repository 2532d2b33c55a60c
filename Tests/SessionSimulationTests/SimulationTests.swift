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

    /// Seeds that once had a violation.
    @Test(arguments: [
        180,  // WAIT counted two connections of one replica.
        558,  // A change after a promotion ended a session early.
        11_509,  // The links of nodes without load broke again and again, as repl-timeout was as short as the period.
    ] as [UInt64]) func whatOnceFailedPasses(seed: UInt64) {
        let report = Simulation(seed: seed, disks: false).run()
        #expect(report.violations.isEmpty, "seed \(seed): \(report.trace.joined(separator: "\n"))")
    }

    /// Seeds with disks that once had a violation.
    @Test(arguments: [
        2,  // A segment was not synchronised after its process was killed, but another one followed.
        13, 25,  // Sessions that were touched expired while the log was being loaded.
        40,  // A base held deadlines that touches had put off.
    ] as [UInt64]) func whatOnceFailedOnDisksPasses(seed: UInt64) {
        let report = Simulation(seed: seed, hosts: 1).run()
        #expect(report.violations.isEmpty, "seed \(seed): \(report.trace.joined(separator: "\n"))")
    }

    /// The checks find something to check: each of the counts that say how much was looked at is well above nothing.
    @Test func muchIsChecked() {
        var statistics = Statistics()
        for seed in 1...20 as ClosedRange<UInt64> { statistics += Simulation(seed: seed).run().statistics }
        #expect(statistics.replies > 5000)
        #expect(statistics.errors > 100)
        #expect(statistics.checked > 50_000)
        #expect(statistics.acknowledged > 200)
        #expect(statistics.sessions > 500)
        #expect(statistics.served > 500)
        #expect(statistics.histories > 20)
        #expect(statistics.events > 50_000)
        #expect(statistics.compared > 1000)
        #expect(statistics.failovers > 2)
        #expect(statistics.handovers > 2)
        #expect(statistics.loaded > 40)
        #expect(statistics.kept > 5)
        #expect(statistics.disk.steps > 5000 && statistics.disk.syncs > 1000)
        #expect(statistics.disk.renames > 50 && statistics.disk.full > 0 && statistics.disk.failedSyncs > 0)
        #expect(statistics.disk.kills > 5 && statistics.disk.powerLosses > 5)
        #expect(statistics.disk.unsyncedFiles > 2)
    }
}
