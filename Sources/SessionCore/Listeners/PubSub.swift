/// Subscriptions: *topics* (channels, patterns of channels, watched keys) and the connections subscribed to them.
///
/// They have a heap of their own, because `FLUSHALL` empties the store's. A topic exists while it has a subscriber.
/// Each subscription is one block that is a member of three structures, so every lookup takes O(1) or is linear in its
/// result:
///
///     topics         table by name, one for each kind; and a list in order of creation
///     topic    →     list of its subscriptions, oldest first
///     connection →   a list of its subscriptions of each kind, oldest first
///     subscriptions  table by (topic, connection)
///
/// Only `subscribe` allocates in the heap, after checking the budget. Callers that want a request to succeed or fail as
/// a whole call `refusal` first. Memory is shared by *dynamic thresholds* (Choudhury and Hahne, *Dynamic Queue Length
/// Thresholds for Shared-Memory Packet Switches*, 1998): a connection may use a quarter of the free memory, so a
/// connection that is alone gets a fifth of all. A part of the budget is reserved for connections that use little, so
/// that the next connection gets `Limits.pubSubGuaranteed` bytes however many others use all they can.
///
/// This type writes no replies; connections are indices into `Connections`.
struct PubSub: ~Copyable {
    enum Kind: Int, CaseIterable {
        case channel = 0
        case pattern = 1
        /// A key that a connection watches (`WATCH`): it receives no messages, only changes count.
        case watchedKey = 2
        /// A prefix of keys whose changes a connection tracks (`CLIENT TRACKING … BCAST`).
        case trackedPrefix = 3
        /// A key that a connection has read (`CLIENT TRACKING`).
        case trackedKey = 4
    }

    private static let kinds = Kind.allCases.count

    /// What became of a subscription that was asked for.
    enum Outcome: Equatable {
        case added
        /// There was one already.
        case known
        case refused(Refusal)
    }

    /// Why there is no room for a subscription.
    enum Refusal: Equatable {
        /// The connection has as much as one may have at present.
        case beyondShare
        /// All connections together have as much as they may have.
        case full
    }

    /// Bytes that may be used.
    struct Budget: BitwiseCopyable {
        /// In whole pages; what is refused beyond it. `Int.max` where the caller keeps the heap within bounds.
        var total = Limits.pubSubMemory
        /// Address space.
        var reserved = Limits.pubSubReservation
    }

    /// The ends of a doubly linked list.
    struct Ends: BitwiseCopyable {
        var first = Slot.none
        var last = Slot.none
    }

    private var heap: Heap
    private let hash: KeyHash
    private let budget: Budget
    private var tables = Vector<BucketTable>(capacity: PubSub.kinds)
    private var subscriptions = BucketTable()
    /// All topics of each kind.
    private var topics = Vector<Ends>(capacity: PubSub.kinds)
    /// A list of each kind for each connection.
    private var members = Vector<Ends>()
    /// What the subscriptions of each connection cost. The name of a topic counts for each of its subscribers, who may
    /// be the last one tomorrow.
    private var charges = Vector<Int>()
    /// Topics that messages about sessions, or keyspace notifications, may reach.
    private var sessionTopics = 0
    private var keyTopics = 0

    init(seed: (UInt64, UInt64), _ budget: Budget = Budget()) { self.init(KeyHash(seed: seed), budget) }

    private init(_ hash: KeyHash, _ budget: Budget) {
        heap = Heap(reserving: budget.reserved)
        self.hash = hash
        self.budget = budget
        for _ in 0..<PubSub.kinds {
            tables.append(BucketTable())
            topics.append(Ends())
        }
    }

    // MARK: Asking

    /// Whether somebody may listen to session events. Subscriptions that cannot (to channels of other names) do not
    /// count, so that whoever uses publish and subscribe for something else does not pay for events.
    var hearsSessions: Bool { sessionTopics > 0 }

    /// Likewise for keyspace notifications.
    var hearsKeys: Bool { keyTopics > 0 }

