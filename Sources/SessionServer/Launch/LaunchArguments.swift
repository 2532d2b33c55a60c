import SessionCore

/// The words of the command line, sorted: an optional configuration file, then `--directive value …`, as redis-server
/// takes them.
struct LaunchArguments: Equatable, Sendable {
    /// First word, if it does not begin with a dash.
    var file: String?
    /// Read further directives from standard input: `-`, as first or last word.
    var readsStandardInput = false
    /// Name and values of each directive, in order.
    var directives: [[String]] = []

    /// - Throws: one line that names the culprit.
    init(_ words: [String]) throws(ConfigurationFailure) {
        var rest = words[...]
        if let first = rest.first, !first.hasPrefix("-") { file = rest.removeFirst() }
        if rest.first == "-" {
            readsStandardInput = true
            rest.removeFirst()
        } else if rest.last == "-" {
            readsStandardInput = true
            rest.removeLast()
        }
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word.utf8.count > 2 else {
                throw ConfigurationFailure("unexpected argument: directives begin with --, e.g. --port 6380")
            }
            // A directive and its values may share one word: "--port 6380".
            var directive = try Self.split(word)
            // The word after a name is a value even if it begins with dashes, such as a password.
            if directive.count == 1, let value = rest.popFirst() {
                if value.hasPrefix("--"), Directive.named(try Self.split(value)[0]) != nil {
                    rest = [value] + rest
                } else {
                    directive.append(value)
                }
            }
            while let value = rest.first, !value.hasPrefix("--") {
                directive.append(value)
                rest.removeFirst()
            }
            directives.append(directive)
        }
    }

    private static func split(_ word: String) throws(ConfigurationFailure) -> [String] {
        do {
            let words = try ConfigurationText.words(word.utf8.dropFirst(2))
            return words.isEmpty ? [""] : words
        } catch {
            throw ConfigurationFailure("command line: \(error.description)")
        }
    }
}

extension Configuration {
    /// The defaults, changed by the configuration file, then standard input, then the directives of the command line.
    /// - Parameter read: the content of a file (`-` for standard input), or of all files that match a pattern.
    init(
        _ arguments: LaunchArguments, read: (String) throws(ConfigurationFailure) -> [ConfigurationSource]
    ) throws(ConfigurationFailure) {
        self.init()
        for path in [arguments.file, arguments.readsStandardInput ? "-" : nil] {
            guard let path else { continue }
            for source in try read(path) { try apply(source, include: read) }
        }
        for directive in arguments.directives {
            do {
                try apply(directive[0], Array(directive.dropFirst()))
            } catch {
                throw ConfigurationFailure("command line: \(error.description)")
            }
        }
        try checkUsers()
    }
}
