import NIOCore
import SessionCore
import Synchronization

/// The connections of the admin port: no more than `AdminPort.connections`.
final class AdminConnections: Sendable {
    /// What a connection does, in the order in which connections give way to others: those that wait for another
    /// request, then those whose request has not arrived yet, either the longest first. Who is being answered stays.
    enum Activity {
        case idle(since: NIODeadline)
        case receiving(since: NIODeadline)
        case answering

        /// Nil if it does not give way; the least gives way first.
        fileprivate var precedence: (Int, NIODeadline)? {
            switch self {
            case .idle(let since): (0, since)
            case .receiving(let since): (1, since)
            case .answering: nil
            }
        }
    }

    private struct Entry {
        let channel: any Channel
        var activity: Activity
    }

    private let entries = Mutex<[Entry]>([])

    /// Adds a connection, whose request is awaited. Where there is no room another one is closed.
    /// - Returns: false if all others are being answered.
    func insert(_ channel: any Channel) -> Bool {
        let (isInserted, victim): (Bool, (any Channel)?) = entries.withLock { entries in
            var victim: (any Channel)?
            if entries.count >= AdminPort.connections {
                var first: (index: Int, precedence: (Int, NIODeadline))?
                for (index, entry) in entries.enumerated() {
                    guard let precedence = entry.activity.precedence else { continue }
                    if let first, first.precedence <= precedence { continue }
                    first = (index, precedence)
                }
                guard let first else { return (false, nil) }
                victim = entries.remove(at: first.index).channel
            }
            entries.append(Entry(channel: channel, activity: .receiving(since: .now())))
            return (true, victim)
        }
        victim?.close(promise: nil)
        return isInserted
    }

    func set(_ channel: any Channel, _ activity: Activity) {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.channel === channel }) else { return }
            entries[index].activity = activity
        }
    }

    func remove(_ channel: any Channel) {
        entries.withLock { entries in entries.removeAll { $0.channel === channel } }
    }
}
