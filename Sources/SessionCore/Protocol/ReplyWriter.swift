/// Writes replies in RESP2 or RESP3 into a byte buffer, up to a limit.
///
/// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/. Types that RESP2 lacks are written as Redis
/// writes them to RESP2 clients: a map as a flat array, a set as an array, null as a nil bulk, a double as a bulk.
/// Once the buffer holds more than the limit nothing is stored any more, and the writer has overflowed; what the buffer
/// holds is then of no use to the peer. An item that begins below the limit is stored whole, so that a single value of
/// any length can be answered. What has overflowed is dealt with in one place for each kind of caller:
/// `Node.finishReply` for requests, `Node.finishCall` for commands of scripts. Commands neither check nor clear; loops
/// over a number of the peer's choice end when `hasOverflowed`.
struct ReplyWriter: ~Copyable {
    /// What has been written and not yet sent.
    var buffer = ByteBuffer()
    /// The connection chose protocol version 3 with `HELLO 3`.
    var isRESP3 = false
    /// Beyond so many bytes in the buffer nothing is stored; -1 while muted.
    private var threshold = Int.max
    /// The same, muted or not.
    private var limit = Int.max
    /// Beyond so many bytes in the buffer the limit is to be set anew before the next request: see `begin`.
    private(set) var checkpoint = Int.max
    private var state: State = []

    private struct State: OptionSet {
        let rawValue: UInt8
        static let muted = State(rawValue: 1)
        static let overflowed = State(rawValue: 2)
    }

    // MARK: The limit

    /// Requests are going to be answered, each with `allowance` bytes or a little more beyond what is in the buffer. To
    /// be called again when the buffer has passed the checkpoint, so that it costs nothing for short replies.
    mutating func begin(allowing allowance: Int) {
        checkpoint = (buffer.count / Limits.replyCheckpoint + 1) * Limits.replyCheckpoint
        setLimit(checkpoint + allowance)
    }

    /// Has the next request pass the checkpoint: much may be unsent already.
    mutating func checkBeforeNext() { checkpoint = -1 }

    /// What follows are no replies: they have no limit of ours.
    mutating func end() {
        checkpoint = .max
        setLimit(.max)
    }

    /// Lifts the limit for a reply that shows stored data once, and so is as long as the data at most; not if it is
    /// passed already, by other replies of a transaction. `restore` must follow.
    /// - Returns: the limit.
    mutating func lift() -> Int {
        let before = limit
        if buffer.count <= limit { setLimit(.max) }
        return before
    }

    mutating func restore(limit: Int) { setLimit(limit) }

    private mutating func setLimit(_ limit: Int) {
        self.limit = limit
        threshold = isMuted ? -1 : limit
    }

    /// Set while replies are to be dropped (`CLIENT REPLY OFF` and `SKIP`).
    var isMuted: Bool {
        get { state.contains(.muted) }
        set {
            if newValue { state.insert(.muted) } else { state.remove(.muted) }
            threshold = newValue ? -1 : limit
        }
    }

    /// Something was not stored because the limit was passed.
    var hasOverflowed: Bool { state.contains(.overflowed) }

    /// Muted or overflowed.
    @inline(__always)
    var needsAttention: Bool { !state.isEmpty }

    /// Bytes that can be added before the limit is passed.
    var room: Int { max(0, limit - buffer.count) }

    /// Nothing is stored any more: muted, or the limit is passed.
    @inline(__always)
    private var isClosed: Bool { buffer.count > threshold }

    /// Something is not stored.
    @inline(never)
    private mutating func drop() {
        if !isMuted { state.insert(.overflowed) }
    }

    /// The reply would be longer than the limit: says so before it is made, so that it need not be made.
    mutating func overflow() { drop() }

    /// Forgets what the buffer holds, and that it has overflowed.
    /// - Parameter kept: bytes of memory that may be kept for the next reply.
    mutating func clear(keeping kept: Int = 0) {
        buffer.removeAll(keeping: kept)
        state.remove(.overflowed)
    }

