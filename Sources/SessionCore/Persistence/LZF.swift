/// Strings compressed by LibLZF, as RDB files hold them.
///
/// A control byte below 32 is followed by that many bytes plus one, as they are. Any other refers back: its upper three
/// bits are the length less two (7: the next byte adds to it), its lower five and the byte after them the distance less
/// one. Source: http://oldhome.schmorp.de/marc/liblzf.html
enum LZF {
    /// Appends what `compressed` stands for.
    /// - Returns: false if it is malformed or does not make `length` bytes exactly; `output` is undefined then.
    static func decompress(_ compressed: RawSpan, length: Int, into output: inout ByteBuffer) -> Bool {
        let start = output.count
        output.reserve(length)
        var position = 0
        while position < compressed.byteCount {
            let control = Int(compressed[position])
            position += 1
            if control < 32 {
                let count = control + 1
                guard position + count <= compressed.byteCount, output.count - start + count <= length else {
                    return false
                }
                output.append(compressed.slice(position, count))
                position += count
                continue
            }
            var count = control >> 5
            if count == 7 {
                guard position < compressed.byteCount else { return false }
                count += Int(compressed[position])
                position += 1
            }
            guard position < compressed.byteCount else { return false }
            let distance = (control & 0x1F) << 8 + Int(compressed[position]) + 1
            position += 1
            count += 2
            guard distance <= output.count - start, output.count - start + count <= length else { return false }
            output.appendCopy(of: count, from: distance)
        }
        return output.count - start == length
    }
}

extension LZF {
    /// Compresses strings, one after the other, with a table of places that it keeps between them.
    struct Compressor: ~Copyable {
        /// What the last call made.
        var output = ByteBuffer()
        /// By the hash of three bytes: the place behind the last one where they were seen, counted over all strings.
        private var table = Vector<Int>()
        /// Bytes of all strings before this one.
        private var base = 0

        private static let bits = 13
        private static let longestReference = 264
        private static let longestRun = 32
        private static let farthest = 1 << 13

        init() {}

        /// Compresses a string into `output`.
        /// - Returns: false if that does not make it at least four bytes shorter, as Redis wants it. O(length).
        mutating func compress(_ input: RawSpan) -> Bool {
            if table.isEmpty { for _ in 0..<(1 << Compressor.bits) { table.append(0) } }
            output.removeAll(keeping: Limits.bufferGrowthStep)
            let limit = input.byteCount - 4
            var (position, literal) = (0, 0)
            while position + 3 <= input.byteCount {
                let slot = Compressor.slot(input, position)
                let reference = table[slot] - 1 - base
                table[slot] = base + position + 1
                let distance = position - reference
                guard reference >= 0, distance <= Compressor.farthest,
                    input.slice(reference, 3).isEqual(to: input.slice(position, 3))
                else {
                    position += 1
                    continue
                }
                var length = 3
                let most = min(Compressor.longestReference, input.byteCount - position)
                while length < most && input[reference + length] == input[position + length] { length += 1 }
                appendLiterals(input, literal, position)
                appendReference(distance - 1, length - 2)
                position += length
                literal = position
                if output.count > limit { break }
            }
            if output.count <= limit { appendLiterals(input, literal, input.byteCount) }
            base += input.byteCount
            return output.count <= limit
        }

        private static func slot(_ input: RawSpan, _ position: Int) -> Int {
            let bytes = UInt32(input[position]) << 16 | UInt32(input[position + 1]) << 8 | UInt32(input[position + 2])
            return Int((bytes &* 0x9E37_79B1) &>> UInt32(32 - bits))
        }

        private mutating func appendLiterals(_ input: RawSpan, _ start: Int, _ end: Int) {
            var start = start
            while start < end {
                let count = min(end - start, Compressor.longestRun)
                output.append(UInt8(count - 1))
                output.append(input.slice(start, count))
                start += count
            }
        }

        private mutating func appendReference(_ distance: Int, _ length: Int) {
            if length < 7 {
                output.append(UInt8(length << 5 | distance >> 8))
            } else {
                output.append(UInt8(7 << 5 | distance >> 8))
                output.append(UInt8(length - 7))
            }
            output.append(UInt8(distance & 0xFF))
        }
    }
}
