import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Incarnations of brokers and topics")
struct IncarnationTests {
    /// What a process of the broker says of itself and of a topic.
    private struct Seen: Sendable {
        var broker: UInt64
        var topic: UInt64
        var id: UInt32
    }

    private static func look(_ client: NativeClient, _ name: String) throws -> Seen {
        let request = client.nextRequest()
        try client.send(.topic(request: request, name: name))
        guard case .topic(request, let id, _, let incarnation?) = try client.receive(),
            let broker = client.welcome.incarnation
        else { throw WireError.unexpected("TOPIC and WELCOME carry incarnations") }
        return Seen(broker: broker, topic: incarnation, id: id)
    }

    @Test("WELCOME carries the broker's, which is the same for all its clients, and names all that the broker can do")
    func welcome() async throws {
        try await TestBroker.run { broker in
            let clients = try (0..<3).map { _ in try broker.client() }
            let incarnation = try #require(clients[0].welcome.incarnation)
            #expect(incarnation > 0 && clients.allSatisfy { $0.welcome.incarnation == incarnation })
            let capabilities = clients[0].welcome.capabilities
            #expect(Set(capabilities).isSubset(of: Capability.allCases.map(\.name)))
            #expect(Set(capabilities).count == capabilities.count && clients[0].welcome.has(.incarnations))
        }
    }

    @Test("a topic's is the same wherever a client learns its id: TOPIC, asked and unasked, and CREATE TOPIC")
    func everywhere() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let created = try client.create("hello")
            let incarnation = try #require(created.incarnation)
            #expect(incarnation > 0)
            #expect(try Self.look(client, "hello").topic == incarnation)
            #expect(try client.create("hello").incarnation == incarnation)
            #expect(try client.create("hello", [.retention: 5000]).incarnation == incarnation)
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            try client.publishConfirmed(created.id, ["one"])
            #expect(try reader.receive().incarnation == incarnation)
            #expect(try Self.look(client, "other").topic != incarnation)
        }
    }

    @Test("another process of the broker has another one, topics of its own, and knows none of the earlier one's ids")
    func otherProcess() async throws {
        var seen: [Seen] = []
        for _ in 0..<2 {
            let earlier = seen.first
            let (box, stream) = AsyncStream.makeStream(of: Seen.self)
            try await TestBroker.run { broker in
                let client = try broker.client()
                stream.yield(try Self.look(client, "hello"))
                guard let earlier else { return }
                let frames = try client.publishConfirmed(earlier.id, ["to the earlier topic"])
                #expect(frames.compactMap(\.code) == [.unknownTopic])
                #expect(try client.topicRow("hello")[.headSequence] == 0)
                try client.send(
                    .subscribe(request: 9, pattern: "hello", from: .sequence(6), incarnation: earlier.topic))
                #expect(try client.settle().map(\.code) == [.otherIncarnation])
            }
            stream.finish()
            for await value in box { seen.append(value) }
        }
        #expect(seen[0].broker != seen[1].broker)
        #expect(seen[0].topic != seen[1].topic)
        #expect(seen[0].id != seen[1].id)
    }

    @Test(
        "a start under the topic's own incarnation is as without it", arguments: [StartPosition.sequence(2), .earliest])
    func same(start: StartPosition) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let seen = try Self.look(client, "hello")
            try client.publishConfirmed(seen.id, ["1", "2", "3"])
            try client.subscribe("hello", from: start, incarnation: seen.topic)
            #expect(try client.payloads(2) == (start == .earliest ? ["1", "2"] : ["2", "3"]))
            try client.settle()
            // Again the same: nothing changes.
            try client.subscribe("hello", from: start, incarnation: seen.topic)
            #expect(try client.settle() == [])
        }
    }

    @Test("a start under another incarnation is an error and changes nothing: no topic, no subscription")
    func other() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let seen = try Self.look(client, "hello")
            try client.publishConfirmed(seen.id, ["1"])
            for (name, start) in [("hello", StartPosition.sequence(1)), ("new", .sequence(1)), ("hello", .earliest)] {
                try client.send(.subscribe(request: 70, pattern: name, from: start, incarnation: seen.topic ^ 1))
                let frames = try client.settle()
                #expect(frames.map(\.code) == [.otherIncarnation] && frames.map(\.request) == [70])
            }
            #expect(try client.topics().rows.map(\.name) == ["hello"])
            #expect(try client.clientRow(client.id)[.subscriptions] == 0)
            // A subscription that is there stays, and so does its place.
            try client.subscribe("hello", from: .earliest)
            #expect(try client.payloads(1) == ["1"])
            try client.send(.subscribe(request: 71, pattern: "hello", from: .sequence(1), incarnation: 1))
            #expect(try client.settle().map(\.code) == [.otherIncarnation])
            #expect(try client.publishConfirmed(seen.id, ["2"]).payloads == ["2"])
        }
    }

    @Test("a pattern has no incarnation")
    func pattern() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(.subscribe(request: 5, pattern: "a.*", from: .earliest, incarnation: 7))
            let frames = try client.settle()
            #expect(frames.map(\.code) == [.badArgument] && frames.map(\.request) == [5])
        }
    }
}
