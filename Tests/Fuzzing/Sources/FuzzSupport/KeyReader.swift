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
            cursor = node.execution.store.databases[database].records.scan(
                cursor, node.execution.store.heap, into: &records)
        } while cursor != 0 && records.count < Self.keysRead
        return (0..<min(Self.keysRead, records.count)).map { index in
            var name = ByteBuffer()
            node.execution.store.heap.renderName(records[index], into: &name)
            return node.execution.store.heap.name(records[index], name).array
        }
    }

    /// Reads every key with every command that reads, in several ways each.
    public func readEverything(_ variation: [UInt8] = []) {
        execute(variation) { !$0.flags.contains(.write) }
    }

    /// Changes every key with every command that writes.
    public func writeEverything(_ variation: [UInt8] = []) {
        execute(variation) { $0.flags.contains(.write) }
    }

    private func execute(_ variation: [UInt8], where isWanted: (RequestBuilder.Command) -> Bool) {
        let index = 0
        connect(index)
        let commands = RequestBuilder.commands.filter { $0.hasKey && isWanted($0) }
        for database in 0..<min(4, node.execution.store.databases.count) {
            deliver(RequestBuilder.encode([Array("SELECT"), Array(String(database))]), on: index)
            for key in keys(database) {
                builder.fixedKey = key
                var bytes: [UInt8] = []
                for command in commands {
                    var plain = ByteSource([])
                    bytes += RequestBuilder.encode(builder.request(command, &plain))
                    var full = ByteSource(Array(repeating: 1, count: 24))
                    bytes += RequestBuilder.encode(builder.request(command, &full))
                    var varied = ByteSource(variation)
                    bytes += RequestBuilder.encode(builder.request(command, &varied))
                }
                deliver(bytes, on: index)
                settle()
                connect(index)
            }
        }
        builder.fixedKey = nil
        settle()
    }
}