    /// Adds bytes that are no reply (a message, what `MONITOR` shows), which muting does not concern.
    mutating func push(_ bytes: RawSpan, after first: UInt8? = nil) {
        if buffer.count > limit {
            state.insert(.overflowed)
            return
        }
        buffer.reserve(bytes.byteCount &+ 1)
        if let first { buffer.append(first) }
        buffer.append(bytes)
    }

    // MARK: Replies

    /// `+OK`
    @inline(__always)
    mutating func ok() { literal("+OK\r\n") }

    /// A simple string; `text` must contain neither CR nor LF.
    mutating func simple(_ text: StaticString) {
        if isClosed { return drop() }
        buffer.append(UInt8(ascii: "+"))
        buffer.append(text)
        buffer.append("\r\n")
    }

    /// A simple string made at run time; CR and LF become spaces.
    mutating func simple(_ text: String) { line(UInt8(ascii: "+"), text.utf8) }

    mutating func error(_ error: ReplyError) { self.error(error.bytes) }

    /// An error of this text, its code included.
    mutating func error(_ text: [UInt8]) { line(UInt8(ascii: "-"), text) }

    @inline(__always)
    mutating func integer(_ value: Int64) { header(UInt8(ascii: ":"), value) }

    @inline(__always)
    mutating func integer(_ value: Int) { header(UInt8(ascii: ":"), Int64(value)) }

    @inline(__always)
    mutating func bulk(_ bytes: RawSpan) {
        if isClosed { return drop() }
        buffer.reserve(bytes.byteCount &+ 25)
        appendHeader(UInt8(ascii: "$"), Int64(bytes.byteCount))
        buffer.append(bytes)
        buffer.append("\r\n")
    }

    /// A bulk string of what a buffer holds.
    mutating func bulk(_ content: borrowing ByteBuffer) { bulk(content.bytes) }

    mutating func bulk(_ text: StaticString) { bulk(text.bytes) }

    mutating func bulk(_ text: String) { bulk(text.utf8Span.span.bytes) }

    /// A handle as a bulk string.
    mutating func handle(_ handle: Handle) {
        if isClosed { return drop() }
        buffer.append("$32\r\n")
        handle.write(to: &buffer)
        buffer.append("\r\n")
    }

    /// A bulk string of decimal digits.
    mutating func bulkInteger(_ value: Int64) {
        if isClosed { return drop() }
        appendHeader(UInt8(ascii: "$"), Int64(decimalWidth(value)))
        buffer.appendDecimal(value)
        buffer.append("\r\n")
    }

    /// `_` in RESP3, the nil bulk in RESP2.
    @inline(__always)
    mutating func null() { if isRESP3 { literal("_\r\n") } else { literal("$-1\r\n") } }

    /// `_` in RESP3, the nil array in RESP2.
    mutating func nullArray() { if isRESP3 { literal("_\r\n") } else { literal("*-1\r\n") } }

    /// Opens an array of `count` replies.
    @inline(__always)
    mutating func array(_ count: Int) {
        if count > Limits.longArray { checkRoom(forElements: count) }
        header(UInt8(ascii: "*"), Int64(count))
    }

    /// A peer may ask for as many random elements as a 64-bit number can say. What cannot fit need not be begun.
    @inline(never)
    private mutating func checkRoom(forElements count: Int) {
        // The shortest reply is `_` and a line end.
        if count > room / 3 { overflow() }
    }

    /// Opens a map of `count` pairs: key reply, value reply, and so on.
    mutating func map(_ count: Int) {
        if isRESP3 { header(UInt8(ascii: "%"), Int64(count)) } else { array(count * 2) }
    }

    /// Opens a set of `count` replies.
    mutating func set(_ count: Int) { header(isRESP3 ? UInt8(ascii: "~") : UInt8(ascii: "*"), Int64(count)) }

    /// Opens a set of which it is not yet known how many replies it has, but at most `limit`.
    /// - Returns: what `closeSet` needs to complete it.
    mutating func openSet(atMost limit: Int) -> OpenReply {
        let open = OpenReply(digits: buffer.count + 1, width: decimalWidth(Int64(limit)))
        set(limit)
        return open
    }

    /// Completes a set that now has `count` replies.
    mutating func closeSet(_ open: OpenReply, count: Int) {
        // Its first bytes may not have been stored.
        if needsAttention { return }
        buffer.replaceDecimal(at: open.digits, open.width, with: Int64(count))
    }

