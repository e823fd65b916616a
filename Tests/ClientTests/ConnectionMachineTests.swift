import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("The connection's machine")
struct ConnectionMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var machine = ConnectionMachine(
        hello: Hello(window: 5, name: "hare"), maximumUnconfirmedMessages: 10, maximumUnconfirmedBytes: 1000)
    private let orders: TopicName
    private let pattern: TopicPattern

    init() throws {
        orders = try TopicName("orders")
        pattern = try TopicPattern("orders")
    }

    /// The frames that wait to go out.
    private mutating func sent() throws -> [ClientFrame] {
        var bytes = ByteBuffer()
        while let output = machine.takeOutput() { bytes.writeImmutableBuffer(output) }
        if bytes.getBytes(at: bytes.readerIndex, length: 8) == Preface.bytes { bytes.moveReaderIndex(forwardBy: 8) }
        var frames: [ClientFrame] = []
        while case .complete(let length) = try FrameMeasure.native(bytes, limit: 1 << 20),
            let frame = bytes.readSlice(length: length)
        {
            frames.append(try ClientFrame(decoding: frame))
        }
        return frames
    }

    private mutating func welcomed() throws {
        machine.connected(now: start)
        _ = machine.receive(.welcome(ScriptedPeer.welcome), now: start)
        _ = try sent()
    }

    @Test("it introduces itself, and is ready when it is welcomed")
    mutating func greeting() throws {
        #expect(machine.obstacle?.code == .connectionLost)
        machine.connected(now: start)
        #expect(try sent() == [.hello(Hello(window: 5, name: "hare"))])
        #expect(
            machine.receive(.welcome(ScriptedPeer.welcome), now: start) == [.event(.connected(ScriptedPeer.welcome))])
        #expect(machine.phase == .ready && machine.obstacle == nil)
    }

    @Test(
        "a named producer asks anew for a topic's id that was lost with a connection; without a name that is an error")
    mutating func idLost() throws {
        try welcomed()
        #expect(
            machine.publishOrWait(ByteBuffer(), to: orders, key: nil, flags: [], waiter: 7)
                == [.failure(7, .lostBeforeSent)])
        var hello = Hello(window: 5, name: "hare")
        hello.producer = try SessionName("import")
        machine = ConnectionMachine(hello: hello, maximumUnconfirmedMessages: 10, maximumUnconfirmedBytes: 1000)
        machine.connected(now: start)
        var welcome = ScriptedPeer.welcome
        welcome.producer = ProducerRecord(began: 1)
        _ = machine.receive(.welcome(welcome), now: start)
        #expect(machine.needsID(of: orders))
        #expect(
            machine.publishOrWait(ByteBuffer(), to: orders, key: nil, flags: [], waiter: 8) == [.success(8, .hasRoom)])
    }

    @Test("a window that is changed while HELLO is under way is told after WELCOME")
    mutating func windowWhileGreeting() throws {
        machine.connected(now: start)
        _ = try sent()
        machine.setWindow(0)
        #expect(try sent() == [])
        _ = machine.receive(.welcome(ScriptedPeer.welcome), now: start)
        #expect(try sent() == [.window(0)])
    }

    @Test("a first frame other than WELCOME ends it: an ERROR with its reason, anything else as not zaichik")
    mutating func badGreeting() {
        machine.connected(now: start)
        let full = ErrorCode.tooManyConnections
        #expect(
            machine.receive(.error(code: full.rawValue, request: 0, message: "full"), now: start)
                == [.fail(ClientError(.refused(full), "full"))])
        guard case .fail(let error) = machine.receive(.confirm(1), now: start).first else {
            Issue.record("a CONFIRM before WELCOME was taken")
            return
        }
        #expect(error.code == .notZaichik)
    }

    @Test("a topic's id is asked once, however many wait for it, and again after a reconnect")
    mutating func topicIDs() throws {
        try welcomed()
        machine.askTopicID(orders, waiter: 1)
        machine.askTopicID(orders, waiter: 2)
        #expect(try sent() == [.topic(request: 1, name: "orders")])
        #expect(
            machine.receive(.topic(request: 1, id: 9, name: "orders"), now: start)
                == [.resume(.success(1, .topicID(9))), .resume(.success(2, .topicID(9)))])
        #expect(machine.topicIDs[orders] == 9)
        _ = machine.lost(.notConnected, willReturn: true) { _ in nil }
        #expect(machine.topicIDs.isEmpty)
    }

    @Test("a refused topic name is told to all who wait for its id")
    mutating func refusedTopic() throws {
        try welcomed()
        machine.askTopicID(orders, waiter: 1)
        let error = ClientError(.refused(.reservedName), "no")
        #expect(
            machine.receive(.error(code: ErrorCode.reservedName.rawValue, request: 1, message: "no"), now: start)
                == [.resume(.failure(1, error))])
        machine.askTopicID(orders, waiter: 2)
        #expect(machine.topicWaiters[orders] == [2])
    }

    @Test("an answer in several pages is one answer")
    mutating func pages() throws {
        try welcomed()
        machine.send(.listClients(ClientQuery()), waiter: 3)
        var rows = [ClientStatistics(), ClientStatistics()]
        rows[0].id = 1
        rows[1].id = 2
        let first = RowPage(rows: [rows[0]], matching: 2)
        let second = RowPage(rows: [rows[1]], matching: 2)
        #expect(machine.receive(.clients(request: 1, page: first, isLast: false), now: start) == [])
        #expect(
            machine.receive(.clients(request: 1, page: second, isLast: true), now: start)
                == [.resume(.success(3, .clients(RowPage(rows: rows, matching: 2))))])
        #expect(machine.requests.isEmpty)
    }

    @Test("after a reconnect it subscribes and watches again, from where the reader says, with the window set last")
    mutating func reconnect() throws {
        try welcomed()
        machine.send(.subscribe(pattern, .earliest), waiter: 1)
        machine.send(.watch(77, WatchRequest(interval: 500)), waiter: 2)
        _ = machine.receive(.ok(request: 1, detail: ByteBuffer()), now: start)
        _ = machine.receive(.ok(request: 2, detail: WatchGranted(interval: 500).detail), now: start)
        machine.setWindow(99)
        machine.commits.commit(upTo: 4)
        _ = machine.lost(.notConnected, willReturn: true) { _ in .sequence(9, incarnation: 5) }
        #expect(machine.obstacle?.code == .connectionLost)
        machine.connected(now: start)
        #expect(try sent() == [.hello(Hello(window: 99, name: "hare"))])
        _ = machine.receive(.welcome(ScriptedPeer.welcome), now: start)
        #expect(
            try sent() == [
                .subscribe(request: 1, pattern: "orders", from: .sequence(9), incarnation: 5),
                .watch(request: 2, WatchRequest(interval: 500)),
            ])
        let update = StatisticsUpdate(time: 1, broker: BrokerStatistics())
        #expect(machine.receive(.statistics(watch: 2, update), now: start) == [.statistics(77, update)])
    }

    @Test("a refusal of what the library asks by itself is an event")
    mutating func refusedResubscription() throws {
        try welcomed()
        machine.send(.subscribe(pattern, .new), waiter: nil)
        #expect(
            machine.receive(.error(code: ErrorCode.badName.rawValue, request: 1, message: "x"), now: start)
                == [.event(.refused(ClientError(.refused(.badName), "x")))])
    }

    @Test("an unsubscribed topic is not subscribed again, an ended watch not watched again")
    mutating func forgotten() throws {
        try welcomed()
        machine.send(.subscribe(pattern, .new), waiter: 1)
        machine.send(.watch(5, WatchRequest()), waiter: 2)
        _ = machine.receive(.ok(request: 1, detail: ByteBuffer()), now: start)
        _ = machine.receive(.ok(request: 2, detail: WatchGranted(interval: 1000).detail), now: start)
        machine.send(.unsubscribe(pattern), waiter: 3)
        _ = machine.receive(.ok(request: 3, detail: ByteBuffer()), now: start)
        _ = try sent()
        machine.unwatch(5)
        #expect(try sent() == [.unwatch(request: 4, watch: 2)])
        _ = machine.lost(.notConnected, willReturn: true) { _ in nil }
        machine.connected(now: start)
        _ = try sent()
        _ = machine.receive(.welcome(ScriptedPeer.welcome), now: start)
        #expect(try sent() == [])
    }

    /// Loses the connection and is welcomed in another one.
    private mutating func reconnect(_ welcome: Welcome, at point: ResumePoint?) -> [ConnectionMachine.Action] {
        _ = machine.lost(.notConnected, willReturn: true) { _ in point }
        machine.connected(now: start)
        return machine.receive(.welcome(welcome), now: start)
    }

    private func refusal(of request: UInt32) -> BrokerFrame {
        .error(code: ErrorCode.otherIncarnation.rawValue, request: request, message: "another")
    }

    @Test("a topic that is another one than before is read from its first message, and told of unless the broker was")
    mutating func otherTopic() throws {
        try welcomed()
        machine.send(.subscribe(pattern, .new), waiter: 1)
        _ = machine.receive(.ok(request: 1, detail: ByteBuffer()), now: start)
        let same = reconnect(ScriptedPeer.welcome, at: .sequence(9, incarnation: 5))
        #expect(same == [.event(.connected(ScriptedPeer.welcome))])
        _ = try sent()
        #expect(machine.receive(refusal(of: 1), now: start) == [.event(.topicReplaced(orders))])
        #expect(try sent() == [.subscribe(request: 2, pattern: "orders", from: .earliest)])
        var other = ScriptedPeer.welcome
        other.incarnation = 78
        #expect(
            reconnect(other, at: .sequence(9, incarnation: 5)) == [
                .event(.connected(other)), .event(.brokerReplaced),
            ])
        _ = try sent()
        #expect(machine.receive(refusal(of: 1), now: start) == [])
        #expect(try sent() == [.subscribe(request: 2, pattern: "orders", from: .earliest)])
    }

    @Test("a subscription that the program meant for one incarnation is not made for another")
    mutating func askedForOther() throws {
        try welcomed()
        machine.send(.subscribe(pattern, .sequence(4), incarnation: 3), waiter: 1)
        #expect(try sent() == [.subscribe(request: 1, pattern: "orders", from: .sequence(4), incarnation: 3)])
        let error = ClientError(.refused(.otherIncarnation), "another")
        #expect(machine.receive(refusal(of: 1), now: start) == [.resume(.failure(1, error))])
        #expect(try sent() == [])
        #expect(machine.subscriptions.isEmpty)
    }

    @Test("a bound for the bytes in flight is sent ahead of subscriptions, and again with each change of the window")
    mutating func windowBytes() throws {
        machine = ConnectionMachine(
            hello: Hello(window: 5, name: "hare"), windowBytes: 5000, maximumUnconfirmedMessages: 10,
            maximumUnconfirmedBytes: 1000)
        machine.connected(now: start)
        _ = try sent()
        _ = machine.receive(.welcome(ScriptedPeer.welcome), now: start)
        machine.send(.subscribe(pattern, .new), waiter: nil)
        #expect(
            try sent() == [.window(5, kibibytes: 4), .subscribe(request: 1, pattern: "orders", from: .new)])
        machine.setWindow(0)
        machine.setWindow(bytes: nil)
        machine.setWindow(bytes: 1)
        #expect(try sent() == [.window(0, kibibytes: 4), .window(0), .window(0, kibibytes: 1)])
    }

    @Test("everyone who waits hears of the loss")
    mutating func loss() throws {
        try welcomed()
        machine.send(.unsubscribe(pattern), waiter: 1)
        machine.askTopicID(orders, waiter: 2)
        machine.ping(waiter: 3, now: start)
        _ = machine.publish(Message(topicID: 1, payload: ByteBuffer()), waiter: 4)
        let error = ClientError(.connectionLost, "gone")
        let waiters = machine.lost(error, willReturn: false) { _ in nil }.compactMap { action -> WaiterID? in
            guard case .resume(let resumption) = action, case .failure = resumption.result else { return nil }
            return resumption.waiter
        }
        #expect(Set(waiters) == [1, 2, 3, 4] && waiters.count == 4)
        #expect(machine.obstacle == error)
    }

    @Test("a message or key over the broker's limit is refused here, with the limit")
    mutating func tooLong() throws {
        try welcomed()
        let long = ByteBuffer(repeating: 0, count: 1 << 20)
        let error = machine.publish(Message(topicID: 1, payload: long), waiter: 1)
        #expect(error?.code == .tooLong && error?.message.contains("1048548 bytes") == true)
        let key = ByteBuffer(repeating: 0, count: 65_536)
        #expect(machine.publish(Message(topicID: 1, key: key, payload: ByteBuffer()), waiter: 1)?.code == .tooLong)
        #expect(try sent() == [])
    }

    @Test("closing sends what is left to commit, then CLOSE, and nothing can be asked any more")
    mutating func closing() throws {
        try welcomed()
        machine.commits.commit(upTo: 2)
        machine.close()
        machine.close()
        #expect(try sent() == [.commit(2), .close])
        #expect(machine.obstacle?.code == .closed)
    }

    @Test("a PING is answered")
    mutating func ping() throws {
        try welcomed()
        _ = machine.receive(.ping(31), now: start)
        _ = machine.receive(.ping(32, atOnce: true), now: start)
        #expect(try sent() == [.pong(31), .pong(32, atOnce: true)])
    }

    private mutating func tick(_ seconds: Int64, taken: Int? = nil) -> ClientError? {
        machine.liveness.tick(
            now: start + .seconds(seconds), isReading: true, measures: false, taken: taken, into: &machine.output)
    }

    @Test("after 5 s of silence a sign of life is asked for, and after 10 s the broker is taken for gone")
    mutating func silence() throws {
        try welcomed()
        #expect(tick(4) == nil)
        #expect(try sent() == [])
        #expect(tick(5) == nil)
        #expect(try sent() == [.ping(1, atOnce: true)])
        #expect(tick(9) == nil)
        let error = try #require(tick(10))
        #expect(error.code == .connectionLost)
        #expect(error.message.contains("10 s"))
    }

    @Test("a broker whose socket still takes bytes is not taken for gone: the ping may be behind them")
    mutating func slowLink() throws {
        try welcomed()
        for second: Int64 in 1...60 { #expect(tick(second, taken: Int(second) * 1000) == nil) }
        #expect(tick(69, taken: 60_000) == nil)
        #expect(tick(70, taken: 60_000)?.code == .connectionLost)
    }

    @Test("a broker that answers after its silence is asked about is not taken for gone")
    mutating func answers() throws {
        try welcomed()
        for second in stride(from: Int64(5), to: 60, by: 5) {
            #expect(tick(second) == nil)
            #expect(try sent().count == 1)
            machine.liveness.hear(now: start + .seconds(second))
        }
    }

    @Test("while nothing is read, silence means nothing, and the broker still hears of us")
    mutating func paused() throws {
        try welcomed()
        for second: Int64 in [30, 60, 90] {
            let error = machine.liveness.tick(
                now: start + .seconds(second), isReading: false, measures: false, into: &machine.output)
            #expect(error == nil)
            #expect(try sent().count == 1)
        }
    }

    @Test("a round trip is what passes between PING and PONG")
    mutating func roundTrip() throws {
        try welcomed()
        machine.ping(waiter: 6, now: start)
        #expect(
            machine.receive(.pong(1), now: start + .milliseconds(30))
                == [.resume(.success(6, .roundTrip(.milliseconds(30))))])
    }
}
