/// A line in the append log that says where in which history of the data the log is. Redis takes lines that begin with
/// `#` for annotations and passes them over.
///
///     #CLOAKROOM:<id>:<offset>:<second id>:<second offset>:<database>:<bytes>
///
/// What follows, but for so many bytes, is the replication stream of the history `<id>` from `<offset>` on, in which
/// `<database>` is selected. Those bytes select it for readers that know nothing of this line.
struct LogAnnotation: Equatable {
    var id: String
    var offset: Int64
    var secondID: String
    var secondOffset: Int64
    var database: Int

    private static let start: StaticString = "#CLOAKROOM:"
    /// Longest line, in bytes.
    static let longest = 256

    /// The line, and the request that selects the database.
    var bytes: [UInt8] {
        let selection = database == 0 ? "" : RequestText.array(["SELECT", String(database)])
        let line = "\(LogAnnotation.start)\(id):\(offset):\(secondID):\(secondOffset):\(database):"
            + "\(selection.utf8.count)\r\n"
        return Array((line + selection).utf8)
    }

    /// Reads a line without its end.
    /// - Returns: also the bytes behind it that are not the stream's; nil if it is another kind of annotation.
    static func read(_ line: RawSpan) -> (annotation: LogAnnotation, bytes: Int)? {
        guard line.starts(with: start) else { return nil }
        let parts = line.text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[1].utf8.count == 40, parts[3].utf8.count == 40, let offset = Int64(parts[2]),
            let secondOffset = Int64(parts[4]), let database = Int(parts[5]), let bytes = Int(parts[6]),
            (0...Limits.streamOffset).contains(offset), (0...1024).contains(database), (0...64).contains(bytes)
        else { return nil }
        let annotation = LogAnnotation(
            id: parts[1], offset: offset, secondID: parts[3], secondOffset: secondOffset, database: database)
        return (annotation, bytes)
    }
}
