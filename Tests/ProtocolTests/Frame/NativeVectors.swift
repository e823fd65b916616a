import NIOCore
import ZaichikProtocol

/// Frames with bytes that were worked out by hand from the specification, not by the encoder.
/// docs/PROTOCOL.md prints them.
enum NativeVectors {
    static let client = clientBasics + clientQueues + clientObservations
    static let broker = brokerBasics + brokerQueues + brokerObservations
    static let rows = basicRows + queueRows + observationRows

    private static let clientBasics: [(title: String, frame: ClientFrame, hex: String)] = [
        (
            "HELLO, window 256, name `hare`, program `demo`, pid `7`",
            .hello(Hello(window: 256, name: "hare", program: "demo", pid: "7")),
            "1b000000 01 00 0400 00010000 00000000 68617265 01 0400 64656d6f 03 0100 37"
        ),
        ("the least HELLO", .hello(Hello(window: 0, name: "")), "0c000000 01 00 0000 00000000 00000000"),
        ("PING 1", .ping(1), "0c000000 02 00 0000 0100000000000000"),
        (
            "PING 5, to be answered at once (flag bit 0)", .ping(5, atOnce: true),
            "0c000000 02 01 0000 0500000000000000"
        ),
        ("PONG 2^64-1", .pong(.max), "0c000000 82 00 0000 ffffffffffffffff"),
        ("PONG to a PING 5 with flag bit 0", .pong(5, atOnce: true), "0c000000 82 01 0000 0500000000000000"),
        ("CLOSE", .close, "04000000 03 00 0000"),
        (
            "PUBLISH to topic 7, key `key`, payload `payload`",
            .publish(Message(topicID: 7, key: bytes(text: "key"), payload: bytes(text: "payload"))),
            "22000000 10 00 0300 07000000 0000000000000000 0000000000000000 6b6579 7061796c6f6164"
        ),
        (
            "PUBLISH with the empty key (flag bit 2), payload `m`",
            .publish(Message(topicID: 7, key: ByteBuffer(), payload: bytes(text: "m"))),
            "19000000 10 04 0000 07000000 0000000000000000 0000000000000000 6d"
        ),
        (
            "PUBLISH with a trace (flag bit 4), payload `m`",
            .publish(Message(topicID: 7, flags: .trace, payload: bytes(text: "m"))),
            "19000000 10 10 0000 07000000 0000000000000000 0000000000000000 6d"
        ),
        (
            "PUBLISH without a key or a payload, no CONFIRM (bit 0), RECEIPT wanted (bit 3)",
            .publish(Message(topicID: .max, flags: [.unconfirmed, .receipt], payload: ByteBuffer())),
            "18000000 10 09 0000 ffffffff 0000000000000000 0000000000000000"
        ),
        (
            "PUBLISH with the headers (bit 1) `trace`: `ab` and `a`, which is empty; payload `m`",
            .publish(Message(topicID: 7, flags: .headers, payload: headersAndPayload)),
            "2f000000 10 02 0000 07000000 0000000000000000 0000000000000000 "
                + "0200 0500 7472616365 02000000 6162 0100 61 00000000 6d"
        ),
        (
            "TOPIC, request 1, name `Зайцы`", .topic(request: 1, name: "Зайцы"),
            "12000000 12 00 0a00 01000000 d097d0b0d0b9d186d18b"
        ),
        (
            "SUBSCRIBE, request 2, pattern `orders.>`, from the earliest",
            .subscribe(request: 2, pattern: "orders.>", from: .earliest),
            "1c000000 20 00 0800 02000000 02 000000 0000000000000000 6f72646572732e3e"
        ),
        (
            "SUBSCRIBE, request 2, name `orders`, from sequence 41 of incarnation 0x1122334455667788",
            .subscribe(request: 2, pattern: "orders", from: .sequence(41), incarnation: 0x1122_3344_5566_7788),
            "25000000 20 00 0600 02000000 03 000000 2900000000000000 6f7264657273 01 0800 8877665544332211"
        ),
        (
            "SUBSCRIBE, request 10, name `a`, from now on", .subscribe(request: 10, pattern: "a", from: .new),
            "15000000 20 00 0100 0a000000 00 000000 0000000000000000 61"
        ),
        (
            "UNSUBSCRIBE, request 3, pattern `orders.>`", .unsubscribe(request: 3, pattern: "orders.>"),
            "10000000 21 00 0800 03000000 6f72646572732e3e"
        ),
        ("COMMIT 1000", .commit(1000), "0c000000 22 00 0000 e803000000000000"),
        ("WINDOW 0", .window(0), "08000000 23 00 0000 00000000"),
        (
            "WINDOW 1000, at most 4096 KiB", .window(1000, kibibytes: 4096),
            "0c000000 23 00 0000 e8030000 00100000"
        ),
        (
            "CREATE TOPIC, request 4, name `hello`, retention 5000 ms, overflow block",
            .createTopic(request: 4, name: "hello", settings: fiveSecondsAndBlock),
            "23000000 30 00 0500 04000000 68656c6c6f 01 0800 8813000000000000 05 0800 0200000000000000"
        ),
        (
            "LIST TOPICS, request 5, 20 rows by published_per_second, with `ord` in the name",
            .listTopics(request: 5, query: TopicQuery(sort: .publishRate, limit: 20, filter: "ord")),
            "13000000 31 00 0300 05000000 05 00 0000 14000000 6f7264"
        ),
        (
            "LIST CLIENTS, request 6, by name, ascending, only the count",
            .listClients(request: 6, query: ClientQuery(descending: false, limit: 0)),
            "10000000 32 00 0000 06000000 00 01 0000 00000000"
        ),
        (
            "INSPECT CLIENT, request 7, client 99", .inspectClient(request: 7, id: 99),
            "10000000 33 00 0000 07000000 6300000000000000"
        ),
        (
            "WATCH, request 8, each 500 ms, 10 clients by lag with `ha` in a name, no topics",
            .watch(
                request: 8,
                WatchRequest(interval: 500, clients: ClientQuery(sort: .lagMessages, limit: 10, filter: "ha"))),
            "22000000 34 00 0000 08000000 f4010000 01 000000 01 00 0200 0a000000 6861 00 00 0000 e8030000"
        ),
        ("UNWATCH, request 9, watch 8", .unwatch(request: 9, watch: 8), "0c000000 35 00 0000 09000000 08000000"),
        (
            "INSPECT TOPIC, request 10, `hello`, at most 20 readers",
            .inspectTopic(request: 10, name: "hello", limit: 20),
            "11000000 36 00 0500 0a000000 14000000 68656c6c6f"
        ),
    ]

