import ScriptTexts
import Testing

@testable import SessionCore

/// Random commands of all families on one node; whoever executes what it tells has the same plain keys, also if parts
/// are executed again.
@Suite struct PropagationModelTests {
    @Test(arguments: (0..<20).map(UInt64.init)) func aReplicaHasTheSameKeys(seed: UInt64) throws {
        let run = PropagationRun(seed: seed, mayRepeat: true)
        for _ in 0..<4 {
            run.execute(150)
            try run.compare("seed \(seed)")
            run.repeatSome()
            try run.compare("seed \(seed), after a part was executed again")
        }
    }

    /// Where nothing is executed again, deadlines need not be repeated.
    @Test(arguments: (20..<30).map(UInt64.init)) func withoutRepetition(seed: UInt64) throws {
        let run = PropagationRun(seed: seed, mayRepeat: false)
        run.execute(600)
        try run.compare("seed \(seed)")
    }
}

/// A node, one that executes its effects, and a generator of commands.
private final class PropagationRun {
    private let primary: NodeDialogue
    /// Its time stands still, so that it expires nothing by itself.
    private let replica = NodeDialogue()
    private var random: SplitMix64
    /// The effects of each command since databases were exchanged last, and the database selected before them.
    private var history: [(database: String, effects: [[[UInt8]]])] = []
    private var selected = "0"
    private var tokens: [String] = []

    init(seed: UInt64, mayRepeat: Bool) {
        primary = .propagating(mayRepeat: mayRepeat)
        random = SplitMix64(seed: seed)
        for (_, text) in PropagationRun.scripts { _ = primary.send("SCRIPT", "LOAD", text) }
    }

    private static let scripts = ["phpredis: session lock", "Laravel: lock, refresh"].map { name in
        (name, KnownScriptText.all.first { $0.name == name }!.text)
    }

    // MARK: Executing

    func execute(_ count: Int) {
        for _ in 0..<count {
            if random.below(20) == 0 {
                let queued = 1 + random.below(4)
                _ = primary.send("MULTI")
                for _ in 0..<queued { _ = primary.send(command()) }
                run(["EXEC"])
            } else {
                run(command())
            }
            if random.below(3) == 0 {
                primary.advance(milliseconds: Int64(random.below(200)))
                follow()
            }
        }
        primary.advance(milliseconds: 0)
        follow()
    }

    private func run(_ words: [String]) {
        let reply = primary.send(words)
        if words[0] == "SESSCREATE" || words[0] == "SESSROTATE" {
            if let token = WireReply.all(in: Array(reply.utf8))[0].text { tokens.append(token) }
        }
        follow()
    }

    /// The replica executes what is new.
    private func follow() {
        let before = selected
        let effects = primary.propagatedWords().filter { $0.count < 2 || !$0[1].starts(with: Array("__sess__:".utf8)) }
        if effects.isEmpty { return }
        for words in effects where words[0] == Array("SELECT".utf8) {
            selected = String(decoding: words[1], as: UTF8.self)
        }
        execute(effects, on: replica)
        // Databases cannot be exchanged twice with the same end.
        if effects.contains(where: { $0[0] == Array("SWAPDB".utf8) }) {
            history.removeAll()
        } else {
            history.append((before, effects))
        }
    }

    private func execute(_ effects: [[[UInt8]]], on node: NodeDialogue) {
        for words in effects { _ = node.sendBytes(words) }
    }

    /// The replica executes what it has executed before, from some point on.
    func repeatSome() {
        guard !history.isEmpty else { return }
        let part = history[random.below(history.count)...]
        _ = replica.send("SELECT", part.first!.database)
        for (_, effects) in part { execute(effects, on: replica) }
    }

    // MARK: Comparing

    func compare(_ comment: String) throws {
        for database in ["0", "1"] {
            let (left, right) = (content(primary, database), content(replica, database))
            for key in Set(left.keys).union(right.keys).sorted() {
                try #require(left[key] == right[key], "\(comment): \(key) in \(database)")
            }
        }
        _ = replica.send("SELECT", selected)
    }

    /// Every plain key of a database: its type, value and deadline.
    private func content(_ node: NodeDialogue, _ database: String) -> [String: String] {
        _ = node.send("SELECT", database, on: 2)
        var content: [String: String] = [:]
        for key in WireReply.all(in: Array(node.send("KEYS", "*", on: 2).utf8))[0].elements ?? [] {
            guard let key = key.text, !key.hasPrefix("__sess__:") else { continue }
            let type = String(node.send("TYPE", key, on: 2).dropFirst().dropLast(2))
            let value = switch type {
            case "string": [node.send("GET", key, on: 2)]
            case "hash": sorted(node.send("HGETALL", key, on: 2), by: 2)
            case "set": sorted(node.send("SMEMBERS", key, on: 2), by: 1)
            default: sorted(node.send("ZRANGE", key, "0", "-1", "WITHSCORES", on: 2), by: 2)
            }
            content[key] = "\(type) \(value) \(node.send("PEXPIRETIME", key, on: 2))"
        }
        return content
    }

