import Logging
import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

private let strangerBytes: [([UInt8], String)] = [
    (Array("GET / HTTP/1.1\r\n\r\n".utf8), "this is HTTP"), ([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3], "this is TLS"),
    (Preface.letters + [3], "version 3"), ([9, 0, 0, 0], "09 00 00 00"), (Array("ZAPPED!!".utf8), "ZAPPED"),
]

@Suite("What a broker logs")
struct LogTests {
    private static let kibibyte = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)
    private let log = RecordedLog()

    private func line(
        _ beginning: String, _ matches: (RecordedLog.Line) -> Bool = { _ in true }
    ) throws
        -> RecordedLog.Line
    {
        var found: RecordedLog.Line?
        try eventually("a line '\(beginning)'") {
            found = log.lines(beginning).first(where: matches)
            return found != nil
        }
        return try #require(found)
    }

    @Test("a client that comes and goes is told at info: who it is, and why it went")
    func comesAndGoes() async throws {
        try await TestBroker.run(logger: log.logger(.info)) { broker in
            let client = try broker.client("hare")
            let connected = try line("client connected") { $0.metadata["name"] == "\"hare\"" }
            #expect(connected.level == .info && connected.metadata["client"] == "\(client.id)")
            #expect(connected.metadata["dialect"] == "native")
            try client.send(.close)
            _ = try client.receiveAll()
            let gone = try line("client disconnected") { $0.metadata["client"] == "\(client.id)" }
            #expect(gone.level == .info && gone.metadata["reason"] == "\"it sent CLOSE\"")
        }
    }

    @Test("a client that vanishes, shuts its side or says nothing is told with that reason")
    func reasons() async throws {
        try await TestBroker.run(logger: log.logger(.info)) { broker in
            let vanishing = try broker.client()
            let halfClosing = try broker.client()
            let silent = try broker.client()
            vanishing.wire.close()
            halfClosing.wire.halfClose()
            func reason(_ id: UInt64) throws -> String? {
                try line("client disconnected") { $0.metadata["client"] == "\(id)" }.metadata["reason"]
            }
            #expect(try reason(halfClosing.id) == "\"it ended its half of the stream\"")
            #expect(try reason(vanishing.id)?.isEmpty == false)
            for _ in 0..<3 {
                broker.clock.advance(seconds: 30)
                try broker.secondPasses()
            }
            #expect(try reason(silent.id)?.hasPrefix("\"idle-too-long: ") == true)
        }
    }

    @Test("what is no client is told with its first bytes, and counted", arguments: strangerBytes)
    func strangers(bytes: [UInt8], reason: String) async throws {
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let wire = try broker.connect()
            try wire.send(bytes)
            #expect(try wire.receiveAll() == [])
            let told = try line("connection ended because of what it sent")
            #expect(told.level == .notice)
            #expect(told.metadata["reason"]?.contains(reason) == true, "\(told)")
            #expect(told.metadata["address"]?.hasPrefix("127.0.0.1:") == true)
        }
    }

    @Test("an error that ends a connection is told with its code")
    func protocolError() async throws {
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let client = try broker.client()
            try client.send([255, 255, 255, 255, 0x10, 0, 0, 0])
            _ = try client.receiveAll()
            let told = try line("connection ended because of what it sent")
            #expect(told.metadata["reason"]?.contains("frame-too-long") == true, "\(told)")
        }
    }

    @Test("a connection that never said anything is worth a line for debugging only")
    func ungreeted() async throws {
        try await TestBroker.run(logger: log.logger(.debug)) { broker in
            try broker.connect().close()
            #expect(try line("connection ended without a greeting").level == .debug)
        }
    }

    @Test("new topics are told at info, changed settings at notice, with the client")
    func topics() async throws {
        try await TestBroker.run(logger: log.logger(.info)) { broker in
            let client = try broker.client("hare")
            try client.create("orders", [.retention: 5000])
            let created = try line("topic created") { $0.metadata["topic"] == "\"orders\"" }
            #expect(created.level == .info && created.metadata["retention"] == "\"5000 ms\"")
            try client.create("orders", [.retention: 5000])
            try client.create("orders", [.retention: 0])
            let changed = try line("topic settings changed")
            #expect(changed.level == .notice && changed.metadata["retention"] == "\"5000 ms -> 0 ms\"")
            #expect(changed.metadata["client"] == "\(client.id)" && changed.metadata["name"] == "\"hare\"")
            #expect(log.lines("topic settings changed").count == 1, "unchanged settings are not told")
        }
    }

    @Test("hundreds of clients at once are some lines and a number")
    func limited() async throws {
        try await TestBroker.run(logger: log.logger(.info)) { broker in
            let clients = try (0..<300).map { _ in try broker.client() }
            func told() -> Int {
                log.lines("client connected").reduce(0) { $0 + (Int($1.metadata["more"] ?? "") ?? 1) }
            }
            try eventually("all are told or counted") { told() >= clients.count }
            #expect(log.lines("client connected").count < clients.count)
            #expect(log.lines("client connected: ").allSatisfy { $0.message.hasSuffix(" more in the last second") })
        }
    }

    @Test("drops are told when they begin, with the first message, and when they have ended, with their number")
    func drops() async throws {
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("metrics", [.limit: 64 << 10, .historyBytes: 0]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("metrics")
            for _ in 0..<20 { try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 10)) }
            let begun = try line("topic drops messages")
            #expect(begun.level == .warning && begun.metadata["topic"] == "\"metrics\"")
            #expect(begun.metadata["first"] == "1")
            broker.clock.advance(seconds: 11)
            let ended = try line("topic no longer drops")
            #expect(ended.level == .notice)
            #expect(ended.metadata["messages"] == "\(try writer.topicRow("metrics")[.droppedMessages])")
            #expect(log.lines("topic drops messages").count == 1)
        }
    }

    @Test("refused publishes are told with their topic and code, and so is their end")
    func rejects() async throws {
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let writer = try broker.client("writer")
            let overflow = UInt64(TopicSettings.Overflow.reject.rawValue)
            let topic = try writer.create("full", [.limit: 64 << 10, .historyBytes: 0, .overflow: overflow]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("full")
            try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 70))
            let begun = try line("refusing")
            #expect(begun.level == .warning && begun.metadata["code"] == "topic-full")
            #expect(begun.metadata["topic"] == "\"full\"" && begun.metadata["publishes"] == "6")
            broker.clock.advance(seconds: 11)
            #expect(try line("no longer refusing").metadata["publishes"] == "6")
        }
    }

    @Test("memory that runs out is told, and that it has not any more")
    func memory() async throws {
        try await TestBroker.run(logger: log.logger(.notice), configure: { $0.memoryLimit = 2 << 20 }) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("big").id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("big")
            for _ in 0..<300 { try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 10)) }
            let reached = try line("memory limit reached")
            #expect(reached.level == .warning && reached.metadata["limit_bytes"] == "\(2 << 20)")
            try slow.send(.close)
            _ = try slow.receiveAll()
            broker.clock.advance(seconds: 11)
            #expect(try line("memory limit no longer reached").level == .notice)
        }
    }

    @Test("refused requests and connections are told with their codes")
    func refused() async throws {
        try await TestBroker.run(
            logger: log.logger(.notice),
            configure: {
                $0.maximumTopics = 1
                $0.maximumConnections = 1
            }
        ) { broker in
            let client = try broker.client()
            try client.send(.topic(request: 1, name: "one"), .topic(request: 2, name: "two"))
            let codes = try client.settle().compactMap(\.code)
            #expect(codes == [.tooManyTopics])
            for _ in 0..<3 { _ = try NativeClient(try broker.connect()).refused() }
            #expect(try line("refusing") { $0.metadata["code"] == "too-many-topics" }.metadata["requests"] == "1")
            _ = try line("refusing") { $0.metadata["code"] == "too-many-connections" }
            broker.clock.advance(seconds: 11)
            let ended = try line("no longer refusing") { $0.metadata["code"] == "too-many-connections" }
            #expect(ended.metadata["connections"] == "3")
        }
    }
}

extension NativeClient {
    /// Greets, and takes everything that a broker which is full says.
    fileprivate func refused() throws -> [BrokerFrame] {
        try send(GreetingTests.greeting)
        return try receiveAll()
    }
}
