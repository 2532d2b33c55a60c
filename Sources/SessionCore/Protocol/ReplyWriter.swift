/// Writes replies in RESP2 or RESP3 into a byte buffer.
///
/// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/. Types that RESP2 lacks are written as Redis
/// writes them to RESP2 clients: a map as a flat array, a set as an array, null as a nil bulk, a double as a bulk.
struct ReplyWriter: ~Copyable {
    /// What has been written and not yet sent.
    var buffer = ByteBuffer()
    /// The connection chose protocol version 3 with `HELLO 3`.
    var isRESP3 = false
    /// Set while replies are to be dropped (`CLIENT REPLY OFF` and `SKIP`).
    var isMuted = false

    /// `+OK`
    @inline(__always)
    mutating func ok() { literal("+OK\r\n") }

    /// A simple string; `text` must contain neither CR nor LF.
    mutating func simple(_ text: StaticString) {
        if isMuted { return }
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
        if isMuted { return }
        buffer.reserve(bytes.byteCount &+ 25)
        header(UInt8(ascii: "$"), Int64(bytes.byteCount))
        buffer.append(bytes)
        buffer.append("\r\n")
    }

    /// A bulk string of what a buffer holds.
    mutating func bulk(_ content: borrowing ByteBuffer) { bulk(content.bytes) }

    mutating func bulk(_ text: StaticString) { bulk(text.bytes) }

    mutating func bulk(_ text: String) { bulk(text.utf8Span.span.bytes) }

    /// A bulk string of decimal digits.
    mutating func bulkInteger(_ value: Int64) {
        if isMuted { return }
        header(UInt8(ascii: "$"), Int64(decimalWidth(value)))
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
    mutating func array(_ count: Int) { header(UInt8(ascii: "*"), Int64(count)) }

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
        if isMuted { return }
        buffer.replaceDecimal(at: open.digits, open.width, with: Int64(count))
    }

    /// Opens an out-of-band message of `count` replies (an array in RESP2).
    mutating func push(_ count: Int) { header(isRESP3 ? UInt8(ascii: ">") : UInt8(ascii: "*"), Int64(count)) }

    /// A score as `DoubleText` writes it: a double, a bulk string in RESP2. `scratch` is written over.
    @inline(__always)
    mutating func score(_ value: Double, _ scratch: inout ByteBuffer) {
        if isMuted { return }
        scratch.removeAll()
        DoubleText.write(value, to: &scratch)
        double(scratch.bytes)
    }

    /// A double, formatted by the caller; a bulk string in RESP2.
    mutating func double(_ digits: RawSpan) {
        guard isRESP3 else { return bulk(digits) }
        if isMuted { return }
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
        if isMuted { return }
        header(UInt8(ascii: "="), Int64(text.utf8.count + 4))
        buffer.append("txt:")
        buffer.append(text)
        buffer.append("\r\n")
    }

    /// Appends a complete reply, type byte and line ends included.
    @inline(__always)
    mutating func literal(_ reply: StaticString) {
        if isMuted { return }
        buffer.append(reply)
    }

    @inline(__always)
    private mutating func header(_ type: UInt8, _ value: Int64) {
        if isMuted { return }
        buffer.append(type)
        buffer.appendDecimal(value)
        buffer.append("\r\n")
    }

    private mutating func line(_ type: UInt8, _ text: some Sequence<UInt8>) {
        if isMuted { return }
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
