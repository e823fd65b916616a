import NIOCore
import Synchronization
import ZaichikProtocol

@testable import ZaichikBroker

/// Lets the clients of one history act on a broker whose loops are turned by hand, one step at a time, and holds what
/// they are sent against the model.
///
/// A step's effect on the model is applied before the frames that it brought are judged, so their order among several
/// connections does not matter.
final class SessionRun {
    let history: SessionHistory
    let bench: EmbeddedBench
    let clock: TestTime
    var random: SeededGenerator
    /// Orders in which the loops have their turns.
    private let orders: [[Int]]
    /// Memory that was charged before anybody came.
    private let memory: Int
    var topics: [TopicModel?]
    /// Topics by id, those that were deleted too.
    var topicsByID: [UInt32: TopicModel] = [:]
    var queues: [Int: QueueModel] = [:]
    var producers: [Int: ProducerModel] = [:]
    /// By client of the history; nil: not connected.
    var connections: [Int: ConnectionModel] = [:]
    var connectionsMade = 0
    /// Times of the takeovers of each session.
    var takeovers: [Int: [UInt64]] = [:]
    /// What operators have decided about the broker.
    var isDraining = false
    var isNotAccepting = false
    /// What the last act said.
    var lastActed: Acted?
    /// The last place in the order of arrival that was given.
    private var arrivals = 0
    /// The frame bytes of the longest message so far.
    var largestFrame: UInt64 = 0
    /// What is expected of the frames of this step.
    var expected: Expected

    struct Expected {
        /// When the step began.
        var since: UInt64
        /// The answer to the request of this step; nil if there is none.
        var answer: Answer?
        var duplicates = 0
        /// Publishes that are refused, by connection and number.
        var refusals: [[Int]: ErrorCode] = [:]
        /// Whether a COMMIT came too late for some.
        var isLate = false
        /// Connections that end in this step, and why.
        var goodbyes: [Int: ErrorCode] = [:]
    }

    enum Answer {
        case ok((ByteBuffer) throws -> Void)
        case acted((Acted) throws -> Void)
        case error(ErrorCode)
        case aborted(ErrorCode)
    }

    /// What is known of a named producer.
    struct ProducerModel {
        /// Publishes that reached the broker, over all connections.
        var answered: UInt64 = 0
        /// The number of the connection that has the name.
        var holder: Int
        /// Times at which the name was taken over.
        var takeovers: [UInt64] = []
        /// Publishes that did not, as the connection was cut.
        var unsent: [SessionHistory.Publish] = []
        /// Which publishes were refused of the last connection that made any.
        var refused: [UInt64] = []
        private var publisher = 0

        /// Counts the connection's last publish.
        mutating func answer(_ connection: ConnectionModel, _ refusal: ErrorCode?) {
            answered += 1
            if publisher != connection.number { refused = [] }
            publisher = connection.number
            if refusal != nil { refused.append(connection.published) }
        }

        init(holder: Int) { self.holder = holder }
    }

    init(_ history: SessionHistory) {
        self.history = history
        let clock = TestTime()
        self.clock = clock
        bench = EmbeddedBench(loops: history.loops) { clock.now }
        orders = bench.loops.indices.map { Array($0..<history.loops) + Array(0..<$0) }
        memory = bench.core.budget.used
        random = SeededGenerator(seed: history.seed &* 7919)
        topics = history.topics.map { _ in nil }
        expected = Expected(since: clock.now)
    }

    func run() throws {
        defer { for connection in connections.values { connection.client.close() } }
        for index in history.topics.indices {
            let change = topicChange(index)
            note(try bench.topic("t.\(index)") { $0 = change.applied(to: $0) }.id, as: index)
        }
        for step in history.steps { try perform(step) }
        try drain()
        // It takes as long as many steps.
        if history.seed.isMultiple(of: 4) { try end() }
    }

    // MARK: Topics

    func topicChange(_ index: Int) -> TopicSettingsChange {
        var change = TopicSettingsChange()
        for (tag, value) in history.topics[index].settings { change[tag] = value }
        return change
    }

    func note(_ id: UInt32, as index: Int) {
        let model = TopicModel(index: index, id: id, settings: topicChange(index).applied(to: TopicSettings()))
        topics[index] = model
        topicsByID[id] = model
    }

    /// The earliest message that a topic keeps.
    func earliest(_ topic: TopicModel) -> UInt64 {
        bench.core.registry.topic(id: topic.id)?.locked { $0.earliest(now: clock.now) } ?? topic.head + 1
    }

    /// A place in the order of arrival behind all others.
    func nextArrival() -> Int {
        arrivals += 1
        return arrivals
    }

