/// Why a request is not allowed.
struct AccessDenial: BitwiseCopyable {
    /// In the order in which Redis weighs them: of several selectors, the one that came furthest says why.
    enum Reason: UInt8 {
        case command = 1
        case key, authentication, channel

        /// As `ACL LOG` names it.
        var name: StaticString {
            switch self {
            case .command: "command"
            case .key: "key"
            case .authentication: "auth"
            case .channel: "channel"
            }
        }
    }

    var reason: Reason
    /// The word that names the key or channel.
    var position = 0
}

/// A user's permissions in the form in which every request is checked: flat, without reference counts, and so that
/// checking allocates nothing. Made from an `AccessUser` whenever that changes.
struct AccessGrants: ~Copyable {
    /// A selector. Ranges are of the vectors below.
    struct Selector: BitwiseCopyable {
        var allowed: CommandSet
        var allowsAllCommands: Bool
        var allowsAllKeys: Bool
        var allowsAllChannels: Bool
        var firstArguments = Range(0, 0)
        var keys = Range(0, 0)
        var channels = Range(0, 0)
    }

    struct Range: BitwiseCopyable {
        var start: Int32
        var end: Int32

        init(_ start: Int, _ end: Int) { (self.start, self.end) = (Int32(start), Int32(end)) }

        var indices: Swift.Range<Int> { Int(start)..<Int(end) }
    }

    /// A key or channel pattern, its text in `text`.
    struct Pattern: BitwiseCopyable {
        var offset: Int
        var count: Int
        var permission: KeyPermission
        /// A literal text and a star: the text, without the star, is a prefix to compare.
        var isPrefix: Bool
    }

    /// A first argument that a command is allowed with.
    struct FirstArgument: BitwiseCopyable {
        var command: CommandID
        var offset: Int
        var count: Int
    }

    private var selectors = Vector<Selector>()
    private var patterns = Vector<Pattern>()
    private var firstArguments = Vector<FirstArgument>()
    private var text = ByteBuffer()

    init(_ user: AccessUser) {
        for selector in user.selectors { add(selector) }
    }

    private mutating func add(_ source: AccessSelector) {
        var selector = Selector(
            allowed: source.allowed, allowsAllCommands: source.allowsAllCommands, allowsAllKeys: source.allowsAllKeys,
            allowsAllChannels: source.allowsAllChannels)
        let firstArgument = firstArguments.count
        for list in source.firstArguments {
            for argument in list.arguments {
                firstArguments.append(
                    FirstArgument(command: list.command, offset: text.count, count: argument.count))
                text.append(argument.span.bytes)
            }
        }
        selector.firstArguments = Range(firstArgument, firstArguments.count)
        let key = patterns.count
        for pattern in source.keys { add(pattern.pattern, pattern.permission) }
        selector.keys = Range(key, patterns.count)
        let channel = patterns.count
        for pattern in source.channels { add(pattern, .all) }
        selector.channels = Range(channel, patterns.count)
        selectors.append(selector)
    }

