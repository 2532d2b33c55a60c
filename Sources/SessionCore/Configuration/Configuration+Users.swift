/// A user as a `user` directive defines him. A name or rule may be any bytes.
public struct UserDefinition: Sendable, Equatable {
    let name: [UInt8]
    /// Selectors in one piece each, where they were read from a line.
    let rules: [[UInt8]]
}

/// Users in the configuration: the `user` directive, and how it goes with `aclfile`.
extension Configuration {
    /// The directive `user name rule …`. The rules are checked here, so that the error can name the line.
    mutating func addUser(_ words: [[UInt8]]) throws(ConfigurationError) {
        func refused(_ reason: String) -> ConfigurationError { .invalid(directive: "user", reason: reason) }
        guard let name = words.first else { throw refused("wrong number of arguments") }
        guard !name.hasBlanks, name.count <= Limits.accessUserName else {
            throw refused("Spaces not allowed in ACL usernames")
        }
        guard users.count < Limits.accessUsers else { throw refused("more than \(Limits.accessUsers) users") }
        if users.contains(where: { $0.name == name }) { throw refused(AccessRuleError.duplicateUser.text) }
        let rules: [[UInt8]]
        do {
            rules = try AccessRules.merged(Array(words.dropFirst()))
        } catch {
            throw refused("Unmatched parenthesis in acl selector")
        }
        let definition = UserDefinition(name: name, rules: rules)
        do {
            _ = try definition.user(CommandTable(), allChannels: aclPubSubDefault)
        } catch {
            throw refused(error.reason.text)
        }
        users.append(definition)
    }

    /// What can be said of users only when all directives are known.
    /// - Throws: one line that says what does not go together.
    public func checkUsers() throws(ConfigurationFailure) {
        if !aclFile.isEmpty && !users.isEmpty {
            throw ConfigurationFailure(
                "users are defined by 'user' directives and by 'aclfile': use one or the other, so that it is clear "
                    + "which of them counts")
        }
        let table = CommandTable()
        for definition in users {
            do {
                _ = try definition.user(table, allChannels: aclPubSubDefault)
            } catch {
                let name = String(decoding: definition.name, as: UTF8.self)
                throw ConfigurationFailure("user '\(name)': \(error.reason.text)")
            }
        }
    }
}

extension UserDefinition {
    /// The user that the rules make out of a new one.
    func user(_ table: borrowing CommandTable, allChannels: Bool) throws(AccessRules.Failure) -> AccessUser {
        var user = AccessUser(name: name, allChannels: allChannels)
        // The user `default` has been there before, and is put back first.
        let isDefault = name.span.bytes.isEqual(to: AccessUser.defaultName)
        try user.apply((isDefault ? [Array("reset".utf8)] : []) + rules, table, allChannels: allChannels)
        return user
    }
}

extension AccessControl {
    /// `default`, with the password of `requirepass`, and the users that `user` directives define.
    /// - Precondition: `Configuration.checkUsers` finds nothing wrong.
    init(_ configuration: Configuration, _ table: borrowing CommandTable, _ hash: KeyHash) {
        var users: [AccessUser] = []
        for definition in configuration.users {
            guard let user = try? definition.user(table, allChannels: configuration.aclPubSubDefault) else {
                preconditionFailure("the users of the configuration were not checked")
            }
            users.append(user)
        }
        self.init(defaultPassword: configuration.requirePass, users, table, hash)
    }
}
