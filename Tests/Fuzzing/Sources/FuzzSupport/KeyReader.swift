@testable import SessionCore

/// Every command that names keys, on every key there is: first those that read, then those that write.
extension NodeHost {
    /// Most keys that are looked at: an input may hold many that are alike.
    private static let keysRead = 32

    /// Names of keys in a database, sessions and users among them.
    func keys(_ database: Int) -> [[UInt8]] {
        var records = Vector<Slot>()
        var cursor: UInt64 = 0
        repeat {
            cursor = node.execution.store.scan(database, cursor, into: &records)
        } while cursor != 0 && records.count < Self.keysRead
        return (0..<min(Self.keysRead, records.count)).map { index in
            var name = ByteBuffer()
            node.execution.store[records[index]].renderName(into: &name)
            return node.execution.store[records[index]].name(name).array
        }
    }

    /// Reads every key with every command that reads, in several ways each.
    public func readEverything(_ variation: [UInt8] = []) {
        execute(KeyRequests.reads, variation)
    }

    /// Changes every key with every command that writes.
    public func writeEverything(_ variation: [UInt8] = []) {
        execute(KeyRequests.writes, variation)
    }

    private func execute(_ requests: KeyRequests, _ variation: [UInt8]) {
        let index = 0
        connect(index)
        for database in 0..<min(4, node.execution.store.databases.count) {
            let names = keys(database)
            if names.isEmpty { continue }
            deliver(words: [Array("SELECT"), Array(String(database))], on: index)
            for key in names {
                deliver(requests.bytes(key, variation, builder), on: index)
                settle()
                connect(index)
            }
        }
        settle()
    }
}

/// Requests for every command of a kind that names keys, in several ways each. Most of what is sent is the same for
/// every key and every input but for the name, so it is put together once.
struct KeyRequests: Sendable {
    static let reads = KeyRequests(forms: ReadRequests.ofKey) { !$0.flags.contains(.write) }
    static let writes = KeyRequests(forms: []) { $0.flags.contains(.write) }

    private let commands: [RequestBuilder.Command]
    /// The requests as they stand on the wire, taken apart where the key's name is to be.
    private let pieces: [[UInt8]]

    /// Stands for the key; what a builder makes up does not look like it.
    private static let placeholder = Array("\u{1}key\u{2}")

    /// - Parameter forms: what else is asked of every key, as `ReadRequests` writes it.
    private init(forms: [String], where isWanted: (RequestBuilder.Command) -> Bool) {
        commands = RequestBuilder.commands.filter { $0.hasKey && isWanted($0) }
        var builder = RequestBuilder()
        builder.fixedKey = Self.placeholder
        var requests = forms.map { ReadRequests.words($0, key: Self.placeholder) }
        for command in commands {
            for choices in [[], Array(repeating: UInt8(1), count: 24)] {
                var source = ByteSource(choices)
                requests.append(builder.request(command, &source))
            }
        }
        var pieces: [[UInt8]] = [[]]
        for words in requests {
            RequestEncoding.appendHead(words.count, to: &pieces[pieces.count - 1])
            for word in words {
                if word == Self.placeholder {
                    pieces.append([])
                } else {
                    RequestEncoding.append(word: word, to: &pieces[pieces.count - 1])
                }
            }
        }
        self.pieces = pieces
    }

    /// All requests for a key, and once more with what `variation` chooses, if it chooses anything.
    func bytes(_ key: [UInt8], _ variation: [UInt8], _ host: RequestBuilder) -> [UInt8] {
        var name: [UInt8] = []
        RequestEncoding.append(word: key, to: &name)
        var bytes = pieces[0]
        for piece in pieces.dropFirst() {
            bytes += name
            bytes += piece
        }
        if variation.isEmpty { return bytes }
        var builder = host
        builder.fixedKey = key
        for command in commands {
            var source = ByteSource(variation)
            RequestEncoding.append(builder.request(command, &source), to: &bytes)
        }
        return bytes
    }
}
