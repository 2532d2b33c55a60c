#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A failure that keeps the server from starting: one line for standard error that says what failed and why.
public struct StartFailure: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    /// - Parameters:
    ///   - operation: what was tried, e.g. `cannot listen on 127.0.0.1:6379`.
    ///   - code: the negated `errno` that a `clinux_` call returned.
    init(_ operation: String, code: Int) { self.init("\(operation): \(systemMessage(code))") }

    init(_ operation: String, code: Int32) { self.init(operation, code: Int(code)) }
}

/// The system's text for a negated `errno`, e.g. `Address already in use`.
func systemMessage(_ code: Int) -> String { String(cString: strerror(Int32(-code))) }
