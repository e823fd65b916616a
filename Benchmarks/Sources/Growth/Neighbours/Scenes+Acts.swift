import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    /// What operators look at and do, where there is most of it.
    static let acts = [
        listAllClients, peek, peekInFlight, purgeAll, purgeKey, purgePattern, purgePatternKey, purgeQueue,
        purgeQueueKey,
        purgeReturnedKey, skip, lagLimit, events, drain,
    ]

    private static let listAllClients = NeighbourScene(name: "list-all-clients-10000") { stage in
        let crowd = try stage.connect(stage.count(10_000))
        let offender = try Offender(stage)
        return {
            let query = ClientQuery(sort: .severity, limit: .max)
            let times = try stage.again { try offender.ask { .listClients(request: $1, query: query) } }
            return "\(times) lists of \(FigureText.count(crowd.count)) clients"
        }
    }

    // MARK: Looking into a queue

    /// A hundred messages wait in each of a thousand topics.
    private static let peek = NeighbourScene(name: "peek-1000") { stage in
        let reader = try behind(stage)
        let offender = try Offender(stage)
        return {
            let request = PeekRequest(client: reader.clientID, limit: .max)
            let times = try stage.again { try offender.ask { .peek(request: $1, request) } }
            return "\(FigureText.count(times)) peeks, \(offender.fate)"
        }
    }

    private static let peekInFlight = NeighbourScene(name: "peek-in-flight-1048576") { stage in
        let reader = try inFlight(stage)
        let offender = try Offender(stage)
        return {
            let request = PeekRequest(client: reader.clientID, limit: .max)
            let times = try stage.again { try offender.ask { .peek(request: $1, request) } }
            return "\(FigureText.count(times)) peeks, \(offender.fate)"
        }
    }

    // MARK: Purging topics

    private static let purgeAll = NeighbourScene(name: "purge-1600000") { stage in
        let publisher = try filled(stage, key: 0)
        return { try act(publisher, .purgeTopic, name: "filled") }
    }

    /// Every other message has the key.
    private static let purgeKey = NeighbourScene(name: "purge-key-1600000") { stage in
        let publisher = try filled(stage, key: 8)
        return { try act(publisher, .purgeTopic, name: "filled") { $0.key = key } }
    }

    private static let purgePattern = NeighbourScene(name: "purge-pattern-100000") { stage in
        let publisher = try spread(stage)
        return { try act(publisher, .purgeTopic, name: "load.*") }
    }

    private static let purgePatternKey = NeighbourScene(name: "purge-pattern-key-100000") { stage in
        let publisher = try spread(stage)
        return { try act(publisher, .purgeTopic, name: "load.*") { $0.key = key } }
    }

    // MARK: Taking out of a queue

    private static let purgeQueue = NeighbourScene(name: "purge-queue-1000") { stage in
        let reader = try behind(stage)
        let offender = try Offender(stage)
        return { try act(offender, .purge, client: reader.clientID) }
    }

    /// As many stretches as a queue may pass over.
    private static let purgeQueueKey = NeighbourScene(name: "purge-queue-key-120000") { stage in
        let publisher = try Offender(stage)
        let id = try publisher.topic("filled", [.limit: 8 << 30])
        let reader = try Offender(stage)
        try reader.ask { .subscribe(request: $1, pattern: "filled", from: .new) }
        try publisher.publish(FrameBatch(topicID: id, alternating: 8, count: 1000), times: stage.count(120))
        try publisher.awaitConfirms()
        return {
            let outcome = try act(publisher, .purge, client: reader.clientID) {
                $0.topic = "filled"
                $0.key = key
            }
            // The queue comes to every one of them, and tells it.
            try reader.send(.window(1 << 20))
            try reader.wait { reader.count(.deliver) >= Int(publisher.published) / 2 }
            return outcome + ", \(FigureText.count(reader.count(.gap))) gaps"
        }
    }

    /// The messages of the key are to come again, with others between them.
    private static let purgeReturnedKey = NeighbourScene(name: "purge-returned-key-60000") { stage in
        let publisher = try Offender(stage)
        let id = try publisher.topic("filled", [.limit: 8 << 30])
        let count = stage.count(60_000)
        let reader = try Offender(stage, window: UInt32(count), session: "returning")
        try reader.ask { .subscribe(request: $1, pattern: "filled", from: .new) }
        try publisher.publish(FrameBatch(topicID: id, alternating: 8, count: 1000), times: count / 1000)
        try publisher.awaitConfirms()
        try reader.wait { reader.count(.deliver) == count }
        // They come again in a minute.
        try reader.ask { .settle(request: $1, Settlement(.return, [1...UInt64(count)], delay: 60_000)) }
        return {
            let outcome = try act(publisher, .purge, name: "returning") {
                $0.topic = "filled"
                $0.key = key
            }
            withExtendedLifetime(reader) {}
            return outcome
        }
    }

    private static let skip = NeighbourScene(name: "skip-1000") { stage in
        let reader = try behind(stage)
        let offender = try Offender(stage)
        return { try act(offender, .skip, client: reader.clientID) { $0.count = 50_000 } }
    }

    /// The limit of lag of a session takes its oldest messages, again and again.
    private static let lagLimit = NeighbourScene(name: "lag-limit-1000") { stage in
        let ids = try stage.createTopics(stage.count(1000))
        let reader = try Offender(stage, session: "limited")
        try reader.ask { .subscribe(request: $1, pattern: "load.*", from: .new) }
        var limits = SessionSettingsChange()
        limits[.lagMessages] = 1000
        limits[.lagBytes] = 200_000
        try reader.ask { .createSession(request: $1, name: "limited", settings: limits) }
        let publisher = try Offender(stage)
        let batch = FrameBatch(topicIDs: ids, count: 1000, payload: 100)
        return {
            let times = try stage.again { try publisher.publish(batch, times: 1) }
            withExtendedLifetime(reader) {}
            return "\(FigureText.count(times * batch.count)) published"
        }
    }

    // MARK: The broker

    /// Somebody reads all events while many clients come and go, beside many that stay.
    private static let events = NeighbourScene(name: "events-10000") { stage in
        let crowd = try stage.connect(stage.count(10_000)) { client, index in
            try client.send(.subscribe(request: 1, pattern: "crowd.\(index % 100)", from: .new))
        }
        let reader = try Offender(stage, window: 1 << 16)
        try reader.ask { .subscribe(request: $1, pattern: TopicName.events.string, from: .new) }
        return {
            var come = 0
            _ = try stage.again {
                come += try stage.connect(stage.count(200)).count
                while try reader.receive() {}
                try reader.send(.commit(UInt64(reader.count(.deliver))))
            }
            withExtendedLifetime(crowd) {}
            return "\(FigureText.count(come)) came and left, \(FigureText.count(reader.count(.deliver))) events"
        }
    }

    /// Everybody is behind, and there are many topics.
    private static let drain = NeighbourScene(name: "drain-10000") { stage in
        let ids = try stage.createTopics(stage.count(100_000))
        let crowd = try stage.connect(stage.count(10_000)) { client, index in
            try client.send(.subscribe(request: 1, pattern: "load.\(index)", from: .new))
        }
        let publisher = try Offender(stage)
        try publisher.publish(FrameBatch(topicIDs: ids, count: ids.count, payload: 100), times: 1)
        try publisher.awaitConfirms()
        return {
            // Not to forbid the pair's publishes.
            let times = try stage.again { _ = try act(publisher, .drain, isDryRun: true) { $0.duration = 60_000 } }
            withExtendedLifetime(crowd) {}
            return "\(times) times, \(publisher.fate)"
        }
    }

    // MARK: Material

    private static let key = ByteBuffer(repeating: 0x6B, count: 8)

    private static func act(
        _ offender: Offender, _ act: ZaichikProtocol.Act, client: UInt64 = 0, name: String = "", isDryRun: Bool = false,
        _ fill: (inout ActValues) -> Void = { _ in }
    ) throws -> String {
        let start = Monotonic.now
        var values = ActValues(reason: "measured")
        fill(&values)
        let request = ActRequest(act, client: client, name: name, values: values, isDryRun: isDryRun)
        try offender.ask { .act(request: $1, request) }
        return "\(seconds(start, Monotonic.now)), \(offender.fate)"
    }

    /// A reader of a thousand topics, which takes nothing, with a hundred messages in each.
    private static func behind(_ stage: Stage) throws -> Offender {
        let ids = try stage.createTopics(stage.count(1000))
        let reader = try Offender(stage)
        try reader.ask { .subscribe(request: $1, pattern: "load.*", from: .new) }
        let publisher = try Offender(stage)
        try publisher.publish(FrameBatch(topicIDs: ids, count: 1000, payload: 100), times: stage.count(1000) / 10)
        try publisher.awaitConfirms()
        return reader
    }

    /// A topic in which every other message has a key, if any has.
    private static func filled(_ stage: Stage, key: Int) throws -> Offender {
        let publisher = try Offender(stage)
        let id = try publisher.topic("filled", [.limit: 1, .overflow: 1, .historyBytes: .max])
        let batch =
            key > 0
            ? FrameBatch(topicID: id, alternating: key, count: 1000) : FrameBatch(topicID: id, count: 1000, payload: 0)
        try publisher.publish(batch, times: stage.count(1_600_000) / batch.count)
        try publisher.awaitConfirms()
        return publisher
    }

    /// Many topics with a message with a key in each.
    private static func spread(_ stage: Stage) throws -> Offender {
        let ids = try stage.createTopics(stage.count(100_000))
        let publisher = try Offender(stage)
        // Nothing is kept without a history.
        var settings = TopicSettingsChange()
        settings[.historyBytes] = 1 << 20
        try publisher.ask(count: ids.count) { .createTopic(request: $1, name: "load.\($0)", settings: settings) }
        try publisher.publish(FrameBatch(topicIDs: ids, count: ids.count, key: 8, payload: 100), times: 1)
        try publisher.awaitConfirms()
        return publisher
    }
}

extension Offender {
    /// What the broker refused, or that it refused nothing.
    fileprivate var fate: String { refusal.map { "refused: \($0)" } ?? "nothing refused" }
}