    /// How many topics of a kind somebody listens to.
    func topicCount(_ kind: Kind) -> Int { Int(tables[kind.rawValue].count) }

    /// Bytes of memory in use; what fragmentation keeps from being given back included.
    var usedBytes: Int { heap.pageBytesInUse }

    /// Bytes of memory in use without that: what is left is less with every topic that goes.
    var blockBytes: Int { heap.usedBytes }

    /// Subscriptions of all kinds.
    var subscriptionCount: Int { Int(subscriptions.count) }

    /// The topic of this name; `none` if it has no subscriber. O(1).
    func topic(_ kind: Kind, _ name: RawSpan) -> Slot { find(kind, name, hash(name))?.slot ?? .none }

    /// As `topic(_:_:)`, for a name in a buffer.
    func topic(_ kind: Kind, _ name: borrowing ByteBuffer) -> Slot { topic(kind, name.bytes) }

    @_lifetime(immortal)
    func name(ofTopic topic: borrowing Slot) -> RawSpan {
        heap.topicName(topic)
    }

    /// Whether a topic's name comes before another one's, as bytes.
    func precedes(_ topic: Slot, _ other: Slot) -> Bool { name(ofTopic: topic).compare(to: name(ofTopic: other)) < 0 }

    /// The first topic of its kind in order of creation, or `none`; and the one after another.
    func firstTopic(_ kind: Kind) -> Slot { topics[kind.rawValue].first }
    func nextTopic(_ topic: Slot) -> Slot { heap.load(topic, TopicLayout.links.next, as: Slot.self) }

    func subscriberCount(_ topic: Slot) -> Int {
        topic == .none ? 0 : Int(heap.load(topic, TopicLayout.subscribers, as: UInt32.self))
    }

    /// The oldest subscription to a topic; and the one after another, or `none`.
    func firstSubscription(_ topic: Slot) -> Slot {
        topic == .none ? .none : heap.load(topic, TopicLayout.subscriptions, as: Ends.self).first
    }
    func nextSubscription(_ subscription: Slot) -> Slot {
        heap.load(subscription, SubscriptionLayout.topicLinks.next, as: Slot.self)
    }

    /// The oldest subscription of a connection, or `none`.
    func firstSubscription(of client: Int, _ kind: Kind) -> Slot {
        let index = client * PubSub.kinds + kind.rawValue
        return index < members.count ? members[index].first : .none
    }

    /// The next one of the same kind and connection, or `none`.
    func nextSubscription(ofClient subscription: Slot) -> Slot {
        heap.load(subscription, SubscriptionLayout.clientLinks.next, as: Slot.self)
    }

    /// The connection that subscribed.
    func client(_ subscription: Slot) -> Int {
        Int(heap.load(subscription, SubscriptionLayout.client, as: UInt32.self))
    }

    /// The topic subscribed to.
    func topic(of subscription: Slot) -> Slot { heap.load(subscription, SubscriptionLayout.topic, as: Slot.self) }

    // MARK: Change

    /// What a subscription to a topic whose name has so many bytes costs at most.
    static func cost(ofName bytes: Int) -> Int {
        Limits.subscriptionOverhead + Heap.roundedSize(TopicLayout.name + bytes)
    }

    /// What the subscriptions of a connection cost.
    func charge(of client: Int) -> Int { client < charges.count ? charges[client] : 0 }

    /// Whether subscriptions that cost so much together would be refused, and why; nil if they would not. What holes
    /// among the blocks keep from being used is won back first, if it is much.
    mutating func refusal(_ client: Int, cost: Int) -> Refusal? {
        guard let refusal = refusalAsItIs(client, cost) else { return nil }
        if heap.reservedBytes - heap.untouchedBytes < heap.usedBytes * PubSub.sparseness { return refusal }
        compact()
        return refusalAsItIs(client, cost)
    }

    /// How many times as much as is used must have been touched for it to be worth copying what is there.
    private static let sparseness = 4

