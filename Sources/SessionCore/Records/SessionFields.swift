/// How a session appears as a hash: metadata in fields that start with `@`, in a fixed order, then its own fields.
///
/// Absent metadata has no field: `@user` of an anonymous session, `@max` without an absolute timeout, `@leveluntil`
/// unless the level is raised for a time, and so on. Numbers are decimal: Unix milliseconds, milliseconds, counts.
enum SessionFields {
    /// Whom the fields are for.
    enum Form {
        /// Clients.
        case shown
        /// Other nodes, which are also told which token the present one replaced (`@previous`: its handle).
        case replicated
    }

    /// Whether a field of this name is metadata, of this version or another: applications have no such names.
    @inline(__always)
    static func isMetadata(_ name: RawSpan) -> Bool { name.byteCount > 0 && name[0] == UInt8(ascii: "@") }

    /// The metadata fields, in their order.
    enum Metadata: UInt8, CaseIterable {
        case user, device, created, seen, idle, max, level, levelUntil, version, bind, previous

        @inline(__always)
        var bit: UInt16 { 1 &<< UInt16(rawValue) }

        var name: StaticString {
            switch self {
            case .user: "@user"
            case .device: "@device"
            case .created: "@created"
            case .seen: "@seen"
            case .idle: "@idle"
            case .max: "@max"
            case .level: "@level"
            case .levelUntil: "@leveluntil"
            case .version: "@version"
            case .bind: "@bind"
            case .previous: "@previous"
            }
        }

        /// The field of this name; nil if there is none.
        init?(name: RawSpan) {
            for value in 0...Metadata.previous.rawValue {
                guard let field = Metadata(rawValue: value), name.isEqual(to: field.name) else { continue }
                self = field
                return
            }
            return nil
        }

        /// The value of a field that holds a number.
        @inline(__always)
        private func number(_ image: SessionImage, _ session: SessionView, now: Int64) -> Int64? {
            switch self {
            case .created: image.created
            case .seen: image.lastUse.milliseconds
            case .idle: image.idle
            case .max: image.end
            case .level: Int64(image.effectiveLevel(now: now))
            case .levelUntil: image.levelUntil
            case .version: Int64(session.version)
            case .user, .device, .bind, .previous: nil
            }
        }

        /// The value of a field that holds a fingerprint or handle.
        @inline(__always)
        private func handle(_ image: SessionImage) -> Handle? {
            self == .bind ? image.bind : self == .previous ? image.predecessor : nil
        }

        /// Appends the value of a field that is present.
        func write(
            _ image: SessionImage, _ session: SessionView, now: Int64, to buffer: inout ByteBuffer
        ) {
            if let number = number(image, session, now: now) {
                buffer.appendDecimal(number)
            } else if let handle = handle(image) {
                handle.write(to: &buffer)
            } else {
                buffer.append(self == .user ? session.user : session.device)
            }
        }

        /// Appends name and value of a field that is present, as bulk strings.
        func writeBulks(
            _ image: SessionImage, _ session: SessionView, now: Int64, to buffer: inout ByteBuffer
        ) {
            buffer.appendBulk(name.bytes)
            if let number = number(image, session, now: now) {
                buffer.appendBulk(number)
            } else if let handle = handle(image) {
                buffer.append("$32\r\n")
                handle.write(to: &buffer)
                buffer.append("\r\n")
            } else {
                buffer.appendBulk(self == .user ? session.user : session.device)
            }
        }
    }

    /// Which metadata fields a session has, and where their values come from. Good until the session changes.
    struct Present: BitwiseCopyable {
        fileprivate let image: SessionImage
        fileprivate var fields: UInt16

        /// How many there are.
        var count: Int { fields.nonzeroBitCount }

        /// The first field there is from this one on, in their order.
        @inline(__always)
        fileprivate func next(from field: UInt8) -> Metadata? {
            let rest = fields & ~((1 &<< UInt16(field)) &- 1)
            return rest == 0 ? nil : Metadata(rawValue: UInt8(truncatingIfNeeded: rest.trailingZeroBitCount))
        }
    }

    /// The metadata fields that a session has at the time `now`, in Unix milliseconds.
    static func present(_ session: SessionView, now: Int64, _ form: Form = .shown) -> Present {
        var image = session.image
        // Stamps may be ahead of the clock a little, and another node's clock ahead of this one's.
        if form == .shown { image.lastUse = min(image.lastUse, UseStamp(milliseconds: now)) }
        var fields = Metadata.created.bit | Metadata.seen.bit | Metadata.idle.bit | Metadata.level.bit
            | Metadata.version.bit
        if session.options.contains(.hasUser) { fields |= Metadata.user.bit }
        if session.device.byteCount > 0 { fields |= Metadata.device.bit }
        if image.end != 0 { fields |= Metadata.max.bit }
        if let levelUntil = image.levelUntil, now < levelUntil { fields |= Metadata.levelUntil.bit }
        if image.bind != nil { fields |= Metadata.bind.bit }
        if form == .replicated && image.predecessor != nil { fields |= Metadata.previous.bit }
        return Present(image: image, fields: fields)
    }

    /// Metadata fields that a session shows.
    static func metadataCount(
        _ session: SessionView, now: Int64, _ form: Form = .shown
    ) -> Int {
        present(session, now: now, form).count
    }

    /// Appends all fields of a session in the form of `PackedFields`.
    static func render(
        _ session: SessionView, now: Int64, _ form: Form = .shown, into buffer: inout ByteBuffer
    ) {
        let present = present(session, now: now, form)
        var value = ByteBuffer()
        var next: UInt8 = 0
        while let field = present.next(from: next) {
            value.removeAll()
            field.write(present.image, session, now: now, to: &value)
            PackedFields.append(field.name.bytes, value.bytes, to: &buffer)
            next = field.rawValue &+ 1
        }
        buffer.append(session.fieldBytes)
    }

    /// Appends all fields of a session, names and values, as bulk strings.
    static func renderBulks(
        _ present: Present, _ session: SessionView, now: Int64, into buffer: inout ByteBuffer
    ) {
        var next: UInt8 = 0
        while let field = present.next(from: next) {
            field.writeBulks(present.image, session, now: now, to: &buffer)
            next = field.rawValue &+ 1
        }
        var fields = session.fields
        while let field = fields.next() {
            buffer.appendBulk(fields.name(field))
            buffer.appendBulk(fields.value(field))
        }
    }
}
