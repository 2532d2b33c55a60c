/// Ends the process, as libFuzzer expects of a failure, unless the condition holds.
@inline(__always)
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// The bytes that libFuzzer passes.
public func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

extension [UInt8] {
    public init(_ text: String) { self = Array(text.utf8) }
}
