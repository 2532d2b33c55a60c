/// CLIENT LIST, INFO and KILL: connections as seen by an operator.
extension Node {
    // MARK: Listing

    /// CLIENT LIST [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id …]], oldest connection first.
    mutating func clientList(_ request: borrowing Request) throws(ReplyError) {
        var text = ""
        if request.count == 2 {
            for index in connectionsByID() { text += clientLine(index, request) }
        } else if request.count == 4, request[2].matches("type") {
            let type = try ClientType(request[3])
            for index in connectionsByID() where type.includes(connections[index]) {
                text += clientLine(index, request)
            }
        } else if request.count > 3, request[2].matches("id") {
            let ordered = connectionsByID()
            var lines: [String?] = Array(repeating: nil, count: connections.count)
            for word in 3..<request.count {
                guard let id = parseInteger(request[word]) else { throw .invalidClientID }
                // An id may be given a million times. All of them are looked at, for what is no id is an error.
                guard text.utf8.count <= execution.reply.room, let index = find(id, in: ordered) else { continue }
                let line = lines[index] ?? clientLine(index, request)
                lines[index] = line
                text += line
            }
        } else {
            throw .syntax
        }
        if text.utf8.count > execution.reply.room { execution.reply.overflow() } else { execution.reply.verbatim(text) }
    }

    /// CLIENT INFO
    mutating func clientInfo(_ request: borrowing Request) { execution.reply.verbatim(clientLine(current, request)) }

    /// Connections that are not about to be closed at once, in the order in which they came. O(n log n).
    private func connectionsByID() -> [Int] {
        var found: [Int] = []
        for index in 0..<connections.count where connections[index].isConnected { found.append(index) }
        found.sort { connections[$0].id < connections[$1].id }
        return found
    }

    /// Binary search among connections ordered by id.
    private func find(_ id: Int64, in ordered: [Int]) -> Int? {
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if connections[ordered[middle]].id < id { low = middle + 1 } else { high = middle }
        }
        return low < ordered.count && connections[ordered[low]].id == id ? ordered[low] : nil
    }

    /// One line of `CLIENT LIST`, fields and order of Redis 7.0, with `watch` of 7.4, then the two that 7.2 added.
    /// Memory is given in our own terms: one buffer a direction (`obl` its first 16 KiB, `omem` the rest).
    func clientLine(_ index: Int, _ request: borrowing Request) -> String {
        let isCurrent = index == current
        let isRESP3 = isCurrent ? execution.reply.isRESP3 : connections[index].reply.isRESP3
        let pending = isCurrent ? execution.reply.buffer.count : connections[index].reply.buffer.count
        let capacity = isCurrent ? execution.reply.buffer.capacity : connections[index].reply.buffer.capacity
        var arguments = 0
        if isCurrent { for word in 0..<request.count { arguments += request[word].byteCount } }
        let held = connections[index].input.count
        let inputCapacity = connections[index].input.capacity
        let age = (now.monotonicMicroseconds - connections[index].connectedAt) / 1_000_000
        let idle = (now.monotonicMicroseconds - connections[index].lastActive) / 1_000_000
        let queued = connections[index].isInTransaction ? connections[index].transaction.count : -1
        let queuedBytes = connections[index].transaction.bytes
        let total = inputCapacity + capacity + queuedBytes + MemoryLayout<Client>.stride
        let block = 16 * 1024
        let user = access[connections[index].user].name.span.bytes.text
        let command = connections[index].lastCommand.map { table.fullName(of: $0) } ?? "NULL"
        let peer = connections[index].peer
        return "id=\(connections[index].id) addr=\(peer.address) laddr=\(peer.localAddress)"
            + " fd=\(peer.fileDescriptor) name=\(connections[index].name) age=\(age) idle=\(idle)"
            + " flags=\(connections[index].flagLetters) db=\(connections[index].database)"
            + " sub=\(connections[index].channelCount) psub=\(connections[index].patternCount) ssub=0 multi=\(queued)"
            + " watch=\(connections[index].watchCount) qbuf=\(held) qbuf-free=\(inputCapacity - held)"
            + " argv-mem=\(arguments) multi-mem=\(queuedBytes) rbs=\(capacity) rbp=\(pending)"
            + " obl=\(min(pending, block)) oll=\(max(0, pending - 1) / block) omem=\(max(0, pending - block))"
            + " tot-mem=\(total) events=\(pending > 0 ? "rw" : "r")"
            + " cmd=\(command) user=\(user) redir=\(connections[index].trackingRedirect) resp=\(isRESP3 ? 3 : 2)"
            + " lib-name=\(connections[index].libraryName) lib-ver=\(connections[index].libraryVersion)\n"
    }

    // MARK: Closing

    /// CLIENT KILL <ip:port | [ID client-id] [TYPE type] [USER username] [ADDR ip:port] [LADDR ip:port]
    /// [SKIPME yes/no]>
    ///
    /// Others are closed at once. The connection that asks is closed when its answer is sent; requests it sent after
    /// this one are not executed.
    mutating func clientKill(_ request: borrowing Request) throws(ReplyError) {
        let filter = try KillFilter(request, access)
        var killed = 0
        for index in 0..<connections.count where connections[index].isConnected {
            if !filter.includes(connections[index]) || index == current && filter.sparesCaller { continue }
            killed += 1
            if index == current { continue }
            unsubscribeAll(index)
            close(index)
        }
        if !filter.isOldForm {
            execution.reply.integer(killed)
        } else if killed > 0 {
            execution.reply.ok()
        } else {
            throw .noSuchClient
        }
        if filter.includes(connections[current]) && !filter.sparesCaller { closeAfterReply(current) }
    }
}

