import TestSupport

/// Requests as bytes on the wire: what the protocol tests send whole, byte by byte and split, to Cloakroom and Redis.
enum ProtocolSamples {
    /// Well-formed, and answered the same however often they are sent. `k` holds "v", `h` is a hash with field `f`.
    static let valid: [Bytes] = [
        "*1\r\n$4\r\nPING\r\n",
        "*2\r\n$4\r\nPING\r\n$0\r\n\r\n",
        "*2\r\n$4\r\nECHO\r\n$11\r\nhello\r\nyou!\r\n",
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n",
        "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
        "*2\r\n$3\r\nget\r\n$7\r\nmissing\r\n",
        "*3\r\n$4\r\nMGET\r\n$1\r\nk\r\n$1\r\nx\r\n",
        "*4\r\n$4\r\nHSET\r\n$1\r\nh\r\n$1\r\nf\r\n$1\r\nv\r\n",
        "*2\r\n$7\r\nHGETALL\r\n$1\r\nh\r\n",
        "*2\r\n$6\r\nSTRLEN\r\n$1\r\nk\r\n",
        "*1\r\n$3\r\nGET\r\n",
        "*1\r\n$6\r\nNOSUCH\r\n",
        "*3\r\n$4\r\nHGET\r\n$1\r\nk\r\n$1\r\nf\r\n",
        "*2\r\n$4\r\nECHO\r\n$4\r\n\u{0}\u{1}\u{2}\u{7F}\r\n",
        // Several in one piece.
        "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\n*2\r\n$4\r\nECHO\r\n$1\r\nb\r\n",
        "PING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\nPING\r\n",
        // Nothing to do: an empty request is no error.
        "*0\r\n*1\r\n$4\r\nPING\r\n",
        "*-1\r\n*1\r\n$4\r\nPING\r\n",
        "*-5\r\nPING\r\n",
        "\r\nPING\r\n",
        "\n\n \r\nPING\n",
        "\t\r\nPING\r\n",
        // Inline.
        "PING\r\n",
        "PING\n",
        "ping hello\r\n",
        "  ECHO   spaced  \r\n",
        "\tECHO\ttabbed\r\n",
        "ECHO \"quoted words\"\r\n",
        "ECHO 'single quoted'\r\n",
        "ECHO \"\"\r\n",
        "ECHO ''\r\n",
        "ECHO \"a\\x00\\xff\\x41\\n\\r\\t\\a\\b\\\\\\\"z\"\r\n",
        "ECHO \"\\q\\x4\\xg0\"\r\n",
        "ECHO 'it\\'s \\n raw'\r\n",
        "ECHO a\\nb\r\n",
        "ECHO a\u{B}b\r\n",
        "\"ECHO\" '$1'\r\n",
        "GET k\r\n",
        "NOSUCH\r\n",
    ]

    /// Accepted, though they look wrong: Redis looks at neither the bytes after a bulk nor the one after a CR.
    static let lenient: [Bytes] = [
        "*1\r\n$4\r\nPINGxy*1\r\n$4\r\nPING\r\n",
        "*1\rX$4\rXPING\r\n",
        "*2\r\n$4\r\nECHO\r\n$2\r\n\r\n\r\n",
    ]

