import NIOConcurrencyHelpers
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("A named producer", .timeLimit(.minutes(1)))
struct ProducerTests {
    private static func configuration() throws -> ClientConfiguration {
        var configuration = ClientConfiguration(name: "writer")
        configuration.producer = "import"
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(10))
        return configuration
    }

    /// A broker that tells of the producer what each connection is to hear, and answers no publish by itself.
    private static func peer(_ records: [ProducerRecord?]) async throws -> ScriptedPeer {
        try await ScriptedPeer.start { frame, connection in
            guard case .hello = frame else { return ScriptedPeer.answer(frame, connection) }
            var welcome = ScriptedPeer.welcome
            welcome.connectionID = UInt64(connection + 1)
            welcome.producer = records[min(connection, records.count - 1)]
            return [.frame(.welcome(welcome))]
        }
    }

    /// The payloads that a connection published.
    private static func published(_ peer: ScriptedPeer, _ connection: Int) -> [String] {
        peer.received(connection).compactMap { frame in
            guard case .publish(let message) = frame else { return nil }
            return String(buffer: message.payload)
        }
    }

    private static func refusals(_ numbers: ClosedRange<UInt64>, _ code: ErrorCode) -> PublishRefusals {
        PublishRefusals([PublishRefusals.Range(numbers, code: code.rawValue)])
    }

    @Test("the broker is told the name, and one that knows no producers is an error")
    func unknownToBroker() async throws {
        let peer = try await Self.peer([nil])
        let error = await #expect(throws: ClientError.self) {
            try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        }
        #expect(error?.code == .notSupported)
        guard case .hello(let hello)? = peer.received().first else { return }
        #expect(hello.producer == (try SessionName("import")))
    }

    @Test("after a reconnect exactly what the broker has not answered is sent again, in order")
    func resends() async throws {
        let peer = try await Self.peer([
            ProducerRecord(answered: 100, began: 1),
            ProducerRecord(answered: 102, began: 1, lastConnection: 1, lastAnswered: 2),
        ])
        let client = try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        for number in 1...5 { try await client.enqueue("\(number)", to: "orders") }
        try await eventually("all are sent") { Self.published(peer, 0).count == 5 }
        peer.send(.confirm(1))
        peer.dropConnections()
        try await eventually("the rest is sent again") { Self.published(peer, 1).count == 3 }
        #expect(Self.published(peer, 1) == ["3", "4", "5"])
        try await client.enqueue("6", to: "orders")
        try await eventually("what is new follows") { Self.published(peer, 1).count == 4 }
        peer.send(.confirm(4))
        #expect(try await client.flush() == FlushResult(confirmed: 6, refused: 0))
        await client.close()
    }

    @Test("what is published while there is no connection is sent in the next one")
    func publishesWithoutConnection() async throws {
        let peer = try await Self.peer([ProducerRecord(began: 1)])
        var configuration = try Self.configuration()
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(300), maximumDelay: .milliseconds(300))
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        var events = client.events.makeAsyncIterator()
        peer.dropConnections()
        while case let event? = await events.next() { if case .reconnecting = event { break } }
        for number in 1...3 { try await client.enqueue("\(number)", to: "orders") }
        try await eventually("they are sent") { Self.published(peer, 1) == ["1", "2", "3"] }
        await client.close()
    }

    @Test("tasks that wait hear from the record of the later connection: accepted, refused why, or a lost receipt")
    func outcomes() async throws {
        let peer = try await Self.peer([
            ProducerRecord(began: 1),
            ProducerRecord(
                answered: 3, began: 1, lastConnection: 1, lastAnswered: 3, refusals: Self.refusals(2...2, .topicFull)),
        ])
        let client = try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        let accepted = Task { try await client.publish("1", to: "orders") }
        try await eventually("the first is sent") { Self.published(peer, 0).count == 1 }
        let refused = Task { try await client.publish("2", to: "orders") }
        try await eventually("the second is sent") { Self.published(peer, 0).count == 2 }
        let receipt = Task { try await client.publishWithReceipt("3", to: "orders") }
        try await eventually("the third is sent") { Self.published(peer, 0).count == 3 }
        peer.dropConnections()
        try await accepted.value
        await #expect { try await refused.value } throws: { ($0 as? ClientError)?.code == .refused(.topicFull) }
        await #expect { try await receipt.value } throws: { ($0 as? ClientError)?.code == .receiptLost }
        #expect(Self.published(peer, 1) == [])
        await client.close()
    }

    @Test(
        "a forgotten producer, or another that used its name, leaves unknown what was not answered; nothing is sent again",
        arguments: [
            ProducerRecord(answered: 0, began: 2),
            ProducerRecord(answered: 9, began: 1, lastConnection: 77, lastAnswered: 3),
        ])
    func unknown(record: ProducerRecord) async throws {
        let peer = try await Self.peer([ProducerRecord(began: 1), record])
        let client = try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        let waiting = Task { try await client.publish("1", to: "orders") }
        try await eventually("it is sent") { Self.published(peer, 0).count == 1 }
        peer.dropConnections()
        await #expect { try await waiting.value } throws: { ($0 as? ClientError)?.code == .connectionLost }
        try await client.enqueue("2", to: "orders")
        try await eventually("what is new is sent") { Self.published(peer, 1) == ["2"] }
        await client.close()
    }

    @Test("another process of the broker gets all that was not answered")
    func otherBroker() async throws {
        let peer = try await ScriptedPeer.start { frame, connection in
            guard case .hello = frame else { return ScriptedPeer.answer(frame, connection) }
            var welcome = ScriptedPeer.welcome
            welcome.incarnation = UInt64(connection + 1)
            welcome.producer = ProducerRecord(began: 42)
            return [.frame(.welcome(welcome))]
        }
        let client = try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        for number in 1...3 { try await client.enqueue("\(number)", to: "orders") }
        try await eventually("all are sent") { Self.published(peer, 0).count == 3 }
        peer.send(.confirm(1))
        peer.dropConnections()
        try await eventually("the rest is sent again") { Self.published(peer, 1).count >= 2 }
        #expect(Array(Self.published(peer, 1).suffix(2)) == ["2", "3"])
        await client.close()
    }

    @Test("a topic that the later broker refuses fails its messages, and the others are sent in order")
    func refusedTopic() async throws {
        let peer = try await ScriptedPeer.start { frame, connection in
            switch frame {
            case .hello:
                var welcome = ScriptedPeer.welcome
                welcome.connectionID = UInt64(connection + 1)
                welcome.producer = ProducerRecord(began: 1)
                return [.frame(.welcome(welcome))]
            case .topic(let request, "full") where connection > 0:
                return [
                    .frame(.error(code: ErrorCode.tooManyTopics.rawValue, request: request, message: "too many"))
                ]
            default: return ScriptedPeer.answer(frame, connection)
            }
        }
        let client = try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        for (number, topic) in ["orders", "full", "full", "orders"].enumerated() {
            try await client.enqueue("\(number)", to: topic)
        }
        try await eventually("all are sent") { Self.published(peer, 0).count == 4 }
        peer.dropConnections()
        try await eventually("the others are sent again") { Self.published(peer, 1) == ["0", "3"] }
        peer.send(.confirm(2))
        let result = try await client.flush()
        #expect(result.confirmed == 2 && result.refused == 2)
        #expect(result.firstRefusal?.code == .refused(.tooManyTopics))
        await client.close()
    }

    @Test("a producer whose name was taken over does not connect again, and its publishes fail")
    func takenOver() async throws {
        let peer = try await Self.peer([ProducerRecord(began: 1)])
        let client = try await ZaichikClient.connect(to: peer.address, configuration: try Self.configuration())
        let waiting = Task { try await client.publish("1", to: "orders") }
        try await eventually("it is sent") { Self.published(peer, 0).count == 1 }
        peer.send(.goodbye(code: ErrorCode.producerTakenOver.rawValue, reason: "client 9 has the name"))
        peer.dropConnections()
        let failure = await #expect(throws: ClientError.self) { try await waiting.value }
        #expect(failure?.code == .refused(.producerTakenOver))
        await #expect { try await client.enqueue("2", to: "orders") } throws: {
            ($0 as? ClientError)?.code == .refused(.producerTakenOver)
        }
        #expect(peer.connections == 1)
    }

    @Test("closing a client that has no connection fails what it keeps as not sent or not answered")
    func closedWithoutConnection() async throws {
        let peer = try await Self.peer([ProducerRecord(began: 1)])
        var configuration = try Self.configuration()
        configuration.reconnect = ReconnectPolicy(initialDelay: .seconds(60), maximumDelay: .seconds(60))
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        let sent = Task { try await client.publish("1", to: "orders") }
        try await eventually("it is sent") { Self.published(peer, 0).count == 1 }
        var events = client.events.makeAsyncIterator()
        peer.dropConnections()
        while case let event? = await events.next() { if case .reconnecting = event { break } }
        let unsent = Task { try await client.publish("2", to: "orders") }
        try await eventually("it is kept") { client.core.state.withLockedValue { $0.machine.keep?.count == 2 } }
        await client.close()
        await #expect { try await sent.value } throws: { ($0 as? ClientError)?.code == .closed }
        await #expect { try await unsent.value } throws: { ($0 as? ClientError)?.code == .notSent }
    }
}
