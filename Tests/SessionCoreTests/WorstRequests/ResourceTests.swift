import CAllocationCount
import ScriptTexts
import Testing

@testable import SessionCore

/// No request is answered with more than its bound, nor takes more memory than a constant times the request and the
/// data it touches: every command, with the request that comes nearest.
///
/// With `CLOAKROOM_RESOURCES_TRACE` set, what each has taken is written to standard error.
@Suite("What requests take")
struct ResourceTests {
    /// Memory that any request may take, in bytes: pages of the heap are 64 KiB, one for each size of blocks; and the
    /// buffer of replies, of which there are two while it grows. The most that was measured beyond `factor` is 900,000
    /// (COMMAND DOCS, whose reply is cut off at its limit); a thousand words with something made of each take 590,000.
    private static let allowance = 4 * ResourceTrial.replyLimit
    /// Bytes of memory for each byte of the request and of the data: a value may be held twice, as what it was and as
    /// what it becomes. 1 would just do: ZMSCORE of a name 40,000 times takes 1,031,000 bytes beyond that.
    private static let factor = 2

    /// Every row has a request, or a new command would be left out.
    @Test func everyRowHasAWorstRequest() {
        let table = CommandTable()
        let names = Set(table.rows.map { table.fullName(of: $0.id) })
        let measured = Set(WorstRequest.all.map { $0.command(among: names) })
        for row in table.rows where !row.isContainer || row.arity == -1 {
            let name = table.fullName(of: row.id)
            #expect(measured.contains(name), "\(name) needs the request with which it takes most, in WorstRequest")
        }
    }

    /// What may come several times in a request comes very often in its worst one.
    @Test func whatRepeatsIsRepeated() {
        let table = CommandTable()
        let names = Set(table.rows.map { table.fullName(of: $0.id) })
        for row in table.rows where CommandSyntax.parse(row.syntax).contains(where: \.repeats) {
            let name = table.fullName(of: row.id)
            let most = WorstRequest.all.filter { $0.command(among: names) == name }
                .map { WorstRequest.words($0.request).count }.max()
            #expect((most ?? 0) >= 100, "\(name) takes any number of words: WorstRequest needs one with many")
        }
    }

    @Test(arguments: WorstRequest.all) func isBounded(_ one: WorstRequest) {
        let trial = ResourceTrial()
        trial.prepare(one.prelude)
        let usage = trial.measure(WorstRequest.words(one.request))
        check(usage, trial.sent + one.making, "\(one)")
        let start = String(decoding: usage.reply.prefix(100), as: UTF8.self)
        switch one.outcome {
        case .answered: #expect(!usage.reply.isEmpty && !start.hasPrefix("-"), "\(one): \(start)")
        case .refused: #expect(start.hasPrefix("-"), "\(one): \(start)")
        case .closed: #expect(usage.reply.isEmpty && usage.isClosed, "\(one): \(start)")
        case .silent: #expect(usage.reply.isEmpty || start.hasPrefix("+"), "\(one): \(start)")
        }
    }

    /// Each known script, with many keys and long values.
    @Test(arguments: KnownScriptText.all.indices) func scriptsAreBounded(_ index: Int) {
        let script = KnownScriptText.all[index], text = Array(script.text.utf8)
        for value in ["VALUE", "v"] {
            let trial = ResourceTrial()
            trial.prepare(["set k VALUE", "hset h f VALUE", "mset {k# v}×1000"])
            for key in ["k×1000", "h", "k#×1000"] {
                let keys = WorstRequest.words(key)
                let arguments = WorstRequest.words("\(value) 10 \(value) 10 \(value)×10")
                let usage = trial.measure([Array("EVAL".utf8), text, Array("\(keys.count)".utf8)] + keys + arguments)
                // The value under each of the keys, at most.
                let data = trial.sent + keys.count * WorstRequest.words(value)[0].count
                check(usage, data, "\(script.name) \(key) \(value)")
            }
        }
    }

    /// A test of the test.
    @Test(.enabled(if: ResourceTests.countsAllocations)) func allocationsAreSeen() {
        forget_allocation_peak()
        let before = allocated_bytes()
        do {
            let vector = Vector<UInt8>(repeating: 1, count: 1 << 20)
            #expect(vector.count == 1 << 20)
        }
        #expect(allocation_peak() - before >= 1 << 20)
        #expect(allocated_bytes() - before < 1 << 16)
    }

    /// Not under AddressSanitizer, which allocates itself.
    private static var countsAllocations: Bool { allocation_count() > 0 }

    private func check(_ usage: ResourceTrial.Usage, _ data: Int, _ name: String) {
        if isSet("CLOAKROOM_RESOURCES_TRACE") {
            trace("\(usage.memory) \(usage.reply.count) \(data) bytes: \(name)")
        }
        let bound = ResourceTests.allowance + ResourceTests.factor * data
        #expect(usage.memory <= bound, "\(usage.memory) bytes of memory for \(data) of data: \(name)")
        // What shows data is as long as the data. None measured came near: 207,000 bytes is the longest reply.
        let most = ResourceTrial.replyLimit + Limits.replyCheckpoint + data
        #expect(usage.reply.count <= most, "a reply of \(usage.reply.count) bytes for \(data) of data: \(name)")
    }
}

extension WorstRequest {
    static let all = ofData + ofServer
}

extension CommandArgument {
    /// Whether it, or a part of it, may come any number of times.
    fileprivate var repeats: Bool { isMultiple || arguments.contains(where: \.repeats) }
}
