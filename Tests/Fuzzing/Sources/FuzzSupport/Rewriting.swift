@testable public import SessionCore

/// `CONFIG REWRITE`, and what becomes of a configuration by it.
public enum Rewriting {
    /// Reads a file on top of a configuration; files that it includes are empty.
    /// - Returns: whether it was accepted.
    public static func read(_ text: String, into configuration: inout Configuration) -> Bool {
        do throws(ConfigurationFailure) {
            try configuration.apply(ConfigurationSource(name: "file", text: text)) {
                _ throws(ConfigurationFailure) in []
            }
            return true
        } catch {
            require(!error.description.isEmpty, "no reason")
            return false
        }
    }

    /// What is written over a file is read as the same configuration, and written again in the same way.
    public static func check(_ configuration: Configuration, _ users: [UserDefinition], over old: String) {
        var configuration = configuration
        // The bounds of an input may be below what a file may say.
        configuration.protoMaxBulkLength = max(1 << 20, configuration.protoMaxBulkLength)
        let text = configuration.rewritten(old, users: users)
        var again = Configuration()
        require(read(text, into: &again), "what was rewritten cannot be read:\n\(text)")
        for directive in Directive.all {
            let (before, after) = (directive.value(in: configuration), directive.value(in: again))
            require(before == after, "\(directive.name) was '\(before)' and is '\(after)' after a rewrite:\n\(text)")
        }
        require(again.users == users, "users change by a rewrite:\n\(text)")
        // Not directives.
        (again.file, again.maxClientsCeiling) = (configuration.file, configuration.maxClientsCeiling)
        again.users = configuration.users
        require(again == configuration, "something that is not shown changes by a rewrite:\n\(text)")
        checkConvergence(of: text, configuration, users)
    }

    /// Written again and again a file soon stays as it is. Not at once: as in Redis, the end of the last line counts as
    /// a line when it is read, and lines that say the default are written where there was one of their directive.
    private static func checkConvergence(of text: String, _ configuration: Configuration, _ users: [UserDefinition]) {
        var text = text
        for _ in 0..<8 {
            let next = configuration.rewritten(text, users: users)
            if next == text { return }
            text = next
        }
        fatalError("every rewrite changes the file:\n\(text)")
    }
}
