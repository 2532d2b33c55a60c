import TestSupport
import Testing

/// The protocol byte by byte, with redis-server's answers as the standard.
@Suite struct ProtocolTests {
    /// Both servers, with the keys that the samples read.
    private let addresses: [Address]

    init() throws {
        addresses = try [SharedServer.address(.redis), SharedServer.address(.cloakroom)]
        for address in addresses {
            let connection = try RawConnection(address)
            _ = try connection.command("SET", "k", "v")
            _ = try connection.command("HSET", "h", "f", "v")
        }
    }

    /// Everything the server answers to `pieces` and then the end of the connection. With a `pacer` it reads the pieces
    /// one by one.
    private func answer(
        _ address: Address, to pieces: [ArraySlice<UInt8>], pacedBy pacer: RawConnection? = nil
    ) throws -> Bytes {
        let connection = try RawConnection(address)
        do {
            if let pacer {
                try connection.send(pieces: pieces, pacedBy: pacer)
            } else {
                for piece in pieces { try connection.send(piece) }
            }
        } catch let error as SystemError where error.operation == "send" {
            // Closed by the server before all was sent, as it should be after a protocol error.
        }
        connection.finishSending()
        return try connection.bytesUntilClosed()
    }

    private func compare(_ bytes: [UInt8]) throws {
        let (redis, cloakroom) = (
            try answer(addresses[0], to: [bytes[...]]), try answer(addresses[1], to: [bytes[...]])
        )
        #expect(cloakroom == withoutArguments(redis), "\(Bytes(bytes))")
    }

    /// Redis repeats the arguments of an unknown command, Cloakroom does not (see `KnownDifference`).
    private func withoutArguments(_ answer: Bytes) -> Bytes {
        let marker = Array("with args beginning with: ".utf8)
        var result: [UInt8] = []
        var rest = answer.bytes[...]
        while let range = rest.firstRange(of: marker) {
            result += rest[..<range.upperBound]
            rest = rest[range.upperBound...]
            rest = rest[(rest.firstRange(of: [13, 10])?.lowerBound ?? rest.endIndex)...]
        }
        return Bytes(result + rest)
    }

    @Test(arguments: ProtocolSamples.valid) func validRequests(sample: Bytes) throws {
        try compare(sample.bytes)
        let answered = try answer(addresses[1], to: [sample.bytes[...]])
        #expect(answered.count > 0)
    }

    @Test(arguments: ProtocolSamples.lenient) func requestsRedisIsLenientAbout(sample: Bytes) throws {
        try compare(sample.bytes)
    }

    @Test(arguments: ProtocolSamples.unfinished) func requestsThatEndEarly(sample: Bytes) throws {
        try compare(sample.bytes)
    }

    /// The server must close by itself: nothing here ends the connection.
    @Test(arguments: ProtocolSamples.malformed) func malformedRequestsCloseTheConnection(sample: Bytes) throws {
        let bytes = sample.bytes
        let answers = try addresses.map { address in
            let connection = try RawConnection(address)
            try connection.send(bytes)
            return try connection.bytesUntilClosed(within: 5)
        }
        #expect(answers[1] == withoutArguments(answers[0]))
        #expect(try RawConnection(addresses[1]).command("GET", "k") == "v", "nothing else is disturbed")
    }

    @Test(arguments: ProtocolSamples.crossProtocol) func browsersAreTurnedAway(sample: Bytes) throws {
        for address in addresses {
            let connection = try RawConnection(address)
            try connection.send(sample.bytes)
            let answer = try connection.bytesUntilClosed(within: 5)
            // What came before the telling line may have been answered already.
            let allowed: [Bytes] = ["", "+PONG\r\n", "-ERR wrong number of arguments for 'get' command\r\n"]
            #expect(allowed.contains(answer), "\(answer)")
            let value = try RawConnection(address).command("GET", "k")
            #expect(value == "v", "nothing after the telling line is executed")
        }
    }

