/// Checks that what a connection is sent is a sequence of replies: RESP2 and RESP3, in pieces of any size.
public struct ReplyStream {
    /// The line that has begun, without the piece that is being read.
    private var line: [UInt8] = []
    /// Bytes of a bulk string that are to come, its end included; negative outside one.
    private var bulkLeft = -1
    /// Of each array or map that has begun, how many elements are to come.
    private var open: [Int] = []
    /// The latest bulk strings that are as long as a token.
    public private(set) var tokens: [[UInt8]] = []
    private var bulk: [UInt8] = []
    private var wantsBulk = false

    public init() {}

    /// No reply has begun and not ended.
    public var isComplete: Bool { line.isEmpty && bulkLeft < 0 && open.isEmpty }

    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            if bulkLeft >= 0 {
                let count = min(bulkLeft, bytes.count - position)
                if wantsBulk { bulk += bytes[position..<(position + count)] }
                position += count
                bulkLeft -= count
                if bulkLeft == 0 { endBulk() }
            } else {
                position = feedLine(bytes, from: position)
            }
        }
    }

    /// Takes bytes of a line up to its end, or all there are.
    /// - Returns: where what follows begins.
    private mutating func feedLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var end = start
        if line.last != 13 {
            while end < bytes.count && bytes[end] != 13 {
                require(bytes[end] != 10, "a line feed within the line of a reply: \(Self.text(bytes, start, end))")
                end += 1
            }
            if line.isEmpty && end + 1 < bytes.count && bytes[end + 1] == 10 {
                endLine(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                return end + 2
            }
        }
        // It has arrived in pieces.
        let byte = end < bytes.count ? bytes[end] : nil
        if line.last == 13, let byte {
            require(byte == 10, "a carriage return within the line of a reply: \(line)")
            var whole = line
            line.removeAll()
            whole.removeLast()
            whole.withUnsafeBytes { endLine($0) }
            return end + 1
        }
        line += bytes[start..<end]
        if let byte { line.append(byte) }
        require(line.count < 1 << 20, "a line of more than a megabyte")
        return end + 1
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> String {
        String(decoding: bytes[start..<end].prefix(200), as: UTF8.self)
    }

    private mutating func endBulk() {
        bulkLeft = -1
        if wantsBulk {
            require(bulk.suffix(2) == [13, 10], "a bulk string ends in something else than CRLF")
            if tokens.count >= 4 { tokens.removeFirst() }
            tokens.append(bulk.dropLast(2))
            bulk.removeAll(keepingCapacity: true)
            wantsBulk = false
        }
        endValue()
    }

    private mutating func endLine(_ line: UnsafeRawBufferPointer) {
        require(line.count < 1 << 20, "a line of more than a megabyte")
        switch line.first {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ","): endValue()
        case UInt8(ascii: "_"), UInt8(ascii: "#"): endValue()
        case UInt8(ascii: ":"):
            require(Self.number(line) != nil, "no number: \(Self.text(line, 0, line.count))")
            endValue()
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            let number = Self.number(line)
            guard let count = number, count >= 0 else {
                require(number == -1, "no length of a bulk string: \(Self.text(line, 0, line.count))")
                return endValue()
            }
            bulkLeft = Int(count) + 2
            wantsBulk = count == 32
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"): begin(line, 1)
        case UInt8(ascii: "%"): begin(line, 2)
        default: fatalError("no reply begins like this: \(Self.text(line, 0, line.count))")
        }
    }

    /// The number behind the type of a reply.
    private static func number(_ line: UnsafeRawBufferPointer) -> Int64? {
        Int64(String(decoding: line.dropFirst(), as: UTF8.self))
    }

    private mutating func begin(_ line: UnsafeRawBufferPointer, _ factor: Int) {
        let number = Self.number(line)
        guard let count = number, count > 0 else {
            require(number == 0 || number == -1, "no number of elements: \(Self.text(line, 0, line.count))")
            return endValue()
        }
        open.append(Int(count) * factor)
        require(open.count <= 16, "arrays within arrays without end")
    }

    private mutating func endValue() {
        while let left = open.popLast() {
            if left > 1 { return open.append(left - 1) }
        }
    }
}
