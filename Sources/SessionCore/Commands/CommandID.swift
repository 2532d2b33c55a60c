/// One case per command and subcommand that can be executed.
enum CommandID: UInt8 {
    case get
}
