/// CONFIG, over the table of directives (`Directive.all`).
extension Node {
    /// CONFIG GET parameter [parameter ...]: names, or patterns
    mutating func configGet(_ request: borrowing Request) {
        var found: [(name: String, value: String)] = []
        for index in 2..<request.count {
            let wanted = request[index].text
            guard wanted.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }) else {
                guard let value = configuration.get(wanted) else { continue }
                add(wanted, value, to: &found)
                continue
            }
            for directive in Directive.all {
                for name in [directive.name] + directive.aliases
                where GlobPattern.matches(request[index], name.utf8Span.span.bytes, ignoringCase: true) {
                    add(name, directive.value(in: configuration), to: &found)
                }
            }
        }
        reply.map(found.count)
        for (name, value) in found {
            reply.bulk(name)
            reply.bulk(value)
        }
    }

    /// Adds a directive that is not yet there, in the spelling of the request.
    private func add(_ name: String, _ value: String, to found: inout [(name: String, value: String)]) {
        if found.contains(where: { $0.name.lowercased() == name.lowercased() }) { return }
        found.append((name, value))
    }

    /// CONFIG SET parameter value [parameter value ...]: all or none
    mutating func configSet(_ request: borrowing Request) throws(ReplyError) {
        guard request.count % 2 == 0 else { throw .syntax }
        var pairs: [(name: String, value: String)] = []
        for index in stride(from: 2, to: request.count, by: 2) {
            let value = request[index + 1].text
            // Text repaired in silence would be another value, a password for instance.
            guard value.utf8Span.span.bytes.isEqual(to: request[index + 1]) else {
                throw .custom(ConfigurationError.invalidUTF8.replyText)
            }
            pairs.append((request[index].text, value))
        }
        let password = configuration.requirePass
        do {
            try configuration.set(pairs)
        } catch {
            throw .custom(error.replyText)
        }
        sessionPrefixes = KeyPrefixes(configuration.sessionPrefixes)
        if configuration.requirePass != password { setDefaultPassword() }
        updateObservers()
        countGoodReplicas()
        applyObservation()
        emit(.configurationChanged)
        reply.ok()
    }

    /// CONFIG REWRITE: answered when the file is written.
    mutating func configRewrite() throws(ReplyError) {
        guard !configuration.file.isEmpty else { throw .custom("ERR The server is running without a config file") }
        // Users of a file of their own are left to it.
        let users = configuration.aclFile.isEmpty ? access.order.map { access.line(of: $0) } : []
        guard users.allSatisfy({ Node.isPlainText($0) }) else {
            throw .custom(
                "ERR Rewriting config file: the rules of a user have quotes or bytes that are no text, use an aclfile")
        }
        replyAfter(
            .rewriteConfiguration(configuration, users: users.map { String(decoding: $0, as: UTF8.self) }),
            .configRewrite, failure: "ERR Rewriting config file: ")
    }

    /// Whether a line of a configuration file means what it says, word by word.
    private static func isPlainText(_ line: [UInt8]) -> Bool {
        guard let words = try? ConfigurationText.words(line) else { return false }
        return Array(words.joined(separator: " ").utf8) == line
    }

    /// CONFIG RESETSTAT
    mutating func configResetstat() {
        let peak = statistics.peakMemory
        statistics = NodeStatistics()
        statistics.peakMemory = peak
        store.statistics = StoreStatistics()
        store.lag.reset()
        commandStatistics.reset()
        resetRates()
        errorStatistics = ErrorStatistics()
        reply.ok()
    }
}
