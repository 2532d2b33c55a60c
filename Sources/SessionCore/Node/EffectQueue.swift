/// What the runtime is to do, oldest first.
struct EffectQueue: ~Copyable {
    private var effects: [NodeEffect] = []
    /// How many of them were taken.
    private var taken = 0

    init() {}

    mutating func append(_ effect: NodeEffect) { effects.append(effect) }

    /// The next one; nil after the last. O(1)
    mutating func next() -> NodeEffect? {
        guard taken < effects.count else {
            if taken > 0 {
                effects.removeAll(keepingCapacity: true)
                taken = 0
            }
            return nil
        }
        taken += 1
        return effects[taken - 1]
    }
}
