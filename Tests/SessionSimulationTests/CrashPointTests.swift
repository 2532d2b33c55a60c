import SessionSimulation
import Testing

/// The power fails before each system call that a node makes; nothing that was acknowledged is lost.
@Suite struct CrashPointTests {
    @Test(arguments: [true, false], [true, false])
    func nothingIsLost(always: Bool, encrypted: Bool) {
        var report = CrashReport()
        for seed in 1...2 as ClosedRange<UInt64> {
            report += CrashTrial(seed: seed, always: always, encrypted: encrypted, commands: 40).run()
        }
        #expect(report.violations.isEmpty, "\(report.violations.joined(separator: "\n"))")
        #expect(report.points > (always ? 30 : 10) && report.starts > (always ? 100 : 30))
        #expect(report.incomplete > 20)
        #expect(report.replies > 30 && report.errors < report.replies / 2)
    }
}
