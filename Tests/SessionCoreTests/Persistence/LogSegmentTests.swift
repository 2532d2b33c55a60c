import Testing

@testable import SessionCore

@Suite struct LogSegmentTests {
    /// A segment and where its records begin and end.
    private struct Segment {
        var bytes: [UInt8] = []
        var borders: [Int] = []
        var flushes: [[UInt8]] = []
        var proof: EncryptedFileProof?

        var text: [UInt8] { flushes.flatMap(\.self) }
        func record(_ index: Int) -> ArraySlice<UInt8> { bytes[borders[index]..<borders[index + 1]] }
    }

    /// - Parameter syncedBehind: how many records are not yet on disk when one is sealed; nil if none ever is.
    private func segment(
        _ flushes: [[UInt8]], number: Int64 = 7, seed: UInt64 = 1, syncedBehind: UInt64? = 0, sealed: Bool = false
    ) -> Segment {
        var segment = Segment(flushes: flushes)
        var output = ByteBuffer()
        let entropy = pseudoRandomBytes(EncryptedFileHeader.entropy, seed: seed)
        var writer = LogSegmentWriter(number: number, entropy: entropy.span.bytes, keys: keyRing(1), into: &output)
        segment.borders.append(output.count)
        for flush in flushes {
            if let syncedBehind, writer.records > syncedBehind { writer.synced(records: writer.records - syncedBehind) }
            writer.append(flush.span.bytes, into: &output)
            segment.borders.append(output.count)
        }
        #expect(writer.bytes == Int64(output.count))
        if sealed {
            writer.synced(records: writer.records)
            segment.proof = writer.seal(into: &output)
            segment.borders.append(output.count)
        }
        segment.bytes = output.bytes.array
        return segment
    }

    private enum Outcome: Equatable {
        case end(LogSegmentReader.End)
        case error(EncryptionError)

        var isError: Bool { if case .error = self { true } else { false } }
    }

    private func read(
        _ file: [UInt8], number: Int64 = 7, isLast: Bool = true, step: Int = .max, split: Int? = nil
    ) -> (text: [UInt8], outcome: Outcome) {
        var plaintext = ByteBuffer()
        do {
            let header = Array(file.prefix(LogSegment.headerBytes))
            var reader = try LogSegmentReader(header: header.span.bytes, number: number, keys: keyRing(1))
            let rest = Array(file.dropFirst(LogSegment.headerBytes))
            let pieces = split.map { rest.pieces($0) }
                ?? stride(from: 0, to: rest.count, by: min(step, max(1, rest.count))).map {
                    rest[$0..<min($0 + min(step, rest.count), rest.count)]
                }
            for piece in pieces { try reader.receive(Array(piece).span.bytes, into: &plaintext) }
            let end = try reader.finish(isLast: isLast)
            return (plaintext.bytes.array, .end(end))
        } catch { return (plaintext.bytes.array, .error(error)) }
    }

    private static let flushes: [[UInt8]] = [
        Array("SET a 1".utf8), Array("DEL b".utf8), pseudoRandomBytes(300), [1], Array("PEXPIREAT c 5".utf8),
    ]

    // MARK: Round trips

    @Test func sealed() {
        let segment = segment(Self.flushes, sealed: true)
        let expected = Outcome.end(.sealed(segment.proof!))
        #expect(segment.proof?.end?.bytes == Int64(segment.bytes.count))
        for isLast in [true, false] {
            let result = read(segment.bytes, isLast: isLast)
            #expect(result.text == segment.text && result.outcome == expected)
        }
        #expect(read(segment.bytes, step: 1).outcome == expected)
        for split in 0...(segment.bytes.count - LogSegment.headerBytes) {
            let result = read(segment.bytes, split: split)
            #expect(result.text == segment.text && result.outcome == expected)
        }
    }

