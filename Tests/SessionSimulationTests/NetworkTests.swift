import SessionCore
import Testing

@testable import SessionSimulation

/// The parts that a simulation is made of.
@Suite struct NetworkTests {
    @Test func eventsComeByTimeAndThenByOrder() {
        var queue = EventQueue()
        var random = SplitMix64(state: 3)
        for number in 0..<500 { queue.schedule(.fault(number), at: Int64(random.below(40))) }
        var last: (time: Int64, number: Int) = (-1, -1)
        var count = 0
        while let (time, event) = queue.next() {
            guard case .fault(let number) = event else { continue }
            #expect((time, number) > last)
            last = (time, number)
            count += 1
        }
        #expect(count == 500)
    }

    /// Bytes come in pieces and at different times, but in their order.
    @Test func aWireKeepsTheOrder() {
        let simulation = Simulation(seed: 5, hosts: 1)
        let wire = simulation.connect(.client(0), to: 0)
        var sent: [UInt8] = []
        for number in 0..<300 {
            let bytes = (0..<(1 + number * 7 % 2000)).map { UInt8(truncatingIfNeeded: $0 &+ number) }
            simulation.send(bytes, on: wire, to: 0)
            sent += bytes
        }
        var received: [UInt8] = []
        var pieces = 0
        var last: Int64 = 0
        while simulation.wires[wire].ends[0].hasParcels {
            let end = simulation.wires[wire].ends[0]
            #expect(end.parcels[end.firstParcel].time >= last)
            last = end.parcels[end.firstParcel].time
            if case .bytes(let bytes) = simulation.wires[wire].ends[0].takeParcel() { received += bytes }
            pieces += 1
        }
        #expect(received == sent)
        #expect(pieces > 300)
    }

    @Test func repliesAreReadWhole() {
        let text = Array("*3\r\n:12\r\n$3\r\na\r\n\r\n*-1\r\n-ERR x\r\n$-1\r\n".utf8)
        let whole: [Reply] = [.array([.integer(12), .bulk([97, 13, 10]), .null]), .error("ERR x"), .null]
        var replies: [Reply] = []
        var buffer: [UInt8] = []
        for byte in text {
            buffer.append(byte)
            var position = 0
            while let reply = Reply.read(buffer, &position) { replies.append(reply) }
            buffer.removeFirst(position)
        }
        #expect(replies == whole)
    }
}
