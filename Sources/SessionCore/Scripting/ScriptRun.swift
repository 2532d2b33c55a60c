/// One run of a script: the request that asks for it, and which of its words are keys.
struct ScriptInvocation: ~Escapable {
    private let request: Request
    /// `#KEYS`
    let keyCount: Int

    @_lifetime(copy request)
    init(_ request: Request, keyCount: Int) {
        self.request = request
        self.keyCount = keyCount
    }

    /// `KEYS[number]`, counted from 1; nil if there are not so many.
    @_lifetime(copy self)
    func key(_ number: Int) -> RawSpan? {
        number > 0 && number <= keyCount ? request[2 + number] : nil
    }

    /// `ARGV[number]`, counted from 1; nil if there are not so many.
    @_lifetime(copy self)
    func argument(_ number: Int) -> RawSpan? {
        number > 0 && 2 + keyCount + number < request.count ? request[2 + keyCount + number] : nil
    }

    /// `#ARGV`
    var argumentCount: Int { request.count - 3 - keyCount }

    /// Whether `ARGV[number]` is there and is `text`.
    func argument(_ number: Int, is text: StaticString) -> Bool {
        guard let word = argument(number) else { return false }
        return word.isEqual(to: text)
    }
}

/// What a command answered within a script, in Lua's terms. Bytes are offsets into `Scripting.results`.
enum ScriptValue: BitwiseCopyable {
    /// `false`, which null replies become.
    case none
    case integer(Int64)
    case bytes(offset: Int, count: Int)
    /// A status reply, such as `OK`.
    case status(offset: Int, count: Int)
    /// An array; the offsets of its first element and of what follows it.
    case array(count: Int, start: Int, end: Int)
}

/// What the node keeps of the script being run.
struct Scripting: ~Copyable {
    /// The scripts that were seen.
    var cache = ScriptCache()

    var digest = ScriptDigest()
    var lines = ScriptLines()
    /// While a script runs, the node's reply writer is lent to the commands that it calls.
    var isRunning = false
    /// `EVAL_RO` or `EVALSHA_RO`.
    var isReadOnly = false
    /// It has written: from then on it is not stopped for lack of memory, as in Redis.
    var hasWritten = false
    /// Words of the command to be executed next.
    var words = ByteBuffer()
    var arguments = Vector<ArgumentRange>()
    var command = CommandID.get
    /// Bytes of its words, those that are repeated counted each time.
    var wordBytes = 0
    /// Bytes that the script has copied: words of its commands, and what they have answered.
    var copied = 0
    /// A word of it is nil.
    var isIncomplete = false
    /// What commands have answered, one after the other, in RESP2.
    var results = ReplyWriter()

    init() {}

    /// - Parameter limit: how many bytes its commands may answer with, those that are no longer needed apart.
    mutating func begin(_ script: SeenScript, isReadOnly: Bool, limit: Int) {
        (digest, lines) = (script.digest, script.lines)
        self.isReadOnly = isReadOnly
        hasWritten = false
        isRunning = true
        copied = 0
        results.begin(allowing: limit)
    }

    /// The script is done: what it was answered is of no use any more.
    mutating func end() {
        isRunning = false
        results.clear(keeping: Limits.idleBuffer)
        words.removeAll(keeping: Limits.idleBuffer)
    }

    /// Forgets what commands have answered since there were so many bytes of it.
    mutating func forgetResults(from start: Int) { results.buffer.truncate(to: start) }
}

/// `redis.call`: a script executes commands like a client, and sees their replies.
extension Node {
    // MARK: Calling

    /// Begins a command; its words are to be added.
    mutating func beginCall(_ command: CommandID) {
        scripting.command = command
        scripting.isIncomplete = false
        scripting.words.removeAll(keeping: Limits.idleBuffer)
        scripting.arguments.removeAll()
        scripting.wordBytes = 0
        addWord(table.fullName(of: command).utf8Span.span.bytes)
    }

    /// Adds a word; nil where the script has none, which is an error of the call.
    mutating func addWord(_ word: RawSpan?) {
        guard let word else {
            scripting.isIncomplete = true
            return
        }
        let offset = UInt32(truncatingIfNeeded: scripting.words.count)
        scripting.arguments.append(ArgumentRange(offset: offset, count: UInt32(truncatingIfNeeded: word.byteCount)))
        scripting.words.append(word)
        scripting.wordBytes += word.byteCount
        scripting.copied += word.byteCount
    }

    /// Adds the word of this number again (0 is the command's name); the bytes are shared.
    mutating func repeatWord(_ number: Int) {
        guard number < scripting.arguments.count else { return }
        scripting.arguments.append(scripting.arguments[number])
        scripting.wordBytes += Int(scripting.arguments[number].count)
    }

