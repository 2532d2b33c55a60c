/// What the directives about files mean together.
extension Configuration {
    /// When snapshots are written by themselves.
    var effectiveSaveRules: [SaveRule] { saveRules ?? [] }

    /// Whether data outlives the process: without, no file is read or written but by a client's wish.
    public var keepsData: Bool { isDirectoryGiven || !effectiveSaveRules.isEmpty || keepsLog }

    /// Whether the append log is kept: as `appendonly` says or, if neither that nor `save` was given, with `dir`.
    public var keepsLog: Bool { appendOnly ?? (isDirectoryGiven && saveRules == nil) }

    /// `dir` was given.
    var isDirectoryGiven: Bool { !directory.isEmpty }

    /// Where files are: without `dir`, where the process was started.
    var dataDirectory: String { directory.isEmpty ? "." : directory }

    /// The path of a file in a directory.
    static func path(of name: String, in directory: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

/// `save seconds changes`: a snapshot is written if there were so many changes of keys and the last one is older than
/// so many seconds.
public struct SaveRule: Sendable, Equatable {
    public let seconds: Int64
    public let changes: Int64
}

/// `appendfsync`: when what was appended is waited for.
public enum AppendSync: String, Sendable, CaseIterable {
    /// Before anybody is told.
    case always
    /// Once a second.
    case everySecond = "everysec"
    /// When the system thinks fit.
    case no
}

/// `encrypt-at-rest`: whether files are written encrypted.
public enum EncryptAtRest: String, Sendable, CaseIterable {
    case no
    /// And plain files are refused: somebody else may have written them.
    case yes
    /// As `yes`, but plain files are loaded, and replaced by encrypted ones.
    case convert
}

/// The kinds of the directives about files.
extension Directive {
    static let encryptAtRest = Kind.choice(
        EncryptAtRest.allCases.map(\.rawValue),
        get: { EncryptAtRest.allCases.firstIndex(of: $0.encryptAtRest) ?? 0 },
        set: { $0.encryptAtRest = EncryptAtRest.allCases[$1] })

    /// Any number of pairs, in one word or several; none for no snapshots. As in Redis, a second line of a file adds
    /// to the first.
    static let save = Kind.words(
        get: { configuration in
            configuration.effectiveSaveRules.map { "\($0.seconds) \($0.changes)" }.joined(separator: " ")
        },
        set: { (configuration, words) throws(InvalidValue) in
            let words = words.flatMap { $0.split(separator: " ").map(String.init) }.filter { $0 != "\"\"" }
            guard words.count.isMultiple(of: 2) else { throw InvalidValue(reason: "Invalid save parameters") }
            var rules: [SaveRule] = []
            for index in stride(from: 0, to: words.count, by: 2) {
                guard let seconds = ValueFormat.integer(words[index]), seconds >= 1,
                    let changes = ValueFormat.integer(words[index + 1]), changes >= 0
                else { throw InvalidValue(reason: "Invalid save parameters") }
                rules.append(SaveRule(seconds: Int64(seconds), changes: Int64(changes)))
            }
            guard rules.count <= Limits.saveRules else {
                throw InvalidValue(reason: "at most \(Limits.saveRules) rules are possible")
            }
            configuration.saveRules = rules
        },
        lines: { configuration in
            guard let rules = configuration.saveRules else { return [] }
            return [
                RewrittenLine(
                    "save", rules.isEmpty ? [""] : rules.flatMap { [String($0.seconds), String($0.changes)] },
                    isForced: true)
            ]
        })

    /// What is shown may follow from other directives; only what was said is written.
    static let appendOnly = Kind.words(
        get: { $0.keepsLog ? "yes" : "no" },
        set: { (configuration, words) throws(InvalidValue) in
            guard words.count == 1 else { throw InvalidValue(reason: "wrong number of arguments") }
            guard let index = ["no", "yes"].firstIndex(of: words[0].lowercased()) else {
                throw InvalidValue(reason: "argument must be 'yes' or 'no'")
            }
            configuration.appendOnly = index == 1
        },
        lines: { configuration in
            guard let isOn = configuration.appendOnly else { return [] }
            return [RewrittenLine("appendonly", [isOn ? "yes" : "no"], isForced: true)]
        })

    static let appendFileName = fileName("appendfilename", \.appendFileName)
    static let appendDirectoryName = fileName("appenddirname", \.appendDirectoryName)

    static let appendSync = Kind.choice(
        AppendSync.allCases.map(\.rawValue),
        get: { AppendSync.allCases.firstIndex(of: $0.appendSync) ?? 0 },
        set: { $0.appendSync = AppendSync.allCases[$1] })

    static let usesPreamble = constant("yes", ["yes"], "only yes: the base of the log is always a snapshot")

    static let snapshotName = fileName("dbfilename", \.snapshotName)

    /// The name of a file within `dir`.
    static func fileName(_ name: String, _ path: Path<String>) -> Kind {
        .word(
            get: { $0[keyPath: path] },
            set: { (configuration, word) throws(InvalidValue) in
                guard !word.isEmpty, word.utf8.count <= Limits.fileName, !word.utf8.contains(0) else {
                    throw InvalidValue(reason: "\(name) can't be empty, or longer than \(Limits.fileName) bytes")
                }
                guard !word.contains("/"), !word.contains("\\") else {
                    throw InvalidValue(reason: "\(name) can't be a path, just a filename")
                }
                configuration[keyPath: path] = word
            })
    }
}
