import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Connecting again", .timeLimit(.minutes(1)))
struct ReconnectTests {
    private func configuration() -> ClientConfiguration {
        var configuration = ClientConfiguration(name: "again")
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(10))
        return configuration
    }

    private let announcement = BrokerFrame.topic(request: 0, id: 7, name: "orders", incarnation: 5)

    private func delivery(_ sequence: UInt64, time: UInt64) -> BrokerFrame {
        .deliver(Message(topicID: 7, sequence: sequence, timestamp: time, payload: ByteBuffer(string: "x")))
    }

    @Test("it subscribes again after the last message it received, repeats none, and forgets old commits")
    func resumes() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration())
        try await client.subscribe(to: "orders", from: .earliest)
        peer.send(announcement, delivery(1, time: 500), delivery(2, time: 600))
        var iterator = client.deliveries.makeAsyncIterator()
        _ = try await iterator.next()
        let second = try #require(try await iterator.next())
        peer.dropConnections()
        try await eventually("it subscribes again") {
            peer.received(1).last
                == .subscribe(request: 1, pattern: "orders", from: .sequence(3), incarnation: 5)
        }
        client.commit(second)
        peer.send(announcement, delivery(2, time: 600), delivery(3, time: 600))
        let third = try #require(try await iterator.next())
        #expect(third.sequence == 3 && third.number == 2)
        client.commit(third)
        try await eventually("the repeated message is committed along") { peer.received(1).last == .commit(2) }
        #expect(
            peer.received(1).filter { $0.opcode == .commit }.allSatisfy { $0 == .commit(1) || $0 == .commit(2) })
        await client.close()
    }

    @Test("what went out of the topic while the connection was lost is a gap", arguments: ["orders", "*"])
    func trimmedMeanwhile(pattern: String) async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration())
        try await client.subscribe(to: pattern, from: .earliest)
        peer.send(announcement, delivery(1, time: 500), delivery(2, time: 600))
        var iterator = client.arrivals.makeAsyncIterator()
        for _ in 1...2 { _ = try await iterator.next() }
        peer.dropConnections()
        try await eventually("it subscribes again") { peer.received(1).last?.opcode == .subscribe }
        peer.send(announcement, delivery(9, time: 900))
        let topic = try TopicName("orders")
        #expect(try await iterator.next() == .gap(Gap(topic: topic, first: 3, last: 8, reason: .expired)))
        guard case .delivery(let ninth)? = try await iterator.next() else {
            Issue.record("the message after the gap does not come")
            return
        }
        #expect(ninth.sequence == 9 && ninth.number == 1 && ninth.connection == 2)
        await client.close()
    }

    /// A broker that is another process for each connection, with topics of its own.
    private static let restarting: ScriptedPeer.Script = { frame, connection in
        switch frame {
        case .hello:
            var welcome = ScriptedPeer.welcome
            welcome.incarnation = UInt64(connection)
            return [.frame(.welcome(welcome))]
        case .subscribe(let request, _, _, _?, _, _):
            return [
                .frame(
                    .error(code: ErrorCode.otherIncarnation.rawValue, request: request, message: "it is another one"))
            ]
        default: return ScriptedPeer.answer(frame, connection)
        }
    }

    @Test(
        "a broker that is another process is told of, and its topics are read from their first message",
        arguments: ["orders", "*"])
    func otherProcess(pattern: String) async throws {
        let peer = try await ScriptedPeer.start(script: Self.restarting)
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration())
        try await client.subscribe(to: pattern)
        peer.send(announcement, delivery(1, time: 500), delivery(6, time: 600))
        var iterator = client.deliveries.makeAsyncIterator()
        for _ in 1...2 { _ = try await iterator.next() }
        peer.dropConnections()
        let fromFirst = ClientFrame.subscribe(
            request: pattern == "*" ? 1 : 2, pattern: pattern, from: .earliest)
        try await eventually("it reads from the first message") { peer.received(1).last == fromFirst }
        peer.send(.topic(request: 0, id: 7, name: "orders", incarnation: 6))
        for sequence in UInt64(1)...7 { peer.send(delivery(sequence, time: 500 + sequence * 20)) }
        for sequence in UInt64(1)...7 {
            let delivery = try await iterator.next()
            #expect(delivery?.sequence == sequence && delivery?.incarnation == 6)
        }
        await client.close()
        var replaced: [ClientEvent] = []
        for await event in client.events {
            switch event {
            case .brokerReplaced, .topicReplaced: replaced.append(event)
            default: break
            }
        }
        #expect(replaced == [.brokerReplaced])
    }

    @Test("a commit of what an earlier connection brought commits nothing of the later one")
    func lateCommit() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration())
        try await client.subscribe(to: "orders")
        peer.send(announcement, delivery(1, time: 500), delivery(2, time: 600))
        var iterator = client.deliveries.makeAsyncIterator()
        var earlier: [Delivery] = []
        for _ in 1...2 { earlier.append(try #require(try await iterator.next())) }
        peer.dropConnections()
        try await eventually("it subscribes again") { peer.received(1).last?.opcode == .subscribe }
        peer.send(announcement, delivery(3, time: 700), delivery(4, time: 800))
        let third = try #require(try await iterator.next())
        for delivery in earlier { client.commit(delivery) }
        _ = try await client.ping()
        #expect(!peer.received(1).contains { $0.opcode == .commit })
        client.commit(third)
        try await eventually("the commit of its own delivery") { peer.received(1).last == .commit(1) }
        await client.close()
    }

    @Test("a watch is resumed, and the events tell what happened")
    func watchGoesOn() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration())
        let updates = try await client.watch(WatchRequest(interval: 250))
        peer.dropConnections()
        try await eventually("it watches again") {
            peer.received(1).last == .watch(request: 1, WatchRequest(interval: 250))
        }
        peer.send(.statistics(watch: 1, StatisticsUpdate(time: 8, broker: BrokerStatistics())))
        var iterator = updates.makeAsyncIterator()
        #expect(try await iterator.next()?.time == 8)
        await client.close()
        var kinds: [String] = []
        for await event in client.events {
            switch event {
            case .connected: kinds.append("connected")
            case .disconnected(let error): kinds.append("disconnected \(error.code)")
            case .reconnecting(let attempt, _): kinds.append("reconnecting \(attempt)")
            case .attemptFailed, .gap, .goodbye, .blocked, .roundTrip, .refused, .brokerReplaced, .topicReplaced,
                .sessionReplaced, .topicDeleted, .tooLate, .asideLost:
                break
            }
        }
        #expect(
            kinds.prefix(4) == ["connected", "disconnected connectionLost", "reconnecting 1", "connected"])
    }

    @Test("close stops the attempts")
    func closeWhileAway() async throws {
        var peer: ScriptedPeer? = try await ScriptedPeer.start()
        let address = try #require(peer?.address)
        var configuration = configuration()
        configuration.reconnect?.initialDelay = .seconds(60)
        configuration.reconnect?.maximumDelay = .seconds(60)
        let client = try await ZaichikClient.connect(to: address, configuration: configuration)
        peer?.dropConnections()
        peer = nil
        await #expect(throws: ClientError.self) {
            while true { _ = try await client.ping() }
        }
        await client.close()
        for try await _ in client.deliveries { Issue.record("a delivery came after the end") }
        await #expect(throws: ClientError.closed) { _ = try await client.ping() }
    }

    @Test("delays grow to the longest and stray by their jitter")
    func delays() {
        let policy = ReconnectPolicy()
        #expect(policy.delay(attempt: 1, chance: 0) == .milliseconds(100))
        #expect(policy.delay(attempt: 3, chance: 0) == .milliseconds(400))
        #expect(policy.delay(attempt: 1000, chance: 0) == .seconds(5))
        #expect(policy.delay(attempt: 1000, chance: -1) == .seconds(4))
    }
}
