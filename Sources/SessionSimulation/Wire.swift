/// What goes over a wire.
enum Cargo {
    /// A connection is asked for; the answer to that where a host dials; the refusal.
    case open, established, refused
    case bytes([UInt8])
    /// The other end has closed, or the connection is lost.
    case end
}

/// Who holds an end of a wire.
enum Owner: Equatable {
    case host(Int), client(Int)
}

/// One end of a wire.
struct WireEnd {
    /// Something on its way here, and when it arrives.
    struct Parcel {
        let time: Int64
        let cargo: Cargo
    }

    let owner: Owner
    /// The owner may send and receive here.
    var isOpen = true
    /// The owner's number for the connection; -1 while it has none.
    var connection = -1
    /// On its way here, oldest first, from `firstParcel` on.
    var parcels: [Parcel] = []
    var firstParcel = 0
    /// Arrived and not yet read by the owner.
    var unread: [UInt8] = []
    /// Bytes under way or unread: what the sender has to count against its window.
    var load = 0

    var hasParcels: Bool { firstParcel < parcels.count }

    mutating func takeParcel() -> Cargo {
        let cargo = parcels[firstParcel].cargo
        firstParcel += 1
        if firstParcel == parcels.count {
            parcels.removeAll(keepingCapacity: true)
            firstParcel = 0
        }
        return cargo
    }

    /// Nothing more comes here.
    mutating func clear() {
        parcels.removeAll()
        firstParcel = 0
        unread.removeAll()
        load = 0
    }
}

/// A connection between two owners: bytes keep their order in each direction, but come in pieces of any size and at any
/// time. End 0 asked for it.
final class Wire {
    var ends: [WireEnd]
    /// Microseconds a piece takes at least, and at most.
    let delay: ClosedRange<Int64>
    /// Nothing arrives any more, and nobody is told: a router has forgotten the connection.
    var isSilent = false
    /// The connection is lost, and both ends are being told: what is sent from now on never arrives, for what was on
    /// its way before it did not either.
    var isLost = false
    /// What a client has asked for on it.
    let requests = RequestLog()
    /// The dial this is, of a host that has not yet heard how it went; -1 for none.
    var dialSerial = -1

    init(_ first: Owner, _ second: Owner, delay: ClosedRange<Int64>) {
        ends = [WireEnd(owner: first), WireEnd(owner: second)]
        self.delay = delay
    }
}

/// The requests that a client has sent on a wire, and how far they have got.
final class RequestLog {
    /// Oldest first. Those below `answered` have been answered by the node, those below `completed` have reached the
    /// client.
    var requests: [Request] = []
    var answered = 0
    var completed = 0
    /// Those whose replies were handed to the network.
    var acknowledged = 0
    /// Bytes the node has sent or has ready to send, as far as they have been looked at.
    var seen = 0
    /// Bytes the node has sent, and the client has received.
    var sent = 0
    var received = 0
    /// The beginning of a reply that is not complete yet.
    var partial: [UInt8] = []
    /// Where in the history the last write on this wire that had an effect stands, for `WAIT`.
    var lastWrite: (history: Int, offset: Int64)?
    /// The replies of commands queued since `MULTI`.
    var queued: [Request] = []
}