    private static let headersAndPayload = bytes("0200 0500 7472616365 02000000 6162 0100 61 00000000 6d")

    private static var fiveSecondsAndBlock: TopicSettingsChange {
        var change = TopicSettingsChange()
        change[.retention] = 5000
        change[.overflow] = 2
        return change
    }

    private static var topicDetail: TopicDetail {
        var topic = TopicStatistics()
        topic.id = 7
        topic.name = "hello"
        topic[.headSequence] = 42
        var reader = TopicReader()
        reader.id = 12
        reader.name = "hare"
        reader.state = .losing
        reader.isHolding = true
        reader[.lagMessages] = 40
        var publisher = TopicPublisher()
        publisher.id = 13
        publisher.name = "fox"
        publisher[.publishedMessages] = 42
        return TopicDetail(
            topic: topic, readers: RowPage(rows: [reader], matching: 3),
            publishers: RowPage(rows: [publisher], matching: 1))
    }

    private static let brokerBasics: [(title: String, frame: BrokerFrame, hex: String)] = [
        (
            "PING 3, to be answered at once (flag bit 0)", .ping(3, atOnce: true),
            "0c000000 02 01 0000 0300000000000000"
        ),
        (
            "the least WELCOME, connection 12, 8 MiB, window 256, broker `burrow`, version `0.1.0`",
            .welcome(
                Welcome(
                    connectionID: 12, maximumFrame: 8 << 20, window: 256, brokerName: "burrow", version: "0.1.0")),
            "20000000 81 00 0600 0c00000000000000 00008000 00010000 627572726f77 05 302e312e30"
        ),
        (
            "WELCOME of incarnation 0x1122334455667788, which can do `incarnations` and `window-bytes`",
            .welcome(
                Welcome(
                    connectionID: 12, maximumFrame: 8 << 20, window: 256, brokerName: "burrow", version: "0.1.0",
                    incarnation: 0x1122_3344_5566_7788, capabilities: ["incarnations", "window-bytes"])),
            "49000000 81 00 0600 0c00000000000000 00008000 00010000 627572726f77 05 302e312e30 "
                + "01 0800 8877665544332211 02 0c00 696e6361726e6174696f6e73 02 0c00 77696e646f772d6279746573"
        ),
        ("PONG 1", .pong(1), "0c000000 82 00 0000 0100000000000000"),
        ("PONG to a PING 5 with flag bit 0", .pong(5, atOnce: true), "0c000000 82 01 0000 0500000000000000"),
        (
            "GOODBYE, shutting-down", .goodbye(code: 33, reason: "the broker is stopping"),
            "1a000000 83 00 2100 7468652062726f6b65722069732073746f7070696e67"
        ),
        ("OK to request 2", .ok(request: 2, detail: ByteBuffer()), "08000000 84 00 0000 02000000"),
        (
            "OK to CREATE TOPIC, topic 7, created, incarnation 0x1122334455667788",
            .ok(
                request: 4, detail: TopicCreated(id: 7, outcome: .created, incarnation: 0x1122_3344_5566_7788).detail),
            "19000000 84 00 0000 04000000 07000000 0000 01 0800 8877665544332211"
        ),
        (
            "OK to WATCH, 500 ms granted", .ok(request: 8, detail: WatchGranted(interval: 500).detail),
            "0c000000 84 00 0000 08000000 f4010000"
        ),
        (
            "ERROR bad-name to request 3", .error(code: 7, request: 3, message: "no"),
            "0a000000 85 00 0700 03000000 6e6f"
        ),
        (
            "ERROR commit-beyond-delivered, to no request", .error(code: 13, request: 0, message: "no"),
            "0a000000 85 00 0d00 00000000 6e6f"
        ),
        (
            "ERROR other-incarnation to request 2", .error(code: 25, request: 2, message: "other"),
            "0d000000 85 00 1900 02000000 6f74686572"
        ),
        ("CONFIRM 3", .confirm(3), "0c000000 90 00 0000 0300000000000000"),
        (
            "REJECT of publish 2, topic-full", .reject(code: 15, publish: 2, message: "full"),
            "10000000 91 00 0f00 0200000000000000 66756c6c"
        ),
        (
            "REJECT of publish 3, unknown-flag", .reject(code: 26, publish: 3, message: "no"),
            "0e000000 91 00 1a00 0300000000000000 6e6f"
        ),
        (
            "TOPIC, answer to request 1, topic 7, incarnation 0x1122334455667788",
            .topic(request: 1, id: 7, name: "Зайцы", incarnation: 0x1122_3344_5566_7788),
            "21000000 92 00 0a00 01000000 07000000 d097d0b0d0b9d186d18b 01 0800 8877665544332211"
        ),
        (
            "TOPIC, unasked, topic 7, incarnation 9", .topic(request: 0, id: 7, name: "hello", incarnation: 9),
            "1c000000 92 00 0500 00000000 07000000 68656c6c6f 01 0800 0900000000000000"
        ),
        (
            "RECEIPT of publish 4: accepted as sequence 42 of topic 7, in 2 queues",
            .receipt(.accepted, publish: 4, topicID: 7, sequence: 42, queues: 2),
            "1c000000 93 00 0000 0400000000000000 07000000 2a00000000000000 02000000"
        ),
        (
            "RECEIPT of publish 3: a duplicate of sequence 41 in topic 7, in 2 queues",
            .receipt(.duplicate, publish: 3, topicID: 7, sequence: 41, queues: 2),
            "1c000000 93 00 0100 0300000000000000 07000000 2900000000000000 02000000"
        ),
        (
            "DELIVER of sequence 42 from topic 7, key `key`, payload `payload`",
            .deliver(
                Message(
                    topicID: 7, sequence: 42, timestamp: 1_700_000_000_000_000, key: bytes(text: "key"),
                    payload: bytes(text: "payload"))),
            "22000000 a0 00 0300 07000000 2a00000000000000 00401e18240a0600 6b6579 7061796c6f6164"
        ),
        (
            "DELIVER of sequence 43 with the empty key (bit 2), the headers (bit 1) `trace` and `a`, payload `m`",
            .deliver(
                Message(
                    topicID: 7, sequence: 43, timestamp: 1_700_000_000_000_000, flags: .headers, key: ByteBuffer(),
                    payload: headersAndPayload)),
            "2f000000 a0 06 0000 07000000 2b00000000000000 00401e18240a0600 "
                + "0200 0500 7472616365 02000000 6162 0100 61 00000000 6d"
        ),
        (
            "GAP, expired: 41 of topic 7", .gap(.expired, topicID: 7, first: 41, last: 41),
            "18000000 a1 00 0100 07000000 2900000000000000 2900000000000000"
        ),
        (
            "GAP, limit: 1 to 40 of topic 7", .gap(.limit, topicID: 7, first: 1, last: 40),
            "18000000 a1 00 0200 07000000 0100000000000000 2800000000000000"
        ),
        (
            "GAP, purged: 1 to 9 of topic 7", .gap(.purged, topicID: 7, first: 1, last: 9),
            "18000000 a1 00 0300 07000000 0100000000000000 0900000000000000"
        ),
        (
            "GAP, moved: 1 to 9 of topic 7", .gap(.moved, topicID: 7, first: 1, last: 9),
            "18000000 a1 00 0400 07000000 0100000000000000 0900000000000000"
        ),
        (
            "BLOCKED, 12 publishes to topic 7 wait", .blocked(true, topicID: 7, waiting: 12),
            "10000000 b5 00 0100 07000000 0c00000000000000"
        ),
        (
            "BLOCKED, no longer", .blocked(false, topicID: 7, waiting: 0),
            "10000000 b5 00 0000 07000000 0000000000000000"
        ),
        (
            "TOPIC DETAIL, answer to request 10: topic 7 `hello` with default settings and head 42; the first of 3 readers, client "
                + "12 `hare`, losing and holding, lag 40; one publisher, client 13 `fox` with 42 messages; all other figures 0",
            .topicDetail(request: 10, topicDetail),
            "06020000 b6 00 0000 0a000000 2b01 07000000 05 68656c6c6f 07 01 0000000000000000 02 "
                + "0000000100000000 03 0000000000000000 04 0000004000000000 05 0000000000000000 06 0000000000000000 "
                + "07 0000000000000000 1c 2a00000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 03000000 01000000 9800 0c00000000000000 09 01 04 68617265 11 2800000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 "
                + "0000000000000000 01000000 01000000 2500 0d00000000000000 03 666f78 03 2a00000000000000 "
                + "0000000000000000 0000000000000000"
        ),
    ]
}
