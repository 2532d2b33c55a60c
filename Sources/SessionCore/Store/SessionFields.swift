/// How a session appears as a hash: metadata in fields that start with `@`, in a fixed order, then its own fields.
///
/// Absent metadata has no field: `@user` of an anonymous session, `@max` without an absolute timeout, `@leveluntil`
/// unless the level is raised for a time, and so on. Numbers are decimal: Unix milliseconds, milliseconds, counts.
/// `@previous` is for replicas only.
enum SessionFields {
    /// Who reads the fields.
    enum Form {
        /// Clients, by the commands for hashes.
        case shown
        /// Replicas, by the stream or a snapshot: with all that makes the session.
        case replicated
    }

    /// The metadata fields, in their order.
    enum Metadata: CaseIterable {
        case user, device, created, seen, idle, max, level, levelUntil, version, bind, previous

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

        func isPresent(
            _ image: SessionImage, _ heap: borrowing Heap, _ session: Slot, now: Int64, _ form: Form
        ) -> Bool {
            switch self {
            case .user: heap.sessionOptions(session).contains(.hasUser)
            case .device: heap.sessionDevice(session).byteCount > 0
            case .max: image.end != 0
            case .levelUntil: image.levelUntil.map { now < $0 } ?? false
            case .bind: image.bind != nil
            case .previous: form == .replicated && image.predecessor != nil
            case .created, .seen, .idle, .level, .version: true
            }
        }

        /// Appends the value of a field that is present.
        func write(
            _ image: SessionImage, _ heap: borrowing Heap, _ session: Slot, now: Int64, to buffer: inout ByteBuffer
        ) {
            switch self {
            case .user: buffer.append(heap.sessionUser(session))
            case .device: buffer.append(heap.sessionDevice(session))
            case .created: buffer.appendDecimal(image.created)
            case .seen: buffer.appendDecimal(image.seen)
            case .idle: buffer.appendDecimal(image.idle)
            case .max: buffer.appendDecimal(image.end)
            case .level: buffer.appendDecimal(Int64(image.effectiveLevel(now: now)))
            case .levelUntil: buffer.appendDecimal(image.levelUntil ?? 0)
            case .version: buffer.appendDecimal(Int64(heap.stamp(session)))
            case .bind: image.bind?.write(to: &buffer)
            case .previous: image.predecessor?.write(to: &buffer)
            }
        }
    }

    /// Metadata fields that a session shows.
    static func metadataCount(
        _ heap: borrowing Heap, _ session: Slot, now: Int64, _ form: Form = .shown
    ) -> Int {
        let image = SessionImage(heap, session)
        var count = 0
        for field in Metadata.allCases where field.isPresent(image, heap, session, now: now, form) { count += 1 }
        return count
    }

    /// Appends all fields of a session in the form of `PackedFields`.
    static func render(
        _ heap: borrowing Heap, _ session: Slot, now: Int64, _ form: Form = .shown, into buffer: inout ByteBuffer
    ) {
        let image = SessionImage(heap, session)
        var value = ByteBuffer()
        for field in Metadata.allCases where field.isPresent(image, heap, session, now: now, form) {
            value.removeAll()
            field.write(image, heap, session, now: now, to: &value)
            PackedFields.append(field.name.bytes, value.bytes, to: &buffer)
        }
        buffer.append(heap.sessionFieldBytes(session))
    }
}
