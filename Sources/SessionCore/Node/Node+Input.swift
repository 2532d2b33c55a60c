/// Bytes in: framing, batching and the order of execution.
extension Node {
    /// Whether the runtime should read from this connection: false while the peer does not read its replies. May become
    /// true again in `sent` and `advance`.
    ///
    /// While the connection's requests wait, the runtime goes on reading, as in Redis, up to
    /// `client-query-buffer-limit`: otherwise it would not notice that the peer is gone.
    public func wantsInput(_ id: ConnectionID) -> Bool {
        let index = Int(id.rawValue)
        guard connections[index].phase == .open else { return false }
        if connections[index].link == .primary { return takesStream }
        if connections[index].reply.buffer.count > outputBackpressure(index) { return false }
        // What strangers send is not kept without end, and they never wait for long.
        return !connections[index].isWaiting || connections[index].input.count < Limits.unauthenticatedInput
            || isAuthenticated(index)
    }

    /// The peer of a connection has closed its sending side, and all it sent was received. To be asked each turn.
    ///
    /// While a login is being delayed, nothing that was sent after it is executed any more: else who guesses passwords
    /// could send a command after each guess and leave, and would neither wait nor keep a connection.
    /// - Returns: whether it can be closed: nothing is left to execute or send, or its requests wait for something that
    ///   may never happen. Redis closes such a connection at end of file, too.
    public mutating func isFinished(_ id: ConnectionID) -> Bool {
        let index = Int(id.rawValue)
        if connections[index].isSlowed && !connections.awaitLogin(index) { return true }
        if !connections[index].isConnected { return true }
        return waitsForOthers(id) || (!hasOutput(id) && !connections[index].isWaiting)
    }

    /// Whether what a connection's peer has sent need not be received before the connection is finished: its requests
    /// wait, for others or because a login is being delayed.
    public func needsNoInput(_ id: ConnectionID) -> Bool {
        connections[Int(id.rawValue)].isSlowed || waitsForOthers(id)
    }

    /// Whether a connection depends on others: its requests wait for them, or it receives what they cause (Pub/Sub,
    /// `MONITOR`).
    func waitsForOthers(_ id: ConnectionID) -> Bool {
        let index = Int(id.rawValue)
        return connections[index].waitsForOthers || connections[index].isOnlooker
            || connections[index].isPubSub
    }

    /// Unsent replies beyond which a connection's further requests are left unread.
    private func outputBackpressure(_ index: Int) -> Int {
        isAuthenticated(index) ? Limits.outputBackpressure : Limits.unauthenticatedOutput
    }

    /// Bytes arrived. Executes every complete request in them, keeps the rest.
    public mutating func receive(_ bytes: RawSpan, from id: ConnectionID, now: Timestamp) {
        setTime(now)
        let index = Int(id.rawValue)
        guard connections[index].phase == .open else { return }
        connections[index].lastActive = now.monotonicMicroseconds
        observation.statistics.bytesReceived += Int64(bytes.byteCount)
        observation.statistics.reads += 1
        connections.slack &-= bytes.byteCount
        if connections[index].link == .primary { return receiveFromPrimary(bytes) }
        let wasWaiting = connections[index].isWaiting
        if wasWaiting {
            connections[index].input.append(bytes)
        } else if budget.isRoundOver(at: observation.lastTick) {
            // What was parsed of an unfinished request holds: only its rest is looked at later.
            connections[index].input.append(bytes)
            connections.yield(index)
        } else if connections[index].input.isEmpty {
            let used = process(bytes, index)
            if used < bytes.byteCount && connections[index].phase == .open {
                connections[index].input.append(bytes.slice(used, bytes.byteCount - used))
            }
        } else {
            connections[index].input.append(bytes)
            processInput(index)
        }
        if connections[index].input.count > configuration.clientQueryBufferLimit {
            log(
                .warning, of: .largeRequest,
                "Client \(connections[index].id) closed: its unfinished request passed client-query-buffer-limit")
            observation.statistics.queryLimitDisconnections += 1
            close(index)
        }
        if connections[index].isWaiting && !wasWaiting && !connections[index].isStopped { connections.wake(index) }
    }

