/// Which module may use what.
extension Rules {
    // MARK: Imports

    /// Modules that each module imports, the standard library aside. A folder with rules of its own comes as a path.
    private static let imports: [String: Set<String>] = [
        "SessionCore": [],
        "SessionCore/Memory": ["CLinux", "Crypto", "CCryptoBoringSSL", "Glibc", "Musl"],
        "SessionServer": ["CLinux", "SessionCore", "Logging", "Synchronization", "Glibc", "Musl"],
        // SwiftNIO serves the admin port and nothing else: the rest is the event loop's.
        "SessionServer/Admin": [
            "CLinux", "SessionCore", "Synchronization", "NIOCore", "NIOHTTP1", "NIOPosix", "Glibc", "Musl",
        ],
        "cloakroom-server": ["SessionServer", "ArgumentParser"],
        "SessionSimulation": ["SessionCore"],
        "simulate": ["SessionSimulation", "ArgumentParser"],
        // The running server from outside: these must not know its inside.
        "ScriptTexts": [],
        "TestSupport": ["CHiredis", "Glibc", "Synchronization"],
        "HiredisTests": ["CHiredis", "TestSupport", "Testing", "Glibc", "Foundation", "Synchronization"],
        "EndToEnd": ["ScriptTexts", "TestSupport", "Testing", "Glibc", "Foundation", "Synchronization"],
    ]

    /// Only modules below a module are imported, and by `SessionCore` nothing that could read a clock or do I/O.
    static func importDirections(_ file: SourceFile) -> [Violation] {
        guard let module = file.module, file.path.hasSuffix(".swift") else { return [] }
        let folder = ["SessionCore/Memory", "SessionServer/Admin"].first { file.path.hasPrefix("Sources/\($0)/") }
        guard let allowed = imports[folder ?? module] else {
            let isKnown = !file.path.hasPrefix("Sources/")
            return isKnown ? [] : [whole(file, "a new module: say in TidyTests/Rules+Modules.swift what it may import")]
        }
        return each(file, file.code) { line in
            let pattern = #/^\s*(?:@\w+ )?(?:(?:public|package|internal|private|fileprivate) )?import (?:\w+ )?(\w+)/#
            guard let name = line.prefixMatch(of: pattern)?.output.1, !allowed.contains(String(name)) else {
                return nil
            }
            return "\(module) must not import \(name): \(remedy(module))"
        }
    }

    private static func remedy(_ module: String) -> String {
        switch module {
        case "SessionCore":
            "pass in what it would give as a value, or emit a NodeEffect; CLinux and libc are for Memory/ alone"
        case "SessionSimulation":
            "time is the simulation's clock, the network its wires; what prints and measures is the executable simulate"
        case "TestSupport", "HiredisTests", "EndToEnd":
            "talk to the server over a connection; inside tests go to SessionCoreTests"
        default:
            "move the code to the module that may, or extend the list in TidyTests/Rules+Modules.swift with a reason"
        }
    }

    // MARK: Rooms

    /// Folders of the parts that `Node` owns.
    static let partFolders = ["Access", "Connections", "Durability", "Lifecycle", "Listeners", "Observation"]

    /// Types of the node that a folder of `SessionCore` must not name, because what lies there is to touch less.
    static let closedTo: [(folders: [String], types: [String], reason: String)] = [
        (
            [
                "Memory", "Text", "Records", "Store", "Expiry", "Protocol", "Persistence", "Configuration",
                "Commands/Table",
            ],
            ["Node", "Execution"], "it lies below the node: pass in what it needs"
        ),
        (
            partFolders, ["Node", "Execution"],
            "a part knows nothing of the node: what the node does with it goes to a file `Node+….swift` beside it"
        ),
        (
            [
                "Execution", "Commands/Strings", "Commands/Hashes", "Commands/Sets", "Commands/SortedSets",
                "Commands/Keys", "Commands/Sessions", "Replication/Effects",
            ],
            ["Node"], "a data command touches Execution and nothing else of the node"
        ),
    ]

    /// What lies in a folder touches no more than the folder is for.
    static func rooms(_ file: SourceFile) -> [Violation] {
        let prefix = "Sources/SessionCore/"
        guard file.path.hasPrefix(prefix) else { return [] }
        let folder = file.path.dropFirst(prefix.count).split(separator: "/").dropLast().joined(separator: "/")
        if partFolders.contains(folder) && file.path.contains("/Node+") { return [] }
        return closedTo.filter { $0.folders.contains(folder) }.flatMap { room in
            each(file, file.code) { line in
                let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                guard let type = room.types.first(where: { words.contains(Substring($0)) }) else { return nil }
                return "\(folder) must not name \(type): \(room.reason)"
            }
        }
    }

    // MARK: The store's heap

    /// What lies outside of `Store/` reads records through the views that the store hands out, and changes them through
    /// its functions. (Swift has no access level for a folder.)
    static func storeHeap(_ file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/SessionCore/"), !file.path.hasPrefix("Sources/SessionCore/Store/") else {
            return []
        }
        return each(file, file.code) { line in
            guard line.contains(#/store[?!]?\.heap(?:\W|$)/#) else { return nil }
            return "store.heap: read a record as store[record], and change it by a function of Store"
        }
    }

    // MARK: Unsafe code

