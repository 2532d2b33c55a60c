import SessionCore

/// Choices of a simulation: all come from one generator, in one order.
extension SplitMix64 {
    /// At least 0 and below `bound`, which must be positive.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// At least `range.lowerBound`, at most `range.upperBound`.
    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(below(Int(range.upperBound - range.lowerBound) + 1))
    }

    /// True in so many cases of a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of the elements, each as likely as the others.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A generator of its own for one part of a simulation.
    mutating func fork() -> SplitMix64 { SplitMix64(state: next()) }
}
