/// What becomes of the scores that a member has in several sources.
enum ScoreAggregate {
    case sum, minimum, maximum

    /// Infinities that cancel each other out make 0, as in Redis.
    @inline(__always)
    func callAsFunction(_ score: Double, _ other: Double) -> Double {
        switch self {
        case .sum:
            let sum = score + other
            return sum.isNaN ? 0 : sum
        case .minimum: return other < score ? other : score
        case .maximum: return other > score ? other : score
        }
    }
}

/// One of the sets that are combined.
struct SortedSetSource: BitwiseCopyable {
    /// `none` for a key that does not exist.
    var record = Slot.none
    var count = 0
    var weight = 1.0
    /// Of a set of integers: a block with the digits of each (`Store.renderIntegers`).
    var digits = Slot.none

    /// A score as it counts: infinity times 0 is 0, as in Redis.
    @inline(__always)
    func weighted(_ score: Double) -> Double {
        let product = score * weight
        return product.isNaN ? 0 : product
    }
}
