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
        require(again.rewritten(text, users: users) == text, "a second rewrite changes the file again:\n\(text)")
    }
}