    @Test func open() {
        let segment = segment(Self.flushes)
        #expect(read(segment.bytes).outcome == .end(.open(at: Int64(segment.bytes.count))))
        #expect(
            read(segment.bytes, isLast: false).outcome
                == .error(EncryptionError(reason: .truncated, offset: Int64(segment.bytes.count))))
    }

    @Test func longFlushes() {
        let flush = pseudoRandomBytes(2 * Limits.logRecord + 5)
        let segment = segment([flush, [7]], sealed: true)
        let result = read(segment.bytes, isLast: false, step: 100_000)
        #expect(result.text == segment.text && result.outcome == .end(.sealed(segment.proof!)))
        #expect(segment.bytes.count == 192 + flush.count + 1 + 5 * LogSegment.shortestRecord)
    }

    @Test func belongsWhereItIs() {
        let segment = segment(Self.flushes)
        #expect(
            read(segment.bytes, number: 8).outcome
                == .error(EncryptionError(reason: .sequence(found: 7, expected: 8), offset: 128)))
        // A changed number is another context.
        var changed = segment.bytes
        changed[135] = 8
        #expect(
            read(changed, number: 8).outcome == .error(EncryptionError(reason: .commitment, offset: 128)))
    }

    // MARK: Torn ends

    @Test func everyTruncation() {
        let segment = segment(Self.flushes, sealed: true)
        for length in segment.bytes.indices {
            let short = Array(segment.bytes.prefix(length))
            #expect(read(short, isLast: false).outcome.isError)
            let result = read(short)
            guard length >= LogSegment.headerBytes else {
                #expect(result.outcome.isError)
                continue
            }
            let records = segment.borders.lastIndex { $0 <= length }!
            let border = Int64(segment.borders[records])
            #expect(result.text == Self.flushes.prefix(records).flatMap(\.self))
            #expect(result.outcome == .end(border == length ? .open(at: border) : .torn(at: border, laterRecords: 0)))
        }
    }

    /// A file that was lengthened, and whose last pages were not written.
    @Test func zerosAtTheEnd() {
        let segment = segment(Self.flushes)
        let border = segment.borders[3]
        let torn = Array(segment.bytes.prefix(border + 10)) + [UInt8](repeating: 0, count: 5000)
        let result = read(torn, step: 100)
        #expect(result.text == Self.flushes.prefix(3).flatMap(\.self))
        #expect(result.outcome == .end(.torn(at: Int64(border), laterRecords: 0)))
        #expect(
            read(torn, isLast: false).outcome == .error(EncryptionError(reason: .record, offset: Int64(border))))
    }

    /// Pages written out of order: nothing from record 2 on had been synced, and record 2 is missing.
    @Test(arguments: [1, 17, Int.max])
    func laterPagesWithoutEarlierOnes(_ step: Int) {
        let segment = segment(Self.flushes, syncedBehind: 3)
        var torn = segment.bytes
        for index in segment.borders[2]..<segment.borders[3] { torn[index] = 0 }
        let result = read(torn, step: step)
        #expect(result.text == Self.flushes.prefix(2).flatMap(\.self))
        #expect(result.outcome == .end(.torn(at: Int64(segment.borders[2]), laterRecords: 2)))
    }

    // MARK: Damage

    @Test(arguments: [1, 17, Int.max])
    func aDamagedMiddleIsNoTornEnd(_ step: Int) {
        let segment = segment(Self.flushes)
        for record in 0..<Self.flushes.count {
            let border = segment.borders[record]
            for index in [0, 8, 16, 17, 19, 20, 36, segment.borders[record + 1] - border - 1] {
                var damaged = segment.bytes
                damaged[border + index] ^= 0x11
                let result = read(damaged, step: step)
                #expect(result.text == Self.flushes.prefix(record).flatMap(\.self))
                // Nothing tells that the last record had been on disk.
                #expect(
                    result.outcome
                        == (record < Self.flushes.count - 1
                            ? .error(EncryptionError(reason: .record, offset: Int64(border)))
                            : .end(.torn(at: Int64(border), laterRecords: 0))))
            }
        }
    }

    @Test func everyByteOfASealedSegmentCounts() {
        let segment = segment(Self.flushes, sealed: true)
        for index in segment.bytes.indices {
            var damaged = segment.bytes
            damaged[index] ^= 1
            let result = read(damaged, isLast: false)
            #expect(result.outcome.isError, "byte \(index)")
            #expect(segment.text.starts(with: result.text))
        }
        #expect(
            read(segment.bytes + [0]).outcome
                == .error(EncryptionError(reason: .trailingData, offset: Int64(segment.bytes.count))))
    }

    @Test func recordsOutOfPlaceAreFound() {
        let segment = segment(Self.flushes, sealed: true)
        let header = Array(segment.bytes.prefix(LogSegment.headerBytes))
        for order in [[1, 0, 2, 3, 4, 5], [0, 0, 1, 2, 3, 4, 5], [0, 1, 3, 4, 5], [1, 2, 3, 4, 5], [0, 1, 2, 3, 5]] {
            let moved = header + order.flatMap { segment.record($0) }
            #expect(read(moved, isLast: false).outcome.isError, "\(order)")
            #expect(segment.text.starts(with: read(moved).text), "\(order)")
        }
    }

    /// Two histories under one key, as of a virtual machine that was copied while it ran: each record names the one
    /// before.
    @Test func recordsOfAnotherHistoryAreFound() {
        let (first, second) = (segment([[1], [2], [3]]), segment([[9], [2], [3]]))
        let mixed = Array(first.bytes.prefix(first.borders[1])) + second.bytes[second.borders[1]...]
        #expect(read(mixed).text == [1])
        #expect(read(mixed).outcome == .error(EncryptionError(reason: .record, offset: Int64(first.borders[1]))))
    }

    // MARK: Nonces

    /// A restart takes new entropy: the same flushes have nothing in common, and records of one are none of the other.
    @Test func noNonceComesAgain() {
        let flush = [UInt8](repeating: 0x41, count: 64)
        let runs = (1...20).map { segment([flush, flush], seed: $0) }
        var salts: [[UInt8]] = []
        var blocks: [[UInt8]] = []
        for run in runs {
            salts.append(Array(run.bytes[136..<160]))
            for record in 0..<2 {
                let ciphertext = Array(run.record(record).dropFirst(LogSegment.recordHeaderBytes))
                blocks += stride(from: 0, to: 64, by: 16).map { Array(ciphertext[$0..<$0 + 16]) }
            }
        }
        #expect(Set(salts).count == runs.count)
        #expect(Set(blocks).count == blocks.count)
        let other = Array(runs[0].bytes.prefix(192)) + runs[1].bytes[192...]
        #expect(read(other).text.isEmpty)
    }

    @Test func nothingShows() {
        let secret = Array("a session of somebody who wants privacy".utf8)
        #expect(!segment([secret], sealed: true).bytes.contains(secret))
    }
}
