/// CLIENT: what a connection can ask and set about itself. Semantics: https://redis.io/docs/latest/commands/client/
extension Node {
    /// CLIENT GETNAME
    mutating func clientGetname() {
        let name = connections[current].name
        if name.isEmpty { execution.reply.null() } else { execution.reply.bulk(name) }
    }

    /// CLIENT SETNAME connection-name
    mutating func clientSetname(_ request: borrowing Request) throws(ReplyError) {
        connections[current].name = try clientName(request[2])
        execution.reply.ok()
    }

    /// A name that leaves `CLIENT LIST` one line a connection; empty for none.
    func clientName(_ word: RawSpan) throws(ReplyError) -> String {
        guard word.isListable else { throw .clientNameWithBlanks }
        guard word.byteCount <= Limits.clientName else { throw .nameTooLong("client name") }
        return word.text
    }

    /// CLIENT SETINFO <LIB-NAME libname | LIB-VER libver>, as of Redis 7.2.
    mutating func clientSetinfo(_ request: borrowing Request) throws(ReplyError) {
        let isName = request[2].matches("lib-name")
        guard isName || request[2].matches("lib-ver") else { throw .unrecognizedClientOption(request[2].text) }
        guard request[3].isListable else { throw .clientInfoWithBlanks(request[2].text) }
        guard request[3].byteCount <= Limits.clientName else { throw .nameTooLong(isName ? "lib-name" : "lib-ver") }
        if isName {
            connections[current].libraryName = request[3].text
        } else {
            connections[current].libraryVersion = request[3].text
        }
        execution.reply.ok()
    }

    /// CLIENT NO-EVICT <ON | OFF>
    mutating func clientNoEvict(_ request: borrowing Request) throws(ReplyError) {
        if request[2].matches("on") { connections[current].isNoEvict = true }
        else if request[2].matches("off") { connections[current].isNoEvict = false }
        else { throw .syntax }
        execution.reply.ok()
    }

    /// CLIENT REPLY <ON | OFF | SKIP>: only `ON` is answered.
    mutating func clientReply(_ request: borrowing Request) throws(ReplyError) {
        if request[2].matches("on") {
            connections[current].replyMode = .on
            execution.reply.isMuted = false
            execution.reply.ok()
        } else if request[2].matches("off") {
            connections[current].replyMode = .off
            execution.reply.isMuted = true
        } else if request[2].matches("skip") {
            if connections[current].replyMode != .off { connections[current].replyMode = .skipNext }
        } else {
            throw .syntax
        }
    }

    /// CLIENT UNBLOCK client-id [TIMEOUT | ERROR]: ends a `WAIT` or `WAITAOF` as if its time were over, or with an
    /// error. What a pause holds back stays so.
    mutating func clientUnblock(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 4 { throw .wrongSubcommandSyntax(request[1].text, container: "CLIENT") }
        if request.count == 4, !request[3].matches("timeout"), !request[3].matches("error") {
            throw .invalidUnblockReason
        }
        let id = try request.integer(2)
        let isError = request.count == 4 && request[3].matches("error")
        let isUnblocked = unblockWait(of: id, withError: isError) || unblockDurableWait(of: id, withError: isError)
        execution.reply.integer(isUnblocked ? 1 : 0)
    }

    // MARK: Pause

    /// CLIENT PAUSE timeout [WRITE | ALL]: of two pauses at once, the later end and the wider mode hold.
    mutating func clientPause(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 4 { throw .wrongSubcommandSyntax(request[1].text, container: "CLIENT") }
        var writesOnly = false
        if request.count == 4 {
            writesOnly = request[3].matches("write")
            guard writesOnly || request[3].matches("all") else { throw .invalidPauseMode }
        }
        let timeout = try request.waitingTime(2)
        execution.reply.ok()
        let mono = now.monotonicMicroseconds
        lifecycle.pause.begin(until: mono + timeout * 1000, forWritesOnly: writesOnly, now: mono)
        updatePermissions()
    }

    /// CLIENT UNPAUSE: what waits goes on in the next `advance`.
    mutating func clientUnpause() {
        lifecycle.pause.cancel()
        pauseChanged()
        execution.reply.ok()
    }
}

extension RawSpan {
    /// Printable ASCII without spaces.
    fileprivate var isListable: Bool {
        for index in 0..<byteCount {
            guard case UInt8(ascii: "!")...UInt8(ascii: "~") = self[index] else { return false }
        }
        return true
    }
}
