import Logging
import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Stopping the broker")
struct ShutdownTests {
    @Test(
        "every native client gets GOODBYE, the others see the end, and new connections are refused", arguments: [1, 4])
    func told(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let clients = try (0..<8).map { _ in try broker.client() }
            let classic = try broker.classic()
            try classic.send(.subscribe(topic: "hello"))
            let silent = try broker.connect()
            let half = try broker.connect()
            try half.send(Preface.bytes.prefix(4))
            try broker.settle()
            let stop = Task { await broker.server.shutdown() }
            for client in clients { #expect(try client.receiveAll().map(\.code) == [.shuttingDown]) }
            #expect(try classic.receive() == nil)
            #expect(try silent.receiveAll() == [])
            #expect(try half.receiveAll() == [])
            // A process that another test is starting has the listening socket, too, until it runs its program.
            try eventually("new connections are refused") { (try? broker.connect()) == nil }
            for client in clients { client.wire.close() }
            await stop.value
            await broker.server.waitUntilStopped()
        }
    }

    @Test("publishes are confirmed before the end")
    func confirmed() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.publishConfirmed(topic, ["one"])
            try client.publish(topic, "two", "three")
            let barrier = try client.barrier()
            #expect(barrier.last == .confirm(3))
            let stop = Task { await broker.server.shutdown() }
            #expect(try client.receiveAll().last?.code == .shuttingDown)
            client.wire.close()
            await stop.value
        }
    }

    @Test("a client that does not read cannot hold it up beyond the deadline")
    func deadline() async throws {
        try await TestBroker.run(configure: { $0.shutdownDeadline = .milliseconds(700) }) { broker in
            let stuck = try broker.client("stuck", window: 1 << 20, receiveBuffer: 16 << 10)
            try stuck.subscribe("hello")
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let payload = String(repeating: "m", count: 32 << 10)
            for _ in 0..<8 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 32)) }
            let start = ContinuousClock.now
            await broker.server.shutdown()
            #expect(ContinuousClock.now - start < .seconds(3))
            #expect(try writer.receiveAll().map(\.code) == [.shuttingDown])
        }
    }

    @Test("stopping twice, or at once from two sides, is stopping")
    func twice() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            async let first: Void = broker.server.shutdown()
            async let second: Void = broker.server.shutdown()
            #expect(try client.receiveAll().map(\.code) == [.shuttingDown])
            client.wire.close()
            _ = await (first, second)
            await broker.server.shutdown()
        }
    }

    @Test("a second broker on the same port is told that the address is in use")
    func addressInUse() async throws {
        try await TestBroker.run { broker in
            var configuration = BrokerConfiguration()
            configuration.listen = [Endpoint(host: "127.0.0.1", port: 0), broker.server.endpoints[0]]
            do {
                _ = try await BrokerServer.start(configuration, logger: Logger(label: "second"))
                Issue.record("it listens")
            } catch {
                #expect(error as? BrokerStartError == .addressInUse(broker.server.endpoints[0]))
            }
            let frames = try broker.client().barrier()
            #expect(frames == [])
        }
    }

    @Test("an address that is none of this machine's is named in the error")
    func cannotListen() async throws {
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "203.0.113.1", port: 0)]
        do {
            _ = try await BrokerServer.start(configuration, logger: Logger(label: "nowhere"))
            Issue.record("it listens")
        } catch BrokerStartError.notOfThisMachine(let endpoint) {
            #expect(endpoint == configuration.listen[0])
        }
    }

    @Test("a broker listens on as many addresses as it is told to")
    func severalEndpoints() async throws {
        try await TestBroker.run(configure: {
            $0.listen = [Endpoint(host: "127.0.0.1", port: 0), Endpoint(host: "127.0.0.1", port: 0)]
        }) { broker in
            let endpoints = broker.server.endpoints
            #expect(endpoints.count == 2)
            #expect(Set(endpoints.map(\.port)).count == 2)
            let first = try broker.client()
            let second = try NativeClient(Wire(port: endpoints[1].port), name: "second", window: 10)
            try second.subscribe("hello")
            try first.publish(try first.topic("hello"), "one")
            #expect(try second.payloads(1) == ["one"])
        }
    }

    @Test("a reader that reads on gets all that its window allows, and may commit meanwhile")
    func owed() async throws {
        try await TestBroker.run(configure: { $0.shutdownDeadline = .seconds(20) }) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 5000, receiveBuffer: 8 << 10)
            try reader.subscribe("hello")
            let payload = String(repeating: "m", count: 1000)
            for _ in 0..<8 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 1000)) }
            try broker.settle()
            let stop = Task { await broker.server.shutdown() }
            var messages = try reader.deliveries(10)
            try reader.send(.commit(10))
            let rest = try reader.receiveAll()
            messages += rest.messages
            // The commit may come before the word to stop, or after it.
            #expect((5000...5010).contains(messages.count))
            #expect(messages.map(\.sequence) == Array(1...UInt64(messages.count)))
            #expect(rest.last?.code == .shuttingDown)
            reader.wire.close()
            writer.wire.close()
            await stop.value
        }
    }

    @Test("a publish while the broker stops is refused, not lost")
    func publishedMeanwhile() async throws {
        try await TestBroker.run(loops: 1, configure: { $0.shutdownDeadline = .seconds(20) }) { broker in
            let client = try broker.client(window: 5000, receiveBuffer: 8 << 10)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            let payload = String(repeating: "m", count: 1000)
            let writer = try broker.client("writer")
            for _ in 0..<8 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 1000)) }
            let stop = Task { await broker.server.shutdown() }
            // The writer has nothing more to get, so it hears of it first. The same loop has told the client by then.
            #expect(try writer.receiveAll().last?.code == .shuttingDown)
            try client.publish(topic, "too late")
            let frames = try client.receiveAll()
            #expect(frames.compactMap(\.rejected) == [1])
            #expect(frames.contains { $0.rejected == 1 && $0.code == .shuttingDown })
            client.wire.close()
            writer.wire.close()
            await stop.value
        }
    }
}
