/// HRANDFIELD.
extension Execution {
    /// HRANDFIELD key [count [WITHVALUES]]
    mutating func hrandfield(_ request: borrowing Request) throws(ReplyError) {
        if request.count == 2 {
            guard let record = try hashToRead(request) else { return reply.null() }
            return replyRandom(record, 1, withValues: false)
        }
        let options = try RandomCount(request, "withvalues")
        let (count, withValues) = (options.count, options.isPaired)
        guard let record = try hashToRead(request), count != 0 else { return reply.array(0) }
        if count < 0 {
            openSample(-count, withValues)
            replyRandom(record, -count, withValues: withValues)
        } else {
            replyDistinct(record, count, withValues)
        }
    }

    /// Opens the reply: pairs are arrays of two in RESP3 and follow one another in RESP2.
    private mutating func openSample(_ count: Int64, _ withValues: Bool) {
        reply.array(Int(withValues && !reply.isRESP3 ? count * 2 : count))
    }

    private mutating func replySample(_ name: RawSpan, _ value: RawSpan, _ withValues: Bool) {
        if withValues && reply.isRESP3 { reply.array(2) }
        reply.bulk(name)
        if withValues { reply.bulk(value) }
    }

    /// Replies `count` fields, each drawn from all.
    private mutating func replyRandom(_ record: Slot, _ count: Int64, withValues: Bool) {
        // Nobody would see them, and there may be as many as a 64-bit number can say.
        if reply.isMuted { return }
        if store[record].kind == .tableHash {
            var scratch = Vector<Slot>()
            for _ in 0..<count {
                if reply.hasOverflowed { break }
                let element = randomElement(record, &scratch)
                replySample(store.element(element).name, store.element(element).value, withValues)
            }
        } else {
            var rendered = ByteBuffer()
            store.render(record, into: &rendered)
            var fields = store.packedFields(record, rendered)
            var bounds = Vector<PackedFields.Field>()
            while let field = fields.next() { bounds.append(field) }
            for _ in 0..<count {
                if reply.hasOverflowed { break }
                let field = bounds[Int(random.next() % UInt64(bounds.count))]
                replySample(fields.name(field), fields.value(field), withValues)
            }
        }
    }

    /// Replies `count` different fields, or all if there are not more.
    private mutating func replyDistinct(_ record: Slot, _ count: Int64, _ withValues: Bool) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        let size = store.fieldCount(record)
        let wanted = Int(min(count, Int64(size)))
        openSample(Int64(wanted), withValues)
        if store[record].kind == .tableHash {
            var chosen = Vector<Slot>()
            choose(wanted, of: size, record, into: &chosen)
            for index in 0..<wanted {
                replySample(store.element(chosen[index]).name, store.element(chosen[index]).value, withValues)
            }
            return
        }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        var fields = store.packedFields(record, rendered)
        var sample = Sample(of: size, wanted)
        while let field = fields.next() {
            if sample.takesNext(&random) { replySample(fields.name(field), fields.value(field), withValues) }
        }
    }
}
