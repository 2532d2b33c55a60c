import SessionCore

/// What `--help` adds to the usage line.
public enum Help {
    /// Examples, and all directives with their defaults.
    public static var discussion: String {
        let lines = Directive.all.map { directive in
            let value = directive.value(in: Configuration())
            return "  --\(directive.name) \(value.isEmpty ? "\"\"" : value)\n      \(directive.summary)"
        }
        return """
            Without arguments it serves 127.0.0.1:6379. Every directive of redis.conf that is listed here works in a \
            configuration file as 'directive value' and on the command line as '--directive value'; the command line \
            comes last and counts. '-' reads directives from standard input.

            EXAMPLES:
              cloakroom-server
              cloakroom-server --port 6380 --maxmemory 512mb --maxmemory-policy volatile-ttl
              cloakroom-server /etc/cloakroom.conf --loglevel verbose
              cloakroom-server --port 0 --unixsocket /run/cloakroom.sock --unixsocketperm 770
              echo 'requirepass secret' | cloakroom-server -

            DIRECTIVES, with their defaults:
            \(lines.joined(separator: "\n"))

            Memory takes kb, mb, gb; durations are milliseconds or take s, m, h, d.
            """
    }
}
