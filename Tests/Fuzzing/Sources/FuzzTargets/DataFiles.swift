import FuzzSupport
@testable import SessionCore

/// The files of the last run: a snapshot, an old log, or a manifest with a base and a segment, encrypted or not. A node
/// starts with them and ends with a reason, or every command that reads works on every key, and what it writes then
/// loads again with the same content.
///
/// The first byte chooses the files and what becomes of them, the next ones what is changed where; what follows is the
/// content of one of them.
@_cdecl("fuzz_data_files")
public func fuzzDataFiles(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var source = ByteSource(input(start, count))
    let mode = source.byte()
    let changes = (0..<Int(mode >> 5)).map { _ in
        (place: Int(source.byte()) << 8 | Int(source.byte()), bits: source.byte())
    }
    let files = DataFiles(
        kind: mode & 3, isEncrypted: mode & 4 != 0, isTruncated: mode & 8 != 0, changes, source.takeRest())
    files.startsWell()
    return 0
}
