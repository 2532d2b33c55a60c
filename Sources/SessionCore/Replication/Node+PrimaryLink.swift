/// A replica and its primary: dialing, the dialogue up to the stream, what happens when the link is lost.
extension Node {
    // MARK: Roles

    /// Follows a primary from now on (`REPLICAOF`), with the data we have until it sends its own.
    mutating func follow(_ host: String, _ port: Int) {
        let mono = now.monotonicMicroseconds
        if !replication.isReplica {
            // Within a transaction the effects so far are complete here: what follows is no primary's.
            propagation.end()
            if !propagation.buffer.isEmpty { takeEffects() }
            if replication.backlog.isActive {
                // Our own history: the new primary may be a former replica, and have it up to some point.
                replication.canResume = true
            } else {
                replication.backlog.start(at: replication.offset)
            }
            noteUnacknowledged()
            stopPropagation()
            endWaits()
        }
        closeReplicas()
        dropPrimaryConnection()
        replication.primary = PrimaryLink(host: host, port: port, now: mono)
        replication.nextTick = 0
        wantsTurn = true
        updatePermissions()
        log(.notice, "Following the primary \(PrimaryLink(host: host, port: port, now: 0).name)")
    }

    /// Becomes a primary with the data we have (`REPLICAOF NO ONE`). Replicas of the primary before, ours too, can go
    /// on with us from where they are.
    mutating func promote() {
        guard let link = replication.primary else { return }
        dropPrimaryConnection()
        replication.primary = nil
        closeReplicas()
        (replication.secondID, replication.secondOffset) = (replication.id, replication.offset + 1)
        replication.id = identifiers.next()
        replication.canResume = false
        replication.aloneSince = now.monotonicMicroseconds
        replication.promotedAt = now.unixMilliseconds
        updatePermissions()
        startPropagation()
        countGoodReplicas()
        wantsTurn = true
        log(
            .notice, "Promoted: no longer a replica of \(link.name), at offset \(replication.offset). "
                + "The second replication id is valid up to offset \(replication.secondOffset)")
    }

    /// Ends the connection to the primary, and what has arrived on it without being executed.
    private mutating func dropPrimaryConnection() {
        guard let link = replication.primary else { return }
        if link.connection >= 0 {
            clients[link.connection].link = .none
            close(link.connection)
        }
        replication.primary?.connection = -1
        replication.loading = nil
        replication.input.removeAll()
        replication.isInputHeld = false
        publishEnd()
    }

    // MARK: Dialing

    /// Asks the runtime for a connection to the primary.
    mutating func dialPrimary() {
        guard let link = replication.primary else { return }
        replication.primary?.phase = .dialing
        replication.primary?.dialedAt = now.monotonicMicroseconds
        replication.primary?.receivedAt = now.monotonicMicroseconds
        log(.notice, "Connecting to primary \(link.name)")
        emit(.dial(host: link.host, port: link.port))
    }

    /// The connection asked for by `NodeEffect.dial` stands.
    public mutating func dialed(_ id: ConnectionID, to peer: Peer, now: Timestamp) {
        setTime(now)
        let index = Int(id.rawValue)
        open(index, peer)
        guard replication.primary?.phase == .dialing else { return close(index) }
        clients[index].link = .primary
        clients[index].isAuthenticated = true
        clients[index].isUnrestricted = true
        replication.primary?.connection = index
        replication.primary?.phase = .greeting
        replication.primary?.receivedAt = now.monotonicMicroseconds
        replication.input.removeAll()
        tellPrimary("*1\r\n$4\r\nPING\r\n")
    }

    /// The connection asked for by `NodeEffect.dial` could not be made.
    public mutating func dialFailed(_ reason: String, now: Timestamp) {
        setTime(now)
        guard replication.primary?.phase == .dialing else { return }
        retryPrimary("cannot connect: \(reason)")
    }

    /// The link is down: says why, and comes back to it later.
    mutating func retryPrimary(_ reason: String, _ failure: PrimaryLink.Failure = .connection) {
        guard let link = replication.primary else { return }
        dropPrimaryConnection()
        replication.primary?.fail(failure, now: now.monotonicMicroseconds)
        // The same again and again is of no interest.
        let failures = replication.primary?.failures ?? 0
        log(
            failures <= 5 || failures % 16 == 0 ? .warning : .verbose,
            "Link to primary \(link.name) is down: \(reason)")
        replication.nextTick = 0
        wantsTurn = true
        updatePermissions()
        if link.isFailover { failoverRefused(reason, wasAsked: link.phase == .asking && failure != .refusal) }
    }