    private func refusalAsItIs(_ client: Int, _ cost: Int) -> Refusal? {
        // Each name may end in a page of its own, and every table may be about to grow.
        var growth = subscriptions.growthBytes
        for kind in 0..<PubSub.kinds { growth += tables[kind].growthBytes }
        if heap.untouchedBytes < cost * 2 + growth + PubSub.spareBytes { return .full }
        let wanted = charge(of: client) + cost
        let left = budget.total - heap.pageBytesInUse
        let shared = left - budget.total / Limits.pubSubKept - growth
        if wanted <= max(0, shared) / Limits.pubSubShare { return nil }
        if wanted <= Limits.pubSubGuaranteed && cost <= left { return nil }
        return charge(of: client) == 0 ? .full : .beyondShare
    }

    /// Pages that one subscription may open besides those of its name and of tables.
    private static let spareBytes = 8 * Heap.pageBytes

    /// Subscribes a connection, if the budget allows it. O(1), but for a table that grows or blocks that are moved
    /// together.
    mutating func subscribe(_ client: Int, _ kind: Kind, _ name: RawSpan) -> Outcome {
        let nameHash = hash(name)
        if let known = find(kind, name, nameHash), find(known.slot, client) != nil { return .known }
        if let refusal = refusal(client, cost: PubSub.cost(ofName: name.byteCount)) { return .refused(refusal) }
        add(client, kind, name, nameHash)
        return .added
    }

    /// As `subscribe(_:_:_:)`, for a name in a buffer.
    mutating func subscribe(_ client: Int, _ kind: Kind, _ name: borrowing ByteBuffer) -> Outcome {
        subscribe(client, kind, name.bytes)
    }

    /// Adds a subscription that there is room for and that does not exist.
    private mutating func add(_ client: Int, _ kind: Kind, _ name: RawSpan, _ nameHash: UInt64) {
        let topic = find(kind, name, nameHash)?.slot ?? createTopic(kind, name, nameHash)
        let subscription = heap.allocate(SubscriptionLayout.bytes)
        heap.store(topic, subscription, SubscriptionLayout.topic)
        heap.store(UInt32(client), subscription, SubscriptionLayout.client)
        var ends = heap.load(topic, TopicLayout.subscriptions, as: Ends.self)
        heap.append(subscription, to: &ends, SubscriptionLayout.topicLinks)
        heap.store(ends, topic, TopicLayout.subscriptions)
        heap.store(UInt32(subscriberCount(topic) + 1), topic, TopicLayout.subscribers)
        while members.count < (client + 1) * PubSub.kinds { members.append(Ends()) }
        while charges.count <= client { charges.append(0) }
        charges[client] += PubSub.cost(ofName: name.byteCount)
        heap.append(subscription, to: &members[client * PubSub.kinds + kind.rawValue], SubscriptionLayout.clientLinks)
        let pairHash = SubscriptionLayout.hash(topic, client)
        subscriptions.insert(subscription, pairHash, &heap, rehash: SubscriptionLayout.hash)
    }

    /// Copies everything to a heap without holes. The subscriptions of a connection are afterwards in the order of
    /// their topics. O(subscriptions): as many as have ended since the holes were not there.
    private mutating func compact() {
        var fresh = PubSub(hash, budget)
        for kind in Kind.allCases {
            var topic = firstTopic(kind)
            while topic != .none {
                let name = name(ofTopic: topic)
                let nameHash = hash(name)
                var subscription = firstSubscription(topic)
                while subscription != .none {
                    fresh.add(client(subscription), kind, name, nameHash)
                    subscription = nextSubscription(subscription)
                }
                topic = nextTopic(topic)
            }
        }
        self = fresh
    }

    /// - Returns: false if the connection was not subscribed.
    mutating func unsubscribe(_ client: Int, _ kind: Kind, _ name: RawSpan) -> Bool {
        guard let topic = find(kind, name, hash(name))?.slot, let found = find(topic, client) else { return false }
        remove(found.slot, kind)
        return true
    }

