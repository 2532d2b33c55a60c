import FuzzSupport
@testable import SessionCore

nonisolated(unsafe) private let table = CommandTable()

/// An `aclfile`: the description of each user makes the same user again, and a file of these lines is read without
/// complaints.
@_cdecl("fuzz_access_rules")
public func fuzzAccessRules(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let allChannels = count & 1 == 0
    let file = AccessFile(bytes, path: "users.acl", table, allChannels: allChannels)
    require(file.problems.count <= 200 * (bytes.count + 1), "more complaints than there is to complain about")
    var lines: [UInt8] = []
    for user in file.users {
        // A user with a rule that was refused is none, but has to be describable all the same.
        let description = user.description(table)
        lines += Array("user ") + user.name + [32] + description + [10]
    }
    let again = AccessFile(lines, path: "users.acl", table, allChannels: false)
    require(again.problems.isEmpty, "a description is refused: \(String(decoding: again.problems, as: UTF8.self))")
    require(again.users.count == file.users.count, "users are missing")
    for (user, copy) in zip(file.users, again.users) {
        require(
            user.description(table) == copy.description(table),
            "the description makes another user: \(String(decoding: user.description(table), as: UTF8.self)) and "
                + String(decoding: copy.description(table), as: UTF8.self))
        require(user.isUnrestricted == copy.isUnrestricted, "the description makes a user with other rights")
        _ = AccessGrants(user)
    }
    return 0
}