    /// The connection to the primary is gone.
    mutating func primaryDisconnected(_ index: Int) {
        guard replication.primary?.connection == index else { return }
        replication.primary?.connection = -1
        retryPrimary("the connection was closed")
    }

    // MARK: Dialogue

    /// Sends text to the primary.
    mutating func tellPrimary(_ text: String) {
        guard let index = replication.primary?.connection, index >= 0 else { return }
        clients[index].reply.buffer.append(text)
        queueForWriting(index)
    }

    /// Bytes arrived from the primary.
    mutating func receiveFromPrimary(_ bytes: RawSpan, _ index: Int) {
        replication.primary?.receivedAt = now.monotonicMicroseconds
        replication.statistics.bytesReceived += Int64(bytes.byteCount)
        replication.input.bytes.append(bytes)
        continueFromPrimary()
    }

    /// Takes what has arrived as far as possible.
    mutating func continueFromPrimary() {
        while let link = replication.primary, link.connection >= 0, !replication.input.bytes.isEmpty {
            switch link.phase {
            case .waiting, .dialing: return
            case .greeting, .introducing, .asking, .announced:
                guard let line = takeLine() else { return }
                // An empty line keeps the link alive while the primary prepares.
                if !line.isEmpty { heard(line, in: link.phase) }
            case .loading: if !receiveSnapshot() { return }
            case .streaming: return executeStream()
            }
        }
    }

    /// The next line that has arrived, without its end; nil if it is not there whole.
    private mutating func takeLine() -> String? {
        let end = replication.input.bytes.bytes.firstIndex(of: UInt8(ascii: "\n"))
        guard end >= 0 else {
            if replication.input.bytes.count > Limits.replicationLine {
                retryPrimary("it answered with an endless line", .content)
            }
            return nil
        }
        guard end <= Limits.replicationLine else {
            retryPrimary("it answered with a line of \(end) bytes", .content)
            return nil
        }
        let hasReturn = end > 0 && replication.input.bytes.bytes[end - 1] == UInt8(ascii: "\r")
        let line = replication.input.bytes.bytes.slice(0, hasReturn ? end - 1 : end).text
        replication.input.bytes.removeFirst(end + 1)
        return line
    }

    private mutating func heard(_ line: String, in phase: PrimaryLink.Phase) {
        switch phase {
        case .greeting: greeted(line)
        case .introducing: introduced(line)
        case .asking: answered(line)
        default: announcedSnapshot(line)
        }
    }

    /// The answer to PING: errors that only ask for authentication are as good, and so is that it has no primary: it is
    /// to become one itself, or will say so again when asked for its stream.
    private mutating func greeted(_ line: String) {
        let isGood = line.hasPrefix("+") || line.hasPrefix("-NOAUTH") || line.hasPrefix("-NOPERM")
            || line.hasPrefix("-ERR operation not permitted") || line.hasPrefix("-MASTERDOWN")
        guard isGood else { return retryPrimary("it answered PING with '\(shortened(line))'", .refusal) }
        var text = ""
        var expected: [PrimaryLink.Introduction] = []
        if !configuration.primaryPassword.isEmpty {
            let user = configuration.primaryUser.isEmpty ? [] : [configuration.primaryUser]
            text += RequestText.array(["AUTH"] + user + [configuration.primaryPassword])
            expected.append(.auth)
        }
        let port = configuration.replicaAnnouncePort > 0 ? configuration.replicaAnnouncePort : configuration.port
        text += RequestText.array(["REPLCONF", "listening-port", String(port)])
        expected.append(.port)
        if !configuration.replicaAnnounceAddress.isEmpty {
            text += RequestText.array(["REPLCONF", "ip-address", configuration.replicaAnnounceAddress])
            expected.append(.address)
        }
        text += RequestText.array(["REPLCONF", "capa", "eof", "capa", "psync2"])
        expected.append(.capabilities)
        replication.primary?.phase = .introducing
        replication.primary?.expected = expected
        tellPrimary(text)
    }

