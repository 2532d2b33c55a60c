import FuzzSupport
@testable import SessionCore

/// A snapshot, then every command that reads on every key in it, the same snapshot as we write it, and every command
/// that writes.
///
/// The first byte says how many bytes arrive at a time. What follows are the entries of an RDB stream, or a whole one.
@_cdecl("fuzz_snapshot_load")
public func fuzzSnapshotLoad(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var source = ByteSource(input(start, count))
    let mode = Int(source.byte())
    let entries = source.takeRest()
    var configuration = NodeHost.standard
    configuration.skipsUnsupportedTypes = mode & 1 != 0
    let host = NodeHost(configuration)
    host.settle()
    let pieces = mode < 64 ? Int.max : mode >> 4
    guard host.load(Snapshot.complete(entries), pieces: pieces) else { return 0 }
    host.readEverything(Array(entries.suffix(24)))
    let digest = host.contentDigest
    require(host.load(host.snapshot(), pieces: .max), "a snapshot of ours cannot be loaded")
    require(host.contentDigest == digest, "a snapshot changes the data")
    host.writeEverything(Array(entries.prefix(24)))
    host.readEverything()
    host.finish()
    return 0
}