    mutating func addWord(_ word: StaticString) { addWord(word.bytes) }

    /// Adds what a command has answered.
    mutating func addWord(_ value: ScriptValue) {
        guard case .bytes(let offset, let count) = value else { return addWord(nil as RawSpan?) }
        var results = ByteBuffer()
        swap(&results, &scripting.results.buffer)
        addWord(results.bytes.slice(offset, count))
        swap(&results, &scripting.results.buffer)
    }

    /// Adds a number, as Lua's `%.17g` writes it: if it is no integer, as something that is none.
    mutating func addWord(_ number: Double) {
        var digits = ByteBuffer()
        if number == number.rounded(), abs(number) < 1e17 {
            if number == 0 && number.sign == .minus { digits.append("-") }
            digits.appendDecimal(Int64(number))
        } else {
            digits.append("nan")
        }
        addWord(digits.bytes)
    }

    /// Executes the command that was begun.
    /// - Parameter site: which of the places in the text that `ScriptText` counts it is, for errors.
    mutating func finishCall(site: Int) throws(ReplyError) -> ScriptValue {
        let facts = table.facts(of: scripting.command)
        if scripting.isIncomplete {
            throw failure(.invalidCallArguments, site)
        }
        guard facts.accepts(words: scripting.arguments.count) else {
            throw failure(.wrongCallArity, site)
        }
        if facts.flags.contains(.write) && scripting.isReadOnly {
            throw failure(.writeInReadOnlyScript, site)
        }
        if scripting.wordBytes > scriptCallLimit { throw failure(.scriptCallTooLong(scriptCallLimit), site) }
        if scripting.copied > Limits.scriptCopies { throw failure(.scriptCopiesTooMuch, site) }
        let start = scripting.results.buffer.count
        do throws(ReplyError) { try executeCall(facts) } catch { throw failure(error, site) }
        if facts.flags.contains(.write) { scripting.hasWritten = true }
        scripting.copied += scripting.results.buffer.count - start
        if scripting.results.hasOverflowed { throw failure(.scriptResultsTooLong, site) }
        let value = scripting.results.buffer.value(at: start)
        switch value {
        case .none, .integer: scripting.forgetResults(from: start)
        case .bytes, .status, .array: break
        }
        return value
    }

    /// Most bytes of the words of a script's command: as many as a client's may have. What they become in the heap must
    /// fit what is kept free there (`isHeapFull`), even if rounding doubles it.
    private var scriptCallLimit: Int { min(Limits.queryBuffer, execution.store.reservedBytes / 16) }

    private mutating func executeCall(_ facts: CommandFacts) throws(ReplyError) {
        var words = ByteBuffer()
        var arguments = Vector<ArgumentRange>()
        swap(&words, &scripting.words)
        swap(&arguments, &scripting.arguments)
        let plan = RequestPlan(
            first: 0, count: arguments.count, start: 0, end: 0, facts: facts,
            hash: execution.store.hash(words.bytes.slice(arguments[1])), handle: Handle(low: 0, high: 0))
        var failure: ReplyError?
        do throws(ReplyError) {
            try executeCall(Request(bytes: words.bytes, arguments: arguments.span, plan: plan), facts)
        } catch { failure = error }
        swap(&words, &scripting.words)
        swap(&arguments, &scripting.arguments)
        if let failure { throw failure }
    }

    private mutating func executeCall(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        let isExempt = scripting.hasWritten
        swap(&execution.reply, &scripting.results)
        defer { swap(&execution.reply, &scripting.results) }
        try executeNested(request, facts, mayExceedMemory: isExempt)
        if execution.store.observers.contains(.tracking) { trackNested(request, facts) }
    }

    /// Executes a command on a key with up to two words behind it. A word that is given, but as nil, is one that the
    /// script does not have: an error of the call.
    mutating func call(
        _ command: CommandID, _ key: RawSpan?, _ first: RawSpan?? = nil, _ second: RawSpan?? = nil, site: Int
    ) throws(ReplyError) -> ScriptValue {
        beginCall(command)
        addWord(key)
        if let first { addWord(first) }
        if let second { addWord(second) }
        return try finishCall(site: site)
    }

    mutating func call(
        _ command: CommandID, _ key: RawSpan?, _ value: ScriptValue, site: Int
    ) throws(ReplyError) -> ScriptValue {
        beginCall(command)
        addWord(key)
        addWord(value)
        return try finishCall(site: site)
    }

    /// Lua's `==` between what a command on a key answers and a word of the request. The answer is forgotten at once,
    /// so that comparing the values of many keys takes the memory of one.
    mutating func call(
        _ command: CommandID, _ key: RawSpan?, equals word: RawSpan?, site: Int
    ) throws(ReplyError) -> Bool {
        let start = scripting.results.buffer.count
        let value = try call(command, key, site: site)
        defer { scripting.forgetResults(from: start) }
        return isEqual(value, word)
    }

