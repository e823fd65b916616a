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
    var topics: [TopicModel?]
    /// Topics by id, those that were deleted too.
    var topicsByID: [UInt32: TopicModel] = [:]
    var queues: [Int: QueueModel] = [:]
    /// By client of the history; nil: not connected.
    var connections: [Int: ConnectionModel] = [:]
    var connectionsMade = 0
    /// Times of the takeovers of each session.
    var takeovers: [Int: [UInt64]] = [:]
    /// What is expected of the frames of this step.
    var expected = Expected()

    struct Expected {
        /// The answer to the request of this step; nil if there is none.
        var answer: Answer?
        var rejects = 0
        var duplicates = 0
        /// Whether a COMMIT came too late for some.
        var isLate = false
        /// Connections that end in this step, and why.
        var goodbyes: [Int: ErrorCode] = [:]
        /// Topics that are gone with this step.
        var gone: Set<UInt32> = []
    }

    enum Answer {
        case ok((ByteBuffer) throws -> Void)
        case error(ErrorCode)
        case aborted(ErrorCode)
    }

    /// Ends a history that has come to what the model does not know.
    struct Unknowable: Error {}

    init(_ history: SessionHistory) {
        self.history = history
        let clock = TestTime()
        self.clock = clock
        bench = EmbeddedBench(loops: history.loops) { clock.now }
        random = SeededGenerator(seed: history.seed &* 7919)
        topics = history.topics.map { _ in nil }
    }

    func run() throws {
        defer { for connection in connections.values { connection.client.close() } }
        do {
            for index in history.topics.indices { try create(topic: index) }
            for step in history.steps { try perform(step) }
            try drain()
        } catch is Unknowable {}
    }

    // MARK: Topics

    private func create(topic index: Int) throws {
        var settings = TopicSettings()
        for (tag, value) in history.topics[index].settings { _ = settings.set(tag, to: value) }
        settings.overflow = .drop
        let topic = try bench.topic("t\(index)") { $0 = settings }
        let model = TopicModel(index: index, id: topic.id, settings: settings)
        topics[index] = model
        topicsByID[topic.id] = model
    }

    /// The earliest message that a topic keeps.
    func earliest(_ topic: TopicModel) -> UInt64 {
        bench.core.registry.topic(id: topic.id)?.locked { $0.earliest(now: clock.now) } ?? topic.head + 1
    }

    // MARK: Turning the loops

    /// Has every loop do what there is to do, in any order, until nothing is left.
    func settle() throws {
        for _ in 0..<3 {
            for loop in bench.loops.indices.shuffled(using: &random) { bench.run(loop) }
        }
    }

    /// Lets a second pass on every loop.
    func tick() {
        for _ in 0..<Int(1000 / Ticker.interval) + 1 {
            for loop in bench.core.shards.indices.shuffled(using: &random) {
                bench.core.shards[loop].tick()
                bench.run(loop)
            }
        }
    }

    // MARK: The end

    /// Everybody has room and commits everything, until nothing is left but what is parked.
    private func drain() throws {
        for _ in 0..<40 {
            for client in connections.keys.sorted() {
                try perform(.window(client: client, 50))
                try perform(.commit(client: client, percent: 100))
            }
            try perform(.advance(seconds: 1))
        }
        for connection in connections.values.sorted(by: { $0.number < $1.number }) {
            // Of a queue that is shared, it is not known which message of a key came first.
            let left = connection.queue.readings.values.reduce(0) { sum, reading in
                let mayWithhold = reading.topic.withholds && connection.queue.settings.mode != .exclusive
                return sum
                    + reading.entries.values.count { entry in
                        entry.state != .parked && !(mayWithhold && entry.state == .pending)
                    }
            }
            // A delivery that another connection has taken may be on its way back to it.
            guard left == 0 else {
                throw connection.fail("in the end everything is delivered, or told as lost", "\(left) messages are not")
            }
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
