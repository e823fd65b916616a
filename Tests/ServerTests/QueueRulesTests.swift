import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Rules of docs/PROTOCOL.md about queues that outlive their connections")
struct QueueRulesTests {
    private static let loops = [1, 4]

    /// What a client was told of its queue, a line a frame.
    private static func told(_ frames: [BrokerFrame]) -> [String] {
        frames.compactMap { frame in
            switch frame {
            case .deliver(let message): message.text
            case .redelivery(let again): "\(again.sequence) again: \(again.attempt), \(again.cause), '\(again.reason)'"
            case .gap(let reason, _, let first, let last): "gap \(reason) \(first) to \(last)"
            case .topicGone: "gone"
            case .ok: "OK"
            case .error, .goodbye: frame.code?.name
            default: nil
            }
        }
    }

    /// Publishes numbers as texts.
    private static func publish(_ client: NativeClient, _ topic: UInt32, _ numbers: ClosedRange<Int>) throws {
        try client.publishConfirmed(topic, numbers.map { "\($0)" })
    }

    private static func subscribe(
        _ client: NativeClient, _ pattern: String, _ start: StartPosition, options: SubscribeOptions = [],
        fallback: StartPosition? = nil
    ) throws -> BrokerFrame {
        let request = client.nextRequest()
        try client.send(
            .subscribe(request: request, pattern: pattern, from: start, options: options, fallback: fallback))
        return try client.receive { $0.request == request }.last!
    }

    @Test("a client attached to a session that it deletes gets GOODBYE in place of OK")
    func deletesItself() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(session: "burrow")
            try client.send(.deleteSession(request: 7, name: "burrow"))
            #expect(Self.told(try client.receiveAll()).last == "session-deleted")
        }
    }

    // MARK: Returned messages

    @Test("subscribing to the same text again has no effect, whatever start it has")
    func again() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try Self.publish(client, topic, 1...2)
            _ = try Self.subscribe(client, "hello", .session, fallback: .earliest)
            #expect(try client.settle().payloads == ["1", "2"])
            for start in [StartPosition.earliest, .session, .sequence(1)] {
                #expect(try Self.subscribe(client, "hello", start).code == nil)
                #expect(try client.settle() == [])
            }
            try Self.publish(client, topic, 3...3)
            #expect(try client.settle().payloads == ["3"])
        }
    }

    // MARK: Topics that go

    @Test("a session that was away is told of a deleted topic when a connection attaches", arguments: loops)
    func deletedMeanwhile(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let first = try broker.client(session: "burrow")
            try first.subscribe("hello")
            try Self.publish(writer, topic, 1...3)
            #expect(try first.payloads(3).count == 3)
            try first.send(.close)
            _ = try first.receiveAll()
            try broker.until(absent: "burrow")
            try writer.send(.deleteTopic(request: 70, name: "hello"))
            #expect(try writer.receive { $0.request == 70 }.last == .ok(request: 70, detail: ByteBuffer()))
            let row = try writer.sessionRow("burrow")
            #expect(row[.lagMessages] == 0 && row[.parkedMessages] == 0 && row[.gapMessages] == 3)
            let second = try broker.client(session: "burrow")
            #expect(Self.told(try second.settle()).last == "gone")
        }
    }
}