    /// Files outside `SessionCore/Memory` that use pointers, unchecked access or lifetimes that nobody checks, and what
    /// for.
    static let unsafeFiles: [String: String] = [
        "Sources/SessionCore/Listeners/PubSub.swift": "spans of the names of topics, which are blocks of its heap",
        "Sources/SessionCore/Records/RecordView.swift": "views of records and elements, which are blocks of the heap",
        "Sources/SessionCore/Store/Store+Views.swift": "the same views, for everybody else",
        "Sources/SessionServer/Disk/DiskFiles.swift": "read(2), write(2)",
        "Sources/SessionServer/Disk/DiskThread.swift": "a thread",
        "Sources/SessionServer/Launch/AccessFiles.swift": "read(2)",
        "Sources/SessionServer/Launch/ConfigurationFiles.swift": "read(2)",
        "Sources/SessionServer/Launch/EncryptionKeys.swift": "memory of keys, which is wiped",
        "Sources/SessionServer/Launch/FileReplacement.swift": "mkstemp(3), write(2)",
        "Sources/SessionServer/Launch/PIDFile.swift": "write(2)",
        "Sources/SessionServer/Log/LogSink.swift": "write(2)",
        "Sources/SessionServer/Network/HostLookup.swift": "getaddrinfo, and a thread for it",
        "Sources/SessionServer/Loop/ConnectionTable.swift": "array of connections without exclusivity checks",
        "Sources/SessionServer/Loop/EventLoop.swift": "the input buffer",
        "Sources/SessionServer/Loop/EventLoop+Reading.swift": "recv(2), getrandom(2), and spans over what they wrote",
        "Sources/SessionServer/Loop/EventLoop+Writing.swift": "send(2)",
        "Sources/SessionServer/Loop/Poller.swift": "epoll_wait(2)",
        "Sources/SessionServer/Network/Listener.swift": "getaddrinfo(3), bind(2)",
        "Sources/SessionServer/Network/PeerAddress.swift": "inet_ntop(3)",
    ]

    private static var unsafeWords: Regex<Substring> {
        #/
        Unsafe\w*Pointer|withUnsafe|_unsafe[A-Z]|unsafe[A-Z]\w*\(|\(unsafe\)|Unmanaged
        |unsafelyUnwrapped|\(immortal\)|_overrideLifetime
        /#
    }

    /// Unsafe code in `Sources` is in `SessionCore/Memory`, or in a file of the list.
    static func unsafeCode(_ file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift"),
            !file.path.hasPrefix("Sources/SessionCore/Memory/"), unsafeFiles[file.path] == nil
        else { return [] }
        let words = unsafeWords
        return each(file, file.code) { line in
            guard let word = line.firstMatch(of: words)?.output else { return nil }
            return "\(word): take a RawSpan, or move it to SessionCore/Memory behind a safe face"
        }
    }

    /// Whether a file has unsafe code at all: else its entry in the list has to go.
    static func usesUnsafeCode(_ file: SourceFile) -> Bool {
        let words = unsafeWords
        return file.code.contains { $0.contains(words) }
    }

    // MARK: Determinism

    private struct Ban {
        let words: Regex<Substring>
        let remedy: String
    }

    private static var bans: [Ban] {
        [
            Ban(
                words: #/\bDictionary\b|\[[A-Z]\w*\??: ?[A-Z\[(]|\bSet<|\bHasher\b|\.hashValue\b/#,
                remedy:
                    "order and hash differ from run to run: use BucketTable, or Vector and a search; KeyHash for hashes"
            ),
            Ban(
                words:
                    #/\bDate\(|ContinuousClock|SuspendingClock|\bclock_gettime\b|clinux_\w*microseconds/#,
                remedy: "the core has no clock: use the Timestamp of the call (Node.now, Store.now)"),
            Ban(
                words:
                    #/SystemRandomNumberGenerator|\.random\(|\.shuffled?\(\)|\.randomElement\(\)|arc4random|getrandom/#,
                remedy: "the core has no randomness of its own: use Node.random, or Node.entropy for secrets"),
            Ban(
                words: #/\bTask\b|\bDispatch[A-Z]\w*|\bThread\b|\basync\b|\bawait\b|\bactor\b|\bMutex\b|\bAtomic</#,
                remedy: "the core has one thread and does not wait: return, and go on in a later turn (Node.advance)"),
            Ban(
                words:
                    #/\b(?:debugPrint|print|readLine|fopen|getenv)\(|\bFileHandle\b|\bFileManager\b/#,
                remedy: "the core does no I/O: use Node.log, or emit a NodeEffect"),
            Ban(
                words: #/\bstatic var \w+[^{]*=|^(?:(?:private|fileprivate|internal|package|public) )?var [^{]*=/#,
                remedy: "global state that changes: make it a property of Node or Store"),
        ]
    }

    /// `SessionCore` and what simulates it do the same each time: nothing in them depends on the clock, the process or
    /// chance.
    static func determinism(_ file: SourceFile) -> [Violation] {
        guard ["SessionCore", "SessionSimulation"].contains(file.module), file.path.hasPrefix("Sources/"),
            file.path.hasSuffix(".swift")
        else { return [] }
        let bans = bans
        return each(file, file.code) { line in
            for ban in bans {
                if let word = line.firstMatch(of: ban.words)?.output { return "'\(word)': \(ban.remedy)" }
            }
            return nil
        }
    }
}
