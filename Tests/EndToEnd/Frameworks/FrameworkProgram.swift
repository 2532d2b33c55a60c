import TestSupport
import Testing

/// A program in the folder `Programs` that works with sessions through somebody else's framework or client.
///
/// Called with the server's host and port, and options, it prints a line `ok <step>` for each step that went as it
/// should, and ends with a status other than 0 at the first that did not, saying what it expected.
struct FrameworkProgram: Sendable, CustomTestStringConvertible {
    let file: String
    let options: [String]
    /// What the keys of its sessions begin with; empty for clients, which have none.
    let prefix: String
    /// What it is to print, in this order: so that a program that checks nothing fails too.
    let steps: [String]

    /// - Parameters:
    ///   - call: the file, and options separated by blanks.
    ///   - prefix: what the keys of its sessions begin with.
    ///   - steps: separated by blanks.
    init(_ call: String, prefix: String = "", _ steps: String) {
        var words = call.split(separator: " ").map(String.init)
        file = words.removeFirst()
        options = words
        self.prefix = prefix
        self.steps = steps.split(separator: " ").map(String.init)
    }

    var testDescription: String { ([file] + options).joined(separator: " ") }

    /// …/Tests/EndToEnd/Frameworks
    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    /// Where `Tests/run` puts what it builds for these tests.
    private static let tools =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/.build/frameworks"

    /// Where the programs of the Python packages are.
    static var pythonPrograms: String { "\(tools)/python/bin" }
    /// The interpreter that has the Python packages.
    static var python: String { "\(pythonPrograms)/python" }

    /// Runs the program against a server.
    func output(at address: Address) throws -> Output {
        guard case .tcp(let port) = address else { throw HarnessError("these programs speak TCP") }
        let (executable, arguments, environment) = try command()
        do {
            return try run(
                executable, arguments + ["127.0.0.1", String(port)] + options, environment: environment, within: 120)
        } catch let error as SystemError {
            throw HarnessError("\(error). Tests/run installs what these programs need.")
        }
    }

    /// How it is started.
    private func command() throws -> (executable: String, arguments: [String], environment: [String: String]) {
        let path = "\(Self.folder)/Programs/\(file)"
        switch file.split(separator: ".").last {
        case "php": return ("php", [path], [:])
        // Without a folder of compiled modules beside the sources.
        case "py": return (Self.python, ["-B", path], [:])
        case "rb": return ("ruby", [path], [:])
        case "pl": return ("perl", [path], [:])
        case "lua": return ("lua5.1", [path], [:])
        // Where Debian keeps modules: other builds of Node do not look there.
        case "js": return ("node", [path], ["NODE_PATH": "/usr/share/nodejs"])
        case "go": return (try built(path), [], [:])
        default: throw HarnessError("nothing runs \(file)")
        }
    }

    /// The executable made of a Go program and Debian's packages.
    private func built(_ path: String) throws -> String {
        let executable = "\(Self.tools)/\(file.dropLast(".go".count))"
        let environment = [
            "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": "\(Self.tools)/go-cache", "GOFLAGS": "",
        ]
        let build = try run("go", ["build", "-o", executable, path], environment: environment, within: 300)
        guard build.status == .exited(0) else { throw HarnessError("\(path): \(build.standardError)") }
        return executable
    }
}
