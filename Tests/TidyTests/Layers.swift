/// The layers of `SessionCore`: whose types the files of a folder may name.
///
/// The node sees everything: what lies in `Node/`, and what extends `Node` in any folder, is its own and not looked at
/// here, nor are the types that it declares. (`rooms` says who may name those.)
enum Layers {
    /// The folders but `Node`, each with those whose types its files may name, which all stand above it: so there is no
    /// cycle. `.` stands for the files beside the folders, which every folder may name, and `Memory`.
    static let table: [(folder: String, mayName: [String])] = [
        (".", []),
        ("Memory", []),
        ("Text", []),
        ("Records", ["Text"]),
        ("Expiry", ["Records"]),
        ("Store", ["Text", "Records", "Expiry"]),
        ("Protocol", ["Text"]),
        ("Commands/Table", ["Text", "Protocol"]),
        ("Access", ["Text", "Protocol", "Commands/Table"]),
        ("Configuration", ["Text", "Store", "Commands/Table", "Access"]),
        ("Observation", ["Text", "Protocol", "Expiry", "Commands/Table", "Configuration"]),
        ("Scripting", ["Text", "Protocol", "Commands/Table"]),
        ("Replication/Propagation", ["Text", "Protocol"]),
        ("Lifecycle", []),
        ("Replication/Role", ["Store", "Configuration", "Lifecycle"]),
        (
            "Execution",
            [
                "Text", "Records", "Store", "Protocol", "Commands/Table", "Configuration", "Replication/Propagation",
                "Replication/Role",
            ]
        ),
        ("Persistence/Encryption", ["Text"]),
        (
            "Persistence",
            ["Text", "Records", "Store", "Protocol", "Configuration", "Execution", "Persistence/Encryption"]
        ),
        ("Replication/Effects", ["Text", "Records", "Store", "Commands/Table", "Execution"]),
        ("Replication/Link", ["Text", "Store", "Protocol", "Configuration", "Persistence"]),
        ("Replication/Stream", ["Text", "Protocol"]),
        (
            "Replication",
            ["Text", "Records", "Store", "Protocol", "Persistence", "Replication/Link", "Replication/Stream"]
        ),
        ("Listeners", ["Text", "Records", "Protocol"]),
        (
            "Connections",
            [
                "Text", "Protocol", "Commands/Table", "Access", "Configuration", "Listeners", "Replication/Link",
                "Replication",
            ]
        ),
        (
            "Durability",
            [
                "Store", "Configuration", "Persistence", "Persistence/Encryption", "Replication/Stream", "Connections",
            ]
        ),
        ("Commands", data),
        ("Commands/Strings", data),
        ("Commands/Keys", data + ["Commands/Strings"]),
        ("Commands/Hashes", data + ["Commands", "Commands/Keys"]),
        ("Commands/Sets", data + ["Commands", "Commands/Keys"]),
        ("Commands/SortedSets", data + ["Commands", "Commands/Keys"]),
        ("Commands/Sessions", data + ["Configuration"]),
        ("Commands/Access", node + ["Access"]),
        ("Commands/Connection", node),
        ("Commands/PubSub", node + ["Listeners"]),
        ("Commands/Replication", node),
        ("Commands/Scripting", node),
        ("Commands/Server", node + ["Configuration"]),
        ("Commands/Transactions", node),
    ]

    /// What commands on data are about.
    private static let data = ["Text", "Records", "Store", "Protocol", "Commands/Table", "Execution"]
    /// What rows, errors and options of the other commands are about; their handlers extend the node.
    private static let node = ["Text", "Protocol", "Commands/Table"]

    private static let root = "Sources/SessionCore/"

    /// A file and the folder whose row holds for it.
    private struct Member {
        let file: SourceFile
        let folder: String
    }

    /// Every name of a type of another folder that a folder must not name, and every folder without a row.
    static func violations(_ files: [SourceFile]) -> [Violation] {
        let members = files.compactMap(member)
        var homes: [String: String] = [:]
        var own: [String: Set<String>] = [:]
        for member in members {
            for line in member.file.code {
                guard let declared = declaration(line) else { continue }
                own[member.folder, default: []].insert(declared.name)
                if declared.isTopLevel { homes[declared.name] = member.folder }
            }
        }
        return members.flatMap { member -> [Violation] in
            guard let row = table.first(where: { $0.folder == member.folder }) else {
                return [Rules.whole(member.file, "a new folder: say in TidyTests/Layers.swift what it may name")]
            }
            let allowed = Set(row.mayName + [member.folder] + (row.folder == "." ? [] : [".", "Memory"]))
            let known = own[member.folder] ?? []
            return Rules.each(member.file, member.file.code) { line in
                for name in typeNames(line) where !known.contains(name) {
                    guard let home = homes[name], !allowed.contains(home) else { continue }
                    return "\(member.folder) must not name \(name) of \(home): move one of them, or what they share"
                }
                return nil
            }
        }
    }

    /// Nil for files elsewhere, and for the node's own.
    private static func member(_ file: SourceFile) -> Member? {
        guard file.path.hasPrefix(root), file.path.hasSuffix(".swift") else { return nil }
        let parts = file.path.dropFirst(root.count).split(separator: "/")
        let isNodes = parts.first == "Node" || parts.last?.hasPrefix("Node") == true
            || file.code.contains { typeNames($0).first == "Node" && $0.hasPrefix("extension ") }
        if isNodes { return nil }
        return Member(file: file, folder: parts.count == 1 ? "." : parts.dropLast().joined(separator: "/"))
    }

    /// The type that a line declares, if it does.
    private static func declaration(_ line: String) -> (name: String, isTopLevel: Bool)? {
        let pattern = #/^(\s*)(?:@[\w()]+ )*(?:\w+ )*?(?:struct|enum|class|protocol|typealias) (\w+)/#
        guard let match = line.prefixMatch(of: pattern) else { return nil }
        return (String(match.output.2), match.output.1.isEmpty && !line.contains("private "))
    }

    /// The names in a line that begin with a capital letter and are no members of others.
    static func typeNames(_ line: String) -> [String] {
        let parts = line.replacing("...", with: " ").replacing("..<", with: " ")
            .split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." }
        return parts.compactMap { part in
            guard let first = part.first, first.isUppercase else { return nil }
            return String(part.prefix { $0 != "." })
        }
    }
}
