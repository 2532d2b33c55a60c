/// A reference to a client in the node's lists. The number of its connection is not enough: by the time the list is
/// read, the client may be gone and its number in use by another connection.
struct ClientReference: BitwiseCopyable {
    let index: UInt32
    private let clientID: Int64

    init(_ index: Int, _ client: borrowing Client) {
        self.index = UInt32(index)
        clientID = client.id
    }

    /// Whether the client that has the number now is the one that is meant.
    func names(_ client: borrowing Client) -> Bool { client.id == clientID && client.phase != .free }
}
