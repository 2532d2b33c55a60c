import Testing

@testable import SessionCore

/// Snapshots of a node's data, and what is in them.
extension NodeDialogue {
    /// A snapshot, written in slices of `budget` bytes; `between` is called between two of them.
    func snapshot(budget: Int = .max, interval: Int64 = 1, between: () -> Void = {}) -> [UInt8] {
        SnapshotBytes.written(streamDatabase: 3, interval: interval) { writer in
            let isComplete = modify { writer.write(&$0.execution.store, budget: budget) }
            if !isComplete { between() }
            return isComplete
        }
    }

    /// What a loader has counted.
    struct Loaded: Equatable {
        var keys: Int64
        var skippedKeys: Int64 = 0
        var skippedSessions: Int64 = 0
        var streamDatabase = -1
        var rest: [UInt8] = []
    }

    /// Replaces the data by that of a snapshot, which arrives in pieces.
    /// - Returns: nil if it is not complete; the data is as before then, as after an error.
    @discardableResult
    func load(_ bytes: [UInt8], pieces: Int = .max) throws(RDBError) -> Loaded? {
        let result: Result<Loaded?, RDBError> = modify { node in
            var loader = SnapshotLoader(node.configuration)
            do throws(RDBError) {
                guard try node.execution.store.load(bytes, pieces: pieces, &loader) else { return .success(nil) }
            } catch {
                return .failure(error)
            }
            return .success(
                Loaded(
                    keys: loader.keys, skippedKeys: loader.skippedKeys, skippedSessions: loader.skippedSessions,
                    streamDatabase: loader.streamDatabase ?? -1, rest: loader.rest.array))
        }
        return try result.get()
    }

    /// All keys of the first databases with their content and deadline, as clients see them.
    func content() -> [String: String] { readContent { self.reply($0) } }

    /// Executes a request as one of the primary's replication stream.
    /// - Returns: the text of the error; nil if it was executed.
    @discardableResult
    func apply(_ words: String...) -> String? { apply(words.map { Array($0.utf8) }) }

    @discardableResult
    func apply(_ words: [[UInt8]]) -> String? {
        var bytes: [UInt8] = []
        var arguments = Vector<ArgumentRange>()
        for word in words {
            arguments.append(ArgumentRange(offset: UInt32(bytes.count), count: UInt32(word.count)))
            bytes += word
        }
        return modify { node in
            node.setTime(now)
            node.current = 0
            defer { node.current = -1 }
            let command = words[0]
            let facts = node.table.lookup(command.span.bytes)
            let position = Int(facts?.keys.first ?? 0)
            let key = position > 0 && position < words.count ? words[position] : []
            let plan = RequestPlan(
                first: 0, count: words.count, start: 0, end: bytes.count, facts: facts,
                hash: node.execution.store.hash(key.span.bytes),
                handle: Handle(low: 0, high: 0))
            do throws(ReplyError) {
                try node.applyFromPrimary(
                    Request(bytes: bytes.span.bytes, arguments: arguments.span, plan: plan))
                return nil
            } catch {
                return error.text
            }
        }
    }

    /// Makes it a replica between two requests of the stream, or a primary again.
    func becomeReplica(_ isReplica: Bool = true) {
        modify { $0.execution.store.dueRecords = isReplica ? .hide : .expire }
    }

    /// The words that tell a replica of a session.
    func replicated(_ token: String) -> [[UInt8]] {
        modify { node in
            let handle = Handle(token: token.utf8Span.span.bytes)
            guard let place = node.execution.store.find(0, handle, node.execution.store.hash(handle)) else { return [] }
            var key = ByteBuffer()
            var packed = ByteBuffer()
            SessionKey.write(handle, .session, to: &key)
            SessionFields.render(
                node.execution.store[place.record].session, now: node.execution.store.now, .replicated, into: &packed)
            var words = [Array("HSET".utf8), key.bytes.array]
            var reader = PackedFields(packed.bytes)
            while let field = reader.next() { words += [reader.name(field).array, reader.value(field).array] }
            return words
        }
    }
}

/// The keys of an RDB stream as `database name`, in the order in which they stand in it.
func keys(ofSnapshot bytes: [UInt8]) throws -> [String] {
    var reader = RDBReader()
    reader.append(bytes.span.bytes)
    var (keys, database) = ([String](), 0)
    while true {
        switch try reader.next() {
        case .key: keys.append("\(database) \(reader.first.bytes.text)")
        case .database(let index): database = index
        case .end: return keys
        case .needsMore:
            Issue.record("the stream is not complete")
            return keys
        default: break
        }
    }
}

/// All keys of the first databases of a server, each with its content and deadline.
/// - Parameter ask: sends a request and returns its reply.
func readContent(_ ask: ([[UInt8]]) -> WireReply) -> [String: String] {
    func text(_ words: String...) -> WireReply { ask(words.map { Array($0.utf8) }) }
    var found: [String: String] = [:]
    for database in 0..<4 {
        _ = text("SELECT", "\(database)")
        for key in text("KEYS", "*").elements ?? [] {
            guard case .bulk(let name) = key else { continue }
            func words(_ command: String) -> WireReply { ask([Array(command.utf8), name]) }
            let value: String
            switch words("TYPE").text {
            case "string": value = "\(words("GET"))"
            case "hash":
                let elements = words("HGETALL").elements ?? []
                value = stride(from: 0, to: elements.count, by: 2).map { "\(elements[$0]):\(elements[$0 + 1])" }
                    .sorted().joined(separator: " ")
            case "set": value = (words("SMEMBERS").elements ?? []).map { "\($0)" }.sorted().joined(separator: " ")
            case "zset": value = "\(ask([Array("ZRANGE".utf8), name, [48], [45, 49], Array("WITHSCORES".utf8)]))"
            default: value = "something else"
            }
            found["\(database) \(key.text ?? "")"] = "\(value) until \(words("PEXPIRETIME"))"
        }
    }
    _ = text("SELECT", "0")
    return found
}
