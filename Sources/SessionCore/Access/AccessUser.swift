/// A user: how he authenticates, and what he may do.
struct AccessUser: Equatable {
    private(set) var name: [UInt8]
    private(set) var isEnabled = false
    /// Every password is right.
    private(set) var needsNoPassword = false
    /// `sanitize-payload` or `skip-sanitize-payload`: kept and shown, as Redis does. Nothing here takes payloads.
    private(set) var sanitizesPayload: Bool?
    /// SHA-256 of each password; nothing else is kept of them.
    private(set) var passwords: [Digest] = []
    /// The first one, the root, is what rules outside parentheses change.
    private(set) var selectors: [AccessSelector]

    /// Disabled, without a password and without permissions (but for channels, see `acl-pubsub-default`).
    init(name: [UInt8], allChannels: Bool) {
        self.name = name
        selectors = [AccessSelector(allChannels: allChannels)]
    }

    /// The name of the user that every connection starts as.
    static let defaultName: StaticString = "default"

    /// `default` as it is before anything is configured: everything is allowed to everybody.
    static func initialDefault() -> AccessUser {
        var user = AccessUser(name: defaultName.bytes.array, allChannels: true)
        (user.isEnabled, user.needsNoPassword) = (true, true)
        user.selectors[0].setAllCommands(true)
        user.selectors[0].setAllKeys(true)
        return user
    }

    /// Some selector allows everything.
    var isUnrestricted: Bool { selectors.contains { $0.isUnrestricted } }

    /// Whether this is one of the user's passwords. Takes the same time whichever of them it is, or none.
    func hasPassword(_ password: Digest) -> Bool {
        var isKnown = false
        for known in passwords where known.isEqualInConstantTime(to: password) { isKnown = true }
        return isKnown
    }

    /// Whether a channel allowed so far may be forbidden after a change to `other`, by the patterns alone: if all of
    /// them are still there, nothing is lost, and no subscription needs to be looked at. As Redis decides it.
    func mayLoseChannels(to other: AccessUser) -> Bool {
        if other.selectors.contains(where: { $0.allowsAllChannels }) { return false }
        if selectors.contains(where: { $0.allowsAllChannels }) { return true }
        let kept = other.selectors.flatMap { $0.channels }
        return selectors.contains { selector in selector.channels.contains { !kept.contains($0) } }
    }

    // MARK: Rules

    /// Applies one rule of `ACL SETUSER`. Source: the `ACL SETUSER` page of Redis 7.0.
    /// - Parameter allChannels: what `acl-pubsub-default` says.
    mutating func apply(
        _ rule: [UInt8], _ table: borrowing CommandTable, allChannels: Bool
    ) throws(AccessRuleError) {
        switch rule.first {
        case nil: return
        case UInt8(ascii: ">"): try addPassword(Digest(of: rule.span.bytes.slice(1, rule.count - 1)))
        case UInt8(ascii: "#"): try addPassword(Self.hash(rule))
        case UInt8(ascii: "<"): try removePassword(Digest(of: rule.span.bytes.slice(1, rule.count - 1)))
        case UInt8(ascii: "!"): try removePassword(Self.hash(rule))
        case UInt8(ascii: "(") where rule.last == UInt8(ascii: ")"):
            try addSelector(Array(rule[1..<(rule.count - 1)]), table, allChannels: allChannels)
        default:
            if applyFlag(rule) { return }
            if rule.matches("reset") { return reset(allChannels: allChannels) }
            try selectors[0].apply(rule, table)
        }
    }

    /// Applies a rule that is a word of its own; false if it is none.
    private mutating func applyFlag(_ rule: [UInt8]) -> Bool {
        if rule.matches("on") { isEnabled = true }
        else if rule.matches("off") { isEnabled = false }
        else if rule.matches("skip-sanitize-payload") { sanitizesPayload = false }
        else if rule.matches("sanitize-payload") { sanitizesPayload = true }
        else if rule.matches("nopass") { setNoPassword(true) }
        else if rule.matches("resetpass") { setNoPassword(false) }
        else if rule.matches("clearselectors") { selectors.removeSubrange(1...) }
        else { return false }
        return true
    }

    private mutating func reset(allChannels: Bool) {
        self = AccessUser(name: name, allChannels: allChannels)
        sanitizesPayload = true
    }

    /// `requirepass`: this password and no other, or none where it is empty.
    mutating func setOnlyPassword(_ password: String) {
        setNoPassword(password.isEmpty)
        if !password.isEmpty { passwords = [Digest(of: password.utf8Span.span.bytes)] }
    }

    private mutating func setNoPassword(_ needsNone: Bool) { (needsNoPassword, passwords) = (needsNone, []) }

    private static func hash(_ rule: [UInt8]) throws(AccessRuleError) -> Digest {
        guard let digest = Digest(hexadecimal: rule.span.bytes.slice(1, rule.count - 1)) else { throw .invalidHash }
        return digest
    }

    private mutating func addPassword(_ password: Digest) throws(AccessRuleError) {
        needsNoPassword = false
        if passwords.contains(password) { return }
        guard passwords.count < Limits.accessPasswords else {
            throw .tooMany("passwords", limit: Limits.accessPasswords)
        }
        passwords.append(password)
    }

    private mutating func removePassword(_ password: Digest) throws(AccessRuleError) {
        guard let index = passwords.firstIndex(of: password) else { throw .noSuchPassword }
        passwords.remove(at: index)
    }

    /// - Parameter rules: what stands between the parentheses.
    private mutating func addSelector(
        _ rules: [UInt8], _ table: borrowing CommandTable, allChannels: Bool
    ) throws(AccessRuleError) {
        guard selectors.count <= Limits.accessSelectors else {
            throw .tooMany("selectors", limit: Limits.accessSelectors)
        }
        var selector = AccessSelector(allChannels: allChannels)
        guard let words = QuotedWords.split(rules) else { throw .syntax }
        for word in words { try selector.apply(word, table) }
        selectors.append(selector)
    }

    // MARK: Description

    /// Names of the flags, in the order in which Redis lists them.
    var flags: [StaticString] {
        var flags: [StaticString] = [isEnabled ? "on" : "off"]
        if needsNoPassword { flags.append("nopass") }
        if let sanitizesPayload { flags.append(sanitizesPayload ? "sanitize-payload" : "skip-sanitize-payload") }
        return flags
    }

    /// The rules that make this user out of a new one: a line of `ACL LIST` without `user` and the name. Passwords
    /// appear as hashes.
    func description(_ table: borrowing CommandTable) -> [UInt8] { rules(table).joinedByBlanks }

    /// As `description`, word by word: a selector may be several. No word has a blank in it.
    func rules(_ table: borrowing CommandTable) -> [[UInt8]] {
        var words = flags.map(\.bytes.array)
        for password in passwords { words.append([UInt8(ascii: "#")] + password.hexadecimal) }
        words += selectors[0].words(table)
        for selector in selectors.dropFirst() { words += selector.parenthesizedWords(table) }
        return words
    }
}
