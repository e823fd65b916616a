import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("A session's own limit of lag")
struct SessionLimitTests {
    private static func gaps(_ frames: [BrokerFrame]) -> [BrokerFrame.Gap] { frames.compactMap(\.gap) }

    @Test(
        "it skips ahead while it is absent, and tells the gap when it is back; others lose nothing", arguments: [1, 4])
    func skips(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", [.lagMessages: 10])
            try client.subscribe("hello")
            let other = try broker.client("other")
            try other.subscribe("hello")
            client.wire.close()
            try broker.until(absent: "burrow")
            try writer.publishConfirmed(topic, (1...25).map { "\($0)" })
            try eventually("the session to skip") { try writer.sessionRow("burrow")[.lagMessages] == 10 }
            #expect(try writer.sessionRow("burrow")[.gapMessages] == 15)
            let again = try broker.client(session: "burrow")
            let frames = try again.receive { $0.message?.text == "25" }
            #expect(Self.gaps(frames) == [BrokerFrame.Gap(reason: .limit, first: 1, last: 15)])
            #expect(frames.payloads == (16...25).map { "\($0)" })
            #expect(try other.payloads(25).count == 25)
            #expect(try writer.topicRow("hello")[.droppedMessages] == 0)
        }
    }

    @Test("it skips what is pending while a client sits on its window, and what is in flight stays in flight")
    func attached() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", window: 5, [.lagMessages: 10])
            try client.subscribe("hello")
            try writer.publishConfirmed(topic, (1...40).map { "\($0)" })
            #expect(try client.payloads(5) == (1...5).map { "\($0)" })
            let gap = try client.receive { $0.gap != nil }.last
            #expect(gap?.gap == BrokerFrame.Gap(reason: .limit, first: 6, last: 35))
            try client.send(.commit(5))
            #expect(try client.payloads(5) == (36...40).map { "\($0)" })
            try client.send(.commit(10))
            try client.settle()
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 0)
        }
    }

    @Test("over several topics the oldest go, in the order in which they arrived")
    func severalTopics() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topics = try (0..<3).map { try writer.topic("hello.\($0)") }
            let client = try broker.client(session: "burrow", [.lagMessages: 7])
            try client.subscribe("hello.>")
            client.wire.close()
            try broker.until(absent: "burrow")
            for number in 0..<30 { try writer.publishConfirmed(topics[number % 3], ["\(number)"]) }
            try eventually("the session to skip") { try writer.sessionRow("burrow")[.lagMessages] == 7 }
            let again = try broker.client(session: "burrow")
            let frames = try again.receive { $0.message?.text == "29" }
            #expect(frames.payloads == (23..<30).map { "\($0)" })
            #expect(Self.gaps(frames).reduce(0) { $0 + $1.last - $1.first + 1 } == 23)
        }
    }

    @Test("a run that is larger than the limit is cut to the message")
    func longRun() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", [.lagBytes: 10_000])
            try client.subscribe("hello")
            client.wire.close()
            try broker.until(absent: "burrow")
            let text = String(repeating: "m", count: 968)
            try writer.publishConfirmed(topic, (0..<50).map { _ in text })
            try eventually("the session to skip") { try writer.sessionRow("burrow")[.lagBytes] <= 10_000 }
            let row = try writer.sessionRow("burrow")
            #expect(row[.lagBytes] > 9000 && row[.lagMessages] + row[.gapMessages] == 50)
        }
    }

    @Test("with disconnect its connections end with lag-limit, and it skips once nobody is there")
    func disconnects() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", window: 5, [.lagMessages: 10, .lagOverflow: 1])
            try client.subscribe("hello")
            try writer.publishConfirmed(topic, (1...40).map { "\($0)" })
            let farewell = try client.receiveAll().last
            guard case .goodbye(ErrorCode.lagLimit.rawValue, let reason)? = farewell else {
                throw WireError.unexpected("no GOODBYE came")
            }
            #expect(reason.contains("40 messages") && reason.contains("limit is 10"))
            try eventually("the session to skip") { try writer.sessionRow("burrow")[.lagMessages] == 10 }
        }
    }
}
