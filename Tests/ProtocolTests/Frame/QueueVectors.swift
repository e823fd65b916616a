import NIOCore
import ZaichikProtocol

// Frames about queues and sessions, with bytes worked out by hand from the specification.
extension NativeVectors {
    static let clientQueues: [(title: String, frame: ClientFrame, hex: String)] = [
        (
            "HELLO of session `work`, shared, and producer `loader`",
            .hello(
                Hello(window: 256, name: "hare", session: work, settings: shared, producer: loader)),
            "2e000000 01 00 0400 00010000 00000000 68617265 05 0400 776f726b 06 0b00 01 0800 0100000000000000 "
                + "07 0600 6c6f61646572"
        ),
        (
            "SUBSCRIBE, request 11, `orders`, where the session left off, else the last 10; no echo",
            .subscribe(
                request: 11, pattern: "orders", from: .session, options: .noEcho, fallback: .last(10)),
            "31000000 20 00 0600 0b000000 05 000000 0000000000000000 6f7264657273 02 0800 0100000000000000 03 "
                + "0900 06 0a00000000000000"
        ),
        (
            "SUBSCRIBE, request 12, `prices.>`, from the last of each key",
            .subscribe(request: 12, pattern: "prices.>", from: .lastOfEachKey),
            "1c000000 20 00 0800 0c000000 07 000000 0000000000000000 7072696365732e3e"
        ),
        (
            "SETTLE, request 13: 3 to 5 and 9 are returned, to come again after 1500 ms, as `busy`",
            .settle(request: 13, Settlement(.return, [3...5, 9...9], delay: 1500, reason: "busy")),
            "34000000 24 00 0100 0d000000 dc050000 0200 0000 0300000000000000 0500000000000000 0900000000000000 "
                + "0900000000000000 62757379"
        ),
        (
            "SETTLE, request 14: 2 is done",
            .settle(request: 14, Settlement(.commit, [2...2])),
            "20000000 24 00 0000 0e000000 00000000 0100 0000 0200000000000000 0200000000000000"
        ),
        (
            "TRANSACTION, request 15: 1 to 3 are done, and `m` is published to topic 7",
            .transaction(
                request: 15, Transaction(commits: [1...3], publishes: [Message(topicID: 7, payload: bytes(text: "m"))])),
            "39000000 25 00 0000 0f000000 0100 0000 0100000000000000 0300000000000000 19000000 10 00 0000 "
                + "07000000 0000000000000000 0000000000000000 6d"
        ),
        (
            "CREATE SESSION, request 16, `work`, shared, commit deadline 30000 ms",
            .createSession(request: 16, name: "work", settings: sharedWithDeadline),
            "22000000 37 00 0400 10000000 776f726b 01 0800 0100000000000000 03 0800 3075000000000000"
        ),
        (
            "LIST SESSIONS, request 17, 20 rows by lag_messages",
            .listSessions(request: 17, query: SessionQuery(sort: .lagMessages, limit: 20)),
            "10000000 38 00 0000 11000000 02 00 0000 14000000"
        ),
        (
            "INSPECT SESSION, request 18, `work`, at most 100 rows of each kind",
            .inspectSession(request: 18, name: "work", limit: 100),
            "10000000 39 00 0400 12000000 64000000 776f726b"
        ),
        (
            "DELETE SESSION, request 19, `work`",
            .deleteSession(request: 19, name: "work"),
            "0c000000 3a 00 0400 13000000 776f726b"
        ),
        (
            "SEEK, request 20: session `work` goes on at sequence 41 of `orders`, if that has incarnation 0x1122334455667788",
            .seek(
                request: 20,
                Seek("orders", to: .sequence(41), session: work, incarnation: 0x1122_3344_5566_7788)),
            "2c000000 3b 00 0600 14000000 03 000000 2900000000000000 6f7264657273 01 0400 776f726b 02 0800 "
                + "8877665544332211"
        ),
        (
            "LIST PARKED, request 21, of the own queue, at most 50 after number 7",
            .listParked(request: 21, session: "", limit: 50, after: 7),
            "14000000 3c 00 0000 15000000 32000000 0700000000000000"
        ),
        (
            "SETTLE PARKED, request 22: all of session `work` are released",
            .settleParked(request: 22, ParkedSettlement(.release, [], session: "work")),
            "10000000 3d 00 0000 16000000 0000 0000 776f726b"
        ),
        (
            "SETTLE PARKED, request 22: 3 and 4 of the own queue are dropped",
            .settleParked(request: 22, ParkedSettlement(.drop, [3...4])),
            "1c000000 3d 00 0100 16000000 0100 0000 0300000000000000 0400000000000000"
        ),
        (
            "DELETE TOPIC, request 23, `hello` of incarnation 0x1122334455667788",
            .deleteTopic(request: 23, name: "hello", incarnation: 0x1122_3344_5566_7788),
            "18000000 3e 00 0500 17000000 68656c6c6f 01 0800 8877665544332211"
        ),
        (
            "INSPECT MESSAGE, request 24, sequence 42 of `hello`",
            .inspectMessage(request: 24, topic: "hello", sequence: 42),
            "15000000 3f 00 0500 18000000 2a00000000000000 68656c6c6f"
        ),
        (
            "ACT, request 25: the queue of client 12 is paused for 60000 ms, as `busy`",
            .act(request: 25, ActRequest(.pause, client: 12, values: forAMinute)),
            "26000000 40 00 0000 19000000 0100 0000 0c00000000000000 01 0400 62757379 03 0800 60ea000000000000"
        ),
        (
            "PEEK, request 27: at most 10 messages of each state of the queue of session `work`",
            .peek(request: 27, PeekRequest(session: "work", limit: 10)),
            "18000000 41 00 0400 1b000000 0a000000 0000000000000000 776f726b"
        ),
        (
            "PEEK, request 28: at most 10 messages of `orders` from sequence 41 on",
            .peek(request: 28, PeekRequest(topic: "orders", from: .sequence(41), limit: 10)),
            "29000000 41 00 0000 1c000000 0a000000 0000000000000000 01 0600 6f7264657273 02 0900 03 "
                + "2900000000000000"
        ),
        (
            "ACT, request 26, a dry run: session `work` skips what is below sequence 41 of `orders`",
            .act(request: 26, ActRequest(.skip, name: "work", values: below41, isDryRun: true)),
            "2c000000 40 00 0400 1a000000 0400 0100 0000000000000000 776f726b 06 0600 6f7264657273 07 0800 "
                + "2900000000000000"
        ),
    ]

