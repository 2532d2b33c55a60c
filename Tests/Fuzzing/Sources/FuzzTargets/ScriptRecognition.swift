import FuzzSupport
@testable import SessionCore

/// Text of a script: its canonical form is canonical, and blanks around it make no difference.
@_cdecl("fuzz_script_recognition")
public func fuzzScriptRecognition(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let text = ScriptText(bytes.span.bytes) else { return 0 }
    let canonical = text.canonical.bytes.array
    require(canonical.count <= 2 * bytes.count + 1, "the canonical form is longer than the text can be")
    guard let again = ScriptText(canonical.span.bytes) else { fatalError("the canonical form is no script") }
    require(again.canonical.bytes.array == canonical, "the canonical form has another one")
    require(again.fingerprint == text.fingerprint, "the fingerprint changes")
    let padded = Array("\n ") + bytes + Array("\n--x\n")
    guard let other = ScriptText(padded.span.bytes) else { fatalError("blanks around it make it none") }
    require(other.canonical.bytes.array == canonical, "blanks around it make it another one")
    _ = KnownScript.native(text.fingerprint)
    return 0
}
