import Logging
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol

// The rows of the table of the configuration.
extension ConfigurationKey {
    static let ofTheBroker = [
        ConfigurationKey(
            path: "listen", kind: .addresses, summary: "where to listen; a name stands for all of its addresses",
            option: "listen", isLive: false,
            get: { .texts($0.broker.listen.map(\.description)) },
            set: { value, settings in
                guard case .texts(let texts) = value else { return }
                settings.broker.listen = texts.compactMap { try? BrokerAddress($0) }.map {
                    Endpoint(host: $0.host, port: $0.port)
                }
            }),
        ConfigurationKey(
            path: "name", kind: .text, summary: "the name that clients see in WELCOME", isLive: false,
            computed: "the name of the machine",
            get: { .text($0.broker.name) }, set: { if case .text(let text) = $0 { $1.broker.name = text } }),
        ConfigurationKey(
            path: "loops", kind: .number(1...256), summary: "event loops that serve clients, a thread each",
            option: "loops", isLive: false, computed: "one a core, at most 4",
            get: { .number(UInt64($0.broker.loops)) },
            set: { if case .number(let number) = $0 { $1.broker.loops = Int(number) } }),
        ConfigurationKey(
            path: "gather", kind: .number(0...UInt64(Int.max)),
            summary: "how many more clients than another a loop may have while it is less than half busy; 0: none",
            option: "gather",
            get: { .number(UInt64($0.broker.gathering)) },
            set: { if case .number(let number) = $0 { $1.broker.gathering = Int(clamping: number) } }),
        .size(
            "memory-limit", "memory-limit", \.broker.memoryLimit, 1 << 20...UInt64.max, isLive: false, computed: true),
    ]

    static let ofLimits: [ConfigurationKey] = [
        .limit("limits.connections", "max-connections", \.broker.maximumConnections, computed: true),
        .limit("limits.topics", "max-topics", \.broker.maximumTopics),
        .limit("limits.sessions", "max-sessions", \.broker.maximumSessions),
        .limit("limits.subscriptions", "max-subscriptions", \.broker.maximumSubscriptions),
        .limit("limits.producers", "max-producers", \.broker.maximumProducers),
        .size(
            "limits.frame", "max-frame", \.broker.maximumFrame,
            UInt64(FrameLimits.choices.lowerBound)...UInt64(FrameLimits.choices.upperBound)),
    ]

    static let ofTimes: [ConfigurationKey] = [
        .seconds("times.producer", "producer-time", \.broker.producerTime, .time(1000...UInt64.max)),
        .seconds("times.unused-topics", "unused-topics", \.broker.unusedTopicTime, .time(0...UInt64.max)),
        .seconds("times.unused-history", "unused-history", \.broker.unusedHistoryTime, .time(0...UInt64.max)),
        ConfigurationKey(
            path: "times.shutdown", kind: .time(0...3_600_000),
            summary: "how long clients have to take what they are owed when the broker stops",
            get: { .number(UInt64(clamping: Int64($0.broker.shutdownDeadline / .milliseconds(1)))) },
            set: { value, settings in
                guard case .number(let time) = value else { return }
                settings.broker.shutdownDeadline = .milliseconds(Int64(clamping: time))
            }),
    ]

    static let ofTheLog = [
        ConfigurationKey(
            path: "log.level", kind: .choice(Logger.Level.allCases.map(\.rawValue)),
            summary: "the least level that is logged", option: "log-level",
            get: { .text($0.logLevel.rawValue) },
            set: { value, settings in
                if case .text(let text) = value, let level = Logger.Level(rawValue: text) { settings.logLevel = level }
            }),
        ConfigurationKey(
            path: "log.format", kind: .choice(LogFormat.allCases.map(\.rawValue)),
            summary: "a line of text, or a JSON object a line", option: "log-format",
            get: { .text($0.logFormat.rawValue) },
            set: { value, settings in
                if case .text(let text) = value, let format = LogFormat(rawValue: text) { settings.logFormat = format }
            }),
        ConfigurationKey(
            path: "log.file", kind: .text, summary: "append the log to this file; SIGHUP opens it anew",
            option: "log-file", isLive: false, computed: "standard error",
            get: { $0.logFile.map { .text($0) } ?? .absent },
            set: { if case .text(let text) = $0 { $1.logFile = text } }),
    ]

    static let ofTopics = [
        ConfigurationKey(
            path: "topics.create-by-use", kind: .flag,
            summary: "whether a topic that does not exist is created when it is published or subscribed to",
            get: { .flag($0.broker.createsTopicsByUse) },
            set: { if case .flag(let isOn) = $0 { $1.broker.createsTopicsByUse = isOn } }),
        ConfigurationKey(
            path: "topics.templates", kind: .templates,
            summary:
                "settings of new topics by pattern: the first that matches counts, and what CREATE TOPIC names wins",
            get: { settings in
                .templates(
                    settings.broker.topicTemplates.map { .init(match: $0.pattern.string, settings: $0.settings.values) }
                )
            },
            set: { value, settings in
                guard case .templates(let templates) = value else { return }
                settings.broker.topicTemplates = templates.compactMap { template in
                    guard let pattern = try? TopicPattern(template.match) else { return nil }
                    var change = TopicSettingsChange()
                    for (tag, value) in template.settings { change[tag] = value }
                    return TopicTemplate(pattern, change)
                }
            }),
    ]

    /// A row for each setting of a session.
    static let ofSessions = SessionSettings.Tag.allCases.map { tag in
        ConfigurationKey(
            path: "sessions.\(tag.name)", kind: tag.kind, summary: "of new sessions: \(tag.summary)",
            get: { settings in
                tag.value(settings.broker.sessionTemplate.applied(to: SessionSettings())[tag])
            },
            set: { value, settings in
                let number = tag.number(value)
                // A default is not kept, so that nothing but a difference is told of.
                settings.broker.sessionTemplate[tag] = number == SessionSettings()[tag] ? nil : number
            })
    }
}
