/// How redis.conf writes numbers, amounts of memory and durations. Every function is O(length) and answers nil for
/// anything but the exact form: no blanks, no plus sign, no leading zeros where Redis refuses them.
public enum ValueFormat {
    /// A decimal integer as Redis's `string2ll` takes it: an optional minus, no leading zero, no blanks.
    static func integer(_ text: String) -> Int? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits == "0" || digits.first.map({ $0 >= "1" && $0 <= "9" }) ?? false, text != "-0" else { return nil }
        return Int(text)
    }

    /// Octal digits only, as in `unixsocketperm`.
    static func octal(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 55 }) else { return nil }
        return Int(text, radix: 8)
    }

    /// An amount of memory in bytes: digits and, in either case, `b`, `k` = 1000, `kb` = 1024, and likewise `m`, `mb`,
    /// `g`, `gb`.
    static func memory(_ text: String) -> Int? {
        let digits = text.utf8.prefix { $0 >= 48 && $0 <= 57 }
        guard !digits.isEmpty, let amount = Int(String(digits) ?? "") else { return nil }
        let factor: Int
        switch text.utf8.dropFirst(digits.count).map({ $0 | 0x20 }) {
        case [], Array("b".utf8): factor = 1
        case Array("k".utf8): factor = 1000
        case Array("kb".utf8): factor = 1 << 10
        case Array("m".utf8): factor = 1_000_000
        case Array("mb".utf8): factor = 1 << 20
        case Array("g".utf8): factor = 1_000_000_000
        case Array("gb".utf8): factor = 1 << 30
        default: return nil
        }
        let (bytes, overflow) = amount.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// An amount of memory as short as it can be written: `64mb`, `100kb`, `1000`.
    static func shortest(memory bytes: Int) -> String {
        for (shift, unit) in [(30, "gb"), (20, "mb"), (10, "kb")] where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return String(bytes)
    }

    /// A duration as short as it can be written: `12h`, `90s`, `1500`.
    static func shortest(milliseconds: Int64) -> String {
        for (factor, unit): (Int64, String) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        where milliseconds != 0 && milliseconds % factor == 0 {
            return "\(milliseconds / factor)\(unit)"
        }
        return String(milliseconds)
    }

    /// Digits, at most one point among them, and at most six of them after it; no sign, no exponent.
    static func decimal(_ text: String) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].utf8.count <= 15, (parts.count == 1 || parts[1].utf8.count <= 6),
            text.utf8.contains(where: { $0 != 0x2E }),
            text.utf8.allSatisfy({ $0 == 0x2E || ($0 >= 48 && $0 <= 57) })
        else { return nil }
        return Double(parts.count == 1 ? text : "0" + text + "0")
    }

    /// A percentile without trailing zeros: `50`, `99.9`.
    static func percentile(_ value: Double) -> String {
        let millionths = Int((value * 1_000_000).rounded())
        let (whole, fraction) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        if fraction == 0 { return String(whole) }
        var digits = String(1_000_000 + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    /// A duration in milliseconds: whole milliseconds, or digits with a unit `s`, `m`, `h` or `d`. The `SESS*` commands
    /// take the same form.
    public static func milliseconds(_ bytes: RawSpan) -> Int64? {
        var digits = bytes.byteCount
        var factor: Int64 = 1
        if digits > 0 {
            switch bytes[digits - 1] {
            case UInt8(ascii: "s"): factor = 1000
            case UInt8(ascii: "m"): factor = 60 * 1000
            case UInt8(ascii: "h"): factor = 3600 * 1000
            case UInt8(ascii: "d"): factor = 24 * 3600 * 1000
            default: break
            }
        }
        if factor != 1 { digits -= 1 }
        guard digits > 0, digits <= 19 else { return nil }
        var amount: Int64 = 0
        for index in 0..<digits {
            let digit = bytes[index] &- 48
            guard digit < 10 else { return nil }
            let (scaled, overflowed) = amount.multipliedReportingOverflow(by: 10)
            let (sum, carried) = scaled.addingReportingOverflow(Int64(digit))
            if overflowed || carried { return nil }
            amount = sum
        }
        let (result, overflow) = amount.multipliedReportingOverflow(by: factor)
        return overflow ? nil : result
    }
}
