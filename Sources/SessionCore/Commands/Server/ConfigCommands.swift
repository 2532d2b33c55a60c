/// CONFIG, over the table of directives (`Directive.all`).
extension Node {
    /// CONFIG GET parameter [parameter ...]: names, or patterns
    mutating func configGet(_ request: borrowing Request) {
        let names = Directive.all.flatMap { directive in
            ([directive.name] + directive.aliases).map { (name: $0, directive: directive) }
        }
        // Each name once, whatever a million patterns match, in the spelling of the request.
        var isFound = Array(repeating: false, count: names.count)
        var found: [(name: String, value: String)] = []
        for index in 2..<request.count where found.count < names.count {
            let wanted = request[index]
            let isPattern = wanted.firstIndex(of: 0x2A) >= 0 || wanted.firstIndex(of: 0x3F) >= 0
                || wanted.firstIndex(of: 0x5B) >= 0
            for (number, (name, directive)) in names.enumerated() where !isFound[number] {
                let bytes = name.utf8Span.span.bytes
                let isNamed = isPattern
                    ? GlobPattern.matches(wanted, bytes, ignoringCase: true) : wanted.isEqualIgnoringCase(to: bytes)
                guard isNamed else { continue }
                isFound[number] = true
                found.append((isPattern ? name : wanted.text, directive.value(in: configuration)))
            }
        }
        execution.reply.map(found.count)
        for (name, value) in found {
            execution.reply.bulk(name)
            execution.reply.bulk(value)
        }
    }

    /// CONFIG SET parameter value [parameter value ...]: all or none
    mutating func configSet(_ request: borrowing Request) throws(ReplyError) {
        guard request.count % 2 == 0 else { throw .syntax }
        var pairs: [(name: String, value: String)] = []
        for index in stride(from: 2, to: request.count, by: 2) {
            let value = request[index + 1].text
            // Text repaired in silence would be another value, a password for instance.
            guard value.utf8Span.span.bytes.isEqual(to: request[index + 1]) else {
                throw .refusedDirective(.invalidUTF8)
            }
            pairs.append((request[index].text, value))
        }
        let password = configuration.requirePass
        do {
            try configuration.set(pairs)
        } catch {
            throw .refusedDirective(error)
        }
        execution.sessionPrefixes = KeyPrefixes(configuration.sessionPrefixes)
        if configuration.requirePass != password { setDefaultPassword() }
        updateObservers()
        countGoodReplicas()
        durabilityChanged()
        emit(.configurationChanged)
        execution.reply.ok()
    }

    /// CONFIG REWRITE: answered when the file is written.
    mutating func configRewrite() throws(ReplyError) {
        guard !configuration.file.isEmpty else { throw .noConfigurationFile }
        // Users of a file of their own are left to it.
        var users: [UserDefinition] = []
        if configuration.aclFile.isEmpty {
            for number in access.order {
                users.append(UserDefinition(name: access[number].name, rules: access[number].rules(table)))
            }
        }
        replyAfter(
            .rewriteConfiguration(configuration, users: users), .configRewrite,
            failure: ReplyError.rewritingFailed)
    }

    /// CONFIG RESETSTAT
    mutating func configResetstat() {
        observation.reset(now: now)
        execution.store.statistics = StoreStatistics()
        execution.store.lag.reset()
        execution.reply.ok()
    }
}
