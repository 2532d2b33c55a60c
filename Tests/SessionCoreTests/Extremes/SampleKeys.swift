/// A key of every kind of value, in every form in which it is kept.
enum SampleKey: String, CaseIterable {
    case missing, string, number, longString, hash, largeHash, integers, set, largeSet, sortedSet, largeSortedSet
    /// The key under which a session appears.
    case session

    /// The request that makes it; nil where there is nothing to make.
    var making: [String]? {
        switch self {
        case .missing, .session: nil
        case .string: ["SET", rawValue, "text"]
        case .number: ["SET", rawValue, "9223372036854775807", "PX", "100000"]
        case .longString: ["SET", rawValue, String(repeating: "x", count: 3000)]
        case .hash: ["HSET", rawValue, "a", "1", "b", "text", "c", "9223372036854775807"]
        // Beyond `Limits.packedHash`.
        case .largeHash: ["HSET", rawValue, "a", "1.7e308", "b", String(repeating: "x", count: 9000)]
        case .integers: ["SADD", rawValue, "-9223372036854775808", "0", "1", "9223372036854775807"]
        case .set: ["SADD", rawValue, "a", "b", "c", "1"]
        // Beyond `Limits.packedMembers`.
        case .largeSet: ["SADD", rawValue] + (0..<140).map { "m\($0)" }
        case .sortedSet: ["ZADD", rawValue, "1", "a", "-inf", "b", "inf", "c", "1.7e308", "d"]
        // Beyond the entries of a listpack.
        case .largeSortedSet: ["ZADD", rawValue] + (0..<140).flatMap { ["\($0)", "m\($0)"] }
        }
    }
}
