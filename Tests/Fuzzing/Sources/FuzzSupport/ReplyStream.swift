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
                let byte = bytes[position]
                position += 1
                if line.last == 13 {
                    require(byte == 10, "a carriage return within the line of a reply: \(lineText)")
                    line.removeLast()
                    endLine()
                } else {
                    require(byte != 10, "a line feed within the line of a reply: \(lineText)")
                    line.append(byte)
                    require(line.count < 1 << 20, "a line of more than a megabyte")
                }
            }
        }
    }

    private var lineText: String { String(decoding: line.prefix(200), as: UTF8.self) }

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

    private mutating func endLine() {
        let (text, type) = (lineText, line.first)
        line.removeAll(keepingCapacity: true)
        let number = Int64(text.dropFirst())
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ","): endValue()
        case UInt8(ascii: "_"), UInt8(ascii: "#"): endValue()
        case UInt8(ascii: ":"):
            require(number != nil, "no number: \(text)")
            endValue()
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            guard let count = number, count >= 0 else {
                require(number == -1, "no length of a bulk string: \(text)")
                return endValue()
            }
            bulkLeft = Int(count) + 2
            wantsBulk = count == 32
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"): begin(number, 1, text)
        case UInt8(ascii: "%"): begin(number, 2, text)
        default: fatalError("no reply begins like this: \(text)")
        }
    }

    private mutating func begin(_ count: Int64?, _ factor: Int, _ text: String) {
        guard let count, count > 0 else {
            require(count == 0 || count == -1, "no number of elements: \(text)")
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
