import ArgumentParser
import SessionServer

/// The command line: `--help` and `--version`; everything else goes to the table of directives.
struct CloakroomServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloakroom-server",
        abstract: "A Redis-compatible session cache.",
        usage: "cloakroom-server [<configuration file>] [-] [--<directive> <value> ...] ...",
        discussion: Help.discussion,
        version: cloakroomVersion
    )

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var words: [String] = []

    func run() throws { try Server.run(words) }
}

// A failure is printed as one line, "Error: " and its description, with exit status 1.
CloakroomServer.main()
