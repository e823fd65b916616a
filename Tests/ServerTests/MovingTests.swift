import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A connection that goes on at another loop after HELLO")
struct MovingTests {
    /// Runs a broker whose clients are served by the loop that the window of their HELLO tells.
    private static func run(_ body: @Sendable (TestBroker) async throws -> Void) async throws {
        try await TestBroker.run(loops: 4, configure: { $0.loopOfHello = { Int($0.window % 4) } }, body)
    }

    private static func hello(_ loop: UInt32, _ name: String = "hare") -> [UInt8] {
        Preface.bytes + NativeClient.bytes([.hello(Hello(window: 1000 + loop, name: name))])
    }

    @Test("it keeps its id, its address and its time, and is counted once", arguments: [0, 1, 2, 3])
    func identity(loop: UInt32) async throws {
        try await Self.run { broker in
            let observer = try broker.client("observer", window: 1000)
            var clients: [NativeClient] = []
            for _ in 0..<8 { clients.append(try broker.client(window: 1000 + loop)) }
            let rows = try observer.clients().rows.filter { $0.name == "hare" }
            #expect(rows.map(\.id).sorted() == clients.map(\.id).sorted())
            for client in clients {
                let row = try #require(rows.first { $0.id == client.id })
                #expect(row.address.hasSuffix(":\(client.wire.localPort)"))
                #expect(row[.connectedAt] == broker.clock.now)
            }
            let figures = try observer.statistics()
            #expect(figures[.connections] == 9)
            #expect(figures[.connectionsOpened] == 9)
            for client in clients { client.wire.close() }
            try eventually("the clients to be gone") { try observer.statistics()[.connections] == 1 }
        }
    }

    @Test("everything that comes in one segment with HELLO is done in order, to the last byte")
    func oneSegment() async throws {
        try await Self.run { broker in
            let topic = try broker.client("maker", window: 1000).topic("hello")
            for round in 0..<200 {
                let client = NativeClient(try broker.connect())
                let frames: [ClientFrame] =
                    [.subscribe(request: 1, pattern: "hello", from: .connection)]
                    + (0..<20).map { .message(topic, "\(round).\($0)") } + [.ping(1)]
                try client.send(Self.hello(UInt32(round % 4)) + NativeClient.bytes(frames))
                guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME came") }
                let answers = try client.receive { $0 == .pong(1) } + client.settle()
                #expect(answers.first == .ok(request: 1, detail: ByteBuffer()))
                #expect(answers.payloads.filter { $0.hasPrefix("\(round).") } == (0..<20).map { "\(round).\($0)" })
                #expect(answers.compactMap(\.confirmed).last == 20)
            }
        }
    }

    @Test("bytes that come one by one, before and after HELLO, are all read")
    func pieces() async throws {
        try await Self.run { broker in
            for loop in UInt32(0)..<4 {
                let client = NativeClient(try broker.connect())
                for byte in Self.hello(loop) + NativeClient.bytes([.ping(7)]) { try client.send([byte]) }
                guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME came") }
                #expect(try client.receive() == .pong(7))
            }
        }
    }

    @Test("a client that half-closes right behind HELLO gets what it is owed, and then the end")
    func halfClosed() async throws {
        try await Self.run { broker in
            let topic = try broker.client("maker", window: 1000).topic("hello")
            let text = String(repeating: "m", count: 10_000)
            for round in 0..<100 {
                let client = NativeClient(try broker.connect())
                let frames: [ClientFrame] =
                    [.subscribe(request: 1, pattern: "hello", from: .connection)]
                    + (0..<30).map { .message(topic, "\(round).\($0) \(text)") }
                try client.send(Self.hello(UInt32(round % 4)) + NativeClient.bytes(frames))
                client.wire.halfClose()
                let answers = try client.receiveAll()
                #expect(answers.messages.count == 30)
                #expect(answers.compactMap(\.confirmed).last == 30)
            }
        }
    }

    @Test("a client that vanishes on the way leaves nothing")
    func vanished() async throws {
        try await Self.run { broker in
            let observer = try broker.client("observer", window: 1000)
            for round in 0..<400 {
                let wire = try broker.connect()
                try wire.send(Self.hello(UInt32(round % 4), "ghost"))
                wire.close()
            }
            try eventually("the clients to be gone") { try observer.statistics()[.connections] == 1 }
            #expect(try observer.statistics()[.connectionsOpened] == 401)
            #expect(try observer.clients().matching == 1)
        }
    }

    @Test("thousands at once arrive, each with all that it sent")
    func thousands() async throws {
        try await Self.run { broker in
            let count = 2000
            let topic = try broker.client("maker", window: 1000).topic("hello")
            var clients: [NativeClient] = []
            for number in 0..<count {
                let client = NativeClient(try broker.connect())
                try client.send(
                    Self.hello(UInt32(number % 4)) + NativeClient.bytes([.message(topic, "\(number)"), .ping(1)]))
                clients.append(client)
            }
            for client in clients {
                let frames = try client.receive { $0 == .pong(1) }
                #expect(frames.compactMap(\.confirmed) == [1])
            }
            let observer = try broker.client("observer", window: 1000)
            #expect(try observer.topicRow("hello")[.headSequence] == UInt64(count))
            #expect(try observer.clients(ClientQuery(limit: 1)).matching == count + 1)
        }
    }

    @Test("those that are on their way when the broker stops are told so, or see the end")
    func stopping() async throws {
        try await Self.run { broker in
            var clients: [NativeClient] = []
            for number in 0..<400 {
                let client = NativeClient(try broker.connect())
                try client.send(Self.hello(UInt32(number % 4)))
                clients.append(client)
            }
            let stop = Task { await broker.server.shutdown() }
            for client in clients {
                // One that was not accepted yet is reset.
                let frames = (try? client.receiveAll()) ?? []
                #expect(frames.isEmpty || frames.last?.code == .shuttingDown)
                client.wire.close()
            }
            await stop.value
        }
    }
}
