/// A script that was seen: its text's digest, what it does, and what its errors say of places in the text.
struct SeenScript: BitwiseCopyable {
    let digest: ScriptDigest
    let native: NativeScript
    let lines: ScriptLines
}

/// The scripts that `EVAL` and `SCRIPT LOAD` have brought, which `EVALSHA` can name. Known scripts only, so that there
/// are few; of endless variants of one (in its comments, say) the oldest are forgotten, and clients send them again.
struct ScriptCache: ~Copyable {
    private var seen = Vector<SeenScript>()
    private var oldest = 0

    /// How many there are.
    var count: Int { seen.count }

    /// The script of this digest; nil if it was not seen, or is forgotten. O(scripts).
    func find(_ digest: ScriptDigest) -> SeenScript? {
        for index in 0..<seen.count where seen[index].digest == digest { return seen[index] }
        return nil
    }

    /// Adds a script that is not there.
    mutating func insert(_ script: SeenScript) {
        if seen.count < Limits.seenScripts { return seen.append(script) }
        seen[oldest] = script
        oldest = (oldest + 1) % Limits.seenScripts
    }

    /// Forgets all scripts.
    mutating func removeAll() {
        seen.removeAll()
        oldest = 0
    }
}