    private func sorted(_ reply: String, by step: Int) -> [String] {
        let words = (WireReply.all(in: Array(reply.utf8))[0].elements ?? []).map { $0.text ?? "" }
        let elements = stride(from: 0, to: words.count, by: step).map { words[$0..<($0 + step)] }
        return elements.map { $0.joined(separator: "=") }.sorted()
    }

    // MARK: Commands

    private func command() -> [String] {
        let draw = random.below(100)
        if draw < 2, let token = tokens.randomElement(using: &random) {
            return sessionCommand(token)
        } else if draw < 4 {
            return ["SESSCREATE", "USER", "u\(random.below(3))", "IDLE", "\(100 + random.below(2000))"]
        } else if draw < 5 {
            let (_, script) = PropagationRun.scripts[random.below(2)]
            return ["EVAL", script, "1", key(), value(), "\(random.below(3))"]
        } else if draw < 6 {
            return [["FLUSHDB"], ["SWAPDB", "0", "1"], ["FLUSHALL"]].randomElement(using: &random)!
        }
        let template = PropagationRun.templates[random.below(PropagationRun.templates.count)]
        return template.split(separator: " ").map { word in
            switch word {
            case "$k": key()
            case "$v": value()
            case "$m": ["a", "b", "c", "1", "2"].randomElement(using: &random)!
            case "$n": "\(random.below(5))"
            case "$r": "\(random.below(7) - 3)"
            case "$t": "\(1 + random.below(2000))"
            case "$d": "\(primary.milliseconds + Int64(random.below(2000)) - 200)"
            case "$b": "\(random.below(2))"
            default: String(word)
            }
        }
    }

    private func key() -> String { "k\(random.below(6))" }

    private func value() -> String { ["", "1", "17", "x", "hello", "0.5"].randomElement(using: &random)! }

    private func sessionCommand(_ token: String) -> [String] {
        [
            ["SESSTOUCH", token], ["SESSREVOKE", token], ["SESSROTATE", token], ["SESSGET", token],
            ["SESSSET", token, "FIELDS", "1", "f", "v"],
        ].randomElement(using: &random)!
    }

    private static let templates = [
        "SELECT $b", "GET $k", "EXISTS $k", "SET $k $v", "SET $k $v", "SET $k $v PX $t", "SET $k $v NX PX $t",
        "SET $k $v XX KEEPTTL", "SET $k $v GET PXAT $d", "SETEX $k 1 $v", "PSETEX $k $t $v", "SETNX $k $v",
        "GETSET $k $v", "GETDEL $k", "GETEX $k PX $t", "GETEX $k PXAT $d", "GETEX $k PERSIST", "APPEND $k $v",
        "APPEND $k $v", "SETRANGE $k $n $v", "INCR $k", "DECRBY $k $n", "INCRBYFLOAT $k 0.5", "MSET $k $v $k $v",
        "MSETNX $k $v $k $v", "DEL $k $k", "UNLINK $k", "PEXPIRE $k $t", "PEXPIRE $k $t", "PEXPIRE $k $t GT",
        "PEXPIREAT $k $d", "EXPIRE $k 1 LT", "PERSIST $k", "RENAME $k $k", "RENAMENX $k $k", "COPY $k $k REPLACE",
        "COPY $k $k DB $b REPLACE", "MOVE $k $b",
        "HSET $k $m $v", "HSET $k $m $v $m $v", "HMSET $k $m $v", "HSETNX $k $m $v", "HDEL $k $m", "HDEL $k $m $m $m",
        "HINCRBY $k $m $n", "HINCRBYFLOAT $k $m 0.5", "HGETALL $k",
        "SADD $k $m", "SADD $k $m $m $m", "SREM $k $m", "SREM $k $m $m $m", "SPOP $k", "SPOP $k $n", "SMOVE $k $k $m",
        "SMOVE $k $k $m", "SINTERSTORE $k $k $k", "SUNIONSTORE $k $k $k", "SDIFFSTORE $k $k $k",
        "ZADD $k $r $m", "ZADD $k $r $m $r $m", "ZADD $k NX $r $m $r $m", "ZADD $k XX GT CH $r $m $r $m",
        "ZADD $k INCR $r $m", "ZINCRBY $k 0.1 $m", "ZREM $k $m", "ZREM $k $m $m $m", "ZPOPMIN $k", "ZPOPMAX $k $n",
        "ZMPOP 2 $k $k MIN COUNT $n", "ZREMRANGEBYRANK $k $r $r", "ZREMRANGEBYSCORE $k $r $r",
        "ZREMRANGEBYLEX $k [a [b", "ZRANGESTORE $k $k 0 $r", "ZUNIONSTORE $k 2 $k $k", "ZINTERSTORE $k 2 $k $k",
        "ZDIFFSTORE $k 2 $k $k", "PUBLISH $k $v",
    ]
}
