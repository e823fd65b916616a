import NIOCore
import ZaichikProtocol

extension Samples {
    static let sessionNames = texts.compactMap { try? SessionName($0) }
    static let ranges: [[ClosedRange<UInt64>]] = [[], [1...1], [1...3, 4...4, 1000...UInt64.max]]

    static var sessionSettings: [SessionSettingsChange] {
        var some = SessionSettingsChange()
        some[.expiry] = .max
        some[.mode] = 2
        return [SessionSettingsChange(), some, SessionSettingsChange(SessionSettings())]
    }

    /// Every request about queues, with values of every kind.
    static let queues: [ClientFrame] = settling + ofSessions + ofTopics + acts + peeks

    private static let settling: [ClientFrame] =
        ranges.flatMap { ranges in
            SettleAction.allCases.map {
                .settle(request: .max, Settlement($0, ranges, delay: .max, reason: "из-за 🐇"))
            }
                + ParkedAction.allCases.map {
                    .settleParked(request: 1, ParkedSettlement($0, ranges, session: "Зайцы"))
                }
                + [
                    .transaction(request: 1, Transaction(commits: ranges)),
                    .transaction(
                        request: .max,
                        Transaction(commits: ranges, publishes: messages(timestamps: [0], flags: [[], .headers]))),
                ]
        } + texts.map { .settle(request: 1, Settlement(.park, [2...2], reason: $0)) }

    private static let ofSessions: [ClientFrame] =
        texts.flatMap { name in
            sessionSettings.map { .createSession(request: 1, name: name, settings: $0) }
                + [
                    .inspectSession(request: 1, name: name, limit: .max), .deleteSession(request: .max, name: name),
                    .listParked(request: 1, session: name, limit: 0, after: .max),
                    .settleParked(request: 1, ParkedSettlement(.drop, [], session: name)),
                ]
        }
        + [SessionQuery(), SessionQuery(sort: .severity, descending: false, limit: .max, filter: "🐇")].map {
            .listSessions(request: 1, query: $0)
        }

    private static let ofTopics: [ClientFrame] =
        texts.flatMap { name in
            [.new, .earliest, .sequence(.max), .time(1), .last(0)].map {
                .seek(request: 1, Seek(name, to: $0, session: sessionNames.last, incarnation: .max))
            } + [
                .seek(request: 1, Seek(name, to: .new)), .deleteTopic(request: 1, name: name),
                .deleteTopic(request: 1, name: name, incarnation: 0),
                .inspectMessage(request: 1, topic: name, sequence: .max),
            ]
        }

    /// Every act in each of its forms, with all that it may have.
    private static let acts: [ClientFrame] = Act.allCases.flatMap { act in
        act.forms.flatMap { form in
            [form.needed, form.needed + form.allowed + [.reason]].map { fields in
                ClientFrame.act(request: .max, actRequest(act, fields))
            }
        }
    }

    private static let peeks: [ClientFrame] = [
        .peek(request: 1, PeekRequest(client: .max, limit: .max)),
        .peek(request: .max, PeekRequest(session: "Зайцы", limit: 0)),
        .peek(request: 1, PeekRequest(topic: "Зайцы", limit: 1)),
        .peek(request: 1, PeekRequest(topic: "a.b", from: .sequence(.max), limit: .max)),
    ]

    static var peeked: PeekedMessage { PeekedMessage(.parked, place: .max, client: .max, size: .max, message: parked) }

    private static func actRequest(_ act: Act, _ fields: [ActField]) -> ActRequest {
        let values = fields.reduce(into: ActValues()) { values, field in
            switch field {
            case .reason: values.reason = "из-за 🐇"
            case .until: values.until = .max
            case .duration: values.duration = 0
            case .window: values.window = 1
            case .windowBytes: values.windowBytes = .max
            case .topic: values.topic = "Зайцы"
            case .sequence: values.sequence = .max
            case .count: values.count = 7
            case .time: values.time = 0
            case .key: values.key = ByteBuffer(repeating: 7, count: 300)
            case .level: values.level = "debug"
            case .start: values.start = .last(.max)
            case .incarnation: values.incarnation = 1
            }
        }
        switch act.subject {
        case .queue: return ActRequest(act, name: "Зайцы", values: values, isDryRun: true)
        case .connection: return ActRequest(act, client: .max, values: values)
        case .topic: return ActRequest(act, name: "a.>", values: values)
        case .broker: return ActRequest(act, values: values, isDryRun: true)
        }
    }

