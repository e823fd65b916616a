import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Looking at somebody's queue")
struct PeekTests {
    private func peek(_ client: NativeClient, _ request: PeekRequest) throws -> RowPage<PeekedMessage> {
        let number = client.nextRequest()
        try client.send(.peek(request: number, request))
        var all = RowPage<PeekedMessage>(rows: [], matching: 0)
        while true {
            switch try client.receive() {
            case .error(_, number, let message): throw WireError.unexpected(message)
            case .peeked(number, let page, let isLast):
                all = RowPage(rows: all.rows + page.rows, matching: page.matching)
                if isLast { return all }
            default: continue
            }
        }
    }

    @Test("the next ones come in the order of arrival over all topics, and nothing is taken", arguments: [1, 4])
    func pending(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("ops")
            let topics = try ["a", "b"].map { try writer.topic($0) }
            let hare = try broker.client("hare", window: 0)
            try hare.subscribe(">")
            for number in 1...100 { try writer.publish(topics[number % 2], "\(number)", key: "k\(number)") }
            try writer.settle()
            let page = try peek(writer, PeekRequest(client: hare.id, limit: 50))
            #expect(page.matching == 100)
            #expect(page.rows.map { String(buffer: $0.message.payload) } == (1...50).map { "\($0)" })
            #expect(page.rows.map(\.place) == Array(1...50))
            #expect(page.rows.allSatisfy { $0.state == .pending && $0.client == 0 })
            let first = try #require(page.rows.first)
            #expect(first.message.topic == "b" && first.message.sequence == 1 && first.size == 31)
            #expect(String(buffer: first.message.key) == "k1" && first.message.timestamp == broker.clock.now)
            #expect(try peek(writer, PeekRequest(client: hare.id, limit: .max)).rows.count == 100)
            try hare.send(.window(1000))
            #expect(try hare.payloads(100) == (1...100).map { "\($0)" })
        }
    }

    @Test("what is in flight says since when, at whom and in which attempt; what is parked says why")
    func begun() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("a")
            let hare = try broker.client("hare", session: "burrow", window: 3)
            try hare.subscribe("a")
            try writer.publishConfirmed(topic, ["1", "2", "3", "4"])
            #expect(try hare.payloads(3) == ["1", "2", "3"])
            try writer.act(.pause, session: "burrow")
            try hare.send(
                .settle(request: 70, Settlement(.park, [1...1], reason: "bad")),
                .settle(request: 71, Settlement(.return, [2...2], delay: 5000, reason: "busy")))
            _ = try hare.receive { $0 == .ok(request: 71, detail: ByteBuffer()) }
            let page = try peek(writer, PeekRequest(session: "burrow", limit: 10))
            #expect(page.matching == 4)
            #expect(page.rows.map(\.state) == [.inFlight, .returned, .pending, .parked])
            #expect(page.rows.map(\.message.sequence) == [3, 2, 4, 1])
            #expect(page.rows[0].client == hare.id && page.rows[0].message.number == 3)
            #expect(page.rows[0].message.attempts == 1)
            #expect(broker.clock.now - page.rows[0].message.parkedAt < 1_000_000)
            #expect(page.rows[1].message.reason == "busy" && page.rows[1].message.parkedAt > broker.clock.now)
            #expect(page.rows[3].message.reason == "bad")
        }
    }

    @Test("an absent session can be looked at, too, and stays as it is")
    func folded() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("a")
            let hare = try broker.client("hare", session: "burrow")
            try hare.subscribe("a")
            try hare.send(.close)
            _ = try hare.receiveAll()
            try broker.until(absent: "burrow")
            try writer.publishConfirmed(topic, ["1", "2"])
            #expect(try peek(writer, PeekRequest(session: "burrow", limit: 10)).rows.map(\.message.sequence) == [1, 2])
            #expect(try writer.sessionRow("burrow")[.pendingMessages] == 2)
            #expect(throws: WireError.self) { try peek(writer, PeekRequest(session: "nobody", limit: 1)) }
            #expect(throws: WireError.self) { try peek(writer, PeekRequest(client: 999_999, limit: 1)) }
        }
    }

    // MARK: Of a topic

    private func sequences(_ page: RowPage<PeekedMessage>) -> [UInt64] { page.rows.map(\.message.sequence) }

    @Test("a topic's messages are shown from any start on, whoever reads them; nothing is taken or subscribed to")
    func topic() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("t")
            try writer.publish(topic, "first", key: "k")
            try writer.settle()
            broker.clock.advance(seconds: 5)
            let then = broker.clock.now
            try writer.publishConfirmed(topic, (2...300).map { "\($0)" })
            let first = try peek(writer, PeekRequest(topic: "t", limit: 2))
            #expect(sequences(first) == [1, 2] && first.matching == 300)
            let row = try #require(first.rows.first)
            #expect(row.state == .kept && row.place == 0 && row.client == 0 && row.message.topic == "t")
            #expect(row.message.timestamp == then - 5_000_000 && row.message.topicID == topic)
            #expect(String(buffer: row.message.key) == "k" && String(buffer: row.message.payload) == "first")
            #expect(row.message.attempts == 0 && row.message.number == 0 && row.message.parkedAt == 0)
            let all = try peek(writer, PeekRequest(topic: "t", limit: .max))
            #expect(sequences(all) == Array(1...128), "one answer is bounded")
            let next = try peek(writer, PeekRequest(topic: "t", from: .sequence(129), limit: .max))
            #expect(sequences(next) == Array(129...256) && next.matching == 172)
            #expect(sequences(try peek(writer, PeekRequest(topic: "t", from: .last(3), limit: 9))) == [298, 299, 300])
            #expect(sequences(try peek(writer, PeekRequest(topic: "t", from: .time(then), limit: 1))) == [2])
            for start in [StartPosition.new, .sequence(301), .sequence(.max), .time(.max), .last(0)] {
                let none = try peek(writer, PeekRequest(topic: "t", from: start, limit: 9))
                #expect(none.rows.isEmpty && none.matching == 0, "\(start)")
            }
            #expect(try peek(writer, PeekRequest(topic: "t", limit: 0)).matching == 300)
            #expect(throws: WireError.self) { try peek(writer, PeekRequest(topic: "u", limit: 1)) }
            let figures = try writer.topicRow("t")
            #expect(figures[.retainedMessages] == 300 && figures[.subscribers] == 0)
        }
    }

    @Test("what was purged by key or below a sequence, or is older than it asked for itself, is not shown")
    func notThere() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("t")
            let session = try broker.client("hare", session: "burrow", window: 0)
            try session.subscribe("t")
            for number in 1...400 { try writer.publish(topic, "\(number)", key: number % 200 == 0 ? "odd" : "k") }
            try writer.send(NativeClient.bytes([MessageTimesTests.message(topic, ["$expire-after": "1000"], "late")]))
            try writer.publish(topic, "402", key: "odd")
            try writer.settle()
            #expect(sequences(try peek(writer, PeekRequest(topic: "t", from: .last(2), limit: 9))) == [401, 402])
            var key = ActValues()
            key.key = ByteBuffer(string: "k")
            #expect(try writer.act(.purgeTopic, "t", key).messages == 398)
            broker.clock.advance(seconds: 2)
            let page = try peek(writer, PeekRequest(topic: "t", limit: 9))
            #expect(sequences(page) == [200, 400, 402], "the purged ones are passed over, however many there are")
            #expect(page.matching == 4)
            let queue = try peek(writer, PeekRequest(session: "burrow", limit: 9))
            #expect(sequences(queue) == [200, 400, 402], "the same in a queue")
            var below = ActValues()
            below.sequence = 401
            try writer.act(.purgeTopic, "t", below)
            #expect(sequences(try peek(writer, PeekRequest(topic: "t", limit: 9))) == [402])
        }
    }
}
