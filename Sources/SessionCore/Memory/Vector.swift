/// A growable array for elements that may be non-copyable, accessed in place.
///
/// Unlike `Array` it has one owner, so that access costs neither a uniqueness check nor reference counting, and its
/// elements may own memory themselves. Invariants: elements `0 ..< count` are initialised, `count <= capacity`; without
/// capacity there is no memory, so that an empty vector, to be swapped with another, costs nothing.
/// Appending is amortised O(1); every index is checked.
struct Vector<Element: ~Copyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private(set) var count: Int
    private(set) var capacity: Int

    init(capacity: Int = 0) {
        base = capacity > 0 ? .allocate(capacity: capacity) : Vector.nowhere
        count = 0
        self.capacity = capacity
    }

    /// Aligned, never null and never read: what an empty span may point to.
    @inline(__always)
    private static var nowhere: UnsafeMutablePointer<Element> {
        UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment).unsafelyUnwrapped
    }

    deinit {
        base.deinitialize(count: count)
        if capacity > 0 { base.deallocate() }
    }

    @inline(__always)
    var isEmpty: Bool { count == 0 }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        StepCounter.count()
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let wanted = max(4, capacity * 2)
        let fresh = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
        fresh.moveInitialize(from: base, count: count)
        if capacity > 0 { base.deallocate() }
        base = fresh
        capacity = wanted
    }

    mutating func removeLast() -> Element {
        precondition(count > 0)
        count &-= 1
        return (base + count).move()
    }

    @inline(__always)
    mutating func removeAll() {
        base.deinitialize(count: count)
        count = 0
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        unsafeAddress {
            precondition(index >= 0 && index < count)
            StepCounter.count()
            return UnsafePointer(base + index)
        }
        unsafeMutableAddress {
            precondition(index >= 0 && index < count)
            StepCounter.count()
            return base + index
        }
    }
}

extension Vector where Element: BitwiseCopyable {
    init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        for _ in 0..<count { append(element) }
    }

    /// The elements of an array.
    init(_ elements: [Element]) {
        self.init(capacity: elements.count)
        for element in elements { append(element) }
    }

    /// The elements.
    var span: Span<Element> {
        @_lifetime(borrow self) @inline(__always)
        get { _overrideLifetime(Span(_unsafeStart: base, count: count), borrowing: self) }
    }

    /// Sorts the elements; equal ones keep their order. O(n log n).
    mutating func sort(by areInIncreasingOrder: (Element, Element) -> Bool) {
        StepCounter.count(bytes: 64 * count)
        var elements = UnsafeMutableBufferPointer(start: base, count: count)
        elements.sort(by: areInIncreasingOrder)
    }

    /// Removes elements at the end until `count` are left.
    mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }
}
