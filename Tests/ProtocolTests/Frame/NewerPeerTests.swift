import NIOCore
import Testing
import ZaichikProtocol

@Suite("Frames of a peer that is newer or older")
struct NewerPeerTests {
    /// Frames that end neither in text, nor in a payload, nor in fields. Those whose end may have an optional number have it.
    static let fixed: [ClientFrame] = [
        .ping(1), .pong(1), .close, .topic(request: 1, name: "Зайцы"),
        .unsubscribe(request: 1, pattern: "a"),
        .commit(9), .window(9, kibibytes: 7), .listTopics(request: 1, query: Samples.topicQueries[1]),
        .listClients(request: 1, query: Samples.clientQueries[1]), .inspectClient(request: 1, id: 9),
        .watch(request: 1, WatchRequest(clients: Samples.clientQueries[1])), .unwatch(request: 1, watch: 9),
        .inspectTopic(request: 1, name: "Зайцы", limit: 9), .inspectSession(request: 1, name: "Зайцы", limit: 9),
        .listSessions(request: 1, query: SessionQuery(sort: .connections, filter: "a")),
        .deleteSession(request: 1, name: "a"), .listParked(request: 1, session: "a", limit: 9, after: 9),
        .inspectMessage(request: 1, topic: "a", sequence: 9),
    ]

    @Test("what a newer client puts behind a body is passed over", arguments: fixed)
    func longerBody(frame: ClientFrame) throws {
        var body = frame.bytes.frameBody
        body.writeBytes([1, 2, 3, 4, 5])
        #expect(try ClientFrame(decoding: frame.bytes.withBody(body)) == frame)
    }

    static let answers: [BrokerFrame] = [
        .ping(1), .pong(1), .confirm(9),
        .receipt(.accepted, publish: 1, topicID: 2, sequence: 3, queues: 4),
        .gap(.expired, topicID: 1, first: 2, last: 3),
        .blocked(true, topicID: 1, waiting: 2), .topics(request: 1, page: Samples.topicPage, isLast: true),
        .clients(request: 1, page: Samples.clientPage, isLast: false),
        .statistics(watch: 1, StatisticsUpdate(time: 1, broker: Samples.figures(), topics: Samples.topicPage)),
        .topicGone(topicID: 1), .retryAfter(milliseconds: 1),
        .sessions(request: 1, page: RowPage(rows: [Samples.session("a")], matching: 1), isLast: true),
        .parked(request: 1, page: RowPage(rows: [Samples.parked], matching: 1), isLast: true),
        .peeked(request: 1, page: RowPage(rows: [Samples.peeked], matching: 1), isLast: true),
        .acted(request: 1, Acted([.init(id: 1, name: "a", messages: 2, bytes: 3)])),
        .observed(request: 1, .history(Samples.history)), .observed(request: 1, .lagShares(Samples.shares)),
    ]

    @Test("what a newer broker puts behind a body is passed over", arguments: answers)
    func longerAnswer(frame: BrokerFrame) throws {
        var body = frame.bytes.frameBody
        body.writeBytes([1, 2, 3, 4, 5])
        #expect(try BrokerFrame(decoding: frame.bytes.withBody(body)) == frame)
    }

    @Test("evidence comes back as it was sent, and a field that a newer broker adds to it is passed over")
    func unknownEvidence() throws {
        var (client, session) = (Samples.detail, Samples.sessionDetail)
        client.evidence = Samples.evidence
        session.evidence = Samples.evidence
        for frame in [
            BrokerFrame.client(request: 1, client, isLast: true), .sessionDetail(request: 1, session, isLast: false),
        ] {
            #expect(try BrokerFrame(decoding: frame.bytes) == frame)
            var body = frame.bytes.frameBody
            body.writeBytes([250, 2, 0, 7, 7])
            #expect(try BrokerFrame(decoding: frame.bytes.withBody(body)) == frame)
        }
    }

    private func flagged(_ frame: ByteBuffer) -> ByteBuffer {
        var flagged = frame
        let flags = flagged.getInteger(at: MessageLayout.flagsOffset, as: UInt8.self)!
        flagged.setInteger(flags | 0xF0, at: MessageLayout.flagsOffset)
        return flagged
    }

    @Test(
        "flag bits that nobody knows change nothing, but in a PUBLISH",
        arguments: Samples.clientFrames.filter { $0.opcode != .publish })
    func unknownFlags(frame: ClientFrame) throws {
        #expect(try ClientFrame(decoding: flagged(frame.bytes)) == frame)
    }

    @Test("flag bits of a PUBLISH that nobody knows are kept, to be refused", arguments: MessageFlags.everyCase)
    func unknownMessageFlags(flags: MessageFlags) throws {
        let frame = ClientFrame.publish(Message(topicID: 1, flags: flags, payload: ByteBuffer()))
        guard case .publish(let message) = try ClientFrame(decoding: flagged(frame.bytes)) else {
            Issue.record("another frame")
            return
        }
        #expect(message.flags == flags.union(MessageFlags(rawValue: 0xF0)))
        #expect(!message.flags.isSubset(of: .known) && flags.isSubset(of: .known))
    }

    @Test("an unknown request is refused under its own id, any other unknown frame under none")
    func unknownRequests() {
        for type in UInt8.min...UInt8.max where ClientOpcode(rawValue: type) == nil {
            var frame = ByteBuffer(bytes: [9, 0, 0, 0, type, 0xFF, 0xFF, 0xFF, 4, 3, 2, 1, 0])
            let error = #expect(throws: FrameError.self) { try ClientFrame(decoding: frame) }
            #expect(error?.code == .unknownType)
            #expect(error?.request == (0x30...0x5F ~= type ? 0x0102_0304 : 0), "\(type)")
            frame = ByteBuffer(bytes: [7, 0, 0, 0, type, 0, 0, 0, 4, 3, 2])
            #expect(throws: FrameError(.unknownType, error?.message ?? "")) { try ClientFrame(decoding: frame) }
        }
    }

