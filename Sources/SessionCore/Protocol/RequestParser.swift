/// Where one argument stands in the bytes being parsed.
struct ArgumentRange: BitwiseCopyable {
    var offset: UInt32
    var count: UInt32
}

extension RawSpan {
    /// The bytes of an argument.
    @inline(__always)
    @_lifetime(copy self)
    func slice(_ range: ArgumentRange) -> RawSpan { slice(Int(range.offset), Int(range.count)) }
}

/// How far a request has come whose rest has not arrived yet. Kept by the connection, so that a large request is not
/// parsed again from its start with every packet.
struct PartialRequest: ~Copyable {
    /// Arguments complete so far; offsets count from the request's first byte.
    var arguments = Vector<ArgumentRange>()
    /// Arguments still to come; 0 when not inside a request.
    var remaining = 0
    /// Length of the argument being received, or -1 while its header is incomplete.
    var bulkLength = -1
    /// Next byte to look at.
    var position = 0
    /// Parsing again is useless before so many bytes are there.
    var wanted = 0

    /// Most arguments for which memory is kept between requests.
    private static let retained = 16

    mutating func reset() {
        if arguments.capacity > PartialRequest.retained { arguments = Vector() } else { arguments.removeAll() }
        (remaining, bulkLength, position, wanted) = (0, -1, 0, 0)
    }

    /// Notes how far a request has come; the position counts from its first byte.
    fileprivate mutating func note(_ progress: RequestParser.Progress) {
        (remaining, bulkLength, position) = (progress.remaining, progress.bulkLength, progress.position)
        wanted = bulkLength < 0 ? 0 : position + bulkLength + 2
    }
}

/// What the protocol's grammar was violated by. The connection gets the text, then is closed, as in Redis.
enum ProtocolError: Error, Equatable {
    case tooBigMultibulkCount
    case invalidMultibulkLength
    case unauthenticatedMultibulkLength
    case tooBigBulkCount
    case expectedDollar(UInt8)
    case invalidBulkLength
    case unauthenticatedBulkLength
    case tooBigInlineRequest
    case unbalancedQuotes

    /// What the peer is told, after `ERR Protocol error: `.
    var reason: [UInt8] {
        let text = switch self {
        case .tooBigMultibulkCount: "too big mbulk count string"
        case .invalidMultibulkLength: "invalid multibulk length"
        case .unauthenticatedMultibulkLength: "unauthenticated multibulk length"
        case .tooBigBulkCount: "too big bulk count string"
        case .expectedDollar: "expected '$', got '"
        case .invalidBulkLength: "invalid bulk length"
        case .unauthenticatedBulkLength: "unauthenticated bulk length"
        case .tooBigInlineRequest: "too big inline request"
        case .unbalancedQuotes: "unbalanced quotes in request"
        }
        // The byte is quoted as it came: it need not be a character.
        if case .expectedDollar(let byte) = self { return Array(text.utf8) + [byte, UInt8(ascii: "'")] }
        return Array(text.utf8)
    }
}

/// Parses requests in place: arrays of bulk strings, or inline lines. The arguments found are ranges of the input;
/// nothing is copied.
///
/// Accepts and refuses exactly what Redis 7 does, down to what it does not look at: the two bytes after a bulk and the
/// line feed after a header's CR.
struct RequestParser {
    enum Outcome {
        /// A request is complete; its arguments were appended. `end` is the offset behind it.
        case request(end: Int)
        /// An inline line without its end; empty lines included. `end` is the offset behind it.
        case inline(offset: Int, count: Int, end: Int)
        /// Nothing to execute up to `end` (an empty request); go on there.
        case nothing(end: Int)
        /// The request that starts at the given offset has not arrived whole; how far it came was noted.
        case incomplete
        case failure(ProtocolError)
    }

    /// Longest argument accepted (`proto-max-bulk-len`).
    var bulkLimit: Int
    /// The stricter limits for peers that have not authenticated apply.
    var isUnauthenticated: Bool

    /// Parses the request that starts at `start`, or goes on with it where `partial` says it stopped.
    func parse(
        _ bytes: RawSpan, from start: Int, _ partial: inout PartialRequest, into arguments: inout Vector<ArgumentRange>
    ) -> Outcome {
        if partial.remaining != 0 { return resume(bytes, from: start, &partial, into: &arguments) }
        guard start < bytes.byteCount else { return .incomplete }
        guard bytes[start] == UInt8(ascii: "*") else { return parseInline(bytes, start) }
        let length: Int
        let position: Int
        switch header(bytes, start, tooBig: .tooBigMultibulkCount) {
        case .value(let value, let next):
            guard let value, value <= Limits.arguments else { return .failure(.invalidMultibulkLength) }
            if isUnauthenticated && value > Limits.unauthenticatedArguments {
                return .failure(.unauthenticatedMultibulkLength)
            }
            (length, position) = (value, next)
        case .incomplete: return .incomplete
        case .failure(let error): return .failure(error)
        }
        if length <= 0 { return .nothing(end: position) }
        let first = arguments.count
        switch parseArguments(bytes, position, length, -1, &arguments) {
        case .complete(let end): return .request(end: end)
        case .incomplete(let progress):
            keep(progress, start, first, &partial, &arguments)
            return .incomplete
        case .failure(let error): return .failure(error)
        }
    }