    /// Opens an out-of-band message of `count` replies (an array in RESP2).
    mutating func push(_ count: Int) { header(isRESP3 ? UInt8(ascii: ">") : UInt8(ascii: "*"), Int64(count)) }

    /// A score as `DoubleText` writes it: a double, a bulk string in RESP2. `scratch` is written over.
    @inline(__always)
    mutating func score(_ value: Double, _ scratch: inout ByteBuffer) {
        if isClosed { return drop() }
        scratch.removeAll()
        DoubleText.write(value, to: &scratch)
        double(scratch.bytes)
    }

    /// A double, formatted by the caller; a bulk string in RESP2.
    mutating func double(_ digits: RawSpan) {
        guard isRESP3 else { return bulk(digits) }
        if isClosed { return drop() }
        buffer.append(UInt8(ascii: ","))
        buffer.append(digits)
        buffer.append("\r\n")
    }

    /// A boolean; an integer in RESP2.
    mutating func boolean(_ value: Bool) {
        if isRESP3 { literal(value ? "#t\r\n" : "#f\r\n") } else { integer(value ? 1 : 0) }
    }

    /// Text meant for people (`INFO`, `CLIENT LIST`): a verbatim string of format `txt`, a bulk in RESP2.
    mutating func verbatim(_ text: String) {
        guard isRESP3 else { return bulk(text) }
        if isClosed { return drop() }
        appendHeader(UInt8(ascii: "="), Int64(text.utf8.count + 4))
        buffer.append("txt:")
        buffer.append(text)
        buffer.append("\r\n")
    }

    /// Appends a complete reply, type byte and line ends included.
    @inline(__always)
    mutating func literal(_ reply: StaticString) {
        if isClosed { return drop() }
        buffer.append(reply)
    }

    @inline(__always)
    private mutating func header(_ type: UInt8, _ value: Int64) {
        if isClosed { return drop() }
        appendHeader(type, value)
    }

    /// The first line of an item that is stored.
    @inline(__always)
    private mutating func appendHeader(_ type: UInt8, _ value: Int64) {
        buffer.append(type)
        buffer.appendDecimal(value)
        buffer.append("\r\n")
    }

    /// Appends what is written in the buffer already; not if it is nothing.
    fileprivate mutating func repeatWritten(_ range: Range<Int>) {
        if isClosed { return drop() }
        if !range.isEmpty { buffer.appendCopy(of: range.count, from: buffer.count - range.lowerBound) }
    }

    private mutating func line(_ type: UInt8, _ text: some Sequence<UInt8>) {
        if isClosed { return drop() }
        buffer.append(type)
        for byte in text { buffer.append(byte == 13 || byte == 10 ? 32 : byte) }
        buffer.append("\r\n")
    }
}

/// Where the size of a reply is to be written once it is known.
struct OpenReply: BitwiseCopyable {
    /// Offset in the buffer, and how many characters are reserved there.
    fileprivate let digits, width: Int
}

/// Parts of one reply that take time to make, and are asked for by name, perhaps a million times: each is made once,
/// and copied from where it stands in the reply after that.
struct RepeatedParts {
    private var ranges: [Range<Int>?]

    /// - Parameter count: how many different ones there are.
    init(of count: Int) { ranges = Array(repeating: nil, count: count) }

    /// Writes a part again.
    /// - Returns: false if it was not made yet.
    func write(_ number: Int, to reply: inout ReplyWriter) -> Bool {
        guard let range = ranges[number] else { return false }
        reply.repeatWritten(range)
        return true
    }

    /// A part was made: it stands in the reply from `start` on.
    mutating func note(_ number: Int, from start: Int, in reply: borrowing ReplyWriter) {
        ranges[number] = start..<reply.buffer.count
    }
}

/// Characters that the decimal form of `value` takes, sign included.
func decimalWidth(_ value: Int64) -> Int {
    var width = value < 0 ? 2 : 1
    var rest = value.magnitude
    while rest >= 10 {
        rest /= 10
        width += 1
    }
    return width
}