    func append(_ message: TopicModel.Message, to topic: TopicModel, arrival: Int) -> TopicModel.Outcome {
        largestFrame = max(largestFrame, message.size)
        let outcome = topic.publish(message, now: clock.now, arrival: arrival)
        if case .accepted(let sequence) = outcome {
            for queue in allQueues { queue.readings[topic.id]?.add(sequence, for: queue) }
        }
        return outcome
    }

    var allQueues: [QueueModel] {
        Array(queues.values) + connections.values.map(\.queue).filter { $0.session == nil }
    }

    // MARK: Turning the loops

    /// Has every loop do what there is to do, in any order, until nothing is left.
    func settle() throws {
        for _ in 0..<3 {
            for loop in order() { bench.run(loop) }
        }
    }

    /// Lets a second pass on every loop.
    func tick() {
        bench.pass(seconds: 1)
        for _ in 0..<Int(1000 / Ticker.interval) + 1 {
            for loop in order() {
                bench.core.shards[loop].tick()
                bench.run(loop)
            }
        }
    }

    /// The loops, beginning with any of them.
    private func order() -> [Int] {
        guard orders.count > 1 else { return orders[0] }
        return orders[Int(random.next() & 0xFFFF) % orders.count]
    }

    // MARK: The end

    /// Everybody has room and commits everything, until nothing is left but what is parked.
    private func drain() throws {
        if let client = connections.keys.min() {
            try perform(.actOnBroker(client: client, .undrain, .real))
            try perform(.actOnBroker(client: client, .accept, .real))
            try perform(.actOnTopic(client: client, .resume, topic: nil, .real))
        }
        for client in connections.keys.sorted() {
            try perform(.act(client: client, .resume, of: client, .real))
            try perform(.window(client: client, 50, kibibytes: 0))
        }
        for _ in 0..<40 {
            for client in connections.keys.sorted() where connections[client]?.inFlight.isEmpty == false {
                try perform(.commit(client: client, percent: 100))
            }
            if !connections.values.contains(where: { isLeft(of: $0) }) { break }
            try perform(.advance(seconds: 1))
        }
        if let client = connections.keys.min() { try perform(.inspect(client: client)) }
        for connection in connections.values.sorted(by: { $0.number < $1.number }) where isLeft(of: connection) {
            let left = connection.queue.readings.values.map { reading in
                "topic \(reading.topic.index): pending \(reading.pending), owed \(reading.owed.sorted()), \(reading.entries)"
            }
            throw connection.fail(
                "in the end everything is delivered, or told as lost",
                "\(connection.inFlight.count) in flight; \(left.joined(separator: "; "))")
        }
    }

    private func isLeft(of connection: ConnectionModel) -> Bool {
        if !connection.inFlight.isEmpty { return true }
        if connection.queue.readings.values.contains(where: { isUntold($0) }) { return true }
        return connection.queue.readings.values.contains { reading in
            // Of a queue that is shared, it is not known which message of a key came first.
            let mayWithhold = reading.topic.withholds && connection.queue.settings.mode != .exclusive
            let left = reading.entries.filter { $0.value.isReturned }.keys + (mayWithhold ? [] : reading.pending)
            return left.contains { !reading.topic.message($0).isOutlived(now: clock.now) }
        }
    }

    /// Whether a queue was not told of something that it lost as an operator removed it.
    private func isUntold(_ reading: ReadingModel) -> Bool {
        // What is withheld anyway is no loss.
        !reading.topic.withholds && reading.owed.contains { !reading.topic.message($0).isOutlived(now: clock.now) }
    }

    /// Everybody leaves, sessions and producers expire, topics are deleted: then nothing of them is left.
    private func end() throws {
        for connection in connections.values { connection.client.close() }
        connections = [:]
        clock.pass(seconds: 90_000)
        bench.core.producers.secondPassed(now: clock.now)
        tick()
        var hello = Hello(window: 0, name: "last")
        hello.administers = true
        let last = try bench.connect(hello, loop: 0)
        for case let topic? in topics { try last.send(.deleteTopic(request: 1, name: "t.\(topic.index)")) }
        try settle()
        last.close()
        tick()
        let left = (bench.core.budget.used - memory, bench.core.sessions.count)
        guard bench.isEmpty, left == (0, 0) else {
            throw SessionModelFailure(
                rule: "nothing is left of what has ended", detail: "\(left.0) bytes, \(left.1) sessions")
        }
    }
}

/// A clock that a history moves.
final class TestTime: Sendable {
    private let time = Atomic<UInt64>(1_700_000_000_000_000)

    /// µs since 1970.
    var now: UInt64 { time.load(ordering: .relaxed) }

    func pass(seconds: UInt64) { time.wrappingAdd(seconds * 1_000_000, ordering: .relaxed) }
}
