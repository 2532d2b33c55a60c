/// A session read from the fields of a hash: the inverse of `SessionFields.render`. The fields may come from anywhere,
/// even from a person with redis-cli; they are accepted only if together they make a valid session.
struct SessionContent: ~Copyable {
    private(set) var image = SessionImage(created: 0, idle: 0, max: 0)
    private(set) var version: UInt32 = 0
    private var hasUse = false
    private(set) var user = ByteBuffer()
    private(set) var device = ByteBuffer()
    /// The session's own fields, packed. In front of them are those that begin with `@` and have no meaning here: a
    /// later version's, which are kept and written on.
    private(set) var fields = ByteBuffer()
    /// Those that follow the later version's, until all are read.
    private var ownFields = ByteBuffer()

    /// Reads packed fields.
    /// - Returns: false if they are no session's; the content is undefined then. O(bytes + fields²), of which there are
    ///   `Limits.fields` at most.
    mutating func read(_ packed: borrowing ByteBuffer) -> Bool {
        image = SessionImage(created: -1, idle: 0, max: 0)
        hasUse = false
        version = 0
        user.removeAll(keeping: Limits.idleBuffer)
        device.removeAll(keeping: Limits.idleBuffer)
        fields.removeAll(keeping: Limits.idleBuffer)
        ownFields.removeAll(keeping: Limits.idleBuffer)
        var reader = PackedFields(packed.bytes)
        var known: UInt16 = 0
        var (foreign, own) = (0, 0)
        while let field = reader.next() {
            let name = reader.name(field)
            let isMetadata = SessionFields.isMetadata(name)
            if isMetadata, let metadata = SessionFields.Metadata(name: name) {
                guard readMetadata(metadata, reader.value(field), &known) else { return false }
                continue
            }
            let (count, limit) = isMetadata ? (foreign, Limits.foreignFields) : (own, Limits.fields)
            let comesTwice = isMetadata
                ? PackedFields(fields.bytes).find(name) != nil : PackedFields(ownFields.bytes).find(name) != nil
            guard name.byteCount <= Limits.fieldName, count < limit, !comesTwice else { return false }
            if isMetadata { foreign += 1 } else { own += 1 }
            let bytes = packed.bytes.slice(field.start, field.end - field.start)
            if isMetadata { fields.append(bytes) } else { ownFields.append(bytes) }
        }
        var rest = ByteBuffer()
        swap(&rest, &ownFields)
        fields.append(rest.bytes)
        swap(&rest, &ownFields)
        image.fieldCount = foreign + own
        return image.created >= 0 && hasUse && image.idle > 0 && version > 0
            && fields.count <= Limits.session
    }

    /// - Parameter known: the metadata that was read before; none of it comes twice.
    private mutating func readMetadata(
        _ field: SessionFields.Metadata, _ value: RawSpan, _ known: inout UInt16
    ) -> Bool {
        guard known & field.bit == 0 else { return false }
        known |= field.bit
        switch field {
        case .created: return SessionContent.read(value, 0...maximumTime, into: &image.created)
        case .seen:
            guard let seen = SessionContent.number(value, 0...maximumTime) else { return false }
            image.lastUse = UseStamp(milliseconds: seen)
            hasUse = true
        case .idle: return SessionContent.read(value, 1...Limits.duration, into: &image.idle)
        case .max: return SessionContent.read(value, 1...maximumTime, into: &image.end)
        case .levelUntil:
            image.levelUntil = SessionContent.number(value, 0...maximumTime)
            return image.levelUntil != nil
        case .level:
            guard let level = SessionContent.number(value, 1...255) else { return false }
            image.level = UInt8(level)
        case .version:
            guard let version = SessionContent.number(value, 1...Int64(UInt32.max)) else { return false }
            self.version = UInt32(version)
        case .user:
            guard (1...Limits.user).contains(value.byteCount) else { return false }
            user.append(value)
        case .device:
            guard value.byteCount <= Limits.device else { return false }
            device.append(value)
        case .bind:
            image.bind = Handle(hexadecimal: value)
            return image.bind != nil
        case .previous:
            image.predecessor = Handle(hexadecimal: value)
            return image.predecessor != nil
        }
        return true
    }

    private static func read(_ value: RawSpan, _ range: ClosedRange<Int64>, into result: inout Int64) -> Bool {
        guard let number = number(value, range) else { return false }
        result = number
        return true
    }

    /// A decimal number within a range; nil for anything else.
    static func number(_ text: RawSpan, _ range: ClosedRange<Int64>) -> Int64? {
        guard let number = parseInteger(text), range.contains(number) else { return nil }
        return number
    }
}

/// The value of a predecessor as replicas read it: `<handle> <grace until> <session created>`, the handle in
/// hexadecimal, both times in decimal Unix milliseconds.
struct PredecessorContent: BitwiseCopyable {
    let successor: Handle
    /// 0 for no grace.
    let graceUntil: Int64
    let created: Int64

    init(successor: Handle, graceUntil: Int64, created: Int64) {
        (self.successor, self.graceUntil, self.created) = (successor, graceUntil, created)
    }

    /// Reads the value; nil if it is none.
    init?(_ text: RawSpan) {
        let first = text.firstIndex(of: UInt8(ascii: " "))
        guard first == Handle.textBytes, let successor = Handle(hexadecimal: text.slice(0, first)) else { return nil }
        let second = text.firstIndex(of: UInt8(ascii: " "), from: first + 1)
        guard second > 0,
            let graceUntil = SessionContent.number(text.slice(first + 1, second - first - 1), 0...maximumTime),
            let created = SessionContent.number(text.slice(second + 1, text.byteCount - second - 1), 0...maximumTime)
        else { return nil }
        (self.successor, self.graceUntil, self.created) = (successor, graceUntil, created)
    }

    func write(to buffer: inout ByteBuffer) {
        successor.write(to: &buffer)
        buffer.append(UInt8(ascii: " "))
        buffer.appendDecimal(graceUntil)
        buffer.append(UInt8(ascii: " "))
        buffer.appendDecimal(created)
    }
}
