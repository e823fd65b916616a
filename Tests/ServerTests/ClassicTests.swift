import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("The classic dialect over a socket")
struct ClassicTests {
    typealias Delivery = ClassicClient.Delivery

    @Test(
        "echo: a client that subscribes and publishes gets its own message back, and no other bytes", arguments: [1, 2])
    func echo(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.classic()
            try client.send(
                .subscribe(topic: "Зайцы"), .message("Зайцы", "message", key: "secret"), .message("Зайцы", "", key: ""),
                .message("Зайцы", "plain"))
            #expect(
                try client.consume(3) == [
                    Delivery("Зайцы", "message", key: "secret"), Delivery("Зайцы", "", key: ""),
                    Delivery("Зайцы", "plain"),
                ])
            client.wire.halfClose()
            #expect(try client.receive() == nil)
        }
    }

    @Test("two clients: messages published after the client connected and before it subscribed are delivered")
    func twoClients() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.classic()
            try writer.send(.message("hello", "before"))
            try broker.until(topic: "hello", has: 1)
            let reader = try broker.classic()
            try broker.until(connections: 2)
            for number in 1...100 { try writer.send(.message("hello", "\(number)")) }
            try broker.until(topic: "hello", has: 101)
            try reader.send(.subscribe(topic: "hello"))
            #expect(try reader.consume(100).map(\.payload) == (1...100).map { "\($0)" })
            #expect(reader.hasNothing)
        }
    }

    @Test("a window of one: one delivery, then silence until Commit")
    func window() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(.subscribe(topic: "hello"))
            for number in 1...4 { try client.send(.message("hello", "\(number)")) }
            #expect(try client.receive()?.payload == "1")
            try broker.until(topic: "hello", has: 4)
            #expect(client.hasNothing)
            try client.send(.commit)
            #expect(try client.receive()?.payload == "2")
            #expect(client.hasNothing)
        }
    }

    @Test("Commit is a permit, not a count: with no delivery in flight it has no effect")
    func permit() async throws {
        try await TestBroker.run(loops: 1) { broker in
            let client = try broker.classic()
            try client.send(.subscribe(topic: "hello"), .commit, .commit, .commit, .commit, .commit)
            for number in 1...4 { try client.send(.message("hello", "\(number)")) }
            #expect(try client.receive()?.payload == "1")
            try broker.until(topic: "hello", has: 4)
            #expect(client.hasNothing)
        }
    }

    @Test("k Commits in one segment release k more, each before the next is looked at", arguments: [1, 2])
    func severalCommits(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.classic()
            try client.send(.subscribe(topic: "hello"), .subscribe(topic: "other"))
            for number in 1...10 { try client.send(.message(number % 2 == 0 ? "hello" : "other", "\(number)")) }
            #expect(try client.receive()?.payload == "1")
            try broker.until(topic: "hello", has: 5)
            try client.send(.commit, .commit, .commit, .commit)
            for number in 2...5 { #expect(try client.receive()?.payload == "\(number)") }
            try broker.settle()
            #expect(client.hasNothing)
        }
    }

    @Test("subscribing twice has no effect, and neither has unsubscribing from a topic that was not subscribed to")
    func twice() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(
                .subscribe(topic: "hello"), .subscribe(topic: "hello"), .unsubscribe(topic: "never"),
                .message("hello", "1"), .subscribe(topic: "hello"), .message("hello", "2"))
            #expect(try client.consume(2).map(\.payload) == ["1", "2"])
            try broker.settle()
            #expect(client.hasNothing)
            try client.send(.unsubscribe(topic: "hello"), .message("hello", "3"))
            try broker.until(topic: "hello", has: 3)
            #expect(client.hasNothing)
        }
    }

    @Test("a second topic subscribed to while a delivery is outstanding waits for the Commit")
    func secondTopic() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(.subscribe(topic: "a"), .message("a", "1"), .message("b", "2"))
            #expect(try client.receive()?.payload == "1")
            try client.send(.subscribe(topic: "b"), .unsubscribe(topic: "a"), .subscribe(topic: "a"))
            try broker.until(topic: "b", has: 1)
            try broker.settle()
            #expect(client.hasNothing)
            try client.send(.commit)
            #expect(try client.receive() == Delivery("b", "2"))
        }
    }

    @Test("a later subscription gets the messages ahead of the queue, and none that it has passed")
    func passedOver() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(
                .subscribe(topic: "a"), .message("b", "passed"), .message("a", "1"), .message("b", "ahead"),
                .message("a", "2"))
            #expect(try client.receive()?.payload == "1")
            try client.send(.subscribe(topic: "b"), .commit)
            #expect(try client.consume(2) == [Delivery("b", "ahead"), Delivery("a", "2")])
            try broker.settle()
            #expect(client.hasNothing)
        }
    }

    @Test("retention is judged when the message is about to be delivered, and gaps are not told")
    func retention() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(
                .createTopic(name: "hello", retention: 5000, deduplicationWindow: 0), .subscribe(topic: "hello"),
                .message("hello", "1"), .message("hello", "2"), .message("hello", "3"))
            #expect(try client.receive()?.payload == "1")
            try broker.until(topic: "hello", has: 3)
            broker.clock.advance(milliseconds: 5001)
            try client.send(.commit, .message("hello", "4"))
            #expect(try client.consume(1).map(\.payload) == ["4"])
        }
    }

    @Test("CreateTopic again replaces the settings for queued messages too; Subscribe and Publish never reset them")
    func createAgain() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(
                .createTopic(name: "hello", retention: 60_000, deduplicationWindow: 7000), .subscribe(topic: "hello"),
                .message("hello", "1"), .message("hello", "2"))
            #expect(try client.receive()?.payload == "1")
            try broker.until(topic: "hello", has: 2)
            let settings = try broker.client().topicRow("hello").settings
            #expect(settings.retention == 60_000)
            #expect(settings.deduplicationWindow == 7000)
            broker.clock.advance(milliseconds: 5001)
            try client.send(
                .createTopic(name: "hello", retention: 5000, deduplicationWindow: 0), .commit, .message("hello", "3"))
            #expect(try client.consume(1).map(\.payload) == ["3"])
        }
    }

    @Test(
        "a key that was delivered within the window is dropped; no key never, the empty key is one, topics do not mix")
    func deduplication() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(
                .createTopic(name: "a", retention: 0, deduplicationWindow: 10_000),
                .createTopic(name: "b", retention: 0, deduplicationWindow: 10_000), .subscribe(topic: "a"),
                .subscribe(topic: "b"), .message("a", "1", key: "k"), .message("a", "no", key: "k"),
                .message("b", "2", key: "k"), .message("a", "3"), .message("a", "4"), .message("a", "5", key: ""),
                .message("a", "no", key: ""), .message("a", "6", key: "l"))
            #expect(try client.consume(6).map(\.payload) == ["1", "2", "3", "4", "5", "6"])
            broker.clock.advance(milliseconds: 9999)
            try client.send(.message("a", "no", key: "k"), .message("a", "7"))
            #expect(try client.consume(1).map(\.payload) == ["7"])
            broker.clock.advance(milliseconds: 1)
            try client.send(.message("a", "8", key: "k"))
            #expect(try client.consume(1).map(\.payload) == ["8"])
        }
    }

    @Test("disconnecting drops the queue: an uncommitted delivery is not repeated to a later connection")
    func disconnect() async throws {
        try await TestBroker.run { broker in
            let first = try broker.classic()
            try first.send(.subscribe(topic: "hello"), .message("hello", "1"), .message("hello", "2"))
            #expect(try first.receive()?.payload == "1")
            try broker.until(topic: "hello", has: 2)
            first.wire.close()
            let second = try broker.classic()
            try broker.until(connections: 1)
            try second.send(.subscribe(topic: "hello"), .message("hello", "3"))
            #expect(try second.consume(1).map(\.payload) == ["3"])
        }
    }

    @Test("half-closing after publishing loses no message that was sent")
    func halfClose() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader", window: 10_000)
            try reader.subscribe("hello")
            let writer = try broker.classic()
            try writer.wire.send(ClassicClient.bytes((1...2000).map { .message("hello", "\($0)") }))
            writer.wire.halfClose()
            #expect(try writer.receive() == nil)
            #expect(try reader.payloads(2000) == (1...2000).map { "\($0)" })
        }
    }

    @Test("after CloseConnection the client reads the end of the stream, and later publishes are ignored")
    func closeConnection() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(.message("hello", "1"), .closeConnection, .message("hello", "2"))
            #expect(try client.receive() == nil)
            #expect(try broker.client().topicRow("hello")[.headSequence] == 1)
        }
    }
}
