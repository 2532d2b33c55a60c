import NIOCore
import SessionCore
import Synchronization

/// The connections of the admin port: no more than `AdminPort.connections`.
final class AdminConnections: Sendable {
    private struct Entry {
        let channel: any Channel
        /// Between two requests since then; nil during one.
        var idleSince: NIODeadline?
    }

    private let entries = Mutex<[Entry]>([])

    /// Adds a connection. Where there is no room the one that has been idle longest is closed.
    /// - Returns: false if none is idle.
    func insert(_ channel: any Channel) -> Bool {
        let (isInserted, victim): (Bool, (any Channel)?) = entries.withLock { entries in
            var victim: (any Channel)?
            if entries.count >= AdminPort.connections {
                let idle = entries.indices.filter { entries[$0].idleSince != nil }
                guard let longest = idle.min(by: { entries[$0].idleSince! < entries[$1].idleSince! }) else {
                    return (false, nil)
                }
                victim = entries.remove(at: longest).channel
            }
            entries.append(Entry(channel: channel, idleSince: nil))
            return (true, victim)
        }
        victim?.close(promise: nil)
        return isInserted
    }

    func setIdle(_ channel: any Channel, since: NIODeadline?) {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.channel === channel }) else { return }
            entries[index].idleSince = since
        }
    }

    func remove(_ channel: any Channel) {
        entries.withLock { entries in entries.removeAll { $0.channel === channel } }
    }
}
