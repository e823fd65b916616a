import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("The way of traced messages")
struct TraceTests {
    /// A client that reads `$zaichik.trace`, whose messages are held to their schema.
    private final class Tracer {
        private let client: NativeClient
        private(set) var steps: [JSONValue] = []

        init(_ broker: TestBroker) throws {
            client = try broker.client("tracer")
            try client.subscribe("$zaichik.trace", from: .new)
        }

        /// The names of the steps up to and with the first one of a name, some with what they say.
        func until(_ step: String, _ count: Int = 1) throws -> [String] {
            while steps.count(where: { $0["step"]?.string == step }) < count {
                for message in try client.deliveries(1) {
                    let json = try JSONValue(parsing: message.text)
                    #expect(DocumentedSchema.trace.problems(of: json) == [], "\(message.text)")
                    #expect(
                        message.key.map { String(buffer: $0) }
                            == "\(json["topic"]?.string ?? "")#\(json["sequence"]?.integer ?? -1)")
                    steps.append(json)
                }
            }
            return steps.map { step in
                let reason = step["data"]?["reason"]?.string.map { " (\($0))" } ?? ""
                return "\(step["step"]?.string ?? "")\(reason)"
            }
        }

        subscript(step: String) -> JSONValue? { steps.first { $0["step"]?.string == step }?["data"] }
    }

    private static func reader(_ broker: TestBroker, window: UInt32 = 100) throws -> (NativeClient, UInt32) {
        let client = try broker.client("reader", window: window)
        let topic = try client.topic("t")
        try client.subscribe("t")
        return (client, topic)
    }

    @Test("a traced message is told from its publish to its commit, with its place in the queue; others are not")
    func wholeWay() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker)
            try reader.publishConfirmed(topic, ["1", "2"])
            try reader.publish(topic, "3", flags: .trace)
            let message = try #require(try reader.settle().compactMap(\.delivered).first)
            #expect(message.flags.contains(.trace) && message.sequence == 3)
            try reader.publishConfirmed(topic, ["4"])
            try reader.send(.commit(4))
            #expect(try tracer.until("committed") == ["accepted", "queued", "delivered", "committed"])
            #expect(tracer.steps.allSatisfy { $0["sequence"]?.integer == 3 && $0["topic"]?.string == "t" })
            #expect(tracer["queued"]?["place"]?.integer == 3)
            #expect(tracer["accepted"]?["queues"]?.integer == 1)
            #expect(tracer["accepted"]?["client"]?.integer == Int(reader.id))
            #expect(tracer["delivered"]?["attempt"]?.integer == 1)
            #expect(tracer["committed"]?["name"]?.string == "reader")
        }
    }

    @Test("on several loops the same steps are told")
    func loops() async throws {
        try await TestBroker.run(loops: 2) { broker in
            let tracer = try Tracer(broker)
            let readers = try (0..<4).map { _ in try Self.reader(broker).0 }
            let publisher = try broker.client("publisher")
            try publisher.publish(try publisher.topic("t"), "m", flags: .trace)
            for reader in readers {
                _ = try reader.deliveries(1)
                try reader.send(.commit(1))
            }
            _ = try tracer.until("committed", 4)
            let steps = try tracer.until("queued", 4)
            #expect(steps.count { $0 == "delivered" } == 4 && steps.count == 13)
        }
    }

    @Test("a return, a touch, a park, a release and a drop are told, with attempts and reasons")
    func settled() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker)
            try reader.publish(topic, "m", flags: .trace)
            _ = try reader.settle()
            func settle(_ action: SettleAction, _ number: UInt64, _ reason: String = "") throws {
                try reader.send(
                    .settle(
                        request: reader.nextRequest(), Settlement(action, [number...number], delay: 0, reason: reason)))
                _ = try reader.settle()
            }
            try settle(.touch, 1)
            try settle(.return, 1, "busy")
            try settle(.park, 2, "broken")
            try reader.send(.settleParked(request: reader.nextRequest(), ParkedSettlement(.release, [])))
            _ = try reader.settle()
            try settle(.park, 3, "again")
            try reader.send(.settleParked(request: reader.nextRequest(), ParkedSettlement(.drop, [])))
            #expect(
                try tracer.until("dropped") == [
                    "accepted", "queued", "delivered", "touched", "returned (returned: busy)", "delivered",
                    "parked (broken)", "released", "delivered", "parked (again)", "dropped",
                ])
            let attempts = tracer.steps.filter { $0["step"]?.string == "delivered" }
            #expect(attempts.map { $0["data"]?["attempt"]?.integer } == [1, 2, 3])
        }
    }

    @Test("what a queue loses to the limit, to retention or with its topic is told as lost")
    func lost() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker, window: 1)
            try reader.create("t", [.limit: 400, .historyBytes: 0])
            try reader.publish(topic, "first")
            try reader.publish(topic, "second", flags: .trace)
            for _ in 0..<20 { try reader.publish(topic, String(repeating: "m", count: 100)) }
            _ = try reader.settle()
            try reader.send(.commit(1))
            #expect(try tracer.until("lost") == ["accepted", "queued", "lost (limit)"])
            _ = try reader.settle()
            try reader.create("t", [.limit: 1 << 20])
            try reader.publish(topic, "third", flags: .trace)
            try reader.send(.deleteTopic(request: reader.nextRequest(), name: "t"))
            #expect(try tracer.until("lost", 2).suffix(3) == ["accepted", "queued", "lost (purged)"])
        }
    }

    @Test("a duplicate is told: at publish with the first one's sequence, at delivery as withheld")
    func duplicates() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker)
            try reader.create("t", [.deduplicationWindow: 60_000, .deduplicationScope: 1])
            try reader.publish(topic, "1", key: "k")
            try reader.publish(topic, "2", key: "k", flags: .trace)
            _ = try reader.settle()
            _ = try tracer.until("duplicate")
            #expect(tracer.steps.map { $0["sequence"]?.integer } == [1])
            try reader.create("t", [.deduplicationScope: 0])
            try reader.publish(topic, "3", key: "j")
            try reader.publish(topic, "4", key: "j", flags: .trace)
            #expect(try tracer.until("withheld") == ["duplicate", "accepted", "queued", "withheld (duplicate)"])
        }
    }

    @Test("a refusal is told, under sequence 0")
    func refused() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker, window: 0)
            try reader.create("t", [.limit: 100, .overflow: 1])
            try reader.publish(topic, String(repeating: "m", count: 60))
            try reader.publish(topic, String(repeating: "m", count: 60), flags: .trace)
            #expect(try tracer.until("refused") == ["refused (topic-full)"])
            #expect(tracer.steps[0]["sequence"]?.integer == 0)
        }
    }

    @Test("a delayed message is told when it is kept aside, and when it is appended")
    func delayed() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker)
            let payload = Headers([Headers.Field("$delay", "50")]).followed(by: ByteBuffer(string: "m"))
            try reader.send(.publish(Message(topicID: topic, flags: [.headers, .trace], payload: payload)))
            #expect(try tracer.until("delayed") == ["delayed"])
            try eventually("the delay to be over") {
                broker.clock.advance(seconds: 1)
                return try reader.topicRow("t")[.headSequence] == 1
            }
            #expect(try tracer.until("delivered").suffix(3) == ["accepted", "queued", "delivered"])
        }
    }

    @Test("a queue that ends with a traced message in flight is told")
    func ended() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker)
            try reader.publish(topic, "m", flags: .trace)
            _ = try reader.settle()
            reader.wire.close()
            #expect(try tracer.until("ended") == ["accepted", "queued", "delivered", "ended"])
            #expect(tracer["ended"]?["client"]?.integer == Int(reader.id))
        }
    }

    @Test("the publishes of a transaction are traced as others are")
    func transaction() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let tracer = try Tracer(broker)
            let (reader, topic) = try Self.reader(broker)
            let messages = [MessageFlags(), .trace, []].map {
                Message(topicID: topic, flags: $0, payload: ByteBuffer(string: "m"))
            }
            try reader.send(.transaction(request: reader.nextRequest(), Transaction(commits: [], publishes: messages)))
            #expect(try tracer.until("delivered") == ["accepted", "queued", "delivered"])
            #expect(tracer.steps[0]["sequence"]?.integer == 2)
        }
    }

    @Test("over a hundred in a second are published without a trace and without the flag, and an event counts them")
    func tooMany() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let listener = try broker.client("listener")
            try listener.subscribe("$zaichik.events", from: .new)
            let (reader, topic) = try Self.reader(broker, window: 2000)
            let count = 20 * PeerLimits.tracedMessages
            for _ in 0..<count { try reader.publish(topic, "m", flags: [.trace, .unconfirmed]) }
            let messages = try reader.deliveries(count)
            let traced = messages.count { $0.flags.contains(.trace) }
            #expect(traced >= PeerLimits.tracedMessages && traced < count)
            var isTold = false
            while !isTold {
                isTold = try listener.deliveries(1)[0].text.contains("\"traces-left-out\"")
            }
        }
    }
}

extension BrokerFrame {
    fileprivate var delivered: Message? { if case .deliver(let message) = self { message } else { nil } }
}