    static let brokerQueues: [(title: String, frame: BrokerFrame, hex: String)] = [
        (
            "WELCOME with session `work` of incarnation 0x1122334455667788, which is new, and 1000 answered publishes of the producer, whose record began with connection 2; 9 of them on connection 11, of which the third was refused with topic-full",
            .welcome(
                Welcome(
                    connectionID: 12, maximumFrame: 8 << 20, window: 256, brokerName: "burrow", version: "0.1.0",
                    session: .init(incarnation: 0x1122_3344_5566_7788, isResumed: false),
                    producer: ProducerRecord(
                        answered: 1000, began: 2, lastConnection: 11, lastAnswered: 9,
                        refusals: PublishRefusals([PublishRefusals.Range(3...3, code: 15)])))),
            "6c000000 81 00 0600 0c00000000000000 00008000 00010000 627572726f77 05 302e312e30 03 0900 "
                + "8877665544332211 00 04 0800 e803000000000000 05 3200 0200000000000000 0b00000000000000 "
                + "0900000000000000 0100000000000000 0300000000000000 0300000000000000 0f00"
        ),
        (
            "GOODBYE, taken-over",
            .goodbye(code: 36, reason: "taken over"),
            "0e000000 83 00 2400 74616b656e206f766572"
        ),
        (
            "RETRY AFTER, a minute",
            .retryAfter(milliseconds: 60_000),
            "0c000000 86 00 0000 60ea000000000000"
        ),
        (
            "ERROR not-in-flight to request 13",
            .error(code: 28, request: 13, message: "no"),
            "0a000000 85 00 1c00 0d000000 6e6f"
        ),
        (
            "RECEIPT of publish 5: delayed, topic 7, in 2 queues so far",
            .receipt(.delayed, publish: 5, topicID: 7, sequence: 0, queues: 2),
            "1c000000 93 00 0200 0500000000000000 07000000 0000000000000000 02000000"
        ),
        (
            "OK to TRANSACTION 15: its publish is accepted as sequence 42 of topic 7",
            .ok(
                request: 15,
                detail: TransactionDone(publishes: [.init(outcome: .accepted, topicID: 7, sequence: 42)]).detail),
            "1c000000 84 00 0000 0f000000 01000000 00 000000 07000000 2a00000000000000"
        ),
        (
            "ABORTED, transaction 15: its first publish was refused, topic-full",
            .aborted(code: 15, request: 15, .publishes, index: 0, message: "full"),
            "14000000 94 00 0f00 0f000000 01 000000 00000000 66756c6c"
        ),
        (
            "TOPIC GONE, topic 7",
            .topicGone(topicID: 7),
            "08000000 96 00 0000 07000000"
        ),
        (
            "REDELIVERY: sequence 42 of topic 7 follows for the second time, it was returned as `busy`",
            .redelivery(Redelivery(topicID: 7, sequence: 42, attempt: 2, cause: .returned, reason: "busy")),
            "18000000 a2 00 0200 07000000 2a00000000000000 03 000000 62757379"
        ),
        (
            "OK to CREATE SESSION: session 99, created, incarnation 0x1122334455667788",
            .ok(
                request: 16,
                detail: SessionCreated(id: 99, outcome: .created, incarnation: 0x1122_3344_5566_7788).detail),
            "1d000000 84 00 0000 10000000 6300000000000000 0000 01 0800 8877665544332211"
        ),
        (
            "OK to SEEK: 1 topic was moved",
            .ok(request: 20, detail: CountDone(count: 1).detail),
            "0c000000 84 00 0000 14000000 01000000"
        ),
        (
            "OK to INSPECT MESSAGE: client 12 `hare` published it, producer `loader`",
            .ok(
                request: 24,
                detail: MessageOrigin(
                    timestamp: 1_700_000_000_000_000, connectionID: 12, client: "hare", producer: "loader"
                ).detail),
            "24000000 84 00 0000 18000000 00401e18240a0600 0c00000000000000 04 68617265 06 6c6f61646572"
        ),
        (
            "ACTED to request 26: 12 messages of 840 bytes would go, all of session 99 `work`",
            .acted(request: 26, Acted([.init(id: 99, name: "work", messages: 12, bytes: 840)], isDryRun: true)),
            "3f000000 ba 01 0000 1a000000 0c00000000000000 4803000000000000 01000000 01000000 1d00 "
                + "6300000000000000 04 776f726b 0c00000000000000 4803000000000000"
        ),
    ]

