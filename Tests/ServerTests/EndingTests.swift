import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("The end of a native connection")
struct EndingTests {
    @Test("CLOSE is answered after all that came before it, then GOODBYE and the end of the stream")
    func close() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(
                .message(topic, "one"), .message(99, "lost"), .message(topic, "two", flags: .receipt), .ping(8), .close)
            let frames = try client.receiveAll()
            #expect(frames.compactMap(\.code) == [.unknownTopic, .closedByClient])
            #expect(frames.last?.code == .closedByClient)
            #expect(frames.contains(.receipt(.accepted, publish: 3, topicID: topic, sequence: 2, queues: 0)))
            #expect(frames.contains(.confirm(3)))
            #expect(frames.contains(.pong(8)))
        }
    }

    @Test("CLOSE is answered after lists and details that other loops have to be asked for", arguments: [1, 4])
    func closeAfterLists(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client()
            try client.send(
                .listClients(request: 1, query: ClientQuery()), .inspectClient(request: 2, id: client.id), .close)
            let frames = try client.receiveAll()
            #expect(frames.compactMap(\.request) == [1, 2])
            #expect(frames.last?.code == .closedByClient)
        }
    }

    @Test("a client that half-closes gets the lists that it asked for")
    func listsAfterHalfClose() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let client = try broker.client()
            try client.send(.listClients(request: 1, query: ClientQuery()), .inspectClient(request: 2, id: client.id))
            client.wire.halfClose()
            #expect(try client.receiveAll().compactMap(\.request) == [1, 2])
        }
    }

    @Test("a PONG follows the lists that were asked for before its PING", arguments: [1, 4])
    func barrierAfterLists(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client()
            try client.send(
                .listClients(request: 1, query: ClientQuery()), .ping(71),
                .inspectClient(request: 2, id: client.id), .ping(72))
            let frames = try client.receive { $0 == .pong(72) }
            #expect(frames.map { $0.request ?? 0 } == [1, 0, 2, 0])
        }
    }

    @Test("frames after CLOSE are ignored")
    func behindClose() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(.close, .topic(request: 1, name: "late"))
            _ = try client.receiveAll()
            let other = try broker.client()
            try other.send(.listTopics(request: 1, query: TopicQuery()))
            guard case .topics(_, let page, _) = try other.receive() else { throw WireError.unexpected("no rows") }
            #expect(page.matching == 0)
        }
    }

    @Test("a client that half-closes after publishing loses no message and gets what it is owed")
    func halfClose() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader", window: 5000)
            try reader.subscribe("hello")
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.send(NativeClient.bytes((1...3000).map { .message(topic, "m\($0)") }) + [12, 0, 0])
            client.wire.halfClose()
            let frames = try client.receiveAll()
            #expect(frames.payloads == (1...1000).map { "m\($0)" })
            #expect(frames.contains(.confirm(3000)))
            #expect(try reader.payloads(3000) == (1...3000).map { "m\($0)" })
        }
    }

    @Test("a client that half-closes gets many megabytes of deliveries up to the last one")
    func halfCloseWithMuchOwed() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 1000, receiveBuffer: 64 << 10)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            let writer = try broker.client("writer")
            let payload = String(repeating: "m", count: 32 << 10)
            for _ in 0..<4 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 100)) }
            client.wire.halfClose()
            #expect(try client.receiveAll().payloads.count == 400)
        }
    }

    @Test("CLOSE loses none of the bytes that were sent, however slowly the client reads them")
    func closeWithMuchSent() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 1000, receiveBuffer: 64 << 10)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            let writer = try broker.client("writer")
            let payload = String(repeating: "m", count: 32 << 10)
            for _ in 0..<4 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 100)) }
            try client.send(.close)
            try #require(try client.receive().introduces(topic, "hello"))
            // More than the second in which the broker still reads: a client may be slow to the end.
            try await Task.sleep(for: .milliseconds(1300))
            let frames = try client.receiveAll()
            #expect(frames.last?.code == .closedByClient)
            #expect(frames.messages.map(\.sequence) == (1...UInt64(frames.count - 1)).map { $0 })
        }
    }

    @Test("the queue of a client that vanishes is gone, and its deliveries in flight reach no other client")
    func vanish() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let first = try broker.client("first")
            try first.subscribe("hello")
            try writer.publishConfirmed(topic, ["one"])
            #expect(try first.payloads(1) == ["one"])
            first.wire.close()
            let second = try broker.client("second")
            try second.subscribe("hello")
            try writer.publishConfirmed(topic, ["two"])
            #expect(try second.payloads(1) == ["two"])
            try eventually("the first client to be gone") {
                try writer.send(.listClients(request: 1, query: ClientQuery()))
                guard case .clients(_, let page, _) = try writer.receive() else { return false }
                return Set(page.rows.map(\.name)) == ["writer", "second"]
            }
        }
    }

    @Test(
        "the queue of a client that ends is gone at once, and makes room for the client's own publishes",
        arguments: [true, false])
    func roomOfItsOwn(isClose: Bool) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 1000)
            let topic = try client.create("hello", [.limit: 2000, .historyBytes: 0, .overflow: 2]).id
            try client.subscribe("hello")
            let payload = String(repeating: "x", count: 100)
            try client.send(NativeClient.bytes((1...20).map { _ in .message(topic, payload) }))
            _ = try client.receive { $0.blocked == true }
            if isClose { try client.send(.close) } else { client.wire.halfClose() }
            let frames = try client.receiveAll()
            #expect(frames.compactMap(\.rejected) == [])
            #expect(frames.compactMap(\.confirmed).last == 20)
            let other = try broker.client("other")
            #expect(try other.topicRow("hello")[.headSequence] == 20)
            #expect(try other.topicRow("hello")[.heldBytes] == 0)
        }
    }
}