    /// Ends one subscription, and the topic with its last. The topic's name must not be used any more.
    mutating func remove(_ subscription: Slot, _ kind: Kind) {
        let (topic, client) = (topic(of: subscription), client(subscription))
        guard let found = find(topic, client) else { preconditionFailure("a subscription is not in its table") }
        subscriptions.remove(found.position, &heap, rehash: SubscriptionLayout.hash)
        heap.unlink(subscription, from: &members[client * PubSub.kinds + kind.rawValue], SubscriptionLayout.clientLinks)
        var ends = heap.load(topic, TopicLayout.subscriptions, as: Ends.self)
        heap.unlink(subscription, from: &ends, SubscriptionLayout.topicLinks)
        heap.store(ends, topic, TopicLayout.subscriptions)
        heap.store(UInt32(subscriberCount(topic) - 1), topic, TopicLayout.subscribers)
        charges[client] -= PubSub.cost(ofName: name(ofTopic: topic).byteCount)
        heap.free(subscription)
        if ends.first == .none { removeTopic(topic, kind) }
    }

    /// Ends all subscriptions to a topic, and so the topic. O(subscriptions).
    mutating func removeAll(of topic: Slot, _ kind: Kind) {
        var subscription = firstSubscription(topic)
        while subscription != .none {
            let next = nextSubscription(subscription)
            remove(subscription, kind)
            subscription = next
        }
    }

    /// Ends all subscriptions of a kind that a connection has. O(subscriptions).
    mutating func removeAll(ofClient client: Int, _ kind: Kind) {
        while true {
            let subscription = firstSubscription(of: client, kind)
            if subscription == .none { return }
            remove(subscription, kind)
        }
    }

    /// Forgets everything. The heap is emptied as a whole.
    mutating func removeAll() {
        heap.removeAll()
        subscriptions = BucketTable()
        for kind in 0..<PubSub.kinds {
            tables[kind] = BucketTable()
            topics[kind] = Ends()
        }
        members.removeAll()
        charges.removeAll()
        (sessionTopics, keyTopics) = (0, 0)
    }

    /// A topic chosen at random; `none` if there is none of its kind. Expected O(1).
    func randomTopic(_ kind: Kind, _ random: inout SplitMix64) -> Slot {
        var scratch = Vector<Slot>()
        return tables[kind.rawValue].randomRecord(heap, into: &scratch) { random.next() }
    }

    private mutating func createTopic(_ kind: Kind, _ name: RawSpan, _ nameHash: UInt64) -> Slot {
        let topic = heap.allocate(TopicLayout.name + name.byteCount)
        heap.store(UInt32(name.byteCount), topic, TopicLayout.nameLength)
        heap.store(UInt32(0), topic, TopicLayout.subscribers)
        heap.store(Ends(), topic, TopicLayout.subscriptions)
        heap.write(name, topic, TopicLayout.name)
        heap.append(topic, to: &topics[kind.rawValue], TopicLayout.links)
        let keyHash = hash
        tables[kind.rawValue].insert(topic, nameHash, &heap) { keyHash($0.topicName($1)) }
        count(kind, name, 1)
        return topic
    }

    private mutating func removeTopic(_ topic: Slot, _ kind: Kind) {
        let name = name(ofTopic: topic)
        guard let found = find(kind, name, hash(name)) else { preconditionFailure("a topic is not in its table") }
        count(kind, name, -1)
        heap.unlink(topic, from: &topics[kind.rawValue], TopicLayout.links)
        let keyHash = hash
        tables[kind.rawValue].remove(found.position, &heap) { keyHash($0.topicName($1)) }
        heap.free(topic)
    }

    // MARK: Finding

    private struct Found {
        var slot: Slot
        var position: BucketTable.Position
    }

    private func find(_ kind: Kind, _ name: RawSpan, _ nameHash: UInt64) -> Found? {
        var probe = tables[kind.rawValue].probe(nameHash, heap)
        while true {
            let topic = probe.next(heap)
            if topic == .none { return nil }
            if heap.topicName(topic).isEqual(to: name) { return Found(slot: topic, position: probe.position) }
        }
    }