    @Test("tags of HELLO that nobody knows are passed over")
    func unknownFields() throws {
        let hello = ClientFrame.hello(Hello(window: 1, name: "a", host: "b")).bytes
        var body = hello.frameBody
        body.writeImmutableBuffer(bytes("c8 0300 010203 c9 0000"))
        #expect(try ClientFrame(decoding: hello.withBody(body)) == .hello(Hello(window: 1, name: "a", host: "b")))
    }

    @Test(
        "fields of WELCOME and TOPIC that nobody knows are passed over",
        arguments: [
            BrokerFrame.topic(request: 1, id: 2, name: "Зайцы"), .topic(request: 0, id: 2, name: "a", incarnation: 9),
            .welcome(Welcome(connectionID: 1, maximumFrame: 2, window: 3, brokerName: "b", version: "1")),
            .welcome(
                Welcome(
                    connectionID: 1, maximumFrame: 2, window: 3, brokerName: "b", version: "1", incarnation: 5,
                    capabilities: ["incarnations", "what-is-this"])),
        ])
    func unknownAnswerFields(frame: BrokerFrame) throws {
        var body = frame.bytes.frameBody
        body.writeImmutableBuffer(bytes("c8 0300 010203 c9 0000"))
        #expect(try BrokerFrame(decoding: frame.bytes.withBody(body)) == frame)
        body.writeBytes([1])
        #expect(throws: FrameError.self) { try BrokerFrame(decoding: frame.bytes.withBody(body)) }
    }

    @Test("a capability that this version does not know is kept by its name")
    func capabilities() {
        let welcome = Welcome(
            connectionID: 1, maximumFrame: 2, window: 3, brokerName: "b", version: "1",
            capabilities: ["what-is-this", "window-bytes"])
        #expect(welcome.has(.windowBytes) && !welcome.has(.incarnations))
        #expect(welcome.capabilities.contains("what-is-this"))
    }

    @Test("a field of SUBSCRIBE that the broker does not know is refused: what it asks for would not be done")
    func subscribeFields() throws {
        let frame = ClientFrame.subscribe(request: 6, pattern: "a", from: .new).bytes
        func error(_ fields: String) -> FrameError? {
            var body = frame.frameBody
            body.writeImmutableBuffer(bytes(fields))
            do {
                _ = try ClientFrame(decoding: frame.withBody(body))
                return nil
            } catch { return error }
        }
        for fields in [
            "c8 0300 010203", "c9 0000", "01 0400 01020304", "01 0800 0102030405060708 02 0000", "04 0000",
            "02 0800 0400000000000000",
            "02 0400 00000000", "03 0800 0000000000000000", "03 0900 05 0000000000000000",
            "03 0900 08 0000000000000000",
        ] {
            #expect(error(fields)?.code == .badArgument && error(fields)?.request == 6, "\(fields)")
        }
        for cut in ["01", "01 08", "01 0800 01020304"] { #expect(error(cut)?.code == .frameTooShort, "\(cut)") }
        #expect(error("01 0800 0102030405060708") == nil)
    }

    @Test("a number at the end of WINDOW is there as a whole or not at all", arguments: 1...3)
    func partOfANumber(length: Int) {
        let whole = ClientFrame.window(9, kibibytes: 7).bytes
        let body = whole.frameBody.piece(0, 4 + length)
        #expect { try ClientFrame(decoding: whole.withBody(body)) } throws: {
            ($0 as? FrameError)?.code == .frameTooShort
        }
    }

    @Test("an outcome and a watch's interval may have more behind them")
    func longerDetails() {
        var created = TopicCreated(id: 7, outcome: .unchanged, incarnation: 5).detail
        created.writeImmutableBuffer(bytes("c8 0300 010203 c9 0000"))
        #expect(TopicCreated(detail: created) == TopicCreated(id: 7, outcome: .unchanged, incarnation: 5))
        var granted = WatchGranted(interval: 500).detail
        granted.writeBytes([1, 2])
        #expect(WatchGranted(detail: granted) == WatchGranted(interval: 500))
    }

    @Test("a detail that is cut is none")
    func shorterDetails() {
        let created = TopicCreated(id: 7, outcome: .created).detail
        for length in 0..<created.readableBytes { #expect(TopicCreated(detail: created.piece(0, length)) == nil) }
        let incarnated = TopicCreated(id: 7, outcome: .created, incarnation: 5).detail
        for length in created.readableBytes + 1..<incarnated.readableBytes {
            #expect(TopicCreated(detail: incarnated.piece(0, length)) == nil)
        }
        let granted = WatchGranted(interval: 500).detail
        for length in 0..<granted.readableBytes { #expect(WatchGranted(detail: granted.piece(0, length)) == nil) }
        #expect(TopicCreated(detail: bytes("07000000 0300")) == nil)
    }
}

extension MessageFlags {
    /// Every union of flags that says nothing about the key.
    fileprivate static let everyCase: [MessageFlags] = (0..<8).map { number in
        var flags: MessageFlags = []
        for (bit, flag) in [unconfirmed, headers, receipt].enumerated() where number >> bit & 1 == 1 {
            flags.insert(flag)
        }
        return flags
    }
}
