import CLinux
import Logging
import SessionCore
import Testing

@testable import SessionServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct LogTests {
    @Test(arguments: [
        (LogSeverity.debug, "."), (.verbose, "-"), (.notice, "*"), (.warning, "#"),
    ])
    func format(_ severity: LogSeverity, _ mark: String) {
        let time = LogTime(year: 2026, month: 11, day: 2, hour: 1, minute: 2, second: 3, millisecond: 45)
        let line = LogLine(process: 17, time: time, severity: severity, text: "ready")
        #expect(String(decoding: line.bytes, as: UTF8.self) == "17:M 02 Nov 2026 01:02:03.045 \(mark) ready\n")
    }

    @Test func controlCharactersCannotForgeLines() {
        let time = LogTime(year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0)
        let line = LogLine(process: 1, time: time, severity: .notice, text: "a\n2:M b\u{1b}[31m\u{7f}é")
        #expect(String(decoding: line.bytes, as: UTF8.self).hasSuffix("* a\\x0a2:M b\\x1b[31m\\x7fé\n"))
    }

    @Test func severitiesBelowTheLevelAreNotWritten() throws {
        let pipe = try Pipe()
        let logger = pipe.logger(.notice)
        logger.info("verbose")
        logger.notice("notice", metadata: ["b": "2", "a": "1"])
        logger.error("error")
        let lines = pipe.read().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix(" * notice a=1 b=2") == true)
        #expect(lines.last?.hasSuffix(" # error") == true)
    }

    @Test func aFullPipeDropsLinesAndSaysSoLater() throws {
        let pipe = try Pipe()
        let logger = pipe.logger(.notice)
        let text = String(repeating: "x", count: 4000)
        for _ in 0..<100 { logger.notice("\(text)") }
        let written = pipe.read().split(separator: "\n").count
        #expect(written > 0 && written < 100)
        logger.notice("after")
        let lines = pipe.read().split(separator: "\n")
        #expect(lines.first?.hasSuffix(" # \(100 - written) log lines were dropped because nobody read them") == true)
        #expect(lines.last?.hasSuffix(" * after") == true)
    }

    @Test func aFileIsReopenedAfterRotation() throws {
        let path = temporaryPath()
        let sink = try LogSink(path: path)
        let logger = Logger(label: "test") { _ in LineLogHandler(sink: sink, severity: .notice) }
        logger.notice("first")
        rename(path, path + ".1")
        #expect(sink.reopen() == nil)
        logger.notice("second")
        let texts = try [path + ".1", path].map { try ConfigurationFiles.read($0)[0].text }
        #expect(texts[0].hasSuffix("first\n") && texts[1].hasSuffix("second\n"))
        for file in [path, path + ".1"] { _ = clinux_unlink(file) }
    }

    @Test func anUnusableFileIsNamed() {
        #expect(throws: StartFailure("cannot open the log file '/nowhere/log': No such file or directory")) {
            try LogSink(path: "/nowhere/log")
        }
    }
}

/// A pipe that logs are written into.
private final class Pipe {
    private let reading: Int32
    private let sink: LogSink

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        reading = ends[0]
        sink = LogSink(descriptor: ends[1])
    }

    deinit { _ = clinux_close(reading) }

    func logger(_ severity: LogSeverity) -> Logger {
        Logger(label: "test") { [sink] _ in LineLogHandler(sink: sink, severity: severity) }
    }

    /// Everything that is in the pipe.
    func read() -> String {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while clinux_wait_readable(reading, 0) > 0 {
            let count = chunk.withUnsafeMutableBytes { clinux_read(reading, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            content.append(contentsOf: chunk[..<count])
        }
        return String(decoding: content, as: UTF8.self)
    }
}