    /// So many bytes of output were added to a connection, or more: it is to be written, or the connection to be closed
    /// for being too slow.
    mutating func outputAdded(_ index: Int, bytes: Int) {
        connections.slack &-= bytes
        if !closeIfOverLimit(index) { connections.queueForWriting(index) }
    }

    /// Closes a connection whose unread replies passed `client-output-buffer-limit`.
    private mutating func closeIfOverLimit(_ index: Int) -> Bool {
        // What monitors are shown is pushed as messages are, and must not pile up without bound.
        let isPushedTo = connections[index].isPubSub || connections[index].isMonitor
        let limit = isPushedTo ? configuration.pubsubOutputLimit : configuration.normalOutputLimit
        let isOver = connections[index].exceedsOutputLimit(limit, now: now.monotonicMicroseconds)
        if isOver {
            log(
                .warning, of: .unreadReplies,
                "Client \(connections[index].id) closed: its unread replies passed client-output-buffer-limit")
            observation.statistics.outputLimitDisconnections += 1
            connections[index].reply.buffer.removeAll(keeping: 0)
            close(index)
        } else if let since = connections[index].softLimitSince {
            connections.nextSoftLimitCheck = min(connections.nextSoftLimitCheck, since + limit.softMicroseconds + 1)
        }
        return isOver
    }

    /// Closes connections that have been over their soft limit for too long, though nothing more was sent to them.
    /// O(connections), once for each time that one could be due.
    mutating func closeSlowReaders() {
        connections.nextSoftLimitCheck = .max
        for index in 0..<connections.count where connections[index].isConnected {
            if connections[index].softLimitSince != nil { _ = closeIfOverLimit(index) }
        }
    }

    /// Executes what a connection's input buffer holds.
    private mutating func processInput(_ index: Int) {
        if connections[index].input.count < connections[index].partial.wanted { return }
        var input = ByteBuffer()
        swap(&input, &connections[index].input)
        let used = process(input.bytes, index)
        guard connections[index].phase == .open else { return }
        input.removeFirst(used)
        if input.isEmpty { input.removeAll(keeping: Limits.idleBuffer) }
        swap(&input, &connections[index].input)
    }

    /// Executes requests that had to wait, as far as they need not wait any longer.
    mutating func resumeWaiting() {
        let resumed = connections.takeWaiting()
        for position in 0..<resumed.count {
            guard let index = connections.index(of: resumed[position]) else { continue }
            guard connections[index].phase == .open else { continue }
            // It may have been listed twice, and wait for something else by now.
            guard connections[index].isWaiting, !connections[index].isStopped else { continue }
            if budget.isRoundOver(at: observation.lastTick) {
                return connections.putBack(resumed, from: position)
            }
            connections[index].isWaiting = false
            processInput(index)
            if connections[index].isWaiting && !connections[index].isStopped { connections.wake(index) }
        }
    }

    /// Executes the complete requests at the start of `bytes`.
    /// - Returns: how many bytes they took; the rest is incomplete or has to wait.
    private mutating func process(_ bytes: RawSpan, _ index: Int) -> Int {
        current = index
        execution.database = connections[index].database
        replication.effectsBefore = execution.propagation.buffer.count
        swap(&execution.reply, &connections[index].reply)
        execution.reply.begin(allowing: execution.replyLimit)
        if execution.reply.buffer.count > Limits.unauthenticatedOutput { execution.reply.checkBeforeNext() }
        var batch = RequestBatch()
        swap(&batch, &self.batch)
        var position = 0
        var goesOn = true
        budget.beginTurn()
        while goesOn {
            (position, goesOn) = processBatch(bytes, from: position, &batch)
            if goesOn && budget.isTurnOver(at: observation.lastTick) {
                makeWay(index)
                break
            }
        }
        swap(&batch, &self.batch)
        execution.reply.end()
        swap(&execution.reply, &connections[index].reply)
        current = -1
        if execution.propagation.buffer.count != replication.effectsBefore {
            connections[index].writtenOffset = writtenOffset
            if execution.propagation.buffer.count > Limits.effectsAhead && replication.backlog.isActive {
                takeEffects()
            }
        }
        let unsent = connections[index].reply.buffer.count
        if unsent > 0 || connections[index].phase == .closing { outputAdded(index, bytes: unsent) }
        return position
    }

