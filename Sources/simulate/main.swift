import ArgumentParser
import SessionSimulation

/// `swift run simulate --seed 42` runs one simulation, `--seeds 1000` many. Exit status 1 if there was a violation.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs nodes on a virtual clock and a virtual network, with faults, and checks what they do.",
        discussion: """
            A seed says all there is to a run: the same seed does the same again, to the last byte. A violation prints
            its seed, what is wrong, and the last events before it.
            """
    )

    @Option(help: "The seed to run, or the first one.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds to run, one after the other.")
    var seeds: UInt64 = 1

    @Option(help: "The most hosts of a run, from 1 to 4.")
    var hosts = 4

    @Option(help: "How many violations to show before giving up.")
    var failures = 1

    @Flag(help: "Run one node with a disk, and have the power fail before each of its system calls.")
    var crashes = false

    func validate() throws {
        guard (1...4).contains(hosts) else { throw ValidationError("--hosts is from 1 to 4") }
        guard seeds > 0, seed <= .max - seeds else { throw ValidationError("--seeds is at least 1") }
    }

    func run() throws {
        if crashes { return try runCrashes() }
        var statistics = Statistics()
        var failed = 0
        let start = ContinuousClock.now
        var finished: UInt64 = 0
        for seed in seed..<(seed + seeds) where failed < failures {
            let report = Simulation(seed: seed, hosts: hosts).run()
            statistics += report.statistics
            finished += 1
            if !report.violations.isEmpty {
                failed += 1
                show(report)
            } else if seeds == 1 {
                print("seed \(seed): digest \(String(report.digest, radix: 16))")
            }
        }
        let elapsed = ContinuousClock.now - start
        print("\(finished) seeds in \(elapsed), \(failed) with a violation: \(statistics)")
        if failed > 0 { throw ExitCode.failure }
    }

    /// With both policies of synchronising, with encrypted files and without.
    private func runCrashes() throws {
        var total = CrashReport()
        let start = ContinuousClock.now
        var finished: UInt64 = 0
        for seed in seed..<(seed + seeds) where total.violations.count < failures {
            for (always, encrypted) in [(true, false), (false, false), (true, true), (false, true)] {
                total += CrashTrial(seed: seed, always: always, encrypted: encrypted).run()
            }
            finished += 1
        }
        for violation in total.violations { print(violation) }
        total.violations = Array(total.violations.prefix(failures))
        print("\(finished) seeds in \(ContinuousClock.now - start): \(total)")
        if !total.violations.isEmpty { throw ExitCode.failure }
    }

    private func show(_ report: Report) {
        for line in report.trace { print(line) }
        print("seed \(report.seed), \(report.time) microseconds after the start:")
        for violation in report.violations { print("  \(violation)") }
    }
}

Simulate.main()
