import Glibc
@testable import SessionCore

/// Called by libFuzzer before the first input. With `FUZZ_DICTIONARY` in the environment it prints the words of the
/// tables of commands and directives, as a dictionary, and ends the process.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    checkDigests()
    if getenv("FUZZ_DICTIONARY") == nil { return 0 }
    let table = CommandTable()
    let names = table.rows.map { table.fullName(of: $0.id) }
    let categories = ACLCategories.names.map { "@\($0)" }
    let options = RequestBuilder.commands.flatMap { tokens($0.arguments) }
    for word in Set(names + categories + options + Directive.all.map(\.name)).sorted() { print("\"\(word)\"") }
    exit(0)
}

/// The words in capitals of a syntax.
private func tokens(_ arguments: [CommandArgument]) -> [String] {
    arguments.flatMap { ($0.token.map { [$0] } ?? []) + tokens($0.arguments) }
}

/// The digests that stand in for BoringSSL's are those of FIPS 180-4's examples.
private func checkDigests() {
    let text = Array("abc")
    let isRight =
        String(decoding: Digest(of: text.span.bytes).hexadecimal, as: UTF8.self)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        && ScriptDigest(of: text.span.bytes).text == "a9993e364706816aba3e25717850c26c9cd0d89d"
    require(isRight, "the digests are wrong")
}
