import NIOCore
import TestSupport
import ZaichikProtocol

/// One connection of a history: its socket, and what the protocol lets it expect.
final class ConnectionModel {
    /// Unique within the history: its publishes are named after it.
    let number: Int
    let client: NativeClient
    let world: ModelWorld
    /// The heads of all topics when it connected.
    let headsAtConnect: [UInt64]

    var phase = Phase.open
    /// The windows that may have been in force during the round; the last one is.
    var windows: [Window]
    var deliveries: [ArrivalOrderCheck.Message] = []
    var committed = 0
    /// How often it committed more than was delivered, less the errors that came.
    var errorsOwed = 0
    var published = 0
    var confirmed = 0
    /// The last publish that a REJECT or RECEIPT answered.
    var answered = 0
    var requests: [UInt32: Request] = [:]
    var subscriptions: [History.Filter] = []
    /// Those of the subscriptions that were there when the round began.
    var patternsBefore: [History.Filter] = []
    var readings: [Int: ReadingModel] = [:]
    var readingsEnded = ReadingsEnded()
    var announced = Set<UInt32>()
    /// Messages that it was told of in gaps.
    var toldLost: UInt64 = 0
    /// Its own publishes that were duplicates.
    var ownDuplicates: UInt64 = 0
    var inbox = Inbox()

    struct Window {
        var messages: UInt32
        /// 0: not bounded.
        var bytes: UInt64 = 0
    }

    enum Phase { case open, closing, halfClosed, gone }

    enum Request: Equatable {
        case subscribe(History.Filter, StartPosition)
        case unsubscribe(History.Filter)
        case topic(Int)
        case list, watch
        /// Asks for nothing: its answer says that all requests before it are done.
        case barrier
    }

    /// What came and was not looked at yet.
    struct Inbox {
        var frames: [BrokerFrame] = []
        /// The topic for which publishes wait; nil if none do.
        var blockedBy: UInt32?
        var hasEnded = false
        var token: UInt64 = 0
        var pongs: UInt64 = 0
        var barriers = 0

        var isBlocked: Bool { blockedBy != nil }
    }

    /// What is left of readings that were ended.
    struct ReadingsEnded {
        /// Keys delivered, by topic.
        var keys: [Int: [Int: [UInt64]]] = [:]
        /// Messages that they may have lost, or passed over as duplicates, without a word.
        var untold: UInt64 = 0
    }

    init(number: Int, client: NativeClient, window: UInt32, world: ModelWorld) {
        self.number = number
        self.client = client
        self.world = world
        windows = [Window(messages: window)]
        headsAtConnect = world.topics.map(\.head)
    }

    var inFlight: Int { deliveries.count - committed }
    var bytesInFlight: UInt64 { deliveries.dropFirst(committed).reduce(0) { $0 + world.topics[$1.topic].frameSize } }
    var window: Window { windows.last! }
    /// Whether the window has room for a message of any topic.
    var hasRoom: Bool {
        guard inFlight < Int(window.messages) else { return false }
        guard window.bytes > 0, inFlight > 0 else { return true }
        return bytesInFlight + (world.topics.map(\.frameSize).max() ?? 0) <= window.bytes
    }
    /// Whether its queue is there.
    var isOpen: Bool { phase == .open }

    func fail(_ rule: String, _ detail: String) -> ModelFailure {
        ModelFailure(rule: rule, detail: "connection \(number): \(detail)")
    }

    // MARK: Subscriptions

    func matches(_ filter: History.Filter, _ topic: Int) -> Bool {
        switch filter {
        case .topic(let index): index == topic
        case .all: true
        case .level: !world.topics[topic].plan.name.contains(".")
        }
    }

    func isSubscribed(to topic: Int) -> Bool { subscriptions.contains { matches($0, topic) } }

