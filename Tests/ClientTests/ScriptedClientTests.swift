import NIOConcurrencyHelpers
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("The client and a scripted peer", .timeLimit(.minutes(1)))
struct ScriptedClientTests {
    private let name: TopicName

    init() throws { name = try TopicName("orders") }

    private func delivery(_ sequence: UInt64, time: UInt64 = 1000) -> BrokerFrame {
        .deliver(
            Message(topicID: 7, sequence: sequence, timestamp: time, payload: ByteBuffer(string: "p\(sequence)")))
    }

    private let announcement = BrokerFrame.topic(request: 0, id: 7, name: "orders", incarnation: 5)

    @Test("it says name, program, version, pid, host and window, and knows the welcome")
    func hello() async throws {
        let peer = try await ScriptedPeer.start()
        var configuration = ClientConfiguration(name: "hare", program: "test", version: "9")
        configuration.window = 3
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        guard case .hello(let hello)? = peer.received().first else {
            Issue.record("no HELLO came")
            return
        }
        #expect(hello.name == "hare" && hello.program == "test" && hello.version == "9" && hello.window == 3)
        #expect(hello.pid == Identity.pid && hello.host == Identity.host && !hello.host.isEmpty)
        #expect(client.welcome == ScriptedPeer.welcome)
        await client.close()
    }

