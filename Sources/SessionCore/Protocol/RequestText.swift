/// Requests that the node writes: to its primary, and into the append log.
enum RequestText {
    /// An array of bulk strings.
    static func array(_ words: [String]) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }
}
