import NIOConcurrencyHelpers
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Publishing to a topic that blocks", .timeLimit(.minutes(1)))
struct BlockedPublishTests {
    /// Does not confirm by itself.
    private let peer: ScriptedPeer
    private let client: ZaichikClient

    init() async throws {
        peer = try await ScriptedPeer.start()
        var configuration = ClientConfiguration(name: "publisher")
        configuration.maximumUnconfirmedMessages = 10
        client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        // From here on the topic's id is known.
        try await client.enqueue("first", to: "orders")
        let peer = peer
        try await eventually("the first publish arrives") { peer.received().last?.opcode == .publish }
    }

    private func published() -> Int { peer.received().count { $0.opcode == .publish } }

    private func block(_ isBlocked: Bool) async throws {
        var events = client.events.makeAsyncIterator()
        peer.send(.blocked(isBlocked, topicID: 7, waiting: 1))
        while let event = await events.next(), event != .blocked(isBlocked) {}
    }

    @Test("no publish follows BLOCKED until it ends, commits and requests do, and then all follow in order")
    func holds() async throws {
        try await block(true)
        for number in 1...5 { try await client.enqueue("\(number)", to: "orders") }
        peer.send(
            .topic(request: 0, id: 7, name: "orders"),
            .deliver(Message(topicID: 7, sequence: 1, timestamp: 1, payload: ByteBuffer())))
        _ = try await client.take(1)
        client.setWindow(3)
        // Answered after everything that the client has sent by then.
        _ = try await client.topics()
        #expect(published() == 1)
        let opcodes = peer.received().map(\.opcode)
        #expect(opcodes.contains(.commit) && opcodes.contains(.window) && opcodes.last == .listTopics)
        try await block(false)
        let peer = peer
        try await eventually("all are published") { published() == 6 }
        let payloads = peer.received().compactMap { frame -> String? in
            if case .publish(let message) = frame { String(buffer: message.payload) } else { nil }
        }
        #expect(payloads == ["first", "1", "2", "3", "4", "5"])
        peer.send(.confirm(6))
        #expect(try await client.flush() == FlushResult(confirmed: 6, refused: 0))
        await client.close()
    }

    @Test("publishers wait once as much is held back as may be unconfirmed, and cancelling ends the wait")
    func backPressure() async throws {
        try await block(true)
        for number in 1...9 { try await client.enqueue("\(number)", to: "orders") }
        let client = client
        let bulk = Task { try await client.enqueue("too much", to: "orders") }
        let single = Task { try await client.publish("too much", to: "orders") }
        bulk.cancel()
        single.cancel()
        await #expect(throws: ClientError.cancelled) { try await bulk.value }
        await #expect(throws: ClientError.cancelled) { try await single.value }
        #expect(published() == 1)
        #expect(client.withdraw() == FlushResult(confirmed: 0, refused: 0, unanswered: 1, unsent: 9))
        await client.close()
    }

    @Test("a publish that waits for room is sent when there is room")
    func waitsForRoom() async throws {
        try await block(true)
        for number in 1...9 { try await client.enqueue("\(number)", to: "orders") }
        let client = client
        let single = Task { try await client.publish("eleventh", to: "orders") }
        try await block(false)
        peer.send(.confirm(10))
        try await eventually("it is published") { published() == 11 }
        peer.send(.confirm(11))
        try await single.value
        await client.close()
    }

    @Test("closing meanwhile ends, and tells what was sent from what was not")
    func closing() async throws {
        let client = client
        let sent = Task { try await client.publish("sent", to: "orders") }
        try await eventually("it is published") { published() == 2 }
        try await block(true)
        let held = Task { try await client.publish("held", to: "orders") }
        try await eventually("it is held back") {
            client.core.state.withLockedValue { $0.machine.publishes.published } == 3
        }
        let flush = Task { try await client.flush() }
        await client.close()
        await #expect { try await sent.value } throws: { ($0 as? ClientError)?.code == .closed }
        await #expect { try await held.value } throws: { ($0 as? ClientError)?.code == .notSent }
        await #expect(throws: ClientError.self) { _ = try await flush.value }
        #expect(published() == 2)
    }

    @Test("a reconnect begins unblocked")
    func reconnect() async throws {
        let peer = try await ScriptedPeer.start()
        var configuration = ClientConfiguration(name: "again")
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(10))
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        peer.send(.blocked(true, topicID: 7, waiting: 1))
        var events = client.events.makeAsyncIterator()
        while let event = await events.next(), event != .blocked(true) {}
        peer.dropConnections()
        while let event = await events.next(), event != .connected(ScriptedPeer.welcome) {}
        try await client.enqueue("x", to: "orders")
        try await eventually("it is published") { peer.received(1).last?.opcode == .publish }
        await client.close()
    }
}