    @Test("an awaited publish ends with the confirmation that passes it, or with its refusal")
    func publish() async throws {
        let count = NIOLockedValueBox<UInt64>(0)
        let peer = try await ScriptedPeer.start { frame, connection in
            guard case .publish(let message) = frame else { return ScriptedPeer.answer(frame, connection) }
            let number = count.withLockedValue { count in
                count += 1
                return count
            }
            let refused = message.payload == ByteBuffer(string: "bad")
            let code = ErrorCode.topicFull.rawValue
            return (refused ? [.frame(.reject(code: code, publish: number, message: "full"))] : [])
                + [.frame(.confirm(number))]
        }
        let client = try await ZaichikClient.connect(to: peer.address)
        try await client.publish("good", to: "orders", key: "k")
        await #expect(throws: ClientError(.refused(.topicFull), "full")) {
            try await client.publish("bad", to: "orders")
        }
        for text in ["1", "bad", "2"] { try await client.enqueue(text, to: "orders") }
        let result = try await client.flush()
        #expect(result.confirmed == 2 && result.refused == 1 && result.firstRefusal?.code == .refused(.topicFull))
        #expect(peer.received().filter { $0.opcode == .topic }.count == 1)
        await client.close()
    }

    @Test("a name that breaks the rules is refused before anything is sent")
    func invalidName() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        await #expect(throws: ClientError.self) { try await client.publish("x", to: "a..b") }
        await #expect(throws: ClientError.self) { try await client.subscribe(to: ">.a") }
        #expect(peer.received().count == 1)
        await client.close()
    }

    @Test("publishing in bulk waits while too much is unconfirmed")
    func backPressure() async throws {
        let peer = try await ScriptedPeer.start()
        var configuration = ClientConfiguration(name: "bulk")
        configuration.maximumUnconfirmedMessages = 10
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        let enqueued = NIOLockedValueBox(0)
        let publisher = Task {
            for number in 1...15 {
                try await client.enqueue("\(number)", to: "orders")
                enqueued.withLockedValue { $0 += 1 }
            }
        }
        func published() -> Int { peer.received().filter { $0.opcode == .publish }.count }
        try await eventually("ten are published") { published() == 10 }
        // A barrier: had the publisher gone on, an eleventh would be there before the answer.
        _ = try await client.ping()
        #expect(published() == 10 && enqueued.withLockedValue { $0 } == 10)
        peer.send(.confirm(10))
        try await publisher.value
        try await eventually("all are published") { published() == 15 }
        await client.close()
    }

    @Test("deliveries come in order, commits are cumulative and few")
    func deliveries() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        try await client.subscribe(to: "orders", from: .earliest)
        peer.send(announcement, delivery(1), delivery(2), delivery(3))
        var sequences: [UInt64] = []
        for try await delivery in client.deliveries {
            sequences.append(delivery.sequence)
            client.commit(delivery)
            if delivery.sequence == 2 { break }
        }
        // Another loop continues where the first one stopped.
        for try await delivery in client.deliveries {
            sequences.append(delivery.sequence)
            client.commit(delivery)
            break
        }
        #expect(sequences == [1, 2, 3])
        try await eventually("everything is committed") { peer.received().last == .commit(3) }
        #expect(peer.received().contains(.subscribe(request: 1, pattern: "orders", from: .earliest)))
        await client.close()
    }

    @Test("a gap is in the arrivals at its place, and an event")
    func gaps() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        peer.send(announcement, delivery(1), .gap(.expired, topicID: 7, first: 2, last: 4), delivery(5))
        var arrivals: [Arrival] = []
        for try await arrival in client.arrivals {
            arrivals.append(arrival)
            if arrivals.count == 3 { break }
        }
        let gap = Gap(topic: name, first: 2, last: 4, reason: .expired)
        #expect(arrivals[1] == .gap(gap))
        await client.close()
        var events: [ClientEvent] = []
        for await event in client.events { events.append(event) }
        #expect(events.contains(.gap(gap)))
    }

    @Test("watching gives the newest to a slow reader, and ends with the last reference")
    func watching() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        do {
            let updates = try await client.watch(WatchRequest(interval: 100))
            for time: UInt64 in 1...3 {
                peer.send(.statistics(watch: 1, StatisticsUpdate(time: time, broker: BrokerStatistics())))
            }
            _ = try await client.ping()
            var iterator = updates.makeAsyncIterator()
            #expect(try await iterator.next()?.time == 3)
        }
        try await eventually("the watch is ended") { peer.received().last?.opcode == .unwatch }
        await client.close()
    }

    @Test("close ends the sequences, and what is asked afterwards fails")
    func closing() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        let updates = try await client.watch(WatchRequest())
        let reader = Task {
            var count = 0
            for try await _ in client.deliveries { count += 1 }
            for try await _ in updates { count += 1 }
            for await _ in client.events {}
            return count
        }
        await client.close()
        #expect(try await reader.value == 0)
        #expect(peer.received().last == .close)
        await #expect(throws: ClientError.closed) { try await client.publish("x", to: "orders") }
        await #expect(throws: ClientError.closed) { _ = try await client.topics() }
        await client.close()
    }

    @Test("a lost connection fails what was under way and ends the deliveries with the reason")
    func loss() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        let publisher = Task { try await client.publish("x", to: "orders") }
        try await eventually("the publish arrives") { peer.received().last?.opcode == .publish }
        peer.send(announcement, delivery(1))
        peer.dropConnections()
        await #expect { try await publisher.value } throws: { ($0 as? ClientError)?.code == .connectionLost }
        var received = 0
        do {
            for try await _ in client.deliveries { received += 1 }
            Issue.record("the deliveries ended without a reason")
        } catch {
            #expect(error.code == .connectionLost)
        }
        #expect(received == 1)
        await #expect(throws: ClientError.self) { try await client.subscribe(to: "orders") }
    }

    @Test("an error that ends the connection is its reason")
    func connectionError() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        peer.send(.goodbye(code: ErrorCode.shuttingDown.rawValue, reason: "the broker is stopping"))
        var events = client.events.makeAsyncIterator()
        #expect(await events.next() == .connected(ScriptedPeer.welcome))
        #expect(await events.next() == .goodbye(.shuttingDown, "the broker is stopping"))
        peer.dropConnections()
        await #expect { for try await _ in client.deliveries {} } throws: { error in
            guard let error = error as? ClientError else { return false }
            return error.code == .refused(.shuttingDown) && error.message.contains("the broker is stopping")
        }
    }

    @Test("a task that is cancelled waits no longer")
    func cancellation() async throws {
        let peer = try await ScriptedPeer.start()
        let client = try await ZaichikClient.connect(to: peer.address)
        let reader = Task { () -> Int in
            var count = 0
            for try await _ in client.deliveries { count += 1 }
            return count
        }
        let publisher = Task { try await client.publish("never confirmed", to: "orders") }
        try await eventually("the publish arrives") { peer.received().last?.opcode == .publish }
        reader.cancel()
        publisher.cancel()
        #expect(try await reader.value == 0)
        await #expect(throws: ClientError.cancelled) { try await publisher.value }
        await client.close()
    }

    @Test("reading pauses while too much is untaken, except while an answer is awaited")
    func inboundBackPressure() async throws {
        let peer = try await ScriptedPeer.start()
        var configuration = ClientConfiguration(name: "slow")
        configuration.maximumUntakenBytes = 100
        let client = try await ZaichikClient.connect(to: peer.address, configuration: configuration)
        peer.send(announcement)
        for sequence: UInt64 in 1...50 { peer.send(delivery(sequence)) }
        // The buffer has long been full, and the answer comes all the same.
        _ = try await client.ping()
        var iterator = client.deliveries.makeAsyncIterator()
        for sequence: UInt64 in 1...50 { #expect(try await iterator.next()?.sequence == sequence) }
        await client.close()
    }
}
