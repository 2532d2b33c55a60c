/// A script that Cloakroom knows, as the project sends it; without comments, and with another indentation.
public struct KnownScriptText: Sendable {
    /// The project, and what the script is for.
    public let name: String
    public let text: String

    init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    /// All of them. Several may be the same but for blanks, quotes and the case of commands.
    public static let all = locks + moreLocks + sessions + olderSessions
}
