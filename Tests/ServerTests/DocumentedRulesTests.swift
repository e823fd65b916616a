import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Rules of docs/PROTOCOL.md that are about single sentences")
struct DocumentedRulesTests {
    /// A frame with a body.
    private static func frame(_ type: UInt8, flags: UInt8 = 0, short: Int = 0, _ body: [UInt8]) -> [UInt8] {
        [UInt8(4 + body.count), 0, 0, 0, type, flags, UInt8(short), 0] + body
    }

    private static func field(_ tag: UInt8, _ bytes: [UInt8]) -> [UInt8] { [tag, UInt8(bytes.count), 0] + bytes }

    private static func hello(_ fields: [UInt8]) -> [UInt8] {
        Preface.bytes + frame(0x01, [5, 0, 0, 0] + [0xFF, 0xFF, 0xFF, 0xFF] + fields)
    }

    @Test("of a field of HELLO that comes twice the last one counts, and what is not UTF-8 becomes U+FFFD")
    func helloFields() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            let fields =
                Self.field(1, Array("first".utf8)) + Self.field(200, [1, 2]) + Self.field(1, [0x61, 0xFF])
                + Self.field(4, [])
            try client.send(Self.hello(fields))
            guard case .welcome(let welcome) = try client.receive() else { throw WireError.unexpected("no WELCOME") }
            #expect(welcome.window == 5, "unknown features change nothing")
            let row = try client.clientRow(welcome.connectionID)
            #expect(row.program == "a\u{FFFD}" && row.host == "" && row.name == "")
        }
    }

    @Test(
        "a field that reaches past the frame ends the connection", arguments: [[UInt8]([1]), [1, 1], [1, 2, 0, 0x61]])
    func truncatedField(bytes: [UInt8]) async throws {
        try await TestBroker.run { broker in
            let greeting = NativeClient(try broker.connect())
            try greeting.send(Self.hello(Self.field(2, [0x31]) + bytes))
            #expect(try greeting.receiveAll().map(\.code) == [.frameTooShort])
            let client = try broker.client()
            try client.send(Self.frame(0x30, short: 1, [9, 0, 0, 0, 0x61] + bytes))
            #expect(try client.receiveAll().map(\.code) == [.frameTooShort])
        }
    }

    @Test("a connection that has not greeted yet is listed as native and without a name")
    func ungreeted() async throws {
        try await TestBroker.run { broker in
            let silent = try broker.connect()
            let client = try broker.client()
            try eventually("both to be listed") { try client.clients().matching == 2 }
            let row = try #require(try client.clients(ClientQuery(limit: 9)).rows.first { $0.id != client.id })
            #expect(row.name == "" && row.dialect == .native && row.state == .idle)
            silent.close()
        }
    }

    @Test("of several faults of a request the first in the order of checks is answered")
    func order() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let argument = [UInt8](repeating: 0, count: 8)
            // Request id 0 before anything else; a start before the pattern's bytes; these before the rules for names.
            try client.send(
                Self.frame(0x20, short: 1, [0, 0, 0, 0, 9, 0, 0, 0] + argument + [0xFF])
                    + Self.frame(0x20, short: 1, [1, 0, 0, 0, 9, 0, 0, 0] + argument + [0xFF])
                    + Self.frame(0x20, short: 1, [2, 0, 0, 0, 5, 0, 0, 0] + argument + [0xFF])
                    + Self.frame(0x20, short: 2, [3, 0, 0, 0, 5, 0, 0, 0] + argument + Array("a.".utf8))
                    + Self.frame(0x20, short: 1, [4, 0, 0, 0, 5, 0, 0, 0] + argument + Array("a".utf8)))
            let errors = try client.barrier()
            #expect(errors.map(\.code) == [.badRequestID, .badArgument, .badName, .badName, .noSession])
            #expect(errors.map(\.request) == [0, 1, 2, 3, 4])
        }
    }

    @Test("flag bit 2 says nothing about a key that has bytes")
    func emptyKeyFlag() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            var bytes = NativeClient.bytes([.message(topic, "m", key: "k")])
            bytes[MessageLayout.flagsOffset] = MessageFlags.emptyKey.rawValue
            try client.send(bytes)
            #expect(try client.deliveries(1).first?.key == ByteBuffer(string: "k"))
        }
    }

    @Test("UNSUBSCRIBE takes what is pending out of the queue, without a GAP, and forgets the keys")
    func unsubscribe() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.deduplicationWindow: 60_000]).id
            let reader = try broker.client(window: 1)
            try reader.subscribe("hello")
            for key in ["a", "b", "c"] { try writer.publishConfirmed(topic, [key], key: key) }
            #expect(try reader.payloads(1) == ["a"])
            try reader.unsubscribe("hello")
            try reader.send(.commit(1))
            #expect(try reader.settle() == [])
            let row = try writer.clientRow(reader.id)
            #expect(row[.lagMessages] == 0 && row[.gapMessages] == 0 && row[.committedMessages] == 1)
            try reader.send(.window(10))
            try reader.subscribe("hello", from: .earliest)
            let frames = try reader.settle()
            #expect(frames.first?.opcode == .topic && frames.first?.request == 0, "the id is announced anew")
            #expect(frames.payloads == ["a", "b", "c"])
        }
    }

    @Test("UNSUBSCRIBE from what was never subscribed to is answered with OK, and creates nothing")
    func unsubscribeNothing() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            for text in ["never", "never.>", "$zaichik.never"] { try client.unsubscribe(text) }
            #expect(try client.topics().matching == 0)
        }
    }

    @Test("subscribing to the same text again is answered with OK at the limit of subscriptions, too")
    func againAtTheLimit() async throws {
        try await TestBroker.run(configure: { $0.maximumSubscriptions = 2 }) { broker in
            let client = try broker.client()
            try client.subscribe("a")
            try client.subscribe("b.*")
            try client.send(.subscribe(request: 90, pattern: "c", from: .new))
            #expect(try client.barrier().map(\.code) == [.tooManySubscriptions])
            try client.subscribe("a", from: .earliest)
            try client.subscribe("b.*", from: .earliest)
            #expect(try client.clientRow(client.id)[.subscriptions] == 2)
        }
    }

    @Test("with a history of 0 bytes, start 2 begins with the next message, and nothing that no queue needs is kept")
    func noHistory() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", [.historyBytes: 0, .historyCount: 100]).id
            try client.publishConfirmed(topic, ["1", "2"])
            #expect(try client.topicRow("hello")[.retainedMessages] == 0)
            try client.subscribe("hello", from: .earliest)
            #expect(try client.publishConfirmed(topic, ["3"]).payloads == ["3"])
        }
    }

    @Test(
        "drop: a message that is longer than the limit reaches queues that keep up, and the next one takes it from those that lag"
    )
    func longerThanTheLimit() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 1000, .historyBytes: 0]).id
            let quick = try broker.client("quick")
            let slow = try broker.client("slow", window: 0)
            try quick.subscribe("hello")
            try slow.subscribe("hello")
            let long = String(repeating: "m", count: 5000)
            for _ in 0..<3 {
                try writer.publishConfirmed(topic, [long])
                #expect(try quick.settle().payloads == [long])
            }
            #expect(try writer.clientRow(slow.id)[.gapMessages] == 2)
            try slow.send(.window(10))
            let frames = try slow.settle()
            #expect(frames.messages.map(\.sequence) == [3])
            #expect(frames.compactMap(\.gap).allSatisfy { $0.reason == .limit })
            #expect(frames.compactMap(\.gap).map(\.last).last == 2)
        }
    }

    @Test("of a setting that is named twice the last one counts, and a wrong one among them changes nothing")
    func settingTwice() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            func number(_ value: UInt8) -> [UInt8] { [value] + [UInt8](repeating: 0, count: 7) }
            func create(_ request: UInt8, _ fields: [UInt8]) throws {
                try client.send(Self.frame(0x30, short: 1, [request, 0, 0, 0, 0x61] + fields))
            }
            try create(1, Self.field(1, number(9)) + Self.field(5, number(2)) + Self.field(1, number(7)))
            try create(2, Self.field(1, number(5)) + Self.field(5, number(3)) + Self.field(5, number(1)))
            try create(3, Self.field(1, number(5)) + Self.field(99, number(3)))
            try create(4, Self.field(1, [5, 0, 0, 0]))
            #expect(try client.barrier().map(\.code) == [nil, .badArgument, .badArgument, .badArgument])
            let settings = try client.topicRow("a").settings
            #expect(settings.retention == 7 && settings.overflow == .block)
        }
    }

    @Test("rows with equal figures are in the order of their names, in either direction")
    func ties() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            for name in ["b", "c", "a"] { _ = try client.topic(name) }
            for descending in [true, false] {
                let query = TopicQuery(sort: .publishedMessages, descending: descending, limit: 9)
                #expect(try client.topics(query).rows.map(\.name) == ["a", "b", "c"])
            }
        }
    }

    @Test("a watch under an id that is in use is refused, and no STATISTICS comes after the OK of UNWATCH")
    func watches() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(
                .watch(request: 50, WatchRequest(interval: 100)), .watch(request: 50, WatchRequest(interval: 100)))
            let frames = try client.receive { $0.opcode == .statistics }
            #expect(frames.filter { $0.request == 50 }.map(\.code) == [nil, .tooManyWatches])
            try client.send(.unwatch(request: 51, watch: 50))
            _ = try client.receive { $0.request == 51 }
            for _ in 0..<3 { #expect(try client.settle() == []) }
        }
    }

    @Test("a rate is 0 before the first second is over, and a client's figures count from its accept")
    func rates() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let row = try client.clientRow(client.id)
            #expect(row[.publishRate] == 0 && row[.deliverRate] == 0 && row[.commitRate] == 0)
            #expect(row[.publishedMessages] == 0 && row[.roundTrip] == 0 && row[.lastCommitAge] == 0)
        }
    }

    @Test("frames after CLOSE are ignored, watches end, and GOODBYE is the last frame")
    func afterClose() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(
                .watch(request: 50, WatchRequest(interval: 100)), .message(topic, "one"), .close,
                .message(topic, "two"), .ping(9), .topic(request: 60, name: "never"))
            let frames = try client.receiveAll()
            #expect(frames.contains(.confirm(1)) && !frames.contains(.pong(9)))
            #expect(frames.last?.code == .closedByClient)
            let other = try broker.client()
            #expect(try other.topics(TopicQuery(limit: 9)).rows.map { $0[.headSequence] } == [1])
        }
    }
}
