import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("SETTLE, and what is parked")
struct SettleTests {
    /// A client with five messages in flight.
    private static func client(
        _ broker: TestBroker, window: UInt32 = 100
    ) throws -> (client: NativeClient, topic: UInt32) {
        let client = try broker.client(window: window)
        let topic = try client.topic("jobs")
        try client.subscribe("jobs")
        try client.publishConfirmed(topic, (1...5).map { "\($0)" })
        return (client, topic)
    }

    private static func settle(
        _ client: NativeClient, _ action: SettleAction, _ numbers: [ClosedRange<UInt64>], delay: UInt32 = 0,
        reason: String = ""
    ) throws -> [BrokerFrame] {
        try client.send(
            .settle(
                request: client.nextRequest(), Settlement(action, numbers, delay: delay, reason: reason)))
        return try client.settle()
    }

    /// The frames about deliveries, as text.
    private static func told(_ frames: [BrokerFrame]) -> [String] {
        frames.compactMap { frame in
            switch frame {
            case .deliver(let message): message.text
            case .redelivery(let again):
                "\(again.sequence): attempt \(again.attempt), \(again.cause), '\(again.reason)'"
            case .ok: "OK"
            case .error(let code, _, _): "ERROR \(code)"
            default: nil
            }
        }
    }

    @Test("what is returned comes again at once, each message after its REDELIVERY, and under a new number")
    func comesAgain() async throws {
        try await TestBroker.run { broker in
            let (client, topic) = try Self.client(broker)
            #expect(
                Self.told(try Self.settle(client, .return, [2...3], reason: "busy")) == [
                    "OK", "2: attempt 2, returned, 'busy'", "2", "3: attempt 2, returned, 'busy'", "3",
                ])
            try client.send(.commit(7))
            #expect(try client.settle() == [])
            #expect(try client.publishConfirmed(topic, ["6"]).payloads == ["6"])
        }
    }

    @Test("what is returned with a delay comes when it is over, and others do not wait for it")
    func delay() async throws {
        try await TestBroker.run { broker in
            let (client, topic) = try Self.client(broker)
            #expect(Self.told(try Self.settle(client, .return, [1...1], delay: 5000)) == ["OK"])
            #expect(try client.publishConfirmed(topic, ["6"]).payloads == ["6"])
            broker.clock.advance(milliseconds: 5100)
            let again = try client.receive { if case .deliver = $0 { true } else { false } }
            #expect(Self.told(again) == ["1: attempt 2, returned, ''", "1"])
        }
    }

    @Test("a set with a delivery that is not in flight is refused whole, with the first such number")
    func notInFlight() async throws {
        try await TestBroker.run { broker in
            let (client, _) = try Self.client(broker)
            let refused = try Self.settle(client, .commit, [2...2, 4...6])
            #expect(refused.map(\.code) == [.notInFlight])
            guard case .error(_, let request, let text)? = refused.first else { return }
            #expect(request > 0 && text.contains("delivery 6 is not in flight"))
            #expect(Self.told(try Self.settle(client, .commit, [2...2, 4...5])) == ["OK"])
            #expect(try Self.settle(client, .park, [4...4]).map(\.code) == [.notInFlight])
            try client.send(.commit(5))
            #expect(try client.settle() == [])
        }
    }

    @Test("a set of commits makes room for as many, and a COMMIT passes over them")
    func room() async throws {
        try await TestBroker.run { broker in
            let (client, _) = try Self.client(broker, window: 3)
            #expect(Self.told(try Self.settle(client, .commit, [2...2])) == ["OK", "4"])
            try client.send(.commit(2))
            #expect(try client.settle().payloads == ["5"])
        }
    }

    @Test("what is parked is listed with its beginning, comes again when released, and is done when dropped")
    func parked() async throws {
        try await TestBroker.run { broker in
            let (client, topic) = try Self.client(broker)
            #expect(Self.told(try Self.settle(client, .park, [1...2, 4...4], reason: "poison")) == ["OK"])
            let request = client.nextRequest()
            try client.send(.listParked(request: request, session: "", limit: 2, after: 0))
            guard case .parked(request, let page, isLast: true) = try client.receive() else {
                Issue.record("no PARKED came")
                return
            }
            #expect(page.matching == 3)
            #expect(page.rows.map(\.number) == [1, 2])
            #expect(page.rows.map { String(buffer: $0.payload) } == ["1", "2"])
            #expect(page.rows.allSatisfy { $0.topicID == topic && $0.topic == "jobs" && $0.attempts == 1 })
            #expect(page.rows.allSatisfy { $0.reason == "poison" })
            try client.send(
                .settleParked(request: client.nextRequest(), ParkedSettlement(.release, [1...1])),
                .settleParked(request: client.nextRequest(), ParkedSettlement(.drop, [1...2])))
            #expect(
                Self.told(try client.settle()) == [
                    "OK", "ERROR \(ErrorCode.unknownMessage.rawValue)", "1: attempt 2, released, 'poison'", "1",
                ])
            try client.send(.settleParked(request: client.nextRequest(), ParkedSettlement(.drop, [])))
            guard case .ok(_, let detail)? = try client.settle().first else { return }
            #expect(CountDone(detail: detail)?.count == 2)
        }
    }

    @Test("returned and parked messages are in the client's row, the parked ones apart from its lag")
    func figures() async throws {
        try await TestBroker.run { broker in
            let (client, _) = try Self.client(broker)
            _ = try Self.settle(client, .return, [1...2], delay: 60_000)
            _ = try Self.settle(client, .park, [3...3])
            let request = client.nextRequest()
            try client.send(.listClients(request: request, query: ListQuery()))
            let frames = try client.receive { if case .clients = $0 { true } else { false } }
            guard case .clients(_, let page, _)? = frames.last, let row = page.rows.first else { return }
            #expect(row[.lagMessages] == 4 && row[.inFlightMessages] == 2 && row[.returnedMessages] == 2)
            #expect(row[.parkedMessages] == 1 && row[.pendingMessages] == 0)
        }
    }
}
