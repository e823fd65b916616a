import Logging
import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Acts on topics and on the broker")
struct TopicActTests {
    @Test(
        "a purge below a sequence takes that from all queues, tells them, and says whose they were", arguments: [1, 4])
    func below(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t", [.limit: 1 << 20]).id
            let readers = try ["slow", "fast"].map { name in
                let reader = try broker.client(name, window: name == "slow" ? 2 : 1000)
                try reader.subscribe("t")
                return reader
            }
            try writer.publishConfirmed(topic, (1...9).map { "\($0)" })
            _ = try readers[0].deliveries(2)
            _ = try readers[1].deliveries(9)
            try readers[1].send(.commit(9))
            try readers[1].barrier()
            var values = ActValues(reason: "bad prices")
            values.sequence = 7
            let would = try writer.act(.purgeTopic, "t", values, isDryRun: true)
            #expect(would.messages == 6 && would.count == 1 && would.isDryRun)
            #expect(would.rows.map(\.name) == ["slow"] && would.rows.map(\.messages) == [6])
            #expect(try writer.topicRow("t")[.retainedMessages] == 9)
            let went = try writer.act(.purgeTopic, "t", values)
            #expect(went.messages == 6 && went.bytes == would.bytes && went.rows == would.rows)
            let row = try writer.topicRow("t")
            #expect(row[.earliestSequence] == 7 && row[.retainedMessages] == 3 && row[.purgedMessages] == 6)
            // What is in flight can be committed, and the rest is told as lost.
            try readers[0].send(.commit(2))
            let frames = try readers[0].receive { $0.message?.text == "8" }
            #expect(frames.compactMap(\.gap).map { [$0.first, $0.last] } == [[3, 6]])
            #expect(frames.compactMap(\.gap).allSatisfy { $0.reason == .purged })
            #expect(try writer.clientRow(readers[0].id)[.gapMessages] == 4)
            let late = try broker.client("late")
            try late.subscribe("t", from: .earliest)
            #expect(try late.payloads(3) == ["7", "8", "9"])
        }
    }

    @Test("a purge of all leaves nothing, and what is published later comes")
    func all() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t").id
            let reader = try broker.client("reader", window: 1)
            try reader.subscribe("t")
            try writer.publishConfirmed(topic, (1...5).map { "\($0)" })
            _ = try reader.deliveries(1)
            #expect(try writer.act(.purgeTopic, "t").messages == 5)
            #expect(try writer.topicRow("t")[.retainedMessages] == 0)
            #expect(try writer.act(.purgeTopic, "t").messages == 0, "nothing is left to go")
            try writer.publishConfirmed(topic, ["6"])
            try reader.send(.commit(1))
            let frames = try reader.receive { $0.message != nil }
            #expect(frames.payloads == ["6"] && frames.compactMap(\.gap).map { [$0.first, $0.last] } == [[2, 5]])
        }
    }

    @Test("a purge lets go of what is in flight, also when that has expired")
    func expired() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t", [.retention: 1000]).id
            let reader = try broker.client("reader", window: 10)
            try reader.subscribe("t")
            try writer.publishConfirmed(topic, (1...5).map { "\($0)" })
            _ = try reader.deliveries(5)
            broker.clock.advance(seconds: 3)
            #expect(try writer.topicRow("t")[.heldBytes] > 0)
            #expect(try writer.act(.purgeTopic, "t").messages == 0, "nothing of it is kept")
            #expect(try writer.topicRow("t")[.heldBytes] == 0)
            try reader.send(.commit(5))
            try writer.publishConfirmed(topic, ["6"])
            #expect(try reader.payloads(1) == ["6"])
        }
    }

    @Test("a reader that began ahead of the topic and takes nothing holds back only what it is to get")
    func ahead() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t", [.historyCount: 3]).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("t", from: .sequence(2))
            try writer.publishConfirmed(topic, (1...4).map { "\($0)" })
            try eventually("the first one is not kept") { try writer.topicRow("t")[.earliestSequence] == 2 }
        }
    }

    @Test("a purge of a key takes its messages from the middle; readers pass over them and are told")
    func key() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t", [.historyCount: 100]).id
            let reader = try broker.client("reader", window: 1)
            try reader.subscribe("t")
            for (payload, key) in [("1", "a"), ("2", "b"), ("3", "b"), ("4", "a"), ("5", "b")] {
                try writer.publishConfirmed(topic, [payload], key: key)
            }
            _ = try reader.deliveries(1)
            var values = ActValues()
            values.key = ByteBuffer(string: "b")
            let would = try writer.act(.purgeTopic, "t", values, isDryRun: true)
            #expect(would.messages == 3 && would.rows.map(\.name) == ["reader"])
            let went = try writer.act(.purgeTopic, "t", values)
            #expect(went.messages == 3 && went.bytes == would.bytes && went.count == 1)
            #expect(try writer.act(.purgeTopic, "t", values).messages == 0)
            let row = try writer.topicRow("t")
            #expect(row[.retainedMessages] == 2 && row[.purgedMessages] == 3)
            try reader.send(.commit(1))
            var frames = try reader.receive { $0.message != nil }
            #expect(frames.payloads == ["4"] && frames.compactMap(\.gap).map { [$0.first, $0.last] } == [[2, 3]])
            try reader.send(.commit(2))
            frames = try reader.settle()
            #expect(frames.compactMap(\.gap).map { [$0.first, $0.last] } == [[5, 5]])
            #expect(try writer.clientRow(reader.id)[.lagMessages] == 0)
        }
    }

    @Test("publishes to a paused topic are refused, and taken again when its time is over or it is resumed")
    func paused() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t").id
            var values = ActValues(reason: "wrong prices")
            values.duration = 1000
            #expect(try writer.act(.pausePublishes, "t", values).rows.map(\.name) == ["t"])
            #expect(try writer.publishConfirmed(topic, ["1"]).compactMap(\.code) == [.topicPaused])
            let detail = try writer.topicDetail("t")
            #expect(detail.pause?.reason == "wrong prices" && detail.pause?.by.contains("writer") == true)
            #expect(detail.topic[.pausedTime] > 0 && detail.topic[.rejectedMessages] == 1)
            broker.clock.advance(seconds: 2)
            #expect(try writer.publishConfirmed(topic, ["2"]).compactMap(\.code).isEmpty)
            #expect(try writer.topicDetail("t").pause == nil)
            try writer.act(.pausePublishes, "t")
            #expect(try writer.act(.resumePublishes, "t").count == 1)
            #expect(try writer.act(.resumePublishes, "t").count == 0)
            #expect(try writer.publishConfirmed(topic, ["3"]).compactMap(\.code).isEmpty)
            #expect(try writer.topicRow("t")[.headSequence] == 2)
        }
    }

    @Test("where publishers wait for room they wait for the end of a pause as well")
    func waiting() async throws {
        try await TestBroker.run { broker in try Self.checkWaiting(broker) }
    }

    private static func checkWaiting(_ broker: TestBroker) throws {
        let writer = try broker.client("writer")
        let other = try broker.client("operator")
        let topic = try writer.create("t", [.overflow: 2]).id
        try other.act(.pausePublishes, "t")
        try writer.publish(topic, "1")
        _ = try writer.receive { $0.blocked == true }
        try other.act(.resumePublishes, "t")
        let frames = try writer.receive { $0.confirmed == 1 }
        #expect(frames.contains { $0.blocked == false })
    }

    @Test("an act by pattern does it to all topics that it matches, and names them")
    func pattern() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            for name in ["a.1", "a.2", "b.1"] {
                try writer.publishConfirmed(try writer.create(name, [.historyCount: 9]).id, ["x"])
            }
            let purged = try writer.act(.purgeTopic, "a.*")
            #expect(purged.messages == 2 && purged.rows.map(\.name).sorted() == ["a.1", "a.2"])
            #expect(try writer.topicRow("b.1")[.retainedMessages] == 1)
            #expect(try writer.act(.pausePublishes, ">").count == 3)
            #expect(try writer.act(.resumePublishes, ">").count == 3)
        }
    }

    @Test("a drained broker refuses publishes, says what its queues need, and takes publishes again")
    func drained() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger()) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t").id
            let reader = try broker.client("reader")
            try reader.subscribe("t")
            try writer.publishConfirmed(topic, ["1", "2"])
            _ = try reader.deliveries(2)
            var values = ActValues(reason: "moving")
            values.duration = 60_000
            let left = try writer.act(.drain, "", values)
            #expect(left.messages == 2 && left.count == 1 && left.rows.map(\.name) == ["reader"])
            #expect(try writer.publishConfirmed(topic, ["3"]).compactMap(\.code) == [.draining])
            #expect(try writer.statistics()[.drainTime] > 0)
            try reader.send(.commit(2))
            try reader.barrier()
            let rest = try writer.act(.drain, "", values, isDryRun: true)
            #expect(rest.messages == 0 && rest.count == 0)
            try writer.act(.undrain)
            #expect(try writer.publishConfirmed(topic, ["3"]).compactMap(\.code).isEmpty)
            let acts = log.lines("an operator acted").compactMap { $0.metadata["act"] }
            #expect(acts == ["drain", "undrain"], "a dry run is not logged")
        }
    }

    @Test("a broker that takes no new connections lets in those that administer it")
    func notAccepting() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("t").id
            try writer.act(.stopAccepting)
            let refused = NativeClient(try broker.connect())
            try refused.send(Preface.bytes)
            try refused.send(.hello(Hello(window: 1, name: "late")))
            #expect(try refused.receiveAll().compactMap(\.code) == [.notAccepting])
            #expect(try writer.publishConfirmed(topic, ["1"]).compactMap(\.code).isEmpty, "those that are there stay")
            var hello = Hello(window: 1, name: "operator")
            hello.administers = true
            let administrator = try NativeClient(try broker.connect(), hello: hello)
            try administrator.act(.accept)
            _ = try broker.client("welcome")
        }
    }

    @Test("a transaction is refused as a whole while a topic of it is paused, and while the broker is drained")
    func transactions() async throws {
        try await TestBroker.run { broker in try Self.checkTransactions(broker) }
    }

    private static func checkTransactions(_ broker: TestBroker) throws {
        let writer = try broker.client("writer")
        let topics = [try writer.create("t").id, try writer.create("u", [.overflow: 2]).id]
        func refusal() throws -> ErrorCode? {
            let messages = topics.map { Message(topicID: $0, payload: ByteBuffer(string: "x")) }
            try writer.send(.transaction(request: 90, Transaction(commits: [], publishes: messages)))
            for frame in try writer.settle() {
                if case .aborted(let code, _, _, _, _) = frame { return ErrorCode(rawValue: code) }
            }
            return nil
        }
        try writer.act(.pausePublishes, "u")
        #expect(try refusal() == .topicPaused)
        try writer.act(.resumePublishes, "u")
        var values = ActValues()
        values.duration = 1000
        try writer.act(.drain, "", values)
        #expect(try refusal() == .draining)
        #expect(try writer.topics().rows.allSatisfy { $0[.headSequence] == 0 }, "nothing of it was published")
        try writer.act(.undrain)
        #expect(try refusal() == nil)
    }

    @Test("the level of the log can be set, and a wrong one is refused")
    func logLevel() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let writer = try broker.client("writer")
            #expect(log.lines("client connected").isEmpty)
            var values = ActValues()
            values.level = "info"
            try writer.act(.logLevel, "", values)
            _ = try broker.client("other")
            #expect(log.lines("client connected").count == 1)
            values.level = "loud"
            try writer.send(.act(request: 77, ActRequest(.logLevel, values: values)))
            #expect(try writer.settle().compactMap(\.code) == [.badArgument])
        }
    }
}

extension NativeClient {
    /// Does an act.
    @discardableResult
    func act(_ act: Act, _ name: String = "", _ values: ActValues = ActValues(), isDryRun: Bool = false) throws -> Acted
    {
        let request = nextRequest()
        try send(.act(request: request, ActRequest(act, name: name, values: values, isDryRun: isDryRun)))
        while true {
            switch try receive() {
            case .acted(request: request, let acted): return acted
            case .error(_, request, let message): throw WireError.unexpected(message)
            default: continue
            }
        }
    }
}
