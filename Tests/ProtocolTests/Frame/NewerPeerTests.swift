import NIOCore
import Testing
import ZaichikProtocol

@Suite("Frames of a peer that is newer or older")
struct NewerPeerTests {
    /// Frames that end neither in text, nor in a payload, nor in fields.
    static let fixed: [ClientFrame] = [
        .ping(1), .pong(1), .close, .topic(request: 1, name: "Зайцы"),
        .subscribe(request: 1, pattern: "orders.>", from: .time(9)), .unsubscribe(request: 1, pattern: "a"),
        .commit(9), .window(9), .listTopics(request: 1, query: Samples.topicQueries[1]),
        .listClients(request: 1, query: Samples.clientQueries[1]), .inspectClient(request: 1, id: 9),
        .watch(request: 1, WatchRequest(clients: Samples.clientQueries[1])), .unwatch(request: 1, watch: 9),
        .inspectTopic(request: 1, name: "Зайцы", limit: 9),
    ]

    @Test("what a newer client puts behind a body is passed over", arguments: fixed)
    func longerBody(frame: ClientFrame) throws {
        var body = frame.bytes.frameBody
        body.writeBytes([1, 2, 3, 4, 5])
        #expect(try ClientFrame(decoding: frame.bytes.withBody(body)) == frame)
    }

    static let answers: [BrokerFrame] = [
        .ping(1), .pong(1), .confirm(9), .topic(request: 1, id: 2, name: "Зайцы"),
        .welcome(Welcome(connectionID: 1, maximumFrame: 2, window: 3, brokerName: "b", version: "1")),
        .receipt(.accepted, publish: 1, topicID: 2, sequence: 3, queues: 4),
        .gap(.expired, topicID: 1, first: 2, last: 3),
        .blocked(true, topicID: 1, waiting: 2), .topics(request: 1, page: Samples.topicPage, isLast: true),
        .clients(request: 1, page: Samples.clientPage, isLast: false),
        .client(request: 1, Samples.detail, isLast: true),
        .statistics(watch: 1, StatisticsUpdate(time: 1, broker: Samples.figures(), topics: Samples.topicPage)),
    ]

    @Test("what a newer broker puts behind a body is passed over", arguments: answers)
    func longerAnswer(frame: BrokerFrame) throws {
        var body = frame.bytes.frameBody
        body.writeBytes([1, 2, 3, 4, 5])
        #expect(try BrokerFrame(decoding: frame.bytes.withBody(body)) == frame)
    }

    @Test("flag bits that nobody knows change nothing", arguments: Samples.clientFrames)
    func unknownFlags(frame: ClientFrame) throws {
        var flagged = frame.bytes
        let flags = flagged.getInteger(at: 5, as: UInt8.self)!
        flagged.setInteger(flags | 0xF0, at: 5)
        #expect(try ClientFrame(decoding: flagged) == frame)
    }

    @Test("tags of HELLO that nobody knows are passed over")
    func unknownFields() throws {
        let hello = ClientFrame.hello(Hello(window: 1, name: "a", host: "b")).bytes
        var body = hello.frameBody
        body.writeImmutableBuffer(bytes("c8 0300 010203 c9 0000"))
        #expect(try ClientFrame(decoding: hello.withBody(body)) == .hello(Hello(window: 1, name: "a", host: "b")))
    }

    @Test("an outcome and a watch's interval may have more behind them")
    func longerDetails() {
        var created = TopicCreated(id: 7, outcome: .unchanged).detail
        created.writeBytes([1, 2])
        #expect(TopicCreated(detail: created) == TopicCreated(id: 7, outcome: .unchanged))
        var granted = WatchGranted(interval: 500).detail
        granted.writeBytes([1, 2])
        #expect(WatchGranted(detail: granted) == WatchGranted(interval: 500))
    }

    @Test("a detail that is cut is none")
    func shorterDetails() {
        let created = TopicCreated(id: 7, outcome: .created).detail
        for length in 0..<created.readableBytes { #expect(TopicCreated(detail: created.piece(0, length)) == nil) }
        let granted = WatchGranted(interval: 500).detail
        for length in 0..<granted.readableBytes { #expect(WatchGranted(detail: granted.piece(0, length)) == nil) }
        #expect(TopicCreated(detail: bytes("07000000 0300")) == nil)
    }
}
