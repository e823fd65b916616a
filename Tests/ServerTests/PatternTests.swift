import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Subscribing by pattern")
struct PatternTests {
    @Test(
        "a pattern reads the topics that are there and those to come, these from their first message",
        arguments: [1, 2, 4])
    func existingAndFuture(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let eu = try writer.topic("orders.eu")
            let returns = try writer.topic("returns.eu")
            try writer.publishConfirmed(eu, ["before"])
            let readers = try (0..<4).map { _ in try broker.client() }
            for reader in readers { try reader.subscribe("orders.*") }
            let us = try writer.topic("orders.us")
            let deep = try writer.topic("orders.us.west")
            try writer.send(
                .message(us, "1"), .message(eu, "2"), .message(returns, "no"), .message(deep, "no"), .message(us, "3"))
            try writer.settle()
            for reader in readers { #expect(try reader.settle().payloads == ["1", "2", "3"]) }
        }
    }

    @Test("a tail matches one level or more, and wildcards at the first level pass the broker's own names")
    func tail() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let reader = try broker.client()
            try reader.subscribe(">")
            for name in ["a", "a.b", "a.b.c"] { try writer.publishConfirmed(try writer.topic(name), [name]) }
            #expect(try reader.settle().payloads == ["a", "a.b", "a.b.c"])
        }
    }

    @Test("with start 2 a pattern delivers what every topic keeps, in arrival order")
    func earliest() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topics = try ["a.x", "a.y", "b.x"].map { try writer.topic($0) }
            let order = [0, 2, 1, 1, 0, 2, 0, 1]
            for (number, index) in order.enumerated() { try writer.publishConfirmed(topics[index], ["\(number)"]) }
            let reader = try broker.client()
            try reader.subscribe("a.*", from: .earliest)
            #expect(try reader.settle().payloads == ["0", "2", "3", "4", "6", "7"])
        }
    }

    @Test("overlapping subscriptions deliver a message once, and end when the last that matches does")
    func overlapping() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("orders.eu")
            let reader = try broker.client()
            for pattern in ["orders.eu", "orders.*", "orders.>", ">"] { try reader.subscribe(pattern, from: .earliest) }
            try writer.publishConfirmed(topic, ["1"])
            #expect(try reader.settle().payloads == ["1"])
            let fresh = try writer.topic("orders.us")
            try writer.publishConfirmed(fresh, ["2"])
            #expect(try reader.settle().payloads == ["2"])
            for pattern in ["orders.eu", ">", "orders.*"] { try reader.unsubscribe(pattern) }
            try writer.publishConfirmed(topic, ["3"])
            #expect(try reader.settle().payloads == ["3"])
            try reader.unsubscribe("orders.>")
            try writer.publishConfirmed(topic, ["4"])
            try writer.publishConfirmed(try writer.topic("orders.uk"), ["5"])
            #expect(try reader.settle().payloads == [])
        }
    }

    @Test("a pattern gets no topic created after UNSUBSCRIBE, and every topic created after subscribing again")
    func comeAndGo() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let reader = try broker.client()
            try reader.subscribe("a.>")
            let topic = try writer.topic("a.b")
            try reader.unsubscribe("a.>")
            try writer.publishConfirmed(topic, ["missed"])
            #expect(try reader.settle().payloads == [])
            try reader.subscribe("a.>")
            try writer.publishConfirmed(topic, ["there"])
            #expect(try reader.settle().payloads == ["there"])
        }
    }

    @Test("names of the broker's own are neither created nor asked for, and subscribed to if they exist, or by pattern")
    func reserved() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(
                .topic(request: 1, name: "$zaichik.hares"), .topic(request: 2, name: "$zaichik"),
                .createTopic(request: 3, name: "$zaichik.events", settings: TopicSettingsChange()))
            let errors = try client.barrier()
            #expect(errors.map(\.code) == [.reservedName, .reservedName, .reservedName])
            #expect(errors.map(\.request) == [1, 2, 3])
            try client.send(.subscribe(request: 4, pattern: "$zaichik.hares", from: .new))
            let refused = try client.barrier()
            #expect(refused.map(\.code) == [.reservedName] && refused.map(\.request) == [4])
            #expect(try client.clientRow(client.id)[.subscriptions] == 0)
            try client.subscribe("$zaichik.>", from: .new)
            try client.unsubscribe("$zaichik.hares")
            // What is told meanwhile is not for this client any more.
            try client.unsubscribe("$zaichik.>")
            // Names that only look alike are free for all clients.
            #expect(try client.topic("$zaichiks") > 0)
            #expect(try client.topic("a.$zaichik") > 0)
        }
    }

    @Test("names that look alike and are encoded differently are different topics")
    func lookAlike() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let composed = try client.topic("caf\u{E9}")
            let decomposed = try client.topic("cafe\u{301}")
            #expect(composed != decomposed)
            try client.subscribe("caf\u{E9}")
            try client.subscribe("cafe\u{301}")
            try client.send(.message(composed, "1"), .message(decomposed, "2"))
            #expect(try client.settle().payloads == ["1", "2"])
        }
    }
}