    // MARK: Errors

    /// An error of a command, with the script and the line that Redis adds to it.
    @inline(never)
    func failure(_ error: ReplyError, _ site: Int) -> ReplyError {
        .inScript(error, scripting.digest, line: scripting.lines.line(site))
    }

    /// An error of Lua itself.
    @inline(never)
    func luaFailure(_ text: String, _ site: Int) -> ReplyError {
        failure(.lua(text, line: scripting.lines.line(site)), site)
    }

    // MARK: Values

    /// Lua's `==` between what a command answered and a word of the request.
    func isEqual(_ value: ScriptValue, _ word: RawSpan?) -> Bool {
        guard case .bytes(let offset, let count) = value, let word else { return false }
        return scripting.results.buffer.bytes.slice(offset, count).isEqual(to: word)
    }

    /// Whether a command answered this number.
    func isEqual(_ value: ScriptValue, _ number: Int64) -> Bool {
        guard case .integer(let integer) = value else { return false }
        return integer == number
    }

    /// Element of an array: `position` goes from its start to its end.
    func nextElement(_ position: inout Int) -> ScriptValue {
        let value = scripting.results.buffer.value(at: position)
        position = scripting.results.buffer.end(of: value, at: position)
        return value
    }

    /// Answers with a value, as Redis converts it from Lua's: numbers go through a double.
    mutating func answer(_ value: ScriptValue) {
        switch value {
        case .none: execution.reply.null()
        case .integer(let integer): answer(integer)
        case .bytes(let offset, let count): execution.reply.copy(scripting.results.buffer, from: offset, count, as: "$")
        case .status(let offset, let count):
            execution.reply.copy(scripting.results.buffer, from: offset, count, as: "+")
        case .array(let count, let start, let end):
            execution.reply.array(count)
            var position = start
            while position < end { answer(nextElement(&position)) }
        }
    }

    /// Answers with a number, which is a double in Lua: beyond 2^53 it loses digits.
    mutating func answer(_ integer: Int64) {
        execution.reply.integer(Int64(exactly: Double(integer)) ?? .min)
    }

    /// Answers with a word of the request; nil is null.
    mutating func answer(_ word: RawSpan?) {
        if let word { execution.reply.bulk(word) } else { execution.reply.null() }
    }
}

extension ReplyWriter {
    /// A bulk string (`$`) or simple string (`+`) of bytes in a buffer.
    fileprivate mutating func copy(
        _ source: borrowing ByteBuffer, from offset: Int, _ count: Int, as type: Unicode.Scalar
    ) {
        let content = source.bytes.slice(offset, count)
        if type == "$" { bulk(content) } else { simple(content.text) }
    }
}

extension ByteBuffer {
    /// The RESP2 reply that starts at `start`. It is no error: those are thrown.
    fileprivate borrowing func value(at start: Int) -> ScriptValue {
        let bytes = bytes
        let end = bytes.firstIndex(of: 13, from: start)
        precondition(end > start, "a command has not answered")
        let number = Int(parseInteger(bytes.slice(start + 1, end - start - 1)) ?? 0)
        switch bytes[start] {
        case UInt8(ascii: ":"): return .integer(Int64(number))
        case UInt8(ascii: "+"): return .status(offset: start + 1, count: end - start - 1)
        case UInt8(ascii: "$"): return number < 0 ? .none : .bytes(offset: end + 2, count: number)
        case UInt8(ascii: "*"):
            if number < 0 { return .none }
            var position = end + 2
            for _ in 0..<number { position = self.end(of: value(at: position), at: position) }
            return .array(count: number, start: end + 2, end: position)
        default: preconditionFailure("a reply of a type that RESP2 does not have")
        }
    }

    /// The offset behind a reply that starts at `start`.
    fileprivate borrowing func end(of value: ScriptValue, at start: Int) -> Int {
        switch value {
        case .none, .integer, .status: bytes.firstIndex(of: 13, from: start) + 2
        case .bytes(let offset, let count): offset + count + 2
        case .array(_, _, let end): end
        }
    }
}

/// Lua's `tonumber` of a string, as C's `strtod` reads it: blanks around it, decimal or hexadecimal; up to a NUL.
/// Nil for anything else.
func luaNumber(_ word: RawSpan?) -> Double? {
    guard let word, word.byteCount <= Limits.luaNumber else { return nil }
    let nul = word.firstIndex(of: 0)
    let text = word.slice(0, nul < 0 ? word.byteCount : nul).text
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || (9...13).contains(scalar.value) }
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
    while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    return Double(String(scalars))
}