    @Test func turningABrowserAwayIsLogged() throws {
        try withServer { server in
            let connection = try RawConnection(server.address)
            try connection.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try connection.bytesUntilClosed() == "")
            #expect(eventually { server.log.contains("HTTP") || server.log.contains("POST") }, "\(server.log)")
        }
    }

    @Test(arguments: ProtocolSamples.withNUL) func linesWithNULHarmNobody(sample: Bytes) throws {
        let connection = try RawConnection(addresses[1])
        try connection.send(sample.bytes)
        connection.finishSending()
        _ = try connection.bytesUntilClosed()
        let value = try RawConnection(addresses[1]).command("GET", "k")
        #expect(value == "v")
    }

    @Test(arguments: ProtocolSamples.oversized.indices) func oversizedRequests(index: Int) throws {
        let bytes = ProtocolSamples.oversized[index].bytes.bytes
        let answers = try addresses.map { try answer($0, to: [bytes[...]]) }
        #expect(answers[1] == answers[0], "\(ProtocolSamples.oversized[index].name)")
    }

    @Test(arguments: ProtocolSamples.valid + ProtocolSamples.lenient + ProtocolSamples.malformed)
    func oneByteAtATime(sample: Bytes) throws {
        let bytes = sample.bytes
        let whole = try answer(addresses[1], to: [bytes[...]])
        let pacer = try RawConnection(addresses[1])
        let pieces = bytes.indices.map { bytes[$0...$0] }
        let answered = try answer(addresses[1], to: pieces, pacedBy: pacer)
        #expect(answered == whole)
    }

    @Test(arguments: ProtocolSamples.valid + ProtocolSamples.lenient + ProtocolSamples.malformed)
    func splitAtEveryBoundary(sample: Bytes) throws {
        let bytes = sample.bytes
        let whole = try answer(addresses[1], to: [bytes[...]])
        let pacer = try RawConnection(addresses[1])
        for boundary in 1..<bytes.count {
            let halves = [bytes[..<boundary], bytes[boundary...]]
            let answered = try answer(addresses[1], to: halves, pacedBy: pacer)
            #expect(answered == whole, "split before byte \(boundary)")
        }
    }

    /// All valid requests in one stream, cut into pieces of every size: buffers that wrap, shift and grow.
    @Test func oneStreamInPiecesOfEverySize() throws {
        let stream = ProtocolSamples.valid.flatMap(\.bytes)
        let whole = try answer(addresses[1], to: [stream[...]])
        let redis = try answer(addresses[0], to: [stream[...]])
        #expect(whole == redis)
        for size in [2, 3, 5, 7, 11, 16, 31, 64, 127, 255] {
            let pacer = try RawConnection(addresses[1])
            let pieces = stride(from: 0, to: stream.count, by: size).map { stream[$0..<min($0 + size, stream.count)] }
            let answered = try answer(addresses[1], to: pieces, pacedBy: pacer)
            #expect(answered == whole, "pieces of \(size)")
        }
    }

    /// A large value in many pieces, each announced length honoured to the byte.
    @Test(arguments: [16_384, 65_536, 1_000_000]) func largeBulkInPieces(size: Int) throws {
        let connection = try RawConnection(addresses[1])
        let pacer = try RawConnection(addresses[1])
        let key = unique("large")
        let message =
            encoded(["SET", Bytes(key), Bytes(repeating: "x", count: size)]) + encoded(["STRLEN", Bytes(key)])
        let step = size / 50 + 1
        let pieces = stride(from: 0, to: message.count, by: step).map { message[$0..<min($0 + step, message.count)] }
        try connection.send(pieces: pieces, pacedBy: pacer)
        #expect(try connection.reply() == .ok)
        #expect(try connection.reply() == .integer(Int64(size)))
        #expect(try pacer.command("DEL", Bytes(key)) == 1)
    }

    @Test(arguments: 1..<32) func inlineRequestsWithEveryControlByte(byte: Int) throws {
        // A line feed ends the line; everything else is a matter of quoting and blanks.
        guard byte != 10 else { return }
        for template in [
            ["ECHO a", "b"], ["ECHO \"a", "b\""], ["ECHO 'a", "b'"], ["", "PING"], ["ECHO", "a"], ["PING", ""],
        ] {
            try compare(
                Array(template[0].utf8) + [UInt8(byte)] + Array(template[1].utf8) + [13, 10] + Array("PING\r\n".utf8))
        }
    }

    @Test(arguments: [127, 128, 160, 255]) func inlineRequestsWithHighBytes(byte: Int) throws {
        try compare(Array("ECHO a".utf8) + [UInt8(byte)] + Array("b\r\n".utf8))
        try compare([UInt8(byte)] + Array("\r\nPING\r\n".utf8))
        try compare(Array("*1\r\n".utf8) + [UInt8(byte)] + Array("4\r\nPING\r\n".utf8))
    }

    /// Random bytes, seeded: the connection may be closed, the server must go on.
    @Test func randomBytesAreAnsweredAsRedisDoes() throws {
        var random = SeededGenerator(seed: 20_240_601)
        let alphabet = Array("*$:+-0123456789\r\n\r\n\r\n \"'PINGECHO\\x".utf8)
        for round in 0..<2000 {
            let bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            let answers = try addresses.map { try answer($0, to: [bytes[...]]) }
            #expect(answers[1] == withoutArguments(answers[0]), "round \(round): \(Bytes(bytes))")
        }
        #expect(try RawConnection(addresses[1]).command("GET", "k") == "v")
    }
}
