/// The fixed and optional parts of a session's record, decoded: a command changes them before the record is rewritten.
struct SessionImage: BitwiseCopyable {
    /// Unix milliseconds.
    var created: Int64
    var lastUse: UseStamp
    /// Sliding timeout in milliseconds.
    var idle: Int64
    /// Absolute timeout in Unix milliseconds; 0 for none.
    var end: Int64
    var level: UInt8 = 1
    /// When the level falls back to 1, Unix milliseconds.
    var levelUntil: Int64?
    /// First 16 bytes of SHA-256 of the fingerprint the session is bound to.
    var bind: Handle?
    /// Handle of the token that this one replaced.
    var predecessor: Handle?
    var fieldCount = 0

    /// The moment at which the session ends if it is not touched.
    var deadline: Int64 { SessionImage.deadline(used: lastUse.milliseconds, idle: idle, end: end) }

    /// The moment at which a session ends that was used last at a time, Unix milliseconds: the earlier of both
    /// timeouts.
    @inline(__always)
    static func deadline(used: Int64, idle: Int64, end: Int64) -> Int64 {
        let idleEnd = min(used &+ idle, maximumTime)
        return end == 0 ? idleEnd : min(idleEnd, end)
    }

    /// As `deadline`, so many milliseconds later, but not beyond the absolute timeout.
    func deadline(with slack: Int64) -> Int64 { min(deadline + slack, end == 0 ? maximumTime : end) }

    func effectiveLevel(now: Int64) -> UInt8 {
        if let levelUntil, now >= levelUntil { return 1 }
        return level
    }

    /// What a session is that is created now.
    /// - Parameter use: the stamp of its creation; nil for the first of the millisecond.
    init(created: Int64, use: UseStamp? = nil, idle: Int64, max: Int64) {
        self.created = created
        lastUse = use ?? UseStamp(milliseconds: created)
        self.idle = idle
        end = max == 0 ? 0 : min(created + max, maximumTime)
    }

    @inline(__always)
    init(_ session: SessionView) {
        created = session.created
        lastUse = session.lastUse
        idle = session.idle
        end = session.end
        level = session.level
        levelUntil = session.levelUntil
        bind = session.bind
        predecessor = session.predecessor
        fieldCount = session.fieldCount
    }

    private func options(hasUser: Bool) -> SessionOptions {
        var options: SessionOptions = []
        if bind != nil { options.insert(.bound) }
        if levelUntil != nil { options.insert(.levelExpires) }
        if predecessor != nil { options.insert(.rotated) }
        if hasUser { options.insert(.hasUser) }
        return options
    }

    /// Appends everything from `SessionLayout.created` on, except the fields.
    func write(user: RawSpan, device: RawSpan, to buffer: inout ByteBuffer) {
        buffer.appendTime(created)
        buffer.appendRaw(lastUse.rawValue)
        buffer.appendTime(idle)
        buffer.appendTime(end)
        buffer.append(level)
        buffer.append(options(hasUser: user.byteCount > 0).rawValue)
        buffer.appendRaw(UInt16(user.byteCount))
        buffer.appendRaw(UInt16(device.byteCount))
        buffer.appendRaw(UInt16(fieldCount))
        if let bind { bind.append(to: &buffer) }
        if let levelUntil { buffer.appendRaw(levelUntil) }
        if let predecessor { predecessor.append(to: &buffer) }
        buffer.append(user)
        buffer.append(device)
    }
}

extension Handle {
    /// Appends the 16 bytes.
    func append(to buffer: inout ByteBuffer) {
        buffer.appendRaw(low)
        buffer.appendRaw(high)
    }

    /// Equality in a time that does not depend on the content.
    func isEqualInConstantTime(to other: Handle) -> Bool { (low ^ other.low) | (high ^ other.high) == 0 }
}

extension ByteBuffer {
    /// Appends a 48-bit number.
    mutating func appendTime(_ value: Int64) {
        appendRaw(UInt32(truncatingIfNeeded: value))
        appendRaw(UInt16(truncatingIfNeeded: value >> 32))
    }
}
