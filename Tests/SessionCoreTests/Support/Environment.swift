import Glibc

/// Whether an environment variable is set, to whatever.
func isSet(_ variable: String) -> Bool { getenv(variable) != nil }

/// Writes a line to standard error, unbuffered.
func trace(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}
