/// All users, what each may do, and what was refused.
///
/// A user has a number that stays his as long as he exists: it is what a connection keeps. Number 0 is `default`, who
/// always exists.
struct AccessControl: ~Copyable {
    private struct Entry {
        var user: AccessUser
        /// The line of `ACL LIST` without `user` and the name.
        var description: [UInt8]
    }

    private var entries: [Entry?] = []
    /// Beside `entries`; of a number that is free, what its last user had.
    private var grants = Vector<AccessGrants>()
    /// The numbers in use, by name (bytes as numbers, as Redis orders them).
    private(set) var order: [Int] = []
    /// `ACL LOG`
    var log = AccessLog()
    /// Slows down guessing of passwords.
    var brake: LoginBrake

    /// The number of `default`.
    static let defaultUser = 0

    /// - Parameters:
    ///   - password: of `default`; empty for none.
    ///   - users: all others, or `default` again, which then counts.
    ///   - hash: of addresses, for the brake on logins.
    init(
        defaultPassword password: String, _ users: [AccessUser], _ table: borrowing CommandTable, _ hash: KeyHash
    ) {
        brake = LoginBrake(hash)
        var user = AccessUser.initialDefault()
        if !password.isEmpty { user.setOnlyPassword(password) }
        insert(user, table)
        for user in users { insert(user, table) }
    }

    /// The user of a number that is in use.
    subscript(number: Int) -> AccessUser {
        guard let entry = entries[number] else { preconditionFailure("no user has this number") }
        return entry.user
    }

    /// The user `default`.
    var defaultUser: AccessUser { self[AccessControl.defaultUser] }

    /// Every connection may use what `default` may, without a password.
    private(set) var isOpenToAll = false

    /// The rules that describe a user.
    func description(of number: Int) -> [UInt8] {
        guard let entry = entries[number] else { preconditionFailure("no user has this number") }
        return entry.description
    }

    /// `user`, a name, and the rules that describe him: what `ACL LIST` shows and `aclfile` holds.
    func line(of number: Int) -> [UInt8] {
        Array("user ".utf8) + self[number].name + [UInt8(ascii: " ")] + description(of: number)
    }

    /// The number of the user of this name; nil if there is none. O(log users).
    func number(of name: RawSpan) -> Int? {
        let position = position(of: name)
        guard position < order.count, self[order[position]].name.span.bytes.isEqual(to: name) else { return nil }
        return order[position]
    }

    /// Where a name stands in `order`, or would.
    private func position(of name: RawSpan) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            let other = entries[order[middle]]?.user.name ?? []
            if other.span.bytes.compare(to: name) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Numbers in use are below this.
    var numbers: Int { entries.count }

    /// Whether a user may do everything.
    func isUnrestricted(_ number: Int) -> Bool { entries[number]?.user.isUnrestricted ?? false }

    /// Whether a user may log in with a password.
    func accepts(_ number: Int, _ password: Digest) -> Bool {
        let user = self[number]
        let isRight = user.hasPassword(password)
        return user.isEnabled && (user.needsNoPassword || isRight)
    }

    /// Why a user may not execute a request; nil if he may.
    @inline(__always)
    func denial(
        _ number: Int, of request: borrowing Request, from start: Int, _ facts: CommandFacts, _ needs: AccessNeeds
    ) -> AccessDenial? {
        grants[number].denial(of: request, from: start, facts, needs)
    }

    /// Whether a user may listen to a channel, or a pattern of channels.
    func allows(_ number: Int, channel: RawSpan, isPattern: Bool) -> Bool {
        grants[number].allows(channel: channel, isPattern: isPattern)
    }

    // MARK: Change

    /// Adds a user, or replaces the one of his name.
    /// - Returns: his number.
    /// - Complexity: O(users).
    @discardableResult
    mutating func insert(_ user: AccessUser, _ table: borrowing CommandTable) -> Int {
        let entry = Entry(user: user, description: user.description(table))
        let name = user.name
        let number: Int
        if let known = self.number(of: name.span.bytes) {
            number = known
        } else {
            number = entries.firstIndex { $0 == nil } ?? entries.count
            order.insert(number, at: position(of: name.span.bytes))
        }
        if number == entries.count {
            entries.append(entry)
            grants.append(AccessGrants(user))
        } else {
            entries[number] = entry
            grants[number] = AccessGrants(user)
        }
        if number == AccessControl.defaultUser { isOpenToAll = user.isEnabled && user.needsNoPassword }
        return number
    }

    /// Removes a user, not `default`; his connections have to be closed.
    mutating func remove(_ number: Int) {
        precondition(number != AccessControl.defaultUser, "there is always a user 'default'")
        order.removeAll { $0 == number }
        entries[number] = nil
    }
}
