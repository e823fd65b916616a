import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("The topic of events")
struct EventTests {
    static let schema = DocumentedSchema.events

    /// Events, held to their schema.
    private final class Listener {
        private let client: NativeClient
        private(set) var seen: [JSONValue] = []

        init(_ broker: TestBroker, from start: StartPosition = .earliest) throws {
            client = try broker.client("listener")
            try client.subscribe("$zaichik.events", from: start)
        }

        /// Waits for an event that matches.
        @discardableResult
        func event(_ name: String, _ matches: (JSONValue) -> Bool = { _ in true }) throws -> JSONValue {
            func found() -> JSONValue? { seen.first { $0["event"]?.string == name && matches($0) } }
            while found() == nil {
                for message in try client.deliveries(1) {
                    let event = try JSONValue(parsing: message.text)
                    #expect(EventTests.schema.problems(of: event) == [], "\(message.text)")
                    #expect(message.key?.readableBytes ?? 0 > 0)
                    seen.append(event)
                }
            }
            return found()!
        }
    }

    @Test("whoever comes, goes, and makes, changes or deletes topics and sessions is an event, with who it was")
    func life() async throws {
        try await TestBroker.run { broker in
            let hare = try broker.client("hare \"\\\u{1}\n")
            try hare.create("orders", [.retention: 5000])
            try hare.create("orders", [.retention: 6000])
            try hare.createSession("work")
            try hare.createSession("work", [.expiry: 5000])
            try hare.send(.deleteTopic(request: hare.nextRequest(), name: "orders"))
            _ = try hare.settle()
            _ = try hare.deleteSession("work")
            try hare.send(.close)
            _ = try hare.receiveAll()
            let listener = try Listener(broker)
            let connected = try listener.event("client-connected") { $0["data"]?["client"]?.integer == Int(hare.id) }
            #expect(connected["data"]?["name"]?.string == "hare \"\\\u{1}\n")
            #expect(connected["level"]?.string == "info" && connected["text"]?.string == "client connected")
            let gone = try listener.event("client-disconnected") { $0["data"]?["client"]?.integer == Int(hare.id) }
            #expect(gone["data"]?["reason"]?.string == "it sent CLOSE")
            #expect(try listener.event("topic-created")["data"]?["topic"]?.string == "orders")
            #expect(try listener.event("settings-changed")["data"]?["retention"]?.string == "5000 ms -> 6000 ms")
            #expect(try listener.event("topic-deleted")["data"]?["client"]?.integer == Int(hare.id))
            for name in ["session-created", "session-changed", "session-deleted"] {
                #expect(try listener.event(name)["data"]?["session"]?.string == "work")
            }
        }
    }

