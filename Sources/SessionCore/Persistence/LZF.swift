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