    private func find(_ topic: Slot, _ client: Int) -> Found? {
        var probe = subscriptions.probe(SubscriptionLayout.hash(topic, client), heap)
        while true {
            let subscription = probe.next(heap)
            if subscription == .none { return nil }
            if self.topic(of: subscription) == topic && self.client(subscription) == client {
                return Found(slot: subscription, position: probe.position)
            }
        }
    }

    /// What the names of all channels of session events, and of keyspace notifications, begin with.
    private static let sessionPrefix: StaticString = "__session"
    private static let keyPrefix: StaticString = "__key"

    /// Counts a topic that comes (1) or goes (-1) by what it may hear.
    private mutating func count(_ kind: Kind, _ name: RawSpan, _ change: Int) {
        guard kind == .channel || kind == .pattern else { return }
        if PubSub.mayHear(PubSub.sessionPrefix.bytes, kind, name) { sessionTopics += change }
        if PubSub.mayHear(PubSub.keyPrefix.bytes, kind, name) { keyTopics += change }
    }

    /// Whether a topic can match a channel that begins with `prefix`, judged by its first bytes.
    private static func mayHear(_ prefix: RawSpan, _ kind: Kind, _ name: RawSpan) -> Bool {
        for index in 0..<prefix.byteCount {
            if index == name.byteCount { return false }
            let byte = name[index]
            if kind == .pattern {
                switch byte {
                case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"): return true
                default: break
                }
            }
            if byte != prefix[index] { return false }
        }
        return true
    }
}

/// Offsets of a block's two list links.
struct ListLinks {
    let next: Int
    let previous: Int
}

/// A topic: `[ nameLength | subscribers | subscriptions : first, last | next, previous topic | name ]`, all UInt32.
private enum TopicLayout {
    static let nameLength = 0
    static let subscribers = 4
    static let subscriptions = 8
    static let links = ListLinks(next: 16, previous: 20)
    static let name = 24
}

/// A subscription: `[ topic | client | next, previous of the topic | next, previous of the connection ]`, all UInt32.
private enum SubscriptionLayout {
    static let topic = 0
    static let client = 4
    static let topicLinks = ListLinks(next: 8, previous: 12)
    static let clientLinks = ListLinks(next: 16, previous: 20)
    static let bytes = 24

    /// Not keyed: neither number is of a peer's choice.
    static func hash(_ topic: Slot, _ client: Int) -> UInt64 {
        var mix = SplitMix64(state: UInt64(topic.rawValue) << 32 | UInt64(client))
        return mix.next()
    }

    static func hash(_ heap: borrowing Heap, _ subscription: Slot) -> UInt64 {
        hash(heap.load(subscription, topic, as: Slot.self), Int(heap.load(subscription, client, as: UInt32.self)))
    }
}

extension Heap {
    @_lifetime(immortal)
    fileprivate func topicName(_ topic: borrowing Slot) -> RawSpan {
        bytes(topic, TopicLayout.name, Int(load(topic, TopicLayout.nameLength, as: UInt32.self)))
    }

    /// Adds a block at the end of a list.
    fileprivate mutating func append(_ block: Slot, to ends: inout PubSub.Ends, _ links: ListLinks) {
        store(Slot.none, block, links.next)
        store(ends.last, block, links.previous)
        if ends.last == .none { ends.first = block } else { store(block, ends.last, links.next) }
        ends.last = block
    }

    /// Takes a block out of a list.
    fileprivate mutating func unlink(_ block: Slot, from ends: inout PubSub.Ends, _ links: ListLinks) {
        let next = load(block, links.next, as: Slot.self)
        let previous = load(block, links.previous, as: Slot.self)
        if previous == .none { ends.first = next } else { store(next, previous, links.next) }
        if next == .none { ends.last = previous } else { store(previous, next, links.previous) }
    }
}
