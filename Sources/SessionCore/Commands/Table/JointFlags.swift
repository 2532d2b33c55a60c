/// Flags of one command, or of several together. `EXEC` is subject to whatever one of its commands is subject to.
struct JointFlags: BitwiseCopyable {
    /// Flags that at least one of the commands has.
    var any: CommandFlags
    /// Flags that all of them have.
    var all: CommandFlags

    /// Those of no command.
    init() { (any, all) = ([], CommandFlags(rawValue: .max)) }

    /// Those of one command.
    init(_ flags: CommandFlags) { (any, all) = (flags, flags) }

    /// Adds those of other commands.
    mutating func join(_ others: JointFlags) {
        any.formUnion(others.any)
        all.formIntersection(others.all)
    }
}
