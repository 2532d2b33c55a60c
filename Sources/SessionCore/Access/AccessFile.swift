/// What an `aclfile` holds: a line `user <name> <rule> …` for each user, and empty lines. No comments, as in Redis:
/// `ACL SAVE` would lose them.
struct AccessFile {
    private(set) var users: [AccessUser] = []
    /// All that is wrong, in Redis's words, one sentence after the other; empty if nothing is. Then nothing may be
    /// taken from `users`.
    private(set) var problems: [UInt8] = []

    /// All names so far, sorted.
    private var names: [[UInt8]] = []
    private let path: String
    private let allChannels: Bool

    /// Reads the content of a file.
    /// - Parameters:
    ///   - path: as problems name it.
    ///   - allChannels: what `acl-pubsub-default` says.
    /// - Complexity: O(length × log users).
    init(_ content: [UInt8], path: String, _ table: borrowing CommandTable, allChannels: Bool) {
        self.path = path
        self.allChannels = allChannels
        guard content.count <= Limits.accessFile else {
            report("'\(path)' is larger than \(Limits.accessFile) bytes. ")
            return
        }
        var number = 0
        for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let trimmed = line.trimmed
            if !trimmed.isEmpty { read(trimmed, number, table) }
        }
    }

    private mutating func report(_ text: String) { problems += Array(text.utf8) }

    private mutating func report(_ before: String, _ quoted: [UInt8], _ after: String) {
        problems += Array(before.utf8) + quoted + Array(after.utf8)
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ number: Int, _ table: borrowing CommandTable) {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { Array($0) }
        guard words.count >= 2, words[0] == Array("user".utf8) else {
            return report("\(path):\(number) should start with user keyword followed by the username. ")
        }
        let name = words[1]
        if name.hasBlanks || name.count > Limits.accessUserName {
            return report("'\(path):\(number): username '", name, "' contains invalid characters. ")
        }
        guard note(name) else {
            return report("WARNING: Duplicate user '", name, "' found on line \(number). ")
        }
        guard users.count < Limits.accessUsers else {
            return report("\(path):\(number): more than \(Limits.accessUsers) users. ")
        }
        var user = AccessUser(name: name, allChannels: allChannels)
        apply(Array(words.dropFirst(2)), to: &user, number, table)
        users.append(user)
    }

    /// - Returns: false if there was a user of this name before.
    private mutating func note(_ name: [UInt8]) -> Bool {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle].lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        if low < names.count, names[low] == name { return false }
        names.insert(name, at: low)
        return true
    }

    /// Applies all rules that can be, and reports those that cannot: of unknown commands each one, of others the first.
    private mutating func apply(
        _ words: [[UInt8]], to user: inout AccessUser, _ number: Int, _ table: borrowing CommandTable
    ) {
        guard let rules = try? AccessRules.merged(words) else {
            return report("\(path):\(number): Unmatched parenthesis in selector definition.")
        }
        var hasReported = false
        for rule in rules {
            do throws(AccessRuleError) {
                try user.apply(Array(rule[...].trimmed), table, allChannels: allChannels)
            } catch .unknownCommand {
                let reason = AccessRuleError.unknownCommand.text
                report("\(path):\(number): Error in applying operation '", AccessRules.quoted(rule), "': \(reason). ")
            } catch {
                if !hasReported { report("\(path):\(number): \(error.text). ") }
                hasReported = true
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks at either end.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 10 }
        guard let last = lastIndex(where: { !isBlank($0) }) else { return [] }
        return self[...last].drop(while: isBlank)
    }
}
