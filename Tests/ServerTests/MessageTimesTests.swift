import Logging
import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Times that messages ask for")
struct MessageTimesTests {
    /// A message with headers.
    static func message(
        _ topic: UInt32, _ headers: KeyValuePairs<String, String>, _ text: String, key: String? = nil,
        flags: MessageFlags = []
    ) -> ClientFrame {
        var payload = ByteBuffer()
        payload.writeInteger(UInt16(headers.count), endianness: .little)
        for (name, value) in headers {
            payload.writeInteger(UInt16(name.utf8.count), endianness: .little)
            payload.writeString(name)
            payload.writeInteger(UInt32(value.utf8.count), endianness: .little)
            payload.writeString(value)
        }
        payload.writeString(text)
        return .publish(
            Message(
                topicID: topic, flags: flags.union(.headers), key: key.map { ByteBuffer(string: $0) }, payload: payload)
        )
    }

    /// The last characters of the payloads: what follows the headers.
    private static func texts(_ messages: [Message]) -> [Character] { messages.compactMap(\.text.last) }

    @Test("a delayed message is confirmed at once, told as delayed if asked, and delivered when it is due")
    func delay() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.send(Self.message(topic, ["$delay": "2000"], "later", flags: .receipt), .message(topic, "now"))
            let frames = try client.settle()
            #expect(frames.messages.map(\.sequence) == [1] && Self.texts(frames.messages) == ["w"])
            #expect(frames.contains(.receipt(.delayed, publish: 1, topicID: topic, sequence: 0, queues: 1)))
            #expect(frames.compactMap(\.confirmed).last == 2)
            #expect(try client.topicRow("hello")[.delayedMessages] == 1)
            broker.clock.advance(milliseconds: 1999)
            #expect(try client.settle().messages == [])
            broker.clock.advance(milliseconds: 1)
            let message = try #require(try client.deliveries(1).first)
            #expect(message.sequence == 2 && message.flags == .headers && message.timestamp == broker.clock.now)
            #expect(message.text.contains("$delay") && message.text.hasSuffix("later"))
            let row = try client.topicRow("hello")
            #expect(row[.delayedMessages] == 0 && row[.publishedMessages] == 2)
            #expect(try client.clientRow(client.id)[.publishedMessages] == 2)
        }
    }

    @Test("messages come in the order in which they are due, whoever published them", arguments: [1, 4])
    func order(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let reader = try broker.client("reader")
            let topic = try reader.topic("hello")
            try reader.subscribe("hello")
            for (index, delay) in [90_000, 30_000, 60_000, 30_000, 1].enumerated() {
                let writer = try broker.client("writer \(index)")
                try writer.send(Self.message(topic, ["$delay": "\(delay)"], "\(index)"))
                try writer.barrier()
                writer.wire.close()
            }
            #expect(try reader.topicRow("hello")[.delayedMessages] == 5)
            for expected in ["4", "13", "2", "0"] {
                broker.clock.advance(seconds: expected == "4" ? 1 : 30)
                #expect(Self.texts(try reader.deliveries(expected.count)) == Array(expected))
                #expect(try reader.settle().messages == [])
            }
        }
    }

    @Test("a delayed duplicate is found when it is due")
    func duplicate() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", [.deduplicationWindow: 60_000, .deduplicationScope: 1]).id
            try client.subscribe("hello")
            try client.send(
                Self.message(topic, ["$delay": "1000"], "a", key: "k"), .message(topic, "b", key: "k"),
                Self.message(topic, ["$delay": "1001"], "c", key: "l"))
            #expect(Self.texts(try client.settle().messages) == ["b"])
            broker.clock.advance(seconds: 2)
            #expect(Self.texts(try client.deliveries(1)) == ["c"])
            #expect(try client.topicRow("hello")[.duplicateMessages] == 1)
        }
    }

    @Test("delayed messages count against the topic's limit, and publishes that find no room are refused")
    func limit() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", [.limit: 4096, .overflow: 0]).id
            let text = String(repeating: "x", count: 1000)
            for _ in 0..<6 { try client.send(Self.message(topic, ["$delay": "600000"], text)) }
            let frames = try client.settle()
            #expect(frames.compactMap(\.rejected) == [4, 5, 6])
            #expect(Set(frames.compactMap(\.code)) == [.topicFull])
            #expect(try client.topicRow("hello")[.delayedMessages] == 3)
        }
    }

    @Test("what is delayed when its topic or the broker ends is told in the log as lost")
    func lost() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger(.info)) { broker in
            let client = try broker.client()
            // The ids first: CONFIRMs may come ahead of a TOPIC.
            let topics = try ["deleted", "kept"].map { try client.topic($0) }
            for (topic, count) in zip(topics, [2, 3]) {
                for _ in 0..<count { try client.send(Self.message(topic, ["$delay": "600000"], "x")) }
            }
            try client.barrier()
            let request = client.nextRequest()
            try client.send(.deleteTopic(request: request, name: "deleted", incarnation: nil))
            try client.settle()
            try eventually("the loss is told") { !log.lines("delayed messages are lost").isEmpty }
        }
        let lines = log.lines("delayed messages are lost")
        #expect(lines.map { $0.metadata["topic"] } == ["\"deleted\"", "\"kept\""])
        #expect(lines.map { $0.metadata["messages"] } == ["2", "3"])
    }

    @Test("a message whose time is over is not delivered to a reader that comes to it later; it is no gap")
    func expiry() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let early = try broker.client("early")
            let late = try broker.client("late", window: 1)
            for reader in [early, late] { try reader.subscribe("hello") }
            try writer.send(
                .message(topic, "a"), Self.message(topic, ["$expire-after": "1000"], "b"),
                Self.message(topic, ["$expire-after": "5000"], "c"))
            try writer.settle()
            #expect(Self.texts(try early.deliveries(3)) == ["a", "b", "c"])
            #expect(Self.texts(try late.deliveries(1)) == ["a"])
            broker.clock.advance(seconds: 1)
            try late.send(.window(10))
            #expect(Self.texts(try late.settle().messages) == ["c"])
            try late.send(.commit(2))
            try late.settle()
            let row = try writer.topicRow("hello")
            #expect(row[.outlivedMessages] == 1 && row[.expiredMessages] == 0)
            #expect(try writer.clientRow(late.id)[.lagMessages] == 0)
            #expect(try writer.clientRow(late.id)[.gapMessages] == 0)
        }
    }

    @Test("a value that a header cannot have is a REJECT that says what it may be")
    func badValue() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(
                Self.message(topic, ["$delay": "soon"], "x"), Self.message(topic, ["$expire-after": "0"], "x"),
                Self.message(topic, ["$delay": "-1", "$delay": "1"], "x"))
            let frames = try client.settle()
            #expect(frames.compactMap(\.code) == [.badHeaderValue, .badHeaderValue, .badHeaderValue])
            guard case .reject(_, _, let reason)? = frames.first(where: { $0.rejected == 1 }) else { return }
            #expect(reason.contains("'soon'") && reason.contains("'$delay'") && reason.contains("milliseconds"))
        }
    }
}
