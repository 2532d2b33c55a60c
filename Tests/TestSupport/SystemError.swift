import Glibc

/// A failed system call: which, on what, and why.
public struct SystemError: Error, CustomStringConvertible {
    public let operation: String
    public let code: Int32
    public var description: String { "\(operation): \(String(cString: strerror(code)))" }

    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// With `errno` for the reason.
    public init(_ operation: String) { self.init(operation, code: errno) }
}

/// Something the harness needs is not as it must be; the text says what, and how to mend it.
public struct HarnessError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
