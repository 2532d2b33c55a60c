import Testing

@testable import SessionCore

/// How the maxima relate: what one allows must fit where another, or a field of a record, bounds it.
@Suite struct LimitsTests {
    @Test func lengthsFitTheirFields() {
        #expect(Limits.key <= Int(UInt16.max), "keyLength of a record")
        #expect(
            max(Limits.user, Limits.device, Limits.fields) <= Int(UInt16.max), "lengths and count in a session's record"
        )
        #expect(Limits.value <= Int(UInt32.max), "length of a record")
        #expect(Limits.arguments <= Int(Int32.max), "numbers of words")
    }

    @Test func aSessionKeyIsAKey() {
        let suffix = max(SessionKey.revoked.utf8CodeUnitCount, SessionKey.rotated.utf8CodeUnitCount)
        #expect(SessionKey.prefix.utf8CodeUnitCount + Handle.textBytes + suffix <= Limits.key)
    }

    @Test func madeTokensAreWithinTheLimitsOfGivenOnes() {
        #expect(Limits.tokenEntropy % 3 == 0, "base64url without padding")
        #expect((Limits.tokenMinimum...Limits.token).contains(Limits.tokenEntropy / 3 * 4))
        #expect(
            Limits.tokenMinimum > max("HANDLE".utf8.count, "REASON".utf8.count), "words of SESSREVOKE are no tokens")
    }

    @Test func entropyLastsForABatch() {
        #expect(Limits.tokenEntropy * RequestBatch.limit <= Limits.entropyLow)
        #expect(Limits.entropyLow < Limits.entropy)
    }

    @Test func theSmallestSessionLimitHoldsAUserAndADevice() throws {
        let directive = try #require(Directive.named("sess-max-bytes"))
        var configuration = Configuration()
        #expect(throws: ConfigurationError.self) { try configuration.set([(directive.name, "1023")]) }
        try configuration.set([(directive.name, "1024")])
        let fixed = SessionLayout.variable - RecordLayout.handlePayload
        #expect(fixed + Limits.user + Limits.device <= configuration.sessionMaxBytes)
    }

    @Test func aFullSessionFitsAnArgumentAndARecord() {
        let configuration = Configuration()
        #expect(configuration.sessionMaxBytes <= 16 << 20)
        #expect(configuration.sessionMaxBytes < configuration.protoMaxBulkLength)
        #expect(Limits.fields * 2 < Limits.arguments, "SESSCREATE with all fields is one request")
    }

    @Test func timesFit48Bits() {
        // 10000-01-01, the end of what calendars write with four digits.
        let lastDate: Int64 = 253_402_300_800_000
        #expect(lastDate + Limits.duration <= maximumTime)
        #expect(maximumTime <= TimingWheel.lastTick)
        let configuration = Configuration()
        for duration in [
            configuration.sessionIdle, configuration.sessionMax, configuration.sessionGrace,
            configuration.sessionTombstone,
        ] {
            #expect(duration <= Limits.duration)
        }
    }

    @Test func strangersGetLess() {
        #expect(Limits.unauthenticatedArguments < Limits.arguments)
        #expect(Limits.unauthenticatedBulk <= Limits.inlineRequest)
        #expect(Limits.inlineRequest < Configuration().protoMaxBulkLength)
        #expect(Limits.unauthenticatedOutput < Limits.outputBackpressure)
        #expect(Limits.unauthenticatedArguments * Limits.unauthenticatedBulk < Configuration().clientQueryBufferLimit)
    }

    @Test func buffers() {
        #expect(Limits.idleBuffer < Limits.bufferGrowthStep)
        #expect(Limits.bufferGrowthStep < Limits.value)
        #expect(
            Limits.value <= Configuration().clientQueryBufferLimit, "the longest value is one argument of a request")
        #expect(Limits.reply <= Limits.outputBackpressure)
        #expect(Limits.packedHash <= Heap.largestClass, "a packed hash shares its page")
        #expect(Limits.packedSortedSet <= Heap.largestClass, "a packed sorted set likewise")
        // Header, score and an empty member; the count of a packed set has two bytes.
        #expect(Limits.packedSortedSet <= Int(UInt16.max), "entries of a packed sorted set")
        let configuration = Configuration()
        let entry = PackedScores.size(0.1, configuration.zsetMaxListpackValue)
        #expect(PackedScores.start + configuration.zsetMaxListpackEntries * entry <= Limits.packedSortedSet)
    }

    @Test func aChannelCanNameAnyKey() {
        // The longest name of a keyspace notification's channel, with the largest database number.
        #expect("__keyspace@1023__:".utf8.count + Limits.key <= Limits.channel)
        #expect("__sessionuser__:".utf8.count + Limits.user <= Limits.channel)
    }

    @Test func subscriptionsFitTheirHeap() {
        // Holes among blocks of one page and of two, and tables that are being replaced.
        #expect(Limits.pubSubMemory * 2 < Limits.pubSubReservation)
        #expect(Limits.pubSubMemory / Limits.pubSubKept >= Limits.pubSubGuaranteed * Configuration().maxClients)
        let alone = (Limits.pubSubMemory - Limits.pubSubMemory / Limits.pubSubKept) / (Limits.pubSubShare + 1)
        #expect(Limits.subscriptions * PubSub.cost(ofName: 16) <= alone, "a gateway alone may have them")
        #expect(Limits.trackedPrefixes * PubSub.cost(ofName: Limits.key) <= alone)
        #expect(Limits.trackingMemory * 2 < Limits.trackingReservation)
    }

    @Test func marksOfDeadTokens() {
        let configuration = Configuration()
        #expect(configuration.sessionTombstone <= configuration.sessionTombstoneMax)
        #expect(configuration.sessionMax <= configuration.sessionTombstoneMax, "remembered as long as it could live")
        #expect(configuration.sessionTombstoneMax <= Limits.tombstone && Limits.tombstone <= Limits.duration)
        #expect(configuration.keyTombstone <= Limits.tombstone)
        #expect(
            RecordLayout.handlePayload + PredecessorLayout.payloadBytes <= 96, "as the limit of predecessors says")
    }

    @Test func whatIsLogged() {
        #expect(Limits.clientName + Limits.accessUserName < Limits.logLine + 1024)
        #expect(Limits.clientName < Limits.unauthenticatedBulk)
    }

    @Test func theAdminPort() {
        #expect(Limits.adminTarget < Limits.adminHeaderField && Limits.adminHeaderField < Limits.adminHeaders)
        #expect(Limits.adminPatience < Limits.adminRequestTime && Limits.adminRequestTime < Limits.adminIdleTime)
        #expect(Limits.adminBody + Limits.adminHeaders < Limits.adminLingerBytes, "what is refused is read to its end")
        #expect(Limits.adminConnections * (Limits.adminHeaders + Limits.adminRead) < 2 << 20, "bytes kept for all")
    }

    @Test func replicationLinks() {
        #expect(Limits.streamOffset <= Int64.max / 2 + 1, "what is appended to a stream fits its offset")
        #expect(Limits.chainedSnapshotPatience < Limits.snapshotPatience)
        #expect(Limits.chainedSnapshotPatience < Limits.streamStandstill, "a replica that takes nothing goes first")
        let timeout = Int64(Configuration().replicationTimeout) * 1_000_000
        #expect(Limits.snapshotPatience < timeout && Limits.streamStandstill <= timeout / 2)
        // A slice that waits in full is taken within the time that a replica may take nothing.
        #expect(Int64(Limits.snapshotAhead) <= Limits.snapshotRate * Limits.snapshotPatience / 1_000_000)
        #expect(Limits.quotedText < Limits.replicationLine)
    }

    @Test func pagesOfAList() {
        #expect(Limits.listDefault <= Limits.listPage)
        #expect(
            Limits.listPage * (Limits.user + Limits.device) < Limits.outputBackpressure, "the longest page is no flood")
    }

    @Test func logins() {
        #expect(Limits.loginAccounts.isMultiple(of: Limits.loginAccountsCompared))
        #expect(Limits.loginAllowance >= 10 * Limits.loginAddressCost, "a few mistakes slow nobody down")
        #expect(Limits.loginNameCost * 4 <= Limits.loginAddressCost, "one address alone is not taken for many")
        #expect(Limits.loginDelay < Limits.loginDelayMaximum)
        #expect(Limits.loginDelayMaximum < 5_000_000, "clients give up")
        #expect(Limits.shownDirective >= Directive.all.map(\.name.utf8.count).max() ?? 0)
    }
}
