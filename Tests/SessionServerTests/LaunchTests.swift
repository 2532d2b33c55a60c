import CLinux
import SessionCore
import Testing

@testable import SessionServer

@Suite struct LaunchArgumentsTests {
    @Test(arguments: [
        ([], nil, false, []),
        (["a.conf"], "a.conf", false, []),
        (["-"], nil, true, []),
        (["a.conf", "--port", "1", "-"], "a.conf", true, [["port", "1"]]),
        (["--port", "1", "--bind", "127.0.0.1", "-::1"], nil, false, [["port", "1"], ["bind", "127.0.0.1", "-::1"]]),
        (["--port 1", "--save", "--timeout", "2"], nil, false, [["port", "1"], ["save"], ["timeout", "2"]]),
        (["--requirepass", "--secret"], nil, false, [["requirepass", "--secret"]]),
        (["--requirepass", "", "--port", "1"], nil, false, [["requirepass", ""], ["port", "1"]]),
        (["--port"], nil, false, [["port"]]),
    ] as [([String], String?, Bool, [[String]])])
    func words(_ words: [String], _ file: String?, _ readsStandardInput: Bool, _ directives: [[String]]) throws {
        let arguments = try LaunchArguments(words)
        #expect(arguments.file == file)
        #expect(arguments.readsStandardInput == readsStandardInput)
        #expect(arguments.directives == directives)
    }

    @Test(arguments: [["a.conf", "b.conf"], ["-x"], ["--"], ["--port", "1", "--", "2"]])
    func strayWordsAreRefused(_ words: [String]) {
        #expect(throws: ConfigurationFailure.self) { try LaunchArguments(words) }
    }

    @Test func theCommandLineCountsLast() throws {
        let arguments = try LaunchArguments(["a.conf", "-", "--timeout", "3"])
        let configuration = try Configuration(arguments) { (path: String) throws(ConfigurationFailure) in
            let text = path == "-" ? "timeout 2\ntcp-backlog 2" : "timeout 1\ntcp-backlog 1\nport 1"
            return [ConfigurationSource(name: path, text: text)]
        }
        #expect(configuration.timeout == 3 && configuration.tcpBacklog == 2 && configuration.port == 1)
    }

    @Test(arguments: [
        (["--foo"], #"command line: unknown directive "foo" (--help lists all)"#),
        (["--port", "x"], "command line: port: argument couldn't be parsed into an integer"),
        (["--port", "--timeout", "3"], "command line: port: wrong number of arguments"),
        (["/nowhere.conf"], "cannot read the configuration file '/nowhere.conf': No such file or directory"),
        (["/"], "cannot read the configuration file '/': Is a directory"),
    ])
    func failuresNameTheCause(_ words: [String], _ expected: String) {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try Configuration(LaunchArguments(words), read: ConfigurationFiles.read)
        }
        #expect(failure?.description == expected)
    }

    @Test func patternsIncludeEveryMatch() throws {
        let path = temporaryPath()
        defer { for name in ["main", "1.conf", "2.conf"] { _ = clinux_unlink("\(path)-\(name)") } }
        try write("include \(path)-*.conf\n", to: "\(path)-main")
        try write("timeout 1\nport 1\n", to: "\(path)-1.conf")
        try write("timeout 2\n", to: "\(path)-2.conf")
        let configuration = try Configuration(LaunchArguments(["\(path)-main"]), read: ConfigurationFiles.read)
        #expect(configuration.timeout == 2 && configuration.port == 1)
    }

    @Test func helpNamesEveryDirective() {
        for directive in Directive.all { #expect(Help.discussion.contains("--\(directive.name) ")) }
    }

    @Test func theBannerSaysWhereAndWhatToTry() throws {
        var configuration = Configuration()
        configuration.port = 7000
        let listener = Listener(descriptor: -1, name: "127.0.0.1:7000", isSpecific: true, file: nil)
        let lines = Server.banner(configuration, [listener])
        #expect(lines[0] == "Cloakroom \(cloakroomVersion) is ready on 127.0.0.1:7000 (pid \(clinux_process_id()))")
        #expect(lines[1] == "Data is in memory only: --dir <directory> keeps it across restarts")
        #expect(lines[2] == "Try: redis-cli -p 7000 SESSCREATE USER alice")
        try configuration.apply("dir", ["/data"])
        #expect(Server.banner(configuration, [listener])[1] == "Data is kept in /data (append log, fsync everysec)")
        try configuration.apply("appendonly", ["no"])
        #expect(Server.banner(configuration, [listener])[1] == "Data is kept in /data (snapshots)")
    }

    private func write(_ text: String, to path: String) throws {
        let descriptor = clinux_open_replace(path)
        try #require(descriptor >= 0)
        var text = text
        let count = text.withUTF8 { clinux_write(descriptor, $0.baseAddress, $0.count) }
        _ = clinux_close(descriptor)
        try #require(count == text.utf8.count)
    }
}
