/// Names of hosts as peers and administrators give them: they are looked up, shown in lines of `INFO` and written into
/// files, so that nothing may be in them but what names and numeric addresses are made of.
enum HostName {
    /// Whether this is a name or a numeric address: letters, digits, `-`, `.`, `_`, `:` and `%` (before the scope of an
    /// IPv6 address), 1 to `Limits.hostName` bytes. O(length).
    static func isValid(_ text: RawSpan) -> Bool {
        guard (1...Limits.hostName).contains(text.byteCount) else { return false }
        for index in 0..<text.byteCount where !isAllowed(text[index]) { return false }
        return true
    }

    /// As above.
    static func isValid(_ text: String) -> Bool { isValid(text.utf8Span.span.bytes) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"): true
        default: false
        }
    }
}
