import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Where a subscription starts")
struct StartTests {
    /// A broker with ten messages in a topic, one a second.
    private func withTen(
        _ body: @Sendable (TestBroker, _ writer: NativeClient, _ topic: UInt32) throws -> Void
    ) async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            for number in 1...10 {
                try writer.publishConfirmed(topic, ["\(number)"])
                broker.clock.advance(seconds: 1)
            }
            try body(broker, writer, topic)
        }
    }

    @Test("start 0: from now on")
    func new() async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try reader.subscribe("hello", from: .new)
            try writer.publishConfirmed(topic, ["11"])
            #expect(try reader.settle().payloads == ["11"])
        }
    }

    @Test("start 1: from the connection's accept on, if nothing was delivered yet")
    func connection() async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try writer.publishConfirmed(topic, ["11", "12"])
            try reader.subscribe("hello", from: .connection)
            try writer.publishConfirmed(topic, ["13"])
            #expect(try reader.settle().payloads == ["11", "12", "13"])
        }
    }

    @Test("start 1: messages ahead of the queue are delivered, and none that it has passed")
    func connectionPassed() async throws {
        try await withTen { broker, writer, hello in
            let other = try writer.topic("other")
            let reader = try broker.client(window: 1)
            try reader.subscribe("other", from: .connection)
            try writer.send(
                .message(hello, "passed"), .message(other, "a"), .message(hello, "ahead"), .message(other, "b"))
            try writer.settle()
            #expect(try reader.payloads(1) == ["a"])
            try reader.subscribe("hello", from: .connection)
            try reader.send(.commit(1), .commit(1), .window(10))
            #expect(try reader.payloads(2) == ["ahead", "b"])
            #expect(try reader.settle().payloads == [])
        }
    }

    @Test("start 2: from the earliest message kept")
    func earliest() async throws {
        try await withTen { broker, _, _ in
            let reader = try broker.client()
            try reader.subscribe("hello", from: .earliest)
            #expect(try reader.settle().payloads == (1...10).map { "\($0)" })
        }
    }

    @Test("start 3: from a sequence on; beyond the head it waits", arguments: [UInt64(0), 1, 7, 10, 11, 13])
    func sequence(start: UInt64) async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try reader.subscribe("hello", from: .sequence(start))
            for number in 11...15 { try writer.publishConfirmed(topic, ["\(number)"]) }
            #expect(try reader.settle().payloads == (max(start, 1)...15).map { "\($0)" })
        }
    }

    @Test("start 3: a sequence far beyond the head delivers no message")
    func sequenceAtTheEnd() async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try reader.subscribe("hello", from: .sequence(.max))
            try writer.publishConfirmed(topic, ["11"])
            #expect(try reader.settle() == [])
        }
    }

    @Test("start 3: below the earliest kept, a GAP comes first")
    func sequenceGone() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyBytes: 16 << 10]).id
            let payload = String(repeating: "m", count: 1000)
            for _ in 0..<10 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 20)) }
            let reader = try broker.client()
            try reader.subscribe("hello", from: .sequence(3))
            let frames = try reader.settle()
            #expect(frames.first?.introduces(topic, "hello") == true)
            let earliest = try #require(frames.messages.first).sequence
            #expect(earliest > 100)
            #expect(frames.dropFirst().first == .gap(.expired, topicID: topic, first: 3, last: earliest - 1))
            #expect(frames.messages.map(\.sequence) == Array(earliest...200))
        }
    }

    @Test("start 4: the first message at or after a time")
    func time() async throws {
        try await withTen { broker, writer, topic in
            let last = broker.clock.now - 1_000_000
            for (time, first) in [(0, 1), (last - 3_000_000, 7), (last - 2_999_999, 8), (last, 10), (last + 1, 11)] {
                let reader = try broker.client()
                try reader.subscribe("hello", from: .time(time))
                let payloads = try reader.settle().payloads
                #expect(payloads == (1...10).map { "\($0)" }.suffix(11 - first), "\(time)")
            }
        }
    }

    @Test("start 4: a time in the future is waited for, and what comes before it is neither lag nor lost")
    func timeToCome() async throws {
        try await withTen { broker, writer, topic in
            let never = try broker.client("never")
            try never.subscribe("hello", from: .time(.max))
            let time = broker.clock.now + 5_000_000
            let readers = try (0..<2).map { try broker.client("reader", window: UInt32($0 * 10)) }
            for reader in readers { try reader.subscribe("hello", from: .time(time)) }
            for number in 11...20 {
                try writer.publishConfirmed(topic, ["\(number)"])
                let row = try writer.clientRow(readers[0].id)
                #expect(row[.lagMessages] == UInt64(max(number - 15, 0)))
                #expect(row[.gapMessages] == 0)
                broker.clock.advance(seconds: 1)
            }
            try readers[0].send(.window(10))
            for reader in readers {
                let frames = try reader.settle()
                #expect(frames.payloads == (16...20).map { "\($0)" })
                #expect(frames.compactMap(\.gap) == [])
            }
            #expect(try never.settle() == [])
            #expect(try writer.clientRow(never.id)[.lagMessages] == 0)
        }
    }

    @Test("start 4: what is dropped after the time that was waited for is told, and what was before it is not")
    func droppedAfterTheTime() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 100, .historyBytes: 0]).id
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello", from: .time(broker.clock.now + 1_000_000))
            let payload = String(repeating: "m", count: 60)
            for _ in 0..<3 { try writer.publishConfirmed(topic, [payload]) }
            broker.clock.advance(seconds: 1)
            for _ in 0..<3 { try writer.publishConfirmed(topic, [payload]) }
            let row = try writer.clientRow(reader.id)
            #expect(row[.gapMessages] == 2 && row[.lagMessages] == 1)
            try reader.send(.window(10))
            let frames = try reader.settle()
            let gaps = frames.compactMap(\.gap)
            #expect(gaps.first?.first == 4 && gaps.last?.last == 5)
            #expect(frames.messages.map(\.sequence) == [6])
            try reader.unsubscribe("hello")
            try reader.subscribe("hello", from: .time(.max))
            try reader.unsubscribe("hello")
        }
    }

    @Test("start 4: with a pattern, a time in the future is waited for in topics that are there")
    func timeToComeByPattern() async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try reader.subscribe("*", from: .time(broker.clock.now + 1_000_000))
            try writer.publishConfirmed(topic, ["11"])
            let fresh = try writer.topic("fresh")
            try writer.publishConfirmed(fresh, ["first"])
            broker.clock.advance(seconds: 1)
            try writer.publishConfirmed(topic, ["12"])
            #expect(try reader.settle().payloads == ["first", "12"])
        }
    }

    @Test("the OK of SUBSCRIBE precedes the first delivery, which TOPIC precedes")
    func order() async throws {
        try await withTen { broker, _, topic in
            let reader = try broker.client()
            try reader.send(.subscribe(request: 5, pattern: "hello", from: .earliest))
            let frames = try reader.settle()
            #expect(frames[0] == .ok(request: 5, detail: ByteBuffer()))
            #expect(frames[1].introduces(topic, "hello"))
            #expect(frames.dropFirst(2).allSatisfy { $0.message != nil })
            #expect(frames.count == 12)
        }
    }

    @Test("subscribing again by the same name is answered and has no other effect")
    func again() async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try reader.subscribe("hello", from: .new)
            try reader.subscribe("hello", from: .earliest)
            try writer.publishConfirmed(topic, ["11"])
            #expect(try reader.settle().payloads == ["11"])
            try reader.unsubscribe("hello")
            try writer.publishConfirmed(topic, ["12"])
            #expect(try reader.settle().payloads == [])
        }
    }

    @Test("subscribing to a name that does not exist creates the topic")
    func creates() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client()
            try reader.subscribe("fresh")
            let writer = try broker.client()
            let created = try writer.create("fresh")
            #expect(created.outcome == .unchanged)
            try writer.publishConfirmed(created.id, ["one"])
            #expect(try reader.settle().payloads == ["one"])
        }
    }

    @Test("start 1 skips no message when the one delivered last has left its log")
    func connectionAfterTrim() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let hello = try writer.create("hello", [.historyBytes: 0]).id
            let other = try writer.topic("other")
            let reader = try broker.client(window: 1000)
            try reader.subscribe("hello", from: .connection)
            try writer.publishConfirmed(hello, ["last delivered"])
            #expect(try reader.payloads(1) == ["last delivered"])
            try reader.send(.commit(1))
            try reader.settle()
            try reader.unsubscribe("hello")
            // In turn, so that a segment of the one spans much of the other in arrival order.
            for number in 1...200 {
                try writer.publishConfirmed(other, ["\(number)"])
                try writer.publishConfirmed(hello, [String(repeating: "x", count: 1000)])
            }
            try reader.subscribe("other", from: .connection)
            #expect(try reader.settle().payloads == (1...200).map { "\($0)" })
        }
    }

    @Test("a second subscription does not skip messages that a pattern owes", arguments: [1, 2, 4])
    func secondSubscription(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let reader = try broker.client("reader", window: 100)
            try reader.subscribe("new.*")
            // In one write: the topic is created, published to, and subscribed to from now on.
            try reader.send(.topic(request: 70, name: "mark"))
            guard case .topic(70, let mark, _, _)? = try reader.receive(until: { $0.request == 70 }).last else {
                return
            }
            for round in 1...50 {
                let name = "new.\(round)"
                // Its id is known beforehand: ids are given in order.
                let id = mark + UInt32(round)
                try reader.send(
                    .topic(request: 71, name: name), .message(id, "1"), .message(id, "2"),
                    .subscribe(request: 72, pattern: name, from: .new), .message(id, "3"))
                #expect(try reader.receive { $0.message?.text == "3" }.payloads == ["1", "2", "3"], "\(name)")
                try reader.send(.commit(UInt64(round * 3)))
            }
        }
    }

    @Test("a topic that another client creates and publishes to is read from its first message", arguments: [2, 4])
    func creationRace(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let reader = try broker.client("reader", window: 10_000)
            try reader.subscribe("race.>")
            let writers = (0..<2).map { number in
                Worker {
                    let writer = try broker.client("writer")
                    for round in 0..<50 {
                        let topic = try writer.topic("race.\(round)")
                        try writer.publish(topic, "\(number)", "\(number)", flags: .unconfirmed)
                    }
                    try writer.barrier()
                }
            }
            try reader.send(
                NativeClient.bytes(
                    (0..<50).map { .subscribe(request: UInt32($0 + 100), pattern: "race.\($0)", from: .new) }))
            for writer in writers { try writer.join() }
            try reader.settle()
            let rows = try reader.detail(reader.id).detail.topics
            #expect(rows.count == 50)
            for row in rows {
                #expect(row[.lagMessages] == 4 && row[.nextSequence] == 5, "\(row.topic)")
            }
        }
    }

    @Test("start 6: the last so many that are kept, without a gap", arguments: [UInt64(0), 1, 4, 10, 11, .max])
    func last(count: UInt64) async throws {
        try await withTen { broker, writer, topic in
            let reader = try broker.client()
            try reader.subscribe("hello", from: .last(count))
            try writer.publishConfirmed(topic, ["11"])
            #expect(try reader.settle().payloads == ((1...10).suffix(Int(clamping: count)) + [11]).map { "\($0)" })
        }
    }

    @Test("start 6: of each topic that a pattern matches; topics that it meets later from their first message")
    func lastOfPattern() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            for name in ["a.1", "a.2", "b.1"] {
                try writer.publishConfirmed(try writer.topic(name), (1...5).map { "\(name).\($0)" })
            }
            let reader = try broker.client()
            try reader.subscribe("a.*", from: .last(2))
            try writer.publishConfirmed(try writer.topic("a.3"), ["a.3.1", "a.3.2", "a.3.3"])
            let payloads = try reader.settle().payloads
            #expect(payloads == ["a.1.4", "a.1.5", "a.2.4", "a.2.5", "a.3.1", "a.3.2", "a.3.3"])
        }
    }

    @Test("start 7: the last message of each key that is kept, all without a key, and then everything")
    func lastOfEachKey() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            for number in 1...5000 {
                try writer.send(.message(topic, "\(number)", key: number % 1000 == 0 ? nil : "k\(number % 50)"))
            }
            try writer.settle()
            let reader = try broker.client(window: 10_000)
            try reader.subscribe("hello", from: .lastOfEachKey)
            try writer.send(.message(topic, "5001", key: "k1"), .message(topic, "5002", key: "k1"))
            try writer.settle()
            let keyed = (4950...4999).map { $0 }
            #expect(
                try reader.settle().payloads
                    == ([1000, 2000, 3000, 4000] + keyed + [5000, 5001, 5002]).map { "\($0)" })
        }
    }

    @Test("start 5 falls back to another start if there is nothing to continue")
    func fallback() async throws {
        try await withTen { broker, _, _ in
            let reader = try broker.client()
            let request = reader.nextRequest()
            try reader.send(
                .subscribe(request: request, pattern: "hello", from: .session, fallback: .last(2)),
                .subscribe(request: request + 1, pattern: "hello.>", from: .session, fallback: .sequence(1)))
            let frames = try reader.settle()
            #expect(frames.payloads == ["9", "10"])
            #expect(frames.compactMap(\.code) == [.badArgument])
        }
    }
}