    /// To be decoded: with the first few figures and settings.
    static let queueRows: [(title: String, frame: BrokerFrame, hex: String)] = [
        (
            "SESSIONS to request 17: 1 of 3 rows, session 99 `work`, absent, with 2 settings and 3 figures",
            .sessions(request: 17, page: RowPage(rows: [session], matching: 3), isLast: true),
            "54000000 b7 00 0000 11000000 03000000 01000000 4200 6300000000000000 8877665544332211 0a 04 "
                + "776f726b 02 01 0100000000000000 03 3075000000000000 03 0000000000000000 e803000000000000 "
                + "606d000000000000"
        ),
        (
            "SESSION DETAIL to request 18: session 99 with 1 subscription (no echo), no connection and 1 topic",
            .sessionDetail(
                request: 18,
                SessionDetail(
                    session: session, subscriptions: [.init(pattern: "orders.>", options: .noEcho)],
                    topics: [hareInHello]), isLast: true),
            "88000000 b8 00 0000 12000000 4200 6300000000000000 8877665544332211 0a 04 776f726b 02 01 "
                + "0100000000000000 03 3075000000000000 03 0000000000000000 e803000000000000 606d000000000000 "
                + "01000000 1100 08 6f72646572732e3e 0100000000000000 00000000 01000000 1b00 07000000 05 68656c6c6f "
                + "02 e803000000000000 606d000000000000"
        ),
        (
            "PARKED to request 21: 1 of 3 rows, number 8, sequence 42 of topic 7, key `key`, 1000 bytes of payload of which 7 are shown",
            .parked(request: 21, page: RowPage(rows: [parkedMessage], matching: 3), isLast: true),
            "5c000000 b9 00 0000 15000000 03000000 01000000 4a00 0800000000000000 07000000 05 68656c6c6f "
                + "2a00000000000000 00401e18240a0600 40822d18240a0600 05000000 06 657869742031 00 0300 0300 6b6579 "
                + "e8030000 0700 7061796c6f6164"
        ),
        (
            "PEEKED to request 27: 1 of 3 messages, delivery 8 of client 12, 1031 bytes, and else as in PARKED",
            .peeked(request: 27, page: RowPage(rows: [peekedMessage], matching: 3), isLast: true),
            "71000000 bb 00 0000 1b000000 03000000 01000000 5f00 01 0000000000000000 0c00000000000000 07040000 "
                + "0800000000000000 07000000 05 68656c6c6f 2a00000000000000 00401e18240a0600 40822d18240a0600 05000000 "
                + "06 657869742031 00 0300 0300 6b6579 e8030000 0700 7061796c6f6164"
        ),
    ]

    private static var peekedMessage: PeekedMessage {
        PeekedMessage(.inFlight, client: 12, size: 1031, message: parkedMessage)
    }

    private static var forAMinute: ActValues {
        var values = ActValues(reason: "busy")
        values.duration = 60_000
        return values
    }

    private static var below41: ActValues {
        var values = ActValues()
        values.topic = "orders"
        values.sequence = 41
        return values
    }

    private static let work = try? SessionName("work")
    private static let loader = try? SessionName("loader")

    private static var shared: SessionSettingsChange {
        var change = SessionSettingsChange()
        change[.mode] = 1
        return change
    }

    private static var sharedWithDeadline: SessionSettingsChange {
        var change = shared
        change[.commitDeadline] = 30_000
        return change
    }

    private static var session: SessionStatistics {
        var session = SessionStatistics()
        session.id = 99
        session.incarnation = 0x1122_3344_5566_7788
        session.name = "work"
        session.state = .absent
        session.settings.mode = .shared
        session.settings.commitDeadline = 30_000
        session[.lagMessages] = 1000
        session[.lagBytes] = 28_000
        return session
    }

    private static var parkedMessage: ParkedMessage {
        var message = ParkedMessage()
        message.number = 8
        message.topicID = 7
        message.topic = "hello"
        message.sequence = 42
        message.timestamp = 1_700_000_000_000_000
        message.parkedAt = 1_700_000_001_000_000
        message.attempts = 5
        message.reason = "exit 1"
        message.keyLength = 3
        message.key = bytes(text: "key")
        message.payloadLength = 1000
        message.payload = bytes(text: "payload")
        return message
    }
}
