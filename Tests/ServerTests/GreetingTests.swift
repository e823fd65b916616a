import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Native greeting")
struct GreetingTests {
    static let greeting = Preface.bytes + NativeClient.bytes([.hello(Hello(window: 7, name: "hare"))])

    @Test("preface and HELLO may come at once, and WELCOME has the values granted")
    func atOnce() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            try client.send(Self.greeting)
            guard case .welcome(let welcome) = try client.receive() else { throw WireError.unexpected("no WELCOME") }
            #expect(welcome.window == 7)
            #expect(welcome.maximumFrame == 8 << 20)
            #expect(welcome.brokerName == "burrow")
            #expect(welcome.version == ZaichikVersion.string)
            #expect(try client.barrier() == [])
        }
    }

    @Test("preface and HELLO may come byte by byte")
    func byteByByte() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            for byte in Self.greeting { try client.send([byte]) }
            guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME") }
        }
    }

    @Test("each connection has an id of its own")
    func ids() async throws {
        try await TestBroker.run { broker in
            let clients = try (0..<10).map { _ in try broker.client() }
            #expect(Set(clients.map(\.id)).count == 10)
        }
    }

    @Test("a window over 2^20 is granted as 2^20, and a name is cut at 255 bytes")
    func clamped() async throws {
        try await TestBroker.run { broker in
            let name = String(repeating: "з", count: 200)
            let client = try broker.client(name, window: .max)
            #expect(client.welcome.window == 1 << 20)
            try client.send(.listClients(request: 1, query: ClientQuery()))
            guard case .clients(_, let page, _) = try client.receive() else { throw WireError.unexpected("no rows") }
            #expect(page.rows.map(\.name) == [String(repeating: "з", count: 127)])
        }
    }

    @Test("another version than 2 closes the connection without a frame", arguments: [UInt8(0), 1, 3, 255])
    func version(version: UInt8) async throws {
        try await TestBroker.run { broker in
            let wire = try broker.connect()
            try wire.send(Preface.letters + [version])
            #expect(try wire.receiveAll() == [])
        }
    }

    @Test(
        "a connection that begins like neither dialect is closed without an answer",
        arguments: ["GET / HTTP/1.1\r\n\r\n", "ZAICHIC\u{2}", "Zx", "\u{6}\0\0\0", "\0\0\0\u{1}"])
    func garbage(text: String) async throws {
        try await TestBroker.run { broker in
            let wire = try broker.connect()
            try wire.send(text.utf8)
            #expect(try wire.receiveAll() == [])
        }
    }

    @Test("a frame before HELLO ends the connection", arguments: earlyFrames)
    func early(frame: [UInt8]) async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            try client.send(Preface.bytes + frame)
            #expect(try client.receiveAll().map(\.code) == [.helloMissing])
        }
    }

    static let earlyFrames: [[UInt8]] = [
        NativeClient.bytes([.ping(1)]),
        NativeClient.bytes([.message(1, "m")]),
        NativeClient.bytes([.topic(request: 1, name: "a")]),
        // A frame that comes too early is too early whatever else is wrong with it.
        NativeClient.bytes([.topic(request: 0, name: "a")]),
        [4, 0, 0, 0, 0x5F, 0, 0, 0],
    ]

    @Test("a second HELLO ends the connection")
    func second() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(.hello(Hello(window: 1, name: "again")), .ping(1))
            #expect(try client.receiveAll().map(\.code) == [.helloRepeated])
        }
    }

    @Test("a HELLO whose name is not UTF-8 is refused, and the next one is welcome")
    func badName() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            let bad: [UInt8] = [13, 0, 0, 0, 1, 0, 1, 0] + [0, 0, 0, 0, 0, 0, 0, 0, 0xFF]
            try client.send(Preface.bytes + bad)
            #expect(try client.receive().code == .badName)
            try client.send(.hello(Hello(window: 1, name: "hare")))
            guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME") }
        }
    }
}