    /// Parses, plans and executes one batch.
    private mutating func processBatch(
        _ bytes: RawSpan, from start: Int, _ batch: inout RequestBatch
    ) -> (position: Int, goesOn: Bool) {
        batch.removeAll()
        let (position, end) = parse(bytes, from: start, &batch)
        observation.beginBatch()
        budget.begin(at: observation.lastTick)
        for request in 0..<batch.plans.count {
            let plan = batch.plans[request]
            if mustWait(plan) {
                observation.endRun()
                return (wait(at: plan.start), false)
            }
            observation.isRun = request &+ 1 < batch.plans.count && plan.isRun(with: batch.plans[request &+ 1])
            let arguments = batch.arguments.span.extracting(plan.first..<(plan.first &+ plan.count))
            execute(Request(bytes: bytes, arguments: arguments, plan: plan))
            if connections[current].phase != .open || connections[current].isStopped {
                observation.endRun()
                if connections[current].isPaused { return (plan.start, false) }
                if !deferredReplies.isEmpty { noteDeferred(Request(bytes: bytes, arguments: arguments, plan: plan)) }
                return (plan.end, false)
            }
            let isLast = request &+ 1 == batch.plans.count
            if !observation.isRun && !isLast && budget.isTurnOver(at: observation.lastTick) {
                makeWay(current)
                return (plan.end, false)
            }
        }
        observation.endRun()
        switch end {
        case .full: return (position, true)
        case .incomplete: return (position, false)
        case .failure(let error):
            fail(.protocolError(error))
            log(
                .verbose, of: .protocolError, "Protocol error from client: \(ReplyError.protocolError(error).text)")
            closeAfterReply(current)
            return (position, false)
        case .inline(let offset, let count, let next):
            return executeInline(bytes.slice(offset, count), at: offset, next: next, &batch)
        }
    }

    /// Leaves the rest of a connection's requests to a later turn, so that others are served first.
    @inline(never)
    private mutating func makeWay(_ index: Int) {
        connections[index].partial.reset()
        connections.yield(index)
    }

    /// Puts off the request at `start`; `advance` takes it up again.
    private mutating func wait(at start: Int) -> Int {
        connections[current].isWaiting = true
        connections[current].partial.reset()
        return start
    }

    /// Whether a request cannot even be looked at now, for lack of entropy or of room for its reply.
    @inline(__always)
    private mutating func mustWait(_ plan: RequestPlan) -> Bool {
        if execution.reply.buffer.count > execution.reply.checkpoint && passCheckpoint() { return true }
        guard let facts = plan.facts else { return false }
        return facts.flags.contains(.takesEntropy) && execution.entropy.count < entropyNeeded(facts)
    }

    /// Many replies have been written since it was last looked at how many are unsent.
    /// - Returns: true if there are too many.
    @inline(never)
    private mutating func passCheckpoint() -> Bool {
        if execution.reply.buffer.count > outputBackpressure(current) { return true }
        execution.reply.begin(allowing: execution.replyLimit)
        return false
    }

    /// Bytes of entropy that a request may take. A transaction waits as a whole until it has enough for all its
    /// requests; queueing them takes none.
    private func entropyNeeded(_ facts: CommandFacts) -> Int {
        if facts.transaction == .execution { return connections[current].transaction.tokens * Limits.tokenEntropy }
        return connections[current].isInTransaction ? 0 : facts.tokens * Limits.tokenEntropy
    }

    /// What ended a batch, besides its being full.
    private enum BatchEnd {
        case full, incomplete
        case inline(offset: Int, count: Int, next: Int)
        case failure(ProtocolError)
    }

