/// Slows down guessing of passwords, however many connections it is spread over, without locking anybody out.
///
/// Each address, and each name of a user, has an account of failures: a failure adds to it, and time takes off again.
/// What is on the account of an address beyond `Limits.loginAllowance` is the time for which answers to logins from
/// there are held back, right or wrong, so that an answer which is not there yet says nothing. What is on the account
/// of a name beyond it makes each further failure under this name cost the address so much more; it never delays a
/// login from an address that has not failed, so nobody can keep others out by using their name. Delays end at
/// `Limits.loginDelayMaximum`.
///
/// A name has an account whether there is such a user or not. The tables are of fixed size; the account that has least
/// on it gives way. Moments are monotonic microseconds.
struct LoginBrake {
    /// Whom an account is of: a keyed hash of an address or name, never 0.
    typealias Holder = UInt64

    private var addresses = LoginAccounts()
    private var names = LoginAccounts()
    private let hash: KeyHash

    init(_ hash: KeyHash) { self.hash = hash }

    /// How long, in microseconds, the answer to a login from this address has to be held back; 0 for not at all.
    /// O(1).
    func delay(of peer: Peer, at now: Int64) -> Int64 {
        addresses.isEmpty(at: now) ? 0 : addresses.excess(of: holder(peer), at: now)
    }

    /// A login has failed.
    /// - Returns: how long, in microseconds, the answer has to be held back at least. O(1).
    mutating func failed(_ peer: Peer, as name: RawSpan, at now: Int64) -> Int64 {
        let (address, name) = (holder(peer), hash(name) | 1)
        let surcharge = names.excess(of: name, at: now)
        let delay = max(addresses.excess(of: address, at: now), surcharge)
        addresses.add(Limits.loginAddressCost + surcharge, to: address, at: now)
        names.add(Limits.loginNameCost, to: name, at: now)
        return delay
    }

    private func holder(_ peer: Peer) -> Holder { hash(peer.network.utf8Span.span.bytes) | 1 }
}

/// The accounts of addresses or of names: a table of fixed size.
struct LoginAccounts {
    private struct Account {
        var holder: LoginBrake.Holder = 0
        /// When the account will be empty.
        var emptyAt = Int64.min
    }

    /// Made with the first failure.
    private var accounts: [Account] = []
    /// When all will be empty.
    private var allEmptyAt = Int64.min

    /// Most that an account may hold.
    private static let most = Limits.loginAllowance + Limits.loginDelayMaximum

    /// Nothing is on any account.
    func isEmpty(at now: Int64) -> Bool { allEmptyAt <= now }

    /// What is on an account beyond `Limits.loginAllowance`.
    func excess(of holder: LoginBrake.Holder, at now: Int64) -> Int64 {
        guard !isEmpty(at: now), let index = places(of: holder).first(where: { accounts[$0].holder == holder }) else {
            return 0
        }
        return max(0, accounts[index].emptyAt - now - Limits.loginAllowance)
    }

    /// Adds so much to an account, which is opened if need be, up to the most that it may hold.
    mutating func add(_ amount: Int64, to holder: LoginBrake.Holder, at now: Int64) {
        if accounts.isEmpty { accounts = Array(repeating: Account(), count: Limits.loginAccounts) }
        var place = places(of: holder).lowerBound
        for index in places(of: holder) {
            if accounts[index].holder == holder {
                place = index
                break
            }
            if accounts[index].emptyAt < accounts[place].emptyAt { place = index }
        }
        let before = accounts[place].holder == holder ? max(accounts[place].emptyAt, now) : now
        accounts[place] = Account(holder: holder, emptyAt: min(before + amount, now + LoginAccounts.most))
        allEmptyAt = max(allEmptyAt, accounts[place].emptyAt)
    }

    /// Where an account may be.
    private func places(of holder: LoginBrake.Holder) -> Range<Int> {
        let groups = UInt64(Limits.loginAccounts / Limits.loginAccountsCompared)
        let start = Int(holder.multipliedFullWidth(by: groups).high) * Limits.loginAccountsCompared
        return start..<(start + Limits.loginAccountsCompared)
    }
}

extension Peer {
    /// What belongs to one owner as far as the address tells: an IPv4 address, the /64 of an IPv6 address, or this
    /// machine (its loopback addresses, and Unix sockets).
    var network: String {
        if isLocal { return "local" }
        let ip = ip
        // An IPv4 address, or one in IPv6's form.
        if ip.utf8.contains(UInt8(ascii: ".")) { return ip }
        return Peer.prefix(of: ip)
    }

    /// The first four groups of an IPv6 address as inet_ntop(3) writes it.
    private static func prefix(of ip: String) -> String {
        var groups: [Substring] = []
        let halves = ip.split(separator: ":", omittingEmptySubsequences: false)
        // `::` stands for the groups that are missing; at either end it leaves one empty part more.
        guard let gap = halves.firstIndex(of: "") else { return halves.prefix(4).joined(separator: ":") }
        groups += halves[..<gap]
        let behind = halves[gap...].filter { !$0.isEmpty }
        groups += Array(repeating: "0", count: max(0, 8 - groups.count - behind.count))
        return (groups + behind).prefix(4).joined(separator: ":")
    }
}
