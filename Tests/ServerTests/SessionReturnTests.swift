import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("What a session's connections leave undone")
struct SessionReturnTests {
    private static func redeliveries(_ frames: [BrokerFrame]) -> [Redelivery] {
        frames.compactMap { frame -> Redelivery? in
            guard case .redelivery(let redelivery) = frame else { return nil }
            return redelivery
        }
    }

    @Test("what was in flight when a connection ends comes first to the next, as a redelivery", arguments: [1, 4])
    func connectionEnded(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let first = try broker.client("first", session: "burrow", window: 4)
            try first.subscribe("hello")
            try writer.publishConfirmed(topic, (1...6).map { "\($0)" })
            #expect(try first.payloads(4) == ["1", "2", "3", "4"])
            try first.send(.commit(1))
            #expect(try first.settle().payloads == ["5"])
            first.wire.close()
            try broker.until(absent: "burrow")
            let row = try writer.sessionRow("burrow")
            #expect(row[.returnedMessages] == 4 && row[.pendingMessages] == 1 && row[.lagMessages] == 5)
            let second = try broker.client("second", session: "burrow")
            let frames = try second.receive { $0.message?.text == "6" }
            #expect(frames.payloads == ["2", "3", "4", "5", "6"])
            let again = Self.redeliveries(frames)
            #expect(again.map(\.sequence) == [2, 3, 4, 5])
            #expect(again.allSatisfy { $0.attempt == 2 && $0.cause == .connectionEnded })
            try second.send(.commit(5))
            try second.settle()
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 0)
        }
    }

    @Test("a takeover and CLOSE give back what was in flight, too", arguments: [1, 4])
    func takenOver(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            var holder = try broker.client("0", session: "burrow")
            try holder.subscribe("hello")
            try writer.publishConfirmed(topic, ["one", "two"])
            #expect(try holder.payloads(2) == ["one", "two"])
            for round in UInt16(2)...4 {
                if round == 3 {
                    try holder.send(.close)
                    _ = try holder.receiveAll()
                }
                let next = try broker.client("\(round)", session: "burrow")
                let frames = try next.receive { $0.message?.text == "two" }
                #expect(frames.payloads == ["one", "two"])
                #expect(Self.redeliveries(frames).map(\.attempt) == [round, round])
                holder = next
            }
        }
    }

    @Test("one connection of several that share a session ends: the others get what it had", arguments: [1, 4])
    func shared(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let workers = try (0..<3).map { try broker.client("\($0)", session: "burrow", window: 100, [.mode: 1]) }
            try workers[0].subscribe("hello")
            try writer.publishConfirmed(topic, (0..<60).map { "\($0)" })
            try eventually("all to be in flight") { try writer.sessionRow("burrow")[.inFlightMessages] == 60 }
            workers[1].wire.close()
            try eventually("one to be gone") { try writer.sessionRow("burrow")[.connections] == 2 }
            try eventually("all to be in flight again") { try writer.sessionRow("burrow")[.inFlightMessages] == 60 }
            let texts = try [workers[0], workers[2]].flatMap { try $0.settle().payloads }
            #expect(Set(texts) == Set((0..<60).map { "\($0)" }) && texts.count == 60)
        }
    }

    @Test("a session is moved and its parked messages are settled by name, from any connection", arguments: [1, 4])
    func byName(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client("worker", session: "burrow")
            try client.subscribe("hello")
            try writer.publishConfirmed(topic, ["one", "two", "three"])
            _ = try client.payloads(3)
            try client.send(.settle(request: 9, Settlement(.park, [2...2], reason: "bad")))
            #expect(try client.receive() == .ok(request: 9, detail: ByteBuffer()))
            try client.send(.commit(3))
            try client.settle()
            client.wire.close()
            try broker.until(absent: "burrow")
            #expect(try writer.sessionRow("burrow")[.parkedMessages] == 1)
            #expect(try writer.statistics()[.parkedMessages] == 1)
            try writer.send(.listParked(request: 70, session: "burrow", limit: 10, after: 0))
            guard case .parked(70, let page, true)? = try writer.receive(until: { $0.opcode == .parked }).last else {
                throw WireError.unexpected("no PARKED came")
            }
            #expect(page.rows.map(\.sequence) == [2] && page.rows[0].reason == "bad")
            try writer.send(
                .settleParked(request: 71, ParkedSettlement(.release, [], session: "burrow")),
                .seek(request: 72, Seek("hello", to: .sequence(3), session: try SessionName("burrow"))),
                .seek(request: 73, Seek("hello", to: .earliest, session: try SessionName("nobody"))),
                .seek(request: 74, Seek("other", to: .earliest, session: try SessionName("burrow"))))
            let done = CountDone(count: 1).detail
            #expect(try writer.receive() == .ok(request: 71, detail: done))
            #expect(try writer.receive() == .ok(request: 72, detail: done))
            #expect(try writer.receive().code == .unknownSession)
            #expect(try writer.receive().code == .unknownTopic)
            let again = try broker.client("again", session: "burrow")
            let frames = try again.receive { $0.message?.text == "three" }
            #expect(frames.payloads == ["two", "three"])
            #expect(Self.redeliveries(frames).map(\.cause) == [.released])
        }
    }

    @Test(
        "a session that was alone for long goes on as before: nothing is lost, doubled or told twice",
        arguments: [1, 4])
    func folded(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topics = try (0..<3).map { try writer.topic("hello.\($0)") }
            let client = try broker.client(session: "burrow")
            for number in 0..<3 { try client.subscribe("hello.\(number)") }
            var next = 0
            for round in 0..<4 {
                for _ in 0..<9 {
                    try writer.publishConfirmed(topics[next % 3], ["\(next)"])
                    next += 1
                }
                let reader = round == 0 ? client : try broker.client(session: "burrow")
                let expected = round == 0 ? Array(0..<9) : Array(next - 18..<next)
                #expect(try reader.payloads(expected.count) == expected.map { "\($0)" })
                try reader.send(.commit(UInt64(expected.count)), .close)
                _ = try reader.receiveAll()
                try broker.until(absent: "burrow")
                for _ in 0..<9 {
                    try writer.publishConfirmed(topics[next % 3], ["\(next)"])
                    next += 1
                    if next % 9 == 4 { try broker.secondPasses() }
                }
                let detail = try writer.sessionDetail("burrow")
                #expect(detail.session[.lagMessages] == 9 && detail.session[.subscriptions] == 3)
                #expect(detail.subscriptions.map(\.pattern) == ["hello.0", "hello.1", "hello.2"])
                #expect(detail.topics.map { $0[.lagMessages] } == [3, 3, 3])
                #expect(try writer.topicDetail("hello.0").readers.rows.map(\.name) == ["burrow"])
                broker.clock.advance(seconds: 3)
            }
        }
    }
}
