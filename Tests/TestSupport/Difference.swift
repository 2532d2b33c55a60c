/// Where two long lists of replies part, in one line; nil if they are equal. For `#expect`, which would print both
/// lists.
public func firstDifference(_ actual: [Reply], _ expected: [Reply]) -> String? {
    for (index, (left, right)) in zip(actual, expected).enumerated() where left != right {
        return "at \(index): \(clipped(left)), not \(clipped(right))"
    }
    return actual.count == expected.count ? nil : "\(actual.count) replies, not \(expected.count)"
}

/// A reply's description, cut to what one can read.
public func clipped(_ reply: Reply?) -> String {
    guard let text = reply?.description else { return "no reply" }
    return text.utf8.count <= 300 ? text : text.prefix(300) + "… (\(text.utf8.count) bytes)"
}
