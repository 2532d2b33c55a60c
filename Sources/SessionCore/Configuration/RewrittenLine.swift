/// A directive's line as `CONFIG REWRITE` writes it. It can be made of words only, which are quoted here: whatever a
/// value contains, the line is one line and reads back as the same words.
struct RewrittenLine {
    let text: String
    /// Written even if the file has no line of the directive: it is not at its default.
    let isForced: Bool

    /// Words that need no quotes are written without.
    init(_ name: String, _ words: [[UInt8]], isForced: Bool) {
        let written = words.map { QuotedWords.isPlain($0) ? $0.span.bytes.text : QuotedWords.quoted($0) }
        text = ([name] + written).joined(separator: " ")
        self.isForced = isForced
    }

    /// As above.
    init(_ name: String, _ words: [String], isForced: Bool) {
        self.init(name, words.map { Array($0.utf8) }, isForced: isForced)
    }

    /// One word, always in quotes, as Redis writes texts.
    init(_ name: String, quoting word: String, isForced: Bool) {
        text = "\(name) \(QuotedWords.quoted(Array(word.utf8)))"
        self.isForced = isForced
    }
}
