import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Extreme numbers", .serialized)
struct ExtremesTests {
    private static let numbers: [UInt64] = [
        0, 1, .max, .max - 1, 1 << 63, 1 << 63 - 1, UInt64.max / 1000, UInt64.max / 1000 + 1, 1 << 32, 1 << 32 - 1,
    ]
    private static let shortNumbers: [UInt32] = [0, 1, .max, .max - 1, 1 << 31, 1 << 31 - 1]

    private static var requests: [ClientFrame] {
        shortNumbers.flatMap { number -> [ClientFrame] in
            [
                .window(number), .unwatch(request: 9, watch: number), .unwatch(request: number, watch: 9),
                .topic(request: number, name: "extreme.asked"),
                .listTopics(request: 9, query: TopicQuery(sort: .headSequence, limit: number)),
                .listClients(request: 9, query: ClientQuery(sort: .lagMessages, limit: number)),
                .watch(
                    request: number,
                    WatchRequest(
                        interval: number, clients: ClientQuery(limit: number), topics: TopicQuery(limit: number))),
                .message(number, "to a topic of any number"),
            ]
        }
    }

    private static var counts: [ClientFrame] {
        numbers.flatMap { number -> [ClientFrame] in
            [.commit(number), .ping(number), .pong(number), .inspectClient(request: 9, id: number)]
        }
    }

    private static var settings: [TopicSettingsChange] {
        TopicSettings.Tag.allCases.flatMap { tag in
            numbers.map { number in
                var change = TopicSettingsChange()
                change[tag] = number
                if tag == .deduplicationWindow { change[.deduplicationScope] = number % 2 }
                if tag == .limit { change[.overflow] = number % 2 }
                return change
            }
        }
    }

    /// Publishes to a topic of its own, reads it from `start`, commits, and says all that there is to say in between.
    private func use(
        _ broker: TestBroker, _ name: String, _ frames: [ClientFrame], from start: StartPosition = .earliest
    ) throws {
        let wire = try broker.connect()
        let writer = try broker.client("writer")
        let topic = try writer.topic(name)
        try writer.publishConfirmed(topic, ["one", "two"], key: "key")
        let subscribe = ClientFrame.subscribe(request: 1, pattern: name, from: start)
        wire.trySend(GreetingTests.greeting + NativeClient.bytes([subscribe] + frames))
        try writer.publishConfirmed(topic, ["three", "four"], key: "key")
        wire.trySend(
            NativeClient.bytes(
                [.commit(1), .unsubscribe(request: 2, pattern: name), subscribe] + frames + [.commit(3)]))
        try writer.settle()
    }

    /// Nobody's numbers have kept the broker from serving others.
    private func serves(_ broker: TestBroker) throws {
        let client = try broker.client("neighbour")
        let topic = try client.topic("neighbour")
        try client.subscribe("neighbour")
        try client.publish(topic, "still here")
        #expect(try client.payloads(1) == ["still here"])
        try broker.settle()
    }

    @Test("in requests and counts")
    func requests() async throws {
        try await TestBroker.run { broker in
            for (number, frame) in (Self.requests + Self.counts).enumerated() {
                try use(broker, "extreme.\(number)", [frame])
            }
            try serves(broker)
            try broker.secondPasses()
        }
    }

    @Test("in starts")
    func starts() async throws {
        try await TestBroker.run { broker in
            for (number, value) in Self.numbers.enumerated() {
                for (kind, start) in [StartPosition.sequence(value), .time(value)].enumerated() {
                    try use(broker, "extreme.\(number).\(kind)", [], from: start)
                    let all = ClientFrame.subscribe(request: 3, pattern: "extreme.>", from: start)
                    try use(broker, "extreme.\(number).\(kind).too", [all], from: start)
                }
            }
            try serves(broker)
            try broker.secondPasses()
        }
    }

    @Test("in settings of topics")
    func settings() async throws {
        try await TestBroker.run { broker in
            for (number, change) in Self.settings.enumerated() {
                let name = "extreme.\(number)"
                try use(broker, name, [.createTopic(request: 3, name: name, settings: change)])
            }
            broker.clock.advance(seconds: 1)
            try broker.secondPasses()
            try serves(broker)
        }
    }

    @Test("anywhere in any frame, as long as its length is right", arguments: RobustnessTests.frames)
    func anywhere(frame: [UInt8]) async throws {
        try await TestBroker.run { broker in
            for offset in FrameHeader.lengthSize + 1..<frame.count {
                for (width, value) in [(2, 0xFF), (4, 0xFF), (8, 0xFF), (8, 0), (8, 0x7F)] as [(Int, UInt8)]
                where offset + width <= frame.count {
                    var changed = frame
                    changed.replaceSubrange(offset..<offset + width, with: Array(repeating: value, count: width))
                    let wire = try broker.connect()
                    wire.trySend(GreetingTests.greeting + changed + frame)
                }
            }
            try serves(broker)
        }
    }

    @Test(
        "in what a broker is configured with",
        arguments: [
            { @Sendable in $0.gathering = .max }, { @Sendable in $0.gathering = -1 },
            { @Sendable in $0.memoryLimit = .max }, { @Sendable in $0.maximumFrame = .max },
            { @Sendable in $0.maximumConnections = .max }, { @Sendable in $0.maximumTopics = .max },
            { @Sendable in $0.maximumSubscriptions = .max },
        ] as [@Sendable (inout BrokerConfiguration) -> Void])
    func configuration(configure: @Sendable (inout BrokerConfiguration) -> Void) async throws {
        try await TestBroker.run(configure: configure) { broker in
            for number in 0..<3 { try use(broker, "extreme.\(number)", []) }
            try serves(broker)
        }
    }
}
