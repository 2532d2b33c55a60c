import FuzzSupport
@testable import SessionCore

/// A configuration file: what is read from it, written by `CONFIG REWRITE` and read again, is the same; and so is what
/// `CONFIG SET` accepts of it.
@_cdecl("fuzz_configuration_file")
public func fuzzConfigurationFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let text = String(decoding: bytes, as: UTF8.self)
    setEach(text)
    var configuration = Configuration()
    guard Rewriting.read(text, into: &configuration) else { return 0 }
    // Lines that name a file stay, whatever is in it.
    Rewriting.check(configuration, configuration.users, over: text)
    Rewriting.check(configuration, configuration.users, over: "")
    return 0
}

/// Every line as `CONFIG SET`, each on top of those before.
private func setEach(_ text: String) {
    var configuration = Configuration()
    for line in text.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { continue }
        // The value as a request has it: of any bytes, line breaks included.
        let value = String(words[1]).split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
        do throws(ConfigurationError) {
            try configuration.set(String(words[0]), value)
        } catch {
            require(!error.replyText.isEmpty, "no reason")
        }
    }
    Rewriting.check(configuration, [], over: "")
}
