import NIOCore
import NIOPosix
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Connecting", .timeLimit(.minutes(1)))
struct ConnectTests {
    /// The error with which connecting fails.
    private func failure(
        _ address: BrokerAddress, timeout: Duration = .seconds(5), sourceLocation: SourceLocation = #_sourceLocation
    ) async -> ClientError {
        var configuration = ClientConfiguration()
        configuration.connectTimeout = timeout
        do {
            await (try ZaichikClient.connect(to: address, configuration: configuration)).close()
            Issue.record("it connected", sourceLocation: sourceLocation)
            return .closed
        } catch {
            return error
        }
    }

    @Test("where nothing listens it says so, and how to start a broker")
    func refused() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close()
        let error = await failure(BrokerAddress(host: "127.0.0.1", port: port))
        #expect(error.code == .connectionRefused)
        #expect(error.message.contains("127.0.0.1:\(port)") && error.message.contains("zaichik serve"))
    }

    @Test("a host without an address is named")
    func unknownHost() async {
        let error = await failure(BrokerAddress(host: "no-such-host.invalid", port: 8889))
        #expect(error.code == .hostNotFound)
        #expect(error.message.contains("no-such-host.invalid"))
    }

    @Test("something that talks first, or answers in another language, is not zaichik")
    func notZaichik() async throws {
        let talker = try await ScriptedPeer.start(greeting: .bytes(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)))
        #expect(await failure(talker.address).code == .notZaichik)
        let web = try await ScriptedPeer.start { _, _ in
            [.bytes(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .close]
        }
        let error = await failure(web.address)
        #expect(error.code == .notZaichik)
        #expect(
            error.message.contains("is not zaichik: it sent 'HTTP/1.1 400 Bad Request")
                && error.message.contains("--connect"))
    }

    @Test("a peer that closes without an answer may speak another version")
    func otherVersion() async throws {
        let peer = try await ScriptedPeer.start { _, _ in [.close] }
        let error = await failure(peer.address)
        #expect(error.code == .versionMismatch)
        #expect(error.message.contains("version 2"))
    }

    @Test("a peer that takes the connection and says nothing is given up on in time")
    func silent() async throws {
        let peer = try await ScriptedPeer.start { _, _ in [] }
        #expect(await failure(peer.address, timeout: .milliseconds(100)).code == .timedOut)
    }

    @Test("a broker that refuses says why")
    func brokerRefuses() async throws {
        let peer = try await ScriptedPeer.start { _, _ in
            [.frame(.error(code: ErrorCode.tooManyConnections.rawValue, request: 0, message: "10 are enough")), .close]
        }
        let error = await failure(peer.address)
        #expect(error.code == .refused(.tooManyConnections) && error.message.contains("10 are enough"))
    }
}

@Suite("Connecting again", .timeLimit(.minutes(1)))
struct ReconnectTests {
    private func configuration() -> ClientConfiguration {
        var configuration = ClientConfiguration(name: "again")
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(10))
        return configuration
    }

    private func delivery(_ sequence: UInt64, time: UInt64) -> BrokerFrame {
        .deliver(Message(topicID: 7, sequence: sequence, timestamp: time, payload: ByteBuffer(string: "x")))
    }

    @Test("it subscribes again after the last message it received, repeats none, and forgets old commits")
    func resumes() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration())
        try await client.subscribe(to: "orders", from: .earliest)
        let announcement = BrokerFrame.topic(request: 0, id: 7, name: "orders")
        peer.send(announcement, delivery(1, time: 500), delivery(2, time: 600))
        var iterator = client.deliveries.makeAsyncIterator()
        _ = try await iterator.next()
        let second = try #require(try await iterator.next())
        peer.dropConnections()
        try await eventually("it subscribes again") {
            peer.received(1).last == .subscribe(request: 1, pattern: "orders", from: .time(600))
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
        let announcement = BrokerFrame.topic(request: 0, id: 7, name: "orders")
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
            case .attemptFailed, .gap, .goodbye, .blocked, .roundTrip, .refused: break
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
