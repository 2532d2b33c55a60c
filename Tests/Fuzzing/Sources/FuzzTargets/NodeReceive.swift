import FuzzSupport
@testable import SessionCore

/// Clients of one node: several connections, requests of all kinds, time.
///
/// The first byte chooses the configuration. Then each action is a byte, what it does in its lower five bits, and what
/// it needs: connections by number, requests as `RequestBuilder` makes them, bytes as they are.
@_cdecl("fuzz_node_receive")
public func fuzzNodeReceive(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var source = ByteSource(input(start, count))
    let host = NodeHost(nodeConfiguration(source.byte()))
    host.connect(0)
    var actions = ClientActions(host)
    while !source.isEmpty, !host.isShutDown { actions.perform(&source) }
    actions.flush()
    host.settle()
    if !host.isShutDown { host.readEverything() }
    host.finish()
    return 0
}

private func nodeConfiguration(_ byte: UInt8) -> Configuration {
    var configuration = NodeHost.standard
    configuration.debugCommand = .everybody
    configuration.file = "/etc/cloakroom.conf"
    if byte & 1 != 0 { configuration.keyspaceEvents = KeyspaceEvents("KEA") ?? [] }
    if byte & 2 != 0 {
        configuration.sessionPrefixes = ["sess:"]
        configuration.sessionWarn = 1000
    }
    if byte & 4 != 0 {
        configuration.maxMemory = 256 * 1024
        configuration.maxMemoryPolicy = byte & 8 != 0 ? .allKeysLRU : .volatileTTL
    }
    if byte & 16 != 0 { configuration.requirePass = "pw" }
    if byte & 32 != 0 { configuration.aclFile = "/etc/users.acl" }
    if byte & 64 != 0 { (configuration.latencyThreshold, configuration.latencyTracking) = (1, true) }
    if byte & 128 != 0 { configuration.pubsubOutputLimit = OutputLimit(hard: 4096, soft: 100, softSeconds: 1) }
    return configuration
}
