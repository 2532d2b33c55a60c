/// A key of the command being executed that is dead, or may need a deadline.
struct StickyKey: BitwiseCopyable {
    /// Index of the word that is the key, and bytes of the prefix that it begins with.
    var word: Int
    var prefix: Int
    var isDead: Bool
    /// The command may bring it back to life.
    var isRevived: Bool
    var mayLackDeadline: Bool
}
