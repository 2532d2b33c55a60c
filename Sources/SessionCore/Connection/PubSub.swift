struct PubSub: ~Copyable {}
extension Node {
    mutating func unsubscribeAll(_ index: Int) {}
    mutating func publishSessionEvents() {}
}
