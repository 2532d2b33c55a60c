import Testing

@testable import SessionCore

/// What a role permits, over the whole product of what it depends on: a table of rows, the first that fits holds.
@Suite struct RolePermissionsTests {
    /// One combination of everything that permissions depend on.
    struct Case: CustomStringConvertible {
        var situation: RoleSituation
        var configuration: Configuration

        var isReplica: Bool { situation.role.isReplica }

        /// The node lets its stream stand still: it hands over, waits for its replicas, or has ended.
        var standsStill: Bool {
            if situation.failover != .none { return true }
            switch situation.stopping {
            case .awaitingReplicas, .saving, .now: return true
            case .no, .draining: return false
            }
        }

        var description: String {
            "\(situation), read-only \(configuration.replicaReadOnly), stale \(configuration.replicaServesStaleData), "
                + "min-replicas \(configuration.minReplicasToWrite) within \(configuration.minReplicasMaxLag) s"
        }
    }

    private static let roles: [RoleSituation.Role] = [
        .primary(goodReplicas: 0), .primary(goodReplicas: 1), .primary(goodReplicas: 2),
        .replica(isLinkUp: false), .replica(isLinkUp: true),
    ]
    private static let failovers: [Failover.Phase] = [.none, .waiting, .handingOver]
    private static let endings: [Stopping] = [
        .no, .draining(until: 5), .awaitingReplicas(until: 5, offset: 100), .now,
    ]
    private static let pauses: [HeldRequests] = [.none, .writes, .all]

    private static let configurations: [Configuration] = {
        var all: [Configuration] = []
        for bits in 0..<4 {
            for (replicas, lag) in [(0, 10), (2, 10), (2, 0)] {
                var configuration = Configuration()
                configuration.replicaReadOnly = bits & 1 != 0
                configuration.replicaServesStaleData = bits & 2 != 0
                (configuration.minReplicasToWrite, configuration.minReplicasMaxLag) = (replicas, lag)
                all.append(configuration)
            }
        }
        return all
    }()

    /// Calls `body` with every combination.
    private func forEach(_ body: (Case, RolePermissions) -> Void) {
        for role in Self.roles {
            for failover in Self.failovers {
                for stopping in Self.endings {
                    for pause in Self.pauses {
                        let situation = RoleSituation(
                            role: role, failover: failover, stopping: stopping, clientPause: pause)
                        for configuration in Self.configurations {
                            let it = Case(situation: situation, configuration: configuration)
                            body(it, RolePermissions(situation, configuration))
                        }
                    }
                }
            }
        }
    }

    /// Checks one permission against rows of what it is and when; the first row that fits holds, and each row has to
    /// hold somewhere.
    private func check<Value: Equatable>(
        _ permission: KeyPath<RolePermissions, Value>, _ rows: [(Value, when: (Case) -> Bool)]
    ) {
        var used = rows.map { _ in false }
        var count = 0
        forEach { it, permissions in
            count += 1
            guard let row = rows.firstIndex(where: { $0.when(it) }) else {
                Issue.record("no row for \(it)")
                return
            }
            used[row] = true
            #expect(permissions[keyPath: permission] == rows[row].0, "\(it)")
        }
        #expect(used.allSatisfy { $0 })
        #expect(count == 5 * 3 * 4 * 3 * 12)
    }

    @Test func whoExpires() {
        check(
            \.dueRecords,
            [
                (.hide, { $0.isReplica }), (.hide, { $0.standsStill }), (.hide, { $0.situation.clientPause != .none }),
                (.expire, { _ in true }),
            ])
    }

    @Test func whoEvicts() {
        check(
            \.memoryRule,
            [
                (.heapOnly, { $0.isReplica }), (.suspended, { $0.standsStill }),
                (.suspended, { $0.situation.clientPause != .none }), (.evict, { _ in true }),
            ])
        check(\.decidesEnds, [(false, { $0.isReplica }), (true, { _ in true })])
    }

    @Test func whoMayWrite() {
        check(
            \.restrictions,
            [
                ([], { $0.situation.role == .primary(goodReplicas: 2) }),
                ([], { !$0.isReplica && $0.configuration.minReplicasToWrite == 0 }),
                ([], { !$0.isReplica && $0.configuration.minReplicasMaxLag == 0 }),
                (.tooFewReplicas, { !$0.isReplica }),
                ([], { $0.situation.role == .replica(isLinkUp: true) && !$0.configuration.replicaReadOnly }),
                (.readOnly, { $0.situation.role == .replica(isLinkUp: true) }),
                ([], { $0.configuration.replicaServesStaleData && !$0.configuration.replicaReadOnly }),
                (.readOnly, { $0.configuration.replicaServesStaleData }),
                (.stale, { !$0.configuration.replicaReadOnly }),
                ([.readOnly, .stale], { _ in true }),
            ])
    }

    @Test func whatIsHeld() {
        check(
            \.held,
            [
                (.all, { $0.situation.clientPause == .all }), (.writes, { $0.situation.clientPause == .writes }),
                (.writes, { $0.standsStill }), (.none, { _ in true }),
            ])
        check(
            \.heldStream,
            [
                (.all, { $0.situation.clientPause == .all }), (.writes, { $0.situation.clientPause == .writes }),
                (.none, { _ in true }),
            ])
        check(\.mayExtendStream, [(false, { $0.standsStill }), (true, { _ in true })])
    }
}
