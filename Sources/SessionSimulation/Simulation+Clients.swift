/// What virtual clients do: connect, send, wait, think, and look elsewhere when they get no answer.
extension Simulation {
    /// A client goes on: its pause is over, or its patience.
    func wake(_ client: VirtualClient) {
        if client.wire >= 0, client.patience <= clock {
            trace.note("timeout", client.index, client.target)
            hangUp(client)
        }
        if client.wire < 0 { return connect(client) }
        if client.patience == .max { issue(client) }
    }

    /// Has a client go on after a while; what it was to do before is void.
    func schedule(_ client: VirtualClient, in delay: Int64) {
        client.serial += 1
        queue.schedule(.client(client.index, serial: client.serial), at: clock + delay)
    }

    private func connect(_ client: VirtualClient) {
        if let host = client.host {
            guard !client.errands.isEmpty else { return }
            client.target = host
        } else {
            if phase != .running { return }
            client.target = client.random.chance(75) ? controller.primary : client.random.below(hosts.count)
        }
        client.wire = connect(.client(client.index), to: client.target)
        client.patience = .max
        var greeting: [Request] = []
        if !scenario.password.isEmpty { greeting.append(Request(["AUTH", scenario.password], .other)) }
        send(greeting, client)
        schedule(client, in: client.random.within(200...2000))
    }

    private func send(_ requests: [Request], _ client: VirtualClient) {
        guard !requests.isEmpty else { return }
        var bytes: [UInt8] = []
        for request in requests {
            trace.note("request", client.index, client.target, request.words)
            request.encode(to: &bytes)
        }
        wires[client.wire].requests.requests += requests
        send(bytes, on: client.wire, to: 1)
    }

    private func issue(_ client: VirtualClient) {
        let requests: [Request]
        if client.host != nil {
            guard !client.errands.isEmpty else { return hangUp(client) }
            requests = client.errands.removeFirst()
        } else {
            if phase != .running || operations >= scenario.operations { return hangUp(client) }
            requests = generator.next(&client.random, checker)
            operations += requests.count
        }
        send(requests, client)
        let patience: Int64 = client.host != nil ? 3_000_000 : client.random.within(200_000...2_000_000)
        client.patience = clock + patience
        schedule(client, in: patience)
    }

    private func hangUp(_ client: VirtualClient) {
        close(client.wire, end: 0)
        client.wire = -1
        client.patience = .max
    }

    /// Something has come for a client.
    func deliver(_ cargo: Cargo, _ wire: Int, _ end: Int, to client: VirtualClient) {
        guard client.wire == wire, wires[wire].ends[end].isOpen else { return }
        switch cargo {
        case .bytes(let bytes):
            drained(wire, end, bytes.count)
            let log = wires[wire].requests
            log.received += bytes.count
            var hasFailed = false
            while log.completed < log.answered, let end = log.requests[log.completed].end, end <= log.received {
                hasFailed = hasFailed || log.requests[log.completed].isError
                log.completed += 1
            }
            guard log.completed == log.requests.count, client.patience != .max else { return }
            client.patience = .max
            // A replica refuses writes, and some nodes refuse everything: then it is time to look elsewhere.
            if hasFailed, client.host == nil, client.random.chance(30) { hangUp(client) }
            schedule(client, in: thinkingTime(client))
        case .end:
            trace.note("hung up on", client.index, client.target)
            wires[wire].ends[end].isOpen = false
            client.wire = -1
            client.patience = .max
            schedule(client, in: client.random.within(5000...100_000))
        case .open, .established, .refused: break
        }
    }

    private func thinkingTime(_ client: VirtualClient) -> Int64 {
        if client.host != nil { return 1 }
        return client.random.chance(4) ? client.random.within(100_000...1_500_000) : client.random.within(500...30_000)
    }
}
