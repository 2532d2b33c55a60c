/// Replies as frames: counted without being made into values, so that replies of any size can be checked.
enum ReplyFrames {
    /// How many whole replies and pushes the bytes are; nil if they are anything else, or end in the middle of one.
    /// Complexity: linear in the bytes.
    static func count(in bytes: [UInt8]) -> Int? {
        var position = 0
        var frames = 0
        /// Elements that each open aggregate still lacks.
        var open: [Int] = []
        while position < bytes.count {
            guard let children = frame(bytes, &position) else { return nil }
            if children > 0 {
                open.append(children)
                continue
            }
            while let last = open.popLast() {
                if last > 1 {
                    open.append(last - 1)
                    break
                }
            }
            if open.isEmpty { frames += 1 }
        }
        return open.isEmpty ? frames : nil
    }

    /// Steps over a frame, or over the opening of an aggregate.
    /// - Returns: how many elements follow that belong to it; nil if it is malformed.
    private static func frame(_ bytes: [UInt8], _ position: inout Int) -> Int? {
        let type = bytes[position]
        guard let end = bytes[position...].firstIndex(of: 13), end + 1 < bytes.count, bytes[end + 1] == 10 else {
            return nil
        }
        let line = bytes[(position + 1)..<end]
        position = end + 2
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            return line.contains(10) ? nil : 0
        case UInt8(ascii: "_"): return line.isEmpty ? 0 : nil
        case UInt8(ascii: "#"), UInt8(ascii: ","), UInt8(ascii: "("): return line.isEmpty ? nil : 0
        case UInt8(ascii: ":"): return number(line) == nil ? nil : 0
        case UInt8(ascii: "$"), UInt8(ascii: "="):
            guard let count = number(line), count >= -1 else { return nil }
            if count == -1 { return 0 }
            guard bytes.count - position - 2 >= count, bytes[position + count] == 13 else { return nil }
            guard bytes[position + count + 1] == 10 else { return nil }
            position += count + 2
            return 0
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"):
            guard let count = number(line), count >= -1 else { return nil }
            return max(0, count)
        case UInt8(ascii: "%"):
            guard let count = number(line), count >= 0, count <= Int.max / 2 else { return nil }
            return count * 2
        default: return nil
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }
}
