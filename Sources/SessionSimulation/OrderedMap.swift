/// Values by key, in the order in which the keys were added: a dictionary's order differs from run to run. For a few
/// keys; a lookup is O(keys).
struct OrderedMap<Key: Equatable, Value> {
    private var entries: [(key: Key, value: Value)] = []

    var isEmpty: Bool { entries.isEmpty }

    private func place(of key: Key) -> Int? { entries.firstIndex { $0.key == key } }

    /// The value of a key; nil removes it.
    subscript(key: Key) -> Value? {
        get { place(of: key).map { entries[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append((key, value))
            case (nil, nil): break
            }
        }
    }

    subscript(key: Key, default value: @autoclosure () -> Value) -> Value {
        get { self[key] ?? value() }
        set { self[key] = newValue }
    }

    func filter(_ isIncluded: (Key, Value) -> Bool) -> OrderedMap {
        var result = self
        result.entries = entries.filter { isIncluded($0.key, $0.value) }
        return result
    }

    func compactMap<Element>(_ transform: (Key, Value) -> Element?) -> [Element] {
        entries.compactMap { transform($0.key, $0.value) }
    }
}