    /// Broken: answered with a protocol error, whereupon the connection is closed.
    static let malformed: [Bytes] = [
        "*\r\n", "*a\r\n", "*1a\r\n", "* 1\r\n", "*1 \r\n", "*+1\r\n", "*01\r\n", "*1.0\r\n", "*--1\r\n", "*-\r\n",
        "*0x1\r\n",
        "*2147483648\r\n", "*9223372036854775807\r\n", "*9223372036854775808\r\n", "*99999999999999999999999999\r\n",
        "*1\n$4\nPING\r\n",
        "*1\r\nPING\r\n", "*1\r\n:4\r\n", "*1\r\n\r\n", "*1\r\n*1\r\n", "*1\r\n 4\r\n", "*1\r\n+OK\r\n",
        "*1\r\n\u{7F}\r\n",
        "*1\r\n$\r\n", "*1\r\n$a\r\n", "*1\r\n$-1\r\n", "*1\r\n$-0\r\n", "*1\r\n$+4\r\n", "*1\r\n$04\r\n",
        "*1\r\n$4a\r\n",
        "*1\r\n$ 4\r\n", "*1\r\n$4 \r\n", "*1\r\n$1.0\r\n", "*1\r\n$-9223372036854775808\r\n", "*1\r\n$536870913\r\n",
        "*1\r\n$9223372036854775807\r\n", "*1\r\n$9223372036854775808\r\n", "*1\r\n$99999999999999999999999\r\n",
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n:1\r\n", "*2\r\n$3\r\nGET\r\n$-1\r\n",
        // After good ones.
        "*1\r\n$4\r\nPING\r\n*x\r\n", "PING\r\nECHO a\r\n*1\r\n:1\r\nPING\r\n", "*1\r\n$4\r\nPING\r\n\"\r\n",
        // Inline.
        "\"\r\n", "'\r\n", "ECHO \"a\r\n", "ECHO 'a\r\n", "ECHO \"a\"b\r\n", "ECHO 'a'b\r\n", "ECHO \"a\"'b'\r\n",
        "ECHO \"\\\"\r\n",
        "ECHO '\\'\r\n", "ECHO a\"b\r\n", "PING\r\nSET k \"\r\n",
    ]

    /// HTTP, from a browser that was made to talk to this port: closed without a word.
    static let crossProtocol: [Bytes] = [
        "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET k attacked\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "Host: x\r\nSET k attacked\r\n", "post\r\nSET k attacked\r\n", "PING\r\nhOsT: x\r\nSET k attacked\r\n",
        "*1\r\n$4\r\nPOST\r\nSET k attacked\r\n", "*2\r\n$5\r\nHost:\r\n$1\r\nx\r\nSET k attacked\r\n",
    ]

    /// Lines with a NUL, which Redis, whose lines are C strings, waits with until the request is too big.
    static let withNUL: [Bytes] = [
        "PING\u{0}\r\n", "\u{0}PING\r\n", "\u{0}\r\n", "ECHO \"a\u{0}b\"\r\n", "ECHO a\u{0}b c\r\n", "*\u{0}\r\n",
        "*1\u{0}\r\n",
        "*1\r\n\u{0}4\r\n", "*1\r\n$4\u{0}\r\nPING\r\n",
    ]

    /// Broken by their sheer length; not for splitting at every byte.
    static let oversized: [(name: String, bytes: Bytes)] = [
        ("multibulk header without end", Bytes(("*" + String(repeating: "1", count: 70_000)))),
        ("bulk header without end", Bytes(("*1\r\n$" + String(repeating: "1", count: 70_000)))),
        ("inline request without end", Bytes(String(repeating: "A", count: 70_000))),
        ("inline spaces without end", Bytes(String(repeating: " ", count: 70_000))),
        ("header of zeros", Bytes(("*" + String(repeating: "0", count: 70_000) + "\r\n"))),
        ("no type byte, no end", Bytes(("*1\r\n" + String(repeating: "x", count: 70_000)))),
    ]

    /// Cut off by the end of the connection: nothing but what was complete is answered.
    static let unfinished: [Bytes] = [
        "*", "*1", "*1\r", "*1\r\n", "*1\r\n$", "*1\r\n$4", "*1\r\n$4\r\n", "*1\r\n$4\r\nPIN", "*1\r\n$4\r\nPING",
        "*1\r\n$4\r\nPING\r",
        "*2\r\n$4\r\nECHO\r\n", "*1048576\r\n$4\r\nECHO\r\n", "*2\r\n$4\r\nECHO\r\n$536870912\r\nabc", "P", "PING",
        "PING\r", "\"", "",
        "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI", "PING\r\nPIN", "*1\r\n$4\r\nPING\r\n*", "*0\r\n", "\r\n",
    ]
}