    /// Goes on with a request whose beginning came with an earlier packet. Its arguments stay with the connection until
    /// it is complete, so that each packet costs what is new in it.
    @inline(never)
    private func resume(
        _ bytes: RawSpan, from start: Int, _ partial: inout PartialRequest, into arguments: inout Vector<ArgumentRange>
    ) -> Outcome {
        var ranges = Vector<ArgumentRange>()
        swap(&ranges, &partial.arguments)
        let request = bytes.slice(start, bytes.byteCount - start)
        switch parseArguments(request, partial.position, partial.remaining, partial.bulkLength, &ranges) {
        case .complete(let end):
            for index in 0..<ranges.count {
                var range = ranges[index]
                range.offset &+= UInt32(truncatingIfNeeded: start)
                arguments.append(range)
            }
            // A short one's memory serves the next.
            swap(&ranges, &partial.arguments)
            partial.reset()
            return .request(end: start + end)
        case .incomplete(let progress):
            swap(&ranges, &partial.arguments)
            partial.note(progress)
            return .incomplete
        case .failure(let error): return .failure(error)
        }
    }

    /// What became of the arguments of one request.
    private enum Arguments {
        case complete(end: Int)
        case incomplete(Progress)
        case failure(ProtocolError)
    }

    /// Where in a request the bytes ended.
    fileprivate struct Progress {
        var position: Int
        var remaining: Int
        var bulkLength: Int
    }

    /// The loop over the arguments of one request; hot.
    @inline(__always)
    private func parseArguments(
        _ bytes: RawSpan, _ from: Int, _ count: Int, _ openLength: Int, _ arguments: inout Vector<ArgumentRange>
    ) -> Arguments {
        var position = from
        var remaining = count
        var length = openLength
        while remaining > 0 {
            if length < 0 {
                guard position < bytes.byteCount else { break }
                let byte = bytes[position]
                // A line must be complete before its first byte is judged, as in Redis.
                switch header(bytes, position, tooBig: .tooBigBulkCount) {
                case .value(let value, let next):
                    if byte != UInt8(ascii: "$") { return .failure(.expectedDollar(byte)) }
                    guard let value, value >= 0, value <= bulkLimit else { return .failure(.invalidBulkLength) }
                    if isUnauthenticated && value > Limits.unauthenticatedBulk {
                        return .failure(.unauthenticatedBulkLength)
                    }
                    (length, position) = (value, next)
                case .incomplete:
                    return .incomplete(Progress(position: position, remaining: remaining, bulkLength: -1))
                case .failure(let error): return .failure(error)
                }
            }
            if bytes.byteCount &- position < length &+ 2 { break }
            arguments.append(
                ArgumentRange(offset: UInt32(truncatingIfNeeded: position), count: UInt32(truncatingIfNeeded: length)))
            position &+= length &+ 2
            length = -1
            remaining &-= 1
        }
        if remaining == 0 { return .complete(end: position) }
        return .incomplete(Progress(position: position, remaining: remaining, bulkLength: length))
    }

    /// Moves the arguments of an unfinished request, those from `first` on, from the batch to the connection.
    @inline(never)
    private func keep(
        _ progress: Progress, _ start: Int, _ first: Int, _ partial: inout PartialRequest,
        _ arguments: inout Vector<ArgumentRange>
    ) {
        partial.arguments.removeAll()
        for index in first..<arguments.count {
            var range = arguments[index]
            range.offset &-= UInt32(truncatingIfNeeded: start)
            partial.arguments.append(range)
        }
        for _ in first..<arguments.count { _ = arguments.removeLast() }
        var progress = progress
        progress.position -= start
        partial.note(progress)
    }

    private enum Header {
        /// The number (nil if it is none) and the offset behind the line.
        case value(Int?, Int)
        case incomplete
        case failure(ProtocolError)
    }

    /// A type byte, a decimal number and CR LF at `start`.
    @inline(__always)
    private func header(_ bytes: RawSpan, _ start: Int, tooBig: ProtocolError) -> Header {
        // Nearly all numbers have one to four digits: look for the CR by hand first.
        var position = start &+ 1
        var value = 0
        let end = min(bytes.byteCount, start &+ 8)
        while position < end {
            let digit = bytes[position] &- 48
            if digit > 9 { break }
            value = value &* 10 &+ Int(digit)
            position &+= 1
        }
        let digits = position &- start &- 1
        if position < end, bytes[position] == 13, digits > 0, digits == 1 || bytes[start &+ 1] != 48 {
            return position &+ 1 < bytes.byteCount ? .value(value, position &+ 2) : .incomplete
        }
        return longHeader(bytes, start, tooBig: tooBig)
    }

    @inline(never)
    private func longHeader(_ bytes: RawSpan, _ start: Int, tooBig: ProtocolError) -> Header {
        let cr = bytes.firstIndex(of: 13, from: start)
        guard cr >= 0 else {
            return bytes.byteCount - start > Limits.inlineRequest ? .failure(tooBig) : .incomplete
        }
        guard cr + 1 < bytes.byteCount else { return .incomplete }
        // The CR may stand where the type byte should: no number then, and no type that anybody accepts.
        let value = cr > start ? parseInteger(bytes.slice(start + 1, cr - start - 1)) : nil
        return .value(value.map { Int($0) }, cr + 2)
    }

    private func parseInline(_ bytes: RawSpan, _ start: Int) -> Outcome {
        let lf = bytes.firstIndex(of: 10, from: start)
        guard lf >= 0 else {
            return bytes.byteCount - start > Limits.inlineRequest ? .failure(.tooBigInlineRequest) : .incomplete
        }
        let end = lf > start && bytes[lf - 1] == 13 ? lf - 1 : lf
        return .inline(offset: start, count: end - start, end: lf + 1)
    }
}
