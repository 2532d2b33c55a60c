import CLinux
import SessionCore

/// The threads of the disk, one for each lane, and what tells the loop of their answers.
struct DiskThreads {
    let notifier: Int32
    let lanes: [DiskThread]

    init() throws(StartFailure) {
        notifier = clinux_wake_descriptor()
        if notifier < 0 { throw StartFailure("cannot create an event descriptor", code: notifier) }
        var lanes: [DiskThread] = []
        for _ in DiskLane.allCases { lanes.append(try DiskThread(notifier: notifier)) }
        self.lanes = lanes
    }
}

/// From the node to the threads of the disk and back.
extension EventLoop {
    /// Starts the threads; without, what the node asks of the disk ends the server.
    mutating func serveDisk() throws(StartFailure) {
        let disk = try DiskThreads()
        let code = poller.add(disk: disk.notifier)
        if code < 0 { throw StartFailure("cannot watch for answers of the disk", code: code) }
        self.disk = disk
    }

    /// Hands a request over. The threads are started with the first one: a server that keeps nothing has none.
    mutating func ask(_ request: DiskRequest) {
        if disk == nil {
            do { try serveDisk() } catch { return fail(error.description) }
        }
        disk?.lanes[request.lane.rawValue].add(request)
    }

    /// Hands the answers to the node.
    @inline(never)
    mutating func takeDiskAnswers() {
        guard let disk else { return }
        clinux_clear_wake(disk.notifier)
        for lane in DiskLane.allCases {
            for answer in disk.lanes[lane.rawValue].takeAnswers() { node.diskAnswered(answer, in: lane, now: now) }
        }
    }

    /// The server ends with failure.
    mutating func fail(_ reason: String) {
        if failure == nil { failure = StartFailure(reason) }
        isRunning = false
    }

    /// Waits for what was asked of the disk.
    mutating func stopDisk() {
        guard let disk else { return }
        for lane in disk.lanes { lane.stop() }
        _ = clinux_close(disk.notifier)
        self.disk = nil
    }
}
