/// Connections whose replies are held back: after a failed login, or until an effect is answered. Other connections are
/// not affected.
extension Node {
    /// Sends what was held back; what the connection has sent meanwhile is executed by the next `resumeWaiting`.
    mutating func release(_ index: Int) {
        connections.release(index)
        wantsTurn = true
    }
}
