/// The tools with which operators watch commands: the slow log, the latency monitor, `MONITOR`.
extension Node {
    // MARK: Slow commands

    /// A command took as long as the slow log or the latency monitor wants to know of.
    @inline(never)
    mutating func noteSlow(_ request: borrowing Request, _ nanoseconds: UInt64) {
        guard let facts = request.command, !isDeferred(facts) else { return }
        observation.noteSlow(slowRequest(request), nanoseconds, now: now)
    }

    /// What is kept of a request of the current connection until it is known whether it was slow. Its words only where
    /// there is a slow log that takes it.
    mutating func slowRequest(_ request: borrowing Request) -> SlowRequest {
        let flags = request.command?.flags ?? []
        let isWanted = observation.wantsSlow(flags)
        return SlowRequest(
            flags: flags, isWanted: isWanted, words: isWanted ? trimmed(request) : [],
            address: connections[current].peer.address, name: connections[current].name)
    }

    /// The words of a request as the slow log keeps them: redacted, at most 32, each at most 128 bytes.
    private mutating func trimmed(_ request: borrowing Request) -> [String] {
        let shown = redaction(request).shown(request)
        var words: [String] = []
        for index in 0..<request.count {
            if index == Limits.slowLogArguments - 1 && request.count > Limits.slowLogArguments {
                words.append("... (\(request.count - index) more arguments)")
                break
            }
            let word = request[index]
            if shown[index] {
                words.append(word.text)
            } else if word.byteCount > Limits.slowLogArgument {
                words.append(Redaction.placeholder + "... (\(word.byteCount - Limits.slowLogArgument) more bytes)")
            } else {
                words.append(Redaction.placeholder)
            }
        }
        return words
    }

    /// The rule for what of a request may be shown.
    private mutating func redaction(_ request: borrowing Request) -> Redaction {
        guard let facts = request.command else { preconditionFailure("only known commands are executed") }
        return observation.redaction(of: facts, in: table)
    }

    // MARK: Monitoring

    /// MONITOR: from now on this connection is shown the requests of all. Asked for again, it is not answered, as in
    /// Redis.
    mutating func monitor() throws(ReplyError) {
        if connections[current].isInTransaction { throw .monitorInTransaction }
        guard !connections[current].isMonitor, connections[current].link != .replica else { return }
        connections[current].isMonitor = true
        connections[current].isOnlooker = true
        listeners.addMonitor(current)
        execution.reply.ok()
    }

    /// Ends `MONITOR` on a connection.
    mutating func stopMonitoring(_ index: Int) {
        guard connections[index].isMonitor else { return }
        connections[index].isMonitor = false
        connections[index].isOnlooker = connections[index].link == .replica
        listeners.removeMonitor(index)
    }

    /// Whether a monitor still receives anything.
    private var isMonitored: Bool {
        for position in 0..<listeners.monitors.count
        where receivesRequests(Int(listeners.monitors[position])) { return true }
        return false
    }

    /// Whether the monitor on this connection is sent requests. One that was closed for not reading is listed until its
    /// connection is gone; one that wants no replies wants no requests either, as in Redis.
    private func receivesRequests(_ index: Int) -> Bool {
        connections[index].phase == .open && connections[index].replyMode == .on
    }

    /// Shows the request just executed, redacted, to the connections in `MONITOR`; commands of administration are not
    /// shown, as in Redis.
    ///
    /// - Parameters:
    ///   - isScript: a script executes it.
    ///   - isForced: show it even if it is not shown after it was executed: a script, which comes before its commands.
    @inline(never)
    mutating func showToMonitors(_ request: borrowing Request, isScript: Bool, isForced: Bool = false) {
        guard let facts = request.command else { return }
        guard isForced || facts.flags.isDisjoint(with: [.skipMonitor, .admin]) else { return }
        guard isMonitored else { return }
        let shown = redaction(request).shown(request)
        var line = ByteBuffer()
        line.append(UInt8(ascii: "+"))
        line.appendDecimal(now.unixMicroseconds / 1_000_000)
        line.append(".")
        let fraction = String(now.unixMicroseconds % 1_000_000)
        line.append(String(repeating: "0", count: 6 - fraction.utf8.count) + fraction)
        line.append(" [\(connections[current].database) ")
        line.append(isScript ? "lua" : connections[current].peer.monitorName)
        line.append("]")
        for index in 0..<request.count {
            line.append(" \"")
            if shown[index] { line.appendEscaped(request[index]) } else { line.append(Redaction.placeholder) }
            line.append("\"")
        }
        line.append("\r\n")
        for position in 0..<listeners.monitors.count {
            let index = Int(listeners.monitors[position])
            guard receivesRequests(index) else { continue }
            if index == current {
                // While a script runs, the connection's replies are with it.
                if isScript {
                    scripting.results.push(line.bytes)
                } else {
                    execution.reply.push(line.bytes)
                }
            } else {
                connections[index].reply.buffer.append(line.bytes)
                outputAdded(index, bytes: line.count)
            }
        }
    }
}

extension Peer {
    /// As `MONITOR` names it: `ip:port`, or `unix:` and the path of the socket.
    var monitorName: String { isUnixSocket ? "unix:" + address.dropLast(2) : address }
}