    /// What the OK to a SUBSCRIBE brings about.
    func subscribe(_ filter: History.Filter, _ start: StartPosition) {
        guard !subscriptions.contains(filter) else { return }
        var begins = false
        for topic in world.topics.indices where matches(filter, topic) && readings[topic] == nil {
            let isNew = world.created.contains(topic)
            if filter != .topic(topic), isNew || world.topics[topic].id == nil { continue }
            readings[topic] =
                isNew && isSubscribed(to: topic)
                ? firstMessage(of: topic) : begin(topic, start, isPattern: filter != .topic(topic))
            begins = true
        }
        subscriptions.append(filter)
        switch start {
        case .earliest, .sequence, .time, .last, .lastOfEachKey: if begins { world.stretches.append(order.take()) }
        case .new, .connection, .session: break
        }
    }

    /// The order of its deliveries since it last went back in time.
    var order = Stretch()

    struct Stretch {
        var messages: [ArrivalOrderCheck.Message] = []

        mutating func take() -> [ArrivalOrderCheck.Message] {
            defer { messages = [] }
            return messages
        }
    }

    /// What the OK to an UNSUBSCRIBE brings about.
    func unsubscribe(_ filter: History.Filter) {
        subscriptions.removeAll { $0 == filter }
        for (topic, reading) in readings where !isSubscribed(to: topic) {
            readings[topic] = nil
            readingsEnded.keys[topic, default: [:]].merge(reading.keys) { $0 + $1 }
            let head = world.topics[topic].head
            if reading.next.lowerBound <= head { readingsEnded.untold += head + 1 - reading.next.lowerBound }
        }
    }

    /// Patterns meet the topics that have come to be.
    func meet(_ topic: Int) {
        guard readings[topic] == nil, isSubscribed(to: topic) else { return }
        readings[topic] = firstMessage(of: topic)
    }

    /// The reading of a topic that came to be in this round, by a pattern. One that was subscribed to in the same round
    /// may have met a topic that was there already.
    private func firstMessage(of topic: Int) -> ReadingModel {
        let head = patternsBefore.contains { matches($0, topic) } ? 0 : world.topics[topic].head
        return ReadingModel(
            topic: topic, next: 1...head + 1, start: ReadingModel.Start(heads: 0...head, delivered: deliveries.count))
    }

    /// The reading that begins with a subscription of this round.
    private func begin(_ index: Int, _ start: StartPosition, isPattern: Bool) -> ReadingModel {
        let topic = world.topics[index]
        let first = self.first(start, in: index)
        var begun = ReadingModel.Start(
            heads: topic.before.head...topic.head,
            earliest: min(topic.before.earliest, topic.earliest)...topic.earliest,
            delivered: deliveries.count, deliveries: first.lowerBound)
        // While the topics of a pattern are attached, what comes may go again: it is told, and maybe more before it.
        guard start == .connection || start == .new && isPattern else {
            return ReadingModel(topic: index, next: first, start: begun)
        }
        begun.deliveries = max(first.lowerBound, 1)
        let lowest = topic.earliest > first.lowerBound ? 1 : first.lowerBound
        return ReadingModel(topic: index, next: lowest...first.upperBound, start: begun)
    }

    /// The sequences at which a subscription may begin that was made during this round.
    private func first(_ start: StartPosition, in index: Int) -> ClosedRange<UInt64> {
        let topic = world.topics[index]
        switch start {
        case .new, .session: return topic.before.head + 1...topic.head + 1
        case .earliest, .lastOfEachKey: return topic.before.earliest...max(topic.before.earliest, topic.earliest)
        case .last(let count):
            let last = { (head: UInt64, earliest: UInt64) in max(head + 1 - min(count, head), earliest) }
            return last(topic.before.head, topic.before.earliest)...last(topic.head, topic.earliest)
        case .sequence(let sequence): return sequence...sequence
        case .time(let time):
            let first = topic.first(atOrAfter: time)
            return first...max(first, topic.earliest)
        case .connection:
            let connected = index < headsAtConnect.count ? headsAtConnect[index] + 1 : 1
            guard let last = deliveries.last else { return connected...connected }
            if last.topic == index { return last.sequence + 1...last.sequence + 1 }
            let round = world.topics[last.topic].round(of: last.sequence)
            let first = round == 0 ? 1 : topic.marks[round - 1].head + 1
            return first...max(first, connected, topic.marks[round].head + 1)
        }
    }
}
