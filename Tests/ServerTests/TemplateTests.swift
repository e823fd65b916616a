import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Settings that the broker's configuration has for new topics and sessions")
struct TemplateTests {
    private static func template(_ pattern: String, _ settings: [TopicSettings.Tag: UInt64]) -> TopicTemplate {
        var change = TopicSettingsChange()
        for (tag, value) in settings { change[tag] = value }
        guard let pattern = try? TopicPattern(pattern) else { preconditionFailure("a pattern") }
        return TopicTemplate(pattern, change)
    }

    @Test("a topic made by use has the settings of the first template that matches, another the defaults")
    func byUse() async throws {
        try await TestBroker.run(configure: {
            $0.topicTemplates = [
                Self.template("metrics.*", [.retention: 600_000]),
                Self.template("metrics.>", [.retention: 1, .historyCount: 7]),
            ]
        }) { broker in
            let client = try broker.client("c")
            for name in ["metrics.a", "metrics.a.b", "orders"] { _ = try client.topic(name) }
            try client.subscribe("metrics.read", from: .new)
            let classic = try broker.classic()
            try classic.send(.subscribe(topic: "metrics.old"), ClassicFrame.message("metrics.old", "x"))
            _ = try classic.consume(1)
            for name in ["metrics.a", "metrics.read", "metrics.old"] {
                #expect(try client.topicRow(name).settings.retention == 600_000)
                #expect(try client.topicRow(name).settings.historyCount == 0)
            }
            #expect(try client.topicRow("metrics.a.b").settings.historyCount == 7)
            #expect(try client.topicRow("orders").settings == TopicSettings())
        }
    }

    @Test("what CREATE TOPIC says of a new topic wins over its template; a topic that exists keeps what it has")
    func created() async throws {
        try await TestBroker.run(configure: {
            $0.topicTemplates = [Self.template("t", [.retention: 600_000, .historyCount: 7])]
        }) { broker in
            let client = try broker.client("c")
            try client.create("t", [.historyCount: 3])
            #expect(try client.topicRow("t").settings.historyCount == 3)
            #expect(try client.topicRow("t").settings.retention == 600_000)
            try client.create("t", [.retention: 0])
            #expect(try client.topicRow("t").settings.retention == 0)
            try client.create("t", [.limit: 1 << 20])
            #expect(try client.topicRow("t").settings.retention == 0)
        }
    }

    @Test("a broker that creates no topics by use refuses them with what to do; CREATE TOPIC creates them")
    func notByUse() async throws {
        try await TestBroker.run(configure: { $0.createsTopicsByUse = false }) { broker in
            let client = try broker.client("c")
            try client.send(.topic(request: 71, name: "t"))
            try client.send(.subscribe(request: 72, pattern: "t", from: .new, incarnation: nil))
            let errors = try client.settle().compactMap { frame -> (UInt16, UInt32, String)? in
                guard case .error(let code, let request, let message) = frame else { return nil }
                return (code, request, message)
            }
            #expect(errors.map(\.0) == [ErrorCode.unknownTopic.rawValue, ErrorCode.unknownTopic.rawValue])
            #expect(errors.map(\.1) == [71, 72])
            #expect(errors.allSatisfy { $0.2.contains("'zaichik topic create t'") })
            try client.subscribe("t*.>", from: .new)
            try client.create("t")
            _ = try client.topic("t")
            try client.subscribe("t", from: .new)
        }
    }

    @Test("a broker that creates no topics by use ends a classic connection that publishes to one that does not exist")
    func classicNotByUse() async throws {
        try await TestBroker.run(configure: { $0.createsTopicsByUse = false }) { broker in
            let client = try broker.client("c")
            let classic = try broker.classic()
            try classic.send(ClassicFrame.message("t", "x"))
            #expect(try classic.receive() == nil)
            #expect(try client.topics(TopicQuery(filter: "t")).matching == 0)
        }
    }

    @Test("a new session has the settings of the template, but for those that it is created with")
    func sessions() async throws {
        try await TestBroker.run(configure: {
            $0.sessionTemplate[.expiry] = 5000
            $0.sessionTemplate[.attempts] = 3
        }) { broker in
            let client = try broker.client("c")
            _ = try client.createSession("s", [.attempts: 9])
            #expect(try client.sessionRow("s").settings.expiry == 5000)
            #expect(try client.sessionRow("s").settings.attempts == 9)
        }
    }

    @Test("what may change does so while the broker serves, and what exists stays")
    func adopted() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client("c")
            for name in ["a", "b"] { _ = try client.topic(name) }
            var configuration = BrokerConfiguration()
            configuration.maximumTopics = 1
            configuration.maximumSessions = 0
            configuration.maximumSubscriptions = 0
            configuration.topicTemplates = [Self.template(">", [.historyCount: 4])]
            broker.server.adopt(configuration)
            try client.send(.topic(request: 71, name: "c"))
            let refused = try client.settle().contains { frame in
                if case .error(ErrorCode.tooManyTopics.rawValue, 71, _) = frame { true } else { false }
            }
            #expect(refused)
            _ = try client.topic("a")
            configuration.maximumTopics = 10
            broker.server.adopt(configuration)
            _ = try client.topic("c")
            #expect(try client.topicRow("c").settings.historyCount == 4)
            #expect(try client.topicRow("a").settings.historyCount == 0)
        }
    }
}
