/// Directives by name: reading and setting them.
extension Configuration {
    /// The value of the directive of this name (or alias) as `CONFIG GET` prints it; nil if there is none.
    public func get(_ name: String) -> String? {
        Directive.named(name)?.value(in: self)
    }

    /// Sets one directive from the words that follow its name, as a configuration file or command line has them.
    public mutating func apply(_ name: String, _ words: [String]) throws(ConfigurationError) {
        // Each one adds a user, where any other directive replaces what was there.
        if name.lowercased() == "user" { return try addUser(words.map { Array($0.utf8) }) }
        guard let directive = Directive.named(name) else { throw .unknownDirective(name) }
        try set(directive, named: name, words)
    }

    /// `CONFIG SET` of one directive.
    public mutating func set(_ name: String, _ value: String) throws(ConfigurationError) {
        try set([(name, value)])
    }

    /// `CONFIG SET`: all of the pairs or, if one is refused, none. The error is that of the first culprit: names are
    /// checked before values.
    public mutating func set(_ pairs: [(name: String, value: String)]) throws(ConfigurationError) {
        var directives: [Directive] = []
        for (name, _) in pairs {
            guard let directive = Directive.named(name) else { throw .unknownDirective(name) }
            if directive.isProtected { throw .protected(name) }
            guard directive.isMutable else { throw .immutable(name) }
            guard !directives.contains(where: { $0.name == directive.name }) else { throw .duplicate(name) }
            directives.append(directive)
        }
        var changed = self
        for (directive, pair) in zip(directives, pairs) {
            try changed.set(directive, named: pair.name, [pair.value])
        }
        self = changed
    }

    private mutating func set(
        _ directive: Directive, named name: String, _ words: [String]
    ) throws(ConfigurationError) {
        do {
            try directive.set(words, in: &self)
        } catch {
            throw .invalid(directive: name, reason: error.reason)
        }
    }
}