    @Test("clients cannot publish to it, set or delete it, and no list and no pattern without its '$' has it")
    func isOfTheBroker() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.subscribe(">", from: .earliest)
            try client.subscribe("*.*", from: .earliest)
            let id = try client.topic("$zaichik.events")
            try client.publish(id, "m")
            try client.send(
                .deleteTopic(request: 101, name: "$zaichik.events"),
                .createTopic(request: 102, name: "$zaichik.events", settings: TopicSettingsChange()))
            let frames = try client.settle()
            #expect(frames.compactMap(\.code) == [.reservedName, .reservedName, .reservedName])
            #expect(frames.payloads == [])
            #expect(try client.topics().rows.isEmpty)
            try client.subscribe("$zaichik.>", from: .earliest)
            #expect(try client.deliveries(1).first?.topicID == id)
        }
    }

    @Test("it keeps the last thousand events, whoever reads them")
    func bounded() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let client = try broker.client()
            // One event each, and never more than a hundred of a kind in a second.
            var made = 0
            try eventually("more than a thousand events") {
                for number in made..<made + 100 { try client.create("t\(number)") }
                for number in made..<made + 100 {
                    try client.send(.deleteTopic(request: client.nextRequest(), name: "t\(number)"))
                    _ = try client.receive()
                }
                made += 100
                return try client.topicDetail("$zaichik.events").topic[.headSequence] > 1200
            }
            let row = try client.topicDetail("$zaichik.events").topic
            #expect(row[.retainedMessages] == 1000)
        }
    }

    @Test("ten thousand of a kind in a second are a hundred events, and one that counts the others")
    func storm() async throws {
        try await TestBroker.run { broker in
            let listener = try Listener(broker, from: .new)
            let client = try broker.client()
            for number in 0..<2000 { try client.send(.topic(request: 1, name: "storm.\(number)")) }
            _ = try client.settle()
            let told = try listener.event("topic-created") { $0["more"] != nil }
            let single = listener.seen.count { $0["event"]?.string == "topic-created" && $0["more"] == nil }
            #expect(single < 2000 && (told["more"]?.integer ?? 0) > 0)
            #expect(told["data"] == nil)
        }
    }

    @Test("what a queue has lost is one event a second for each topic and reason, with the count")
    func gaps() async throws {
        try await TestBroker.run { broker in
            let listener = try Listener(broker, from: .new)
            let slow = try broker.client("slow", window: 1)
            let topic = try slow.create("small", [.limit: 1000, .historyBytes: 0]).id
            try slow.subscribe("small")
            for _ in 0..<50 { try slow.publish(topic, String(repeating: "m", count: 100)) }
            _ = try slow.settle()
            let gap = try listener.event("gap")
            #expect(gap["data"]?["topic"]?.string == "small" && gap["data"]?["cause"]?.string == "limit")
            #expect(gap["data"]?["client"]?.integer == Int(slow.id) && gap["data"]?["name"]?.string == "slow")
            #expect((gap["data"]?["messages"]?.integer ?? 0) > 1)
            try listener.event("drops-begun") { $0["data"]?["topic"]?.string == "small" }
        }
    }

    @Test("parked messages are an event, with the topic, how many they are, and why")
    func parked() async throws {
        try await TestBroker.run { broker in
            let listener = try Listener(broker, from: .new)
            let client = try broker.client("worker")
            let topic = try client.topic("jobs")
            try client.subscribe("jobs")
            try client.publishConfirmed(topic, ["1", "2", "3"])
            try client.send(
                .settle(request: 9, Settlement(.park, [1...2], delay: 0, reason: "broken")))
            _ = try client.settle()
            let parked = try listener.event("messages-parked")
            #expect(parked["data"]?["messages"]?.integer == 2 && parked["data"]?["reason"]?.string == "broken")
            #expect(parked["data"]?["first"]?.integer == 1 && parked["data"]?["last"]?.integer == 2)
        }
    }

    @Test("a verdict that lasts is an event, with what it was before")
    func verdicts() async throws {
        try await TestBroker.run { broker in
            let listener = try Listener(broker, from: .new)
            let paused = try broker.client("paused", window: 0)
            let topic = try paused.topic("t")
            try paused.subscribe("t")
            try paused.publishConfirmed(topic, ["1"])
            let event = try listener.event("verdict-changed")
            #expect(event["data"]?["verdict"]?.string == "paused" && event["data"]?["name"]?.string == "paused")
            #expect(event["data"]?["lag_messages"]?.integer == 1)
        }
    }

    @Test("a changed verdict has its evidence, and what the sentence about it needs")
    func evidence() async throws {
        try await TestBroker.run { broker in
            let listener = try Listener(broker, from: .new)
            let reader = try broker.client("reader", window: 2)
            let topic = try reader.topic("t")
            try reader.subscribe("t")
            try reader.publishConfirmed(topic, ["1", "2", "3"])
            try broker.secondPasses()
            broker.clock.advance(seconds: 60)
            let stopped = try listener.event("verdict-changed") { $0["data"]?["verdict"]?.string == "commits stopped" }
            #expect(stopped["data"]?["evidence"]?["topic"]?.string == "t")
            #expect(stopped["data"]?["evidence"]?["sequence"]?.integer == 1)
            #expect(stopped["data"]?["in_flight_messages"]?.integer == 2)
            let other = try broker.client("ops")
            _ = try other.act(.pause, client: reader.id) { $0.reason = "moving house" }
            let paused = try listener.event("verdict-changed") { $0["data"]?["verdict"]?.string == "paused" }
            #expect(paused["data"]?["paused_reason"]?.string == "moving house")
            #expect(paused["data"]?["paused_by"]?.string?.contains("ops") == true)
        }
    }
}