    private static var acted: [BrokerFrame] {
        let rows = (0..<UInt64(Acted.mostRows)).map {
            Acted.Row(id: $0, name: texts[Int($0) % texts.count], messages: .max / 128, bytes: 1)
        }
        return [
            .acted(request: 1, Acted([])), .acted(request: .max, Acted(rows, isDryRun: true)),
            .acted(request: 1, Acted(messages: .max, bytes: .max, count: .max, rows: rows)),
        ]
    }

    // MARK: Of the broker

    static let brokerQueues: [BrokerFrame] =
        texts.flatMap { text -> [BrokerFrame] in
            RedeliveryCause.allCases.map {
                .redelivery(Redelivery(topicID: .max, sequence: 1, attempt: .max, cause: $0, reason: text))
            }
                + TransactionPart.allCases.map {
                    .aborted(code: .max, request: 1, $0, index: .max, message: text)
                }
        }
        + [
            .topicGone(topicID: .max), .retryAfter(milliseconds: .max),
            .welcome(
                Welcome(
                    connectionID: 1, maximumFrame: 1, window: 1, brokerName: "b", version: "1", incarnation: 1,
                    session: .init(incarnation: .max, isResumed: true),
                    producer: ProducerRecord(
                        answered: .max, began: .max, lastConnection: .max, lastAnswered: .max,
                        refusals: PublishRefusals(
                            [PublishRefusals.Range(1...2, code: 1), PublishRefusals.Range(.max ... .max, code: .max)],
                            completeFrom: .max)))),
            .ok(request: 1, detail: SessionCreated(id: .max, outcome: .changed, incarnation: .max).detail),
        ]
        + acted
        + [true, false].flatMap { isLast -> [BrokerFrame] in
            [
                .sessions(request: 1, page: RowPage(rows: [], matching: 0), isLast: isLast),
                .sessions(
                    request: .max, page: RowPage(rows: ["", texts[5]].map(session), matching: 7), isLast: isLast),
                .sessionDetail(request: 1, SessionDetail(session: session("🐇")), isLast: isLast),
                .sessionDetail(request: .max, sessionDetail, isLast: isLast),
                .parked(request: 1, page: RowPage(rows: [ParkedMessage(), parked], matching: 7), isLast: isLast),
                .peeked(
                    request: 1,
                    page: RowPage(rows: [PeekedMessage(.inFlight, message: ParkedMessage()), peeked], matching: 7),
                    isLast: isLast),
            ]
        }

    static func session(_ name: String) -> SessionStatistics {
        var session = SessionStatistics(figures: figures())
        session.id = .max
        session.incarnation = .max - 1
        session.name = name
        session.state = .absent
        session.settings.mode = .sharedByKey
        session.settings.lagOverflow = .disconnect
        session.settings.expiry = .max
        return session
    }

    static var sessionDetail: SessionDetail {
        var attached = client("🐇")
        attached.session = "Зайцы"
        var topic = ClientTopicStatistics(figures: figures())
        topic.topic = "Зайцы"
        return SessionDetail(
            session: session("Зайцы"),
            subscriptions: [.init(pattern: "orders.>", options: [.noEcho, .autoCommit]), .init(pattern: texts[5])],
            connections: [attached, client("")], topics: [topic, topic])
    }

    static var parked: ParkedMessage {
        var message = ParkedMessage()
        message.number = .max
        message.topicID = .max
        message.topic = "Зайцы"
        message.sequence = .max
        message.timestamp = .max
        message.parkedAt = .max
        message.attempts = .max
        message.reason = texts[5]
        message.flags = .headers
        message.keyLength = .max
        message.key = ByteBuffer(repeating: 7, count: PeerLimits.parkedKey)
        message.payloadLength = .max
        message.payload = ByteBuffer(repeating: 9, count: PeerLimits.parkedPayload)
        return message
    }
}