    /// Fills a batch from `start` on: parses requests, looks their commands up, hashes their first keys and prefetches
    /// what they will touch.
    /// - Returns: the offset behind what was parsed, and why it ended there.
    private mutating func parse(_ bytes: RawSpan, from start: Int, _ batch: inout RequestBatch) -> (Int, BatchEnd) {
        let isUnauthenticated = !isAuthenticated(current)
        let parser = RequestParser(bulkLimit: configuration.protoMaxBulkLength, isUnauthenticated: isUnauthenticated)
        // Before authentication one by one: the first may be the one that lifts the limits for the next.
        let limit = isUnauthenticated ? 1 : RequestBatch.limit
        var position = start
        while batch.plans.count < limit {
            let first = batch.arguments.count
            switch parser.parse(bytes, from: position, &connections[current].partial, into: &batch.arguments) {
            case .request(let end):
                batch.plans.append(
                    plan(
                        bytes, batch.arguments, first: first, count: batch.arguments.count &- first, start: position,
                        end: end))
                position = end
            case .nothing(let end): position = end
            case .inline(let offset, let count, let end):
                return (end, .inline(offset: offset, count: count, next: end))
            case .incomplete: return (position, prefetched(batch, .incomplete))
            case .failure(let error): return (position, .failure(error))
            }
        }
        return (position, prefetched(batch, .full))
    }

    /// Looks the command up and hashes its first key.
    @inline(__always)
    func plan(
        _ bytes: RawSpan, _ arguments: borrowing Vector<ArgumentRange>, first: Int, count: Int, start: Int, end: Int
    ) -> RequestPlan {
        var plan = RequestPlan(
            first: first, count: count, start: start, end: end, facts: nil, hash: 0,
            handle: Handle(low: 0, high: 0))
        guard var facts = table.lookup(bytes.slice(arguments[first])) else { return plan }
        if facts.isContainer, count > 1,
            let subcommand = table.lookup(container: facts, subcommand: bytes.slice(arguments[first &+ 1])) {
            facts = subcommand
        }
        plan.facts = facts
        let key = Int(facts.keys.first)
        if key > 0 && key < count {
            if facts.flags.contains(.token) {
                plan.handle = Handle(token: bytes.slice(arguments[first &+ key]))
                plan.hash = execution.store.hash(plan.handle)
            } else {
                plan.hash = execution.store.hash(bytes.slice(arguments[first &+ key]))
            }
            execution.store.prefetchBucket(connections[current].database, plan.hash)
        }
        return plan
    }

    /// Second step of prefetching, once all buckets of the batch are on their way: the records.
    @inline(__always)
    private func prefetched(_ batch: borrowing RequestBatch, _ end: BatchEnd) -> BatchEnd {
        guard batch.plans.count > 1 else { return end }
        let database = connections[current].database
        for index in 0..<batch.plans.count where batch.plans[index].hash != 0 {
            execution.store.prefetch(database, batch.plans[index].hash)
        }
        return end
    }

    /// Executes one inline request; it is decoded first, so its words lie in a buffer of their own.
    private mutating func executeInline(
        _ line: RawSpan, at start: Int, next: Int, _ batch: inout RequestBatch
    ) -> (position: Int, goesOn: Bool) {
        var decoded = ByteBuffer()
        swap(&decoded, &batch.inlineBytes)
        decoded.removeAll(keeping: Limits.idleBuffer)
        batch.removeAll()
        var result = (position: next, goesOn: true)
        do throws(ProtocolError) {
            try InlineRequest.split(line, into: &decoded, &batch.arguments)
            if !batch.arguments.isEmpty {
                let plan = plan(
                decoded.bytes, batch.arguments, first: 0, count: batch.arguments.count, start: start, end: start)
                if mustWait(plan) {
                    result = (wait(at: start), false)
                } else {
                    let request = Request(bytes: decoded.bytes, arguments: batch.arguments.span, plan: plan)
                    execute(request)
                    result.goesOn = connections[current].phase == .open && !connections[current].isStopped
                    if connections[current].isPaused { result.position = start }
                    if !result.goesOn && !deferredReplies.isEmpty { noteDeferred(request) }
                }
            }
        } catch {
            fail(.protocolError(error))
            closeAfterReply(current)
            result.goesOn = false
        }
        swap(&decoded, &batch.inlineBytes)
        return result
    }
}
