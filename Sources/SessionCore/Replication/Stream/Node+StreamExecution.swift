/// The primary's stream on a replica: parsed, executed, and kept for replicas of our own, byte by byte the same.
extension Node {
    /// Executes the complete requests that have arrived; a transaction as a whole.
    ///
    /// While replicas of our own are being sent a snapshot nothing is executed: the stream of a stock Redis has effects
    /// that must not be executed twice (`INCR`), so that the data has to stand still. `CLIENT PAUSE` holds the stream
    /// back from the first request on that it would hold back of a client.
    mutating func executeStream() {
        let isHeldByPause = replication.isInputHeld && execution.permissions.heldStream != .none
        replication.isInputHeld = replication.snapshot != nil || isHeldByPause
        guard let link = replication.primary?.connection, replication.isLinkUp, !replication.isInputHeld else { return }
        if replication.input.bytes.count < replication.input.position + replication.input.partial.wanted { return }
        var input = StreamInput()
        swap(&input, &replication.input)
        beginStreamExecution(link, input.database)
        let failure = execute(&input)
        input.database = connections[link].database
        endStreamExecution()
        // The link may have been given up meanwhile.
        guard replication.primary?.connection == link else { return }
        swap(&input, &replication.input)
        if let failure { return retryPrimary(failure, .content) }
        if replication.input.bytes.count > configuration.clientQueryBufferLimit {
            retryPrimary("a transaction of it is larger than client-query-buffer-limit", .content)
        }
    }

    private mutating func beginStreamExecution(_ index: Int, _ database: Int) {
        current = index
        swap(&execution.reply, &connections[index].reply)
        execution.reply.isMuted = true
        select(database)
        connections[index].lastActive = now.monotonicMicroseconds
    }

    /// Executes what has come of the append log, by connection 0.
    mutating func executeLoaded(_ input: inout StreamInput) -> String? {
        beginStreamExecution(0, input.database)
        let failure = execute(&input)
        input.database = connections[0].database
        endStreamExecution()
        return failure
    }

    private mutating func endStreamExecution() {
        execution.reply.isMuted = false
        swap(&execution.reply, &connections[current].reply)
        let index = current
        current = -1
        if !connections[index].reply.buffer.isEmpty { connections.queueForWriting(index) }
    }

    /// Executes what is complete in `input` and removes it. Each byte is parsed once.
    /// - Returns: why the link cannot go on; nil if it can.
    private mutating func execute(_ input: inout StreamInput) -> String? {
        var executed = 0
        var failure: String?
        var bytes = ByteBuffer()
        swap(&bytes, &input.bytes)
        parsing: while failure == nil {
            if durability.executesLog, input.requests.count == 0, input.position < bytes.count,
                bytes.bytes[input.position] == UInt8(ascii: "#") {
                guard let next = takeAnnotation(bytes.bytes, at: input.position) else { break parsing }
                input.position = next
                executed = next
                continue
            }
            switch parse(bytes.bytes, &input) {
            case .request: break
            case .incomplete: break parsing
            case .failure(let reason):
                failure = reason
                break parsing
            }
            if input.isInTransaction { continue }
            if execution.permissions.heldStream != .none && isStreamPaused(bytes.bytes, input) {
                replication.isInputHeld = true
                input.position = executed
                input.forgetRequests()
                break parsing
            }
            // A transaction is executed as a whole or not at all.
            if input.requests.count > 1 { failure = pass(bytes.bytes, input, executes: false) }
            if failure == nil { failure = execute(bytes.bytes, input, from: executed) }
            input.forgetRequests()
            executed = input.position
        }
        bytes.removeFirst(executed)
        input.moveRequests(back: executed)
        if bytes.isEmpty { bytes.removeAll(keeping: Limits.idleBuffer) }
        swap(&bytes, &input.bytes)
        return failure
    }

    /// What came of the attempt to parse another request.
    private enum ParsedRequest {
        /// It was noted, or there was nothing to execute (an empty line).
        case request
        case incomplete
        /// The link cannot go on, and why.
        case failure(String)
    }

    /// Parses the next request of the stream.
    private func parse(_ bytes: RawSpan, _ input: inout StreamInput) -> ParsedRequest {
        let parser = RequestParser(bulkLimit: Limits.value, isUnauthenticated: false)
        let (start, first) = (input.position, input.words.count)
        switch parser.parse(bytes, from: start, &input.partial, into: &input.words) {
        case .request(let end):
            input.noteRequest(start: start, end: end)
            input.position = end
            let name = bytes.slice(input.words[first])
            if name.matches("multi") { input.isInTransaction = true }
            if name.matches("exec") { input.isInTransaction = false }
        case .nothing(let end): input.position = end
        // The primary's PING comes as an array, but empty lines may be sent to keep the link alive.
        case .inline(_, let count, let end):
            guard count == 0 else { return .failure("its stream has a request that is no array of strings") }
            input.position = end
        case .incomplete: return .incomplete
        case .failure(let error):
            return .failure("its stream is no valid protocol: \(ReplyError.protocolError(error).text)")
        }
        return .request
    }

    /// Whether a pause holds back the request of the stream that was parsed last. The end of a transaction stands for
    /// all of it.
    private func isStreamPaused(_ bytes: RawSpan, _ input: borrowing StreamInput) -> Bool {
        guard input.requests.count > 0 else { return false }
        let first = input.requests.count == 1 ? 0 : Int(input.requests[input.requests.count - 2].words)
        guard execution.permissions.heldStream != .all, let facts = table.lookup(bytes.slice(input.words[first])) else {
            return true
        }
        return facts.transaction == .execution || facts.waitsForWritePause
    }