    private mutating func add(_ pattern: [UInt8], _ permission: KeyPermission) {
        let special: [UInt8] = [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\")]
        let isPrefix = pattern.last == UInt8(ascii: "*") && !pattern.dropLast().contains { special.contains($0) }
        patterns.append(
            Pattern(offset: text.count, count: pattern.count, permission: permission, isPrefix: isPrefix))
        text.append(pattern.span.bytes)
    }

    // MARK: Asking

    /// Why a request may not be executed; nil if some selector allows it.
    /// - Parameter start: the word of `request` that names the command.
    /// - Complexity: O(selectors × (keys × patterns)), each match O(length of the pattern × length of the key).
    func denial(
        of request: borrowing Request, from start: Int, _ facts: CommandFacts, _ needs: AccessNeeds
    ) -> AccessDenial? {
        var worst = AccessDenial(reason: .command)
        for index in 0..<selectors.count {
            guard let denial = denial(selectors[index], request, start, facts, needs) else { return nil }
            let isWorse = denial.reason.rawValue > worst.reason.rawValue
            if isWorse || (denial.reason == worst.reason && denial.position > worst.position) { worst = denial }
        }
        return worst
    }

    /// Why this selector does not allow a request; nil if it does.
    private func denial(
        _ selector: Selector, _ request: borrowing Request, _ start: Int, _ facts: CommandFacts, _ needs: AccessNeeds
    ) -> AccessDenial? {
        if !selector.allowsAllCommands && !selector.allowed.contains(facts.id) && !facts.flags.contains(.noAuth)
            && !allowsFirstArgument(selector, request, start, facts.id) {
            return AccessDenial(reason: .command)
        }
        if !selector.allowsAllKeys && facts.namesKeys {
            let denied = firstDeniedKey(selector, request, start, facts, needs)
            if denied > 0 { return AccessDenial(reason: .key, position: denied) }
        }
        if !selector.allowsAllChannels {
            let denied = firstDeniedChannel(selector, request, start, needs.channels)
            if denied > 0 { return AccessDenial(reason: .channel, position: denied) }
        }
        return nil
    }

    private func allowsFirstArgument(
        _ selector: Selector, _ request: borrowing Request, _ start: Int, _ command: CommandID
    ) -> Bool {
        guard request.count > start + 1 else { return false }
        for index in selector.firstArguments.indices where firstArguments[index].command == command {
            let argument = text.bytes.slice(firstArguments[index].offset, firstArguments[index].count)
            if argument.isEqualIgnoringCase(to: request[start + 1]) { return true }
        }
        return false
    }

    /// The first key that the patterns do not allow, counted from the command's name; 0 if they allow all.
    private func firstDeniedKey(
        _ selector: Selector, _ request: borrowing Request, _ start: Int, _ facts: CommandFacts, _ needs: AccessNeeds
    ) -> Int {
        for position in request.keysToPermit(of: facts, from: start) {
            let permission = needs.permission(at: position, of: request, from: start)
            if !allows(selector, request[start + position], permission) { return position }
        }
        return 0
    }

    /// Whether one of the selector's patterns matches a key and gives the permission.
    private func allows(_ selector: Selector, _ key: RawSpan, _ needed: KeyPermission) -> Bool {
        for index in selector.keys.indices where patterns[index].permission.isSuperset(of: needed) {
            if matches(patterns[index], key) { return true }
        }
        return false
    }

    @inline(__always)
    private func matches(_ pattern: Pattern, _ name: RawSpan) -> Bool {
        let bytes = text.bytes.slice(pattern.offset, pattern.count)
        guard pattern.isPrefix else { return GlobPattern.matches(bytes, name) }
        let prefix = pattern.count &- 1
        // No pattern but the empty one matches an empty name.
        guard name.byteCount >= max(prefix, 1) else { return false }
        return name.slice(0, prefix).isEqual(to: bytes.slice(0, prefix))
    }

    /// The first channel that the patterns do not allow, counted from the command's name; 0 if they allow all.
    private func firstDeniedChannel(
        _ selector: Selector, _ request: borrowing Request, _ start: Int, _ channels: ChannelUse
    ) -> Int {
        let words = request.count - start
        let last: Int
        switch channels {
        case .none: return 0
        case .first: last = min(1, words - 1)
        case .channels, .patterns: last = words - 1
        }
        var position = 1
        while position <= last {
            if !allows(selector, channel: request[start + position], isPattern: channels == .patterns) {
                return position
            }
            position += 1
        }
        return 0
    }

    private func allows(_ selector: Selector, channel: RawSpan, isPattern: Bool) -> Bool {
        for index in selector.channels.indices {
            let pattern = patterns[index]
            // To listen to a pattern, that very pattern has to be allowed.
            if isPattern ? text.bytes.slice(pattern.offset, pattern.count).isEqual(to: channel)
                : matches(pattern, channel) {
                return true
            }
        }
        return false
    }

    /// Whether some selector allows to listen to a channel, or a pattern of channels.
    func allows(channel: RawSpan, isPattern: Bool) -> Bool {
        for index in 0..<selectors.count {
            if selectors[index].allowsAllChannels { return true }
            if allows(selectors[index], channel: channel, isPattern: isPattern) { return true }
        }
        return false
    }
}