    private mutating func introduced(_ line: String) {
        guard let step = replication.primary?.expected.first else { return }
        replication.primary?.expected.removeFirst()
        if line.hasPrefix("-") {
            // Older primaries do not know every REPLCONF; a wrong password leads nowhere.
            if step == .auth { return retryPrimary("it refuses masterauth: '\(shortened(line))'", .refusal) }
            log(.notice, "Primary does not understand REPLCONF: '\(shortened(line))'")
        }
        if replication.primary?.expected.isEmpty == true { askForStream() }
    }

    private mutating func askForStream() {
        replication.primary?.phase = .asking
        var words = ["PSYNC", "?", "-1"]
        if replication.canResume { words = ["PSYNC", replication.id, String(replication.offset + 1)] }
        if replication.primary?.isFailover == true { words.append("FAILOVER") }
        tellPrimary(RequestText.array(words))
    }

    /// The answer to PSYNC.
    private mutating func answered(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        if words.first == "+FULLRESYNC" {
            guard words.count == 3, isReplicationID(words[1]),
                let offset = PeerNumber.offset(words[2].utf8Span.span.bytes)
            else {
                return retryPrimary("it announced a full synchronisation in a form that makes no sense", .content)
            }
            replication.primary?.phase = .announced
            replication.primary?.snapshotReceived = 0
            replication.primary?.snapshotLength = 0
            replication.loading = SnapshotReception(
                framing: .length(0), loader: SnapshotLoader(configuration), store: Store(like: store), id: words[1],
                offset: offset)
            log(.notice, "Full synchronisation from primary: \(words[1]):\(offset)")
        } else if words.first == "+CONTINUE" {
            guard replication.canResume else {
                return retryPrimary("it continues a stream that was not asked for", .content)
            }
            if words.count > 1, words[1] != replication.id {
                guard isReplicationID(words[1]) else {
                    return retryPrimary("its replication id makes no sense", .content)
                }
                (replication.secondID, replication.secondOffset) = (replication.id, replication.offset + 1)
                replication.id = words[1]
                // They know the old id only.
                closeReplicas()
            }
            log(.notice, "Primary continues the stream at offset \(replication.offset)")
            linkIsUp()
        } else {
            retryPrimary("it answered PSYNC with '\(shortened(line))'", .refusal)
        }
    }

    /// `$<length>` or `$EOF:<40 bytes>`.
    private mutating func announcedSnapshot(_ line: String) {
        let text = Array(line.utf8)
        guard text.first == UInt8(ascii: "$") else {
            return retryPrimary("it sent no snapshot but '\(shortened(line))'", .content)
        }
        if line.hasPrefix("$EOF:") {
            guard text.count == 45 else { return retryPrimary("the snapshot's mark makes no sense", .content) }
            replication.loading?.framing = .mark(Array(text[5...]))
        } else {
            guard let length = PeerNumber.length(text.span.bytes.slice(1, text.count - 1)) else {
                return retryPrimary("the snapshot's length makes no sense", .content)
            }
            replication.loading?.framing = .length(length)
            replication.primary?.snapshotLength = length
        }
        replication.primary?.phase = .loading
    }

    /// The data is complete and goes with `replication.id` and the offset: follows from here.
    mutating func linkIsUp() {
        replication.primary?.phase = .streaming
        replication.primary?.upSince = now.monotonicMicroseconds
        replication.primary?.isFailover = false
        replication.canResume = true
        if replication.failover.phase != .none { failoverDone() }
        updatePermissions()
        acknowledgeToPrimary()
    }

    /// Tells the primary how far we are.
    mutating func acknowledgeToPrimary() {
        replication.primary?.acknowledgedAt = now.monotonicMicroseconds
        tellPrimary(RequestText.array(["REPLCONF", "ACK", String(replication.offset)]))
    }

    private func isReplicationID(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 102) }
    }

    private func shortened(_ line: String) -> String { PeerText.shortened(line.utf8Span.span.bytes) }
}

/// Requests that we send.
enum RequestText {
    /// An array of bulk strings.
    static func array(_ words: [String]) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }
}