    /// Whether more of the stream is to be read: what is held back is kept up to a bound.
    var takesStream: Bool {
        if replication.snapshot != nil { return false }
        return !replication.isInputHeld || replication.input.bytes.count < Limits.heldStream
    }

    /// Looks at each request of a unit, or executes it.
    /// - Returns: why that is not possible; nil if it is.
    private mutating func pass(_ bytes: RawSpan, _ input: borrowing StreamInput, executes: Bool) -> String? {
        var first = 0
        for index in 0..<input.requests.count {
            let place = input.requests[index]
            let count = Int(place.words) - first
            let plan = plan(
                bytes, input.words, first: first, count: count, start: Int(place.start), end: Int(place.end))
            let words = input.words.span.extracting(first..<(first + count))
            let request = Request(bytes: bytes, arguments: words, plan: plan)
            if let failure = executes ? executeReplicated(request) : obstacle(request) { return failure }
            first += count
        }
        return nil
    }

    /// Executes one request, or a whole transaction, and takes it into our own stream.
    /// - Parameter start: where the unit begins, with what does nothing before it.
    private mutating func execute(_ bytes: RawSpan, _ input: borrowing StreamInput, from start: Int) -> String? {
        if let failure = pass(bytes, input, executes: true) { return failure }
        // Only what was executed counts: that is where a cut link goes on.
        let asksForOffset = replication.wantsOwnAcknowledgement
        extendStream(bytes.slice(start, input.position - start))
        if asksForOffset {
            replication.wantsOwnAcknowledgement = false
            execution.reply.isMuted = false
            execution.reply.buffer.append(RequestText.array(acknowledgement))
            execution.reply.isMuted = true
        }
        return nil
    }

    /// What keeps a request of the stream from being executed here, whatever the data; nil if nothing does.
    private func obstacle(_ request: borrowing Request) -> String? {
        if !isKnown(request) { return configuration.skipsUnsupportedTypes ? nil : unsupported(request) }
        guard request.command?.streamRole == .database else { return nil }
        guard request.count == 2, let number = parseInteger(request[1]) else {
            return "its stream selects no database but '\(quoted(request[request.count - 1]))'"
        }
        guard PeerNumber.database(number, of: execution.store.databases.count) != nil else {
            return
                "its stream selects database \(number), and there are \(execution.store.databases.count) here: raise "
                + "'databases'"
        }
        return nil
    }

    /// Whether a request is one that a primary may send, as far as its command and its number of words tell.
    private func isKnown(_ request: borrowing Request) -> Bool {
        guard let facts = request.command, !facts.isContainer else { return false }
        switch facts.streamRole {
        case .unknown: return false
        case .ignored, .acknowledgement, .database: return true
        case .refused, .executed, .deletes, .buries, .setsFields, .removesFields, .setsDeadline, .removesDeadline,
            .setsString:
            return facts.accepts(words: request.count)
        }
    }

    /// Executes one request of the stream.
    private mutating func executeReplicated(_ request: borrowing Request) -> String? {
        if let failure = obstacle(request) { return failure }
        switch request.command?.streamRole {
        case .ignored: return nil
        case .acknowledgement:
            if request.count > 1, request[1].matches("getack") { replication.wantsOwnAcknowledgement = true }
            return nil
        case .database:
            if let number = parseInteger(request[1]),
                let database = PeerNumber.database(number, of: execution.store.databases.count) {
                select(database)
            }
            return nil
        case nil, .unknown, .refused, .executed, .deletes, .buries, .setsFields, .removesFields, .setsDeadline,
            .removesDeadline, .setsString:
            break
        }
        // What was told to subscribers then was told.
        if durability.executesLog && request.command?.propagation == .message { return nil }
        if !isKnown(request) {
            noteSkipped(request)
            return nil
        }
        do throws(ReplyError) {
            try applyFromPrimary(request)
        } catch {
            if case .outOfMemory = error { return "its data does not fit the memory reserved here" }
            replicationFailed(request, error)
        }
        return nil
    }

    /// A command of the stream has failed here. While the stream repeats what a snapshot has already, that happens; at
    /// other times the data differs.
    private mutating func replicationFailed(_ request: borrowing Request, _ error: ReplyError) {
        replication.statistics.failedCommands += 1
        let count = replication.statistics.failedCommands
        guard count < 10 || count % 1000 == 0, let facts = request.command else { return }
        let code = error.text.prefix { $0 != " " }
        log(
            .warning, "A command of the primary's stream failed here: \(table.fullName(of: facts)), \(code), at offset "
                + "\(replication.offset) (\(count) such so far)")
    }

    /// Why a command that is not known ends the link.
    private func unsupported(_ request: borrowing Request) -> String {
        "its stream has the command '\(commandName(request))', which is not supported, at offset "
            + "\(replication.offset). replica-unsupported-types skip passes over such commands"
    }

    /// A command that is not known is passed over (`replica-unsupported-types skip`).
    private mutating func noteSkipped(_ request: borrowing Request) {
        replication.statistics.skippedCommands += 1
        let count = replication.statistics.skippedCommands
        guard count < 10 || count % 1000 == 0 else { return }
        log(
            .warning,
            "Passed over '\(commandName(request))' in the primary's stream: not supported (\(count) commands so far)")
    }

    private func commandName(_ request: borrowing Request) -> String {
        String(quoted(request[0]).prefix(32)).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// A word of the stream, for the log.
    private func quoted(_ word: RawSpan) -> String { PeerText.quoted(word, hiding: configuration.primaryPassword) }
}
