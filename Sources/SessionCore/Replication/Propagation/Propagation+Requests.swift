/// Writing effects as requests.
extension Propagation {
    /// Begins an effect of so many words, which are to be appended to the buffer as bulk strings.
    @inline(__always)
    mutating func open(_ database: Int, words count: Int) {
        open(database)
        buffer.append(UInt8(ascii: "*"))
        buffer.appendDecimal(Int64(count))
        buffer.append("\r\n")
    }

    /// A request just as a client sent it, already encoded.
    @inline(__always)
    mutating func append(_ database: Int, encoded request: RawSpan) {
        open(database)
        buffer.append(request)
    }

    /// `command key`
    mutating func append(_ database: Int, _ command: StaticString, _ key: RawSpan) {
        open(database, words: 2)
        buffer.appendBulk(command.bytes)
        buffer.appendBulk(key)
    }

    /// `command key word`
    mutating func append(_ database: Int, _ command: StaticString, _ key: RawSpan, _ word: RawSpan) {
        open(database, words: 3)
        buffer.appendBulk(command.bytes)
        buffer.appendBulk(key)
        buffer.appendBulk(word)
    }

    /// `command key number word`
    mutating func append(
        _ database: Int, _ command: StaticString, _ key: RawSpan, _ number: Int64, _ word: RawSpan
    ) {
        open(database, words: 4)
        buffer.appendBulk(command.bytes)
        buffer.appendBulk(key)
        buffer.appendBulk(number)
        buffer.appendBulk(word)
    }

    /// `PEXPIREAT key deadline`, the deadline in Unix milliseconds.
    mutating func appendDeadline(_ database: Int, _ key: RawSpan, _ deadline: Int64) {
        open(database, words: 3)
        buffer.append("$9\r\nPEXPIREAT\r\n")
        buffer.appendBulk(key)
        buffer.appendBulk(deadline)
    }

    /// `SET key value [PXAT deadline]`, the deadline in Unix milliseconds.
    @inline(__always)
    mutating func appendString(_ database: Int, _ key: RawSpan, _ value: RawSpan, deadline: Int64?) {
        open(database)
        buffer.append(deadline == nil ? "*3\r\n$3\r\nSET\r\n" : "*5\r\n$3\r\nSET\r\n")
        buffer.appendBulk(key)
        buffer.appendBulk(value)
        if let deadline {
            buffer.append("$4\r\nPXAT\r\n")
            buffer.appendBulk(deadline)
        }
    }

    /// `command key word …` with the words that were collected, in as many requests as they take; they are forgotten.
    mutating func appendWords(_ database: Int, _ command: StaticString, _ key: RawSpan) {
        var list = WordList()
        swap(&list, &words)
        for index in 0..<list.portionCount {
            open(database, words: 2 + list.wordCount(index))
            buffer.appendBulk(command.bytes)
            buffer.appendBulk(key)
            buffer.append(list.encoded(index))
        }
        list.removeAll()
        swap(&list, &words)
    }
}

/// Words collected for requests of which it is not known before how many they have, in portions that each make one
/// request of moderate size.
struct WordList: ~Copyable {
    /// A run of words: where their encoding ends, and how many there are.
    struct Portion: BitwiseCopyable {
        var end: Int
        var words: Int
    }

    /// The words as bulk strings.
    private var encoding = ByteBuffer()
    private var portions = Vector<Portion>()
    /// Words, and bytes of their encoding, that belong to no portion yet.
    private var openWords = 0
    private var openBytes: Int { encoding.count - (portions.isEmpty ? 0 : portions[portions.count - 1].end) }

    init() {}

    var isEmpty: Bool { encoding.isEmpty }

    /// There are enough words for one request.
    var isFull: Bool { openWords == 0 && !isEmpty }

    /// Adds a word.
    mutating func append(_ word: RawSpan) {
        encoding.appendBulk(word)
        openWords += 1
        closeIfFull()
    }

    /// Adds two words that stay together.
    mutating func append(_ first: RawSpan, _ second: RawSpan) {
        encoding.appendBulk(first)
        encoding.appendBulk(second)
        openWords += 2
        closeIfFull()
    }

    private mutating func closeIfFull() {
        if openWords >= Limits.effectWords || openBytes >= Limits.effectBytes { close() }
    }

    private mutating func close() {
        portions.append(Portion(end: encoding.count, words: openWords))
        openWords = 0
    }

    /// How many requests the words make.
    var portionCount: Int {
        mutating get {
            if openWords > 0 { close() }
            return portions.count
        }
    }

    /// Words of a portion.
    func wordCount(_ portion: Int) -> Int { portions[portion].words }

    /// A portion's words as bulk strings.
    @_lifetime(borrow self)
    func encoded(_ portion: Int) -> RawSpan {
        let start = portion == 0 ? 0 : portions[portion - 1].end
        return encoding.bytes.slice(start, portions[portion].end - start)
    }

    /// Forgets all words; keeps the memory that usual requests take.
    mutating func removeAll() {
        encoding.removeAll(keeping: Limits.idleBuffer)
        portions.removeAll()
        openWords = 0
    }
}

extension ByteBuffer {
    /// Appends a bulk string.
    @inline(__always)
    mutating func appendBulk(_ bytes: RawSpan) {
        reserve(bytes.byteCount &+ 25)
        append(UInt8(ascii: "$"))
        appendDecimal(Int64(bytes.byteCount))
        append("\r\n")
        append(bytes)
        append("\r\n")
    }

    /// Appends a bulk string of decimal digits.
    mutating func appendBulk(_ number: Int64) {
        // Most are times: milliseconds since 1970 have thirteen digits for as long as this will run.
        if number >= 1_000_000_000_000 && number < 10_000_000_000_000 {
            append("$13\r\n")
        } else {
            append(UInt8(ascii: "$"))
            appendDecimal(Int64(decimalWidth(number)))
            append("\r\n")
        }
        appendDecimal(number)
        append("\r\n")
    }
}