/// `TYPE` of CLIENT LIST and KILL.
enum ClientType {
    case normal, pubsub
    /// Connections of replication.
    case primary, replica

    init(_ word: RawSpan) throws(ReplyError) {
        if word.matches("normal") { self = .normal }
        else if word.matches("pubsub") { self = .pubsub }
        else if word.matches("master") { self = .primary }
        else if word.matches("replica") || word.matches("slave") { self = .replica }
        else { throw .unknownClientType(word.text) }
    }

    func includes(_ client: borrowing Client) -> Bool {
        switch self {
        case .normal: !client.isPubSub && client.link == .none
        case .pubsub: client.isPubSub
        case .primary: client.link == .primary
        case .replica: client.link == .replica
        }
    }
}

/// Which connections `CLIENT KILL` is to close; all that is given must fit.
private struct KillFilter {
    /// `CLIENT KILL ip:port`: closes the caller too, and answers differently.
    var isOldForm = false
    var id: Int64?
    var type: ClientType?
    var address: String?
    var localAddress: String?
    var sparesCaller = true
    /// As `AccessControl` numbers them.
    var user: Int?

    init(_ request: borrowing Request, _ access: borrowing AccessControl) throws(ReplyError) {
        if request.count == 3 {
            (isOldForm, sparesCaller, address) = (true, false, request[2].text)
            return
        }
        var index = 2
        while index < request.count {
            guard index + 1 < request.count else { throw .syntax }
            let (option, value) = (request[index], request[index + 1])
            if option.matches("id") {
                guard let number = parseInteger(value), number > 0 else { throw .clientIDNotPositive }
                id = number
            } else if option.matches("type") {
                type = try ClientType(value)
            } else if option.matches("addr") {
                address = value.text
            } else if option.matches("laddr") {
                localAddress = value.text
            } else if option.matches("user") {
                guard let number = access.number(of: value) else { throw .noSuchUser(value.text) }
                user = number
            } else if option.matches("skipme"), value.matches("yes") {
                sparesCaller = true
            } else if option.matches("skipme"), value.matches("no") {
                sparesCaller = false
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    func includes(_ client: borrowing Client) -> Bool {
        if let id, id != client.id { return false }
        if let user, user != client.user { return false }
        if let address, address != client.peer.address { return false }
        if let localAddress, localAddress != client.peer.localAddress { return false }
        return type?.includes(client) ?? true
    }
}

extension Client {
    /// `flags` of `CLIENT LIST`.
    fileprivate var flagLetters: String {
        var letters = ""
        if link == .replica { letters += "S" }
        if isMonitor { letters += "O" }
        if link == .primary { letters += "M" }
        if isPubSub { letters += "P" }
        if isInTransaction { letters += "x" }
        if waitsForOthers { letters += "b" }
        if tracking.isOn { letters += "t" }
        if tracking.options.contains(.brokenRedirect) { letters += "R" }
        if tracking.options.contains(.broadcasts) { letters += "B" }
        if transaction.hasChangedKeys { letters += "d" }
        if phase == .closing { letters += "c" }
        if peer.isUnixSocket { letters += "U" }
        if isNoEvict { letters += "e" }
        return letters.isEmpty ? "N" : letters
    }
}

extension Peer {
    /// An address of a Unix socket is its path and `:0`.
    var isUnixSocket: Bool { address.hasPrefix("/") }
}
