import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Messages that an operator takes out of a queue")
struct QueueCutTests {
    /// A client that reads topics and has nothing delivered, as its window is 0.
    private struct Scene {
        let writer: NativeClient
        let hare: NativeClient
        let topics: [UInt32]

        init(_ broker: TestBroker, topics names: [String], window: UInt32 = 0, subscribing pattern: String = ">") throws
        {
            writer = try broker.client("ops")
            topics = try names.map { [writer] in try writer.topic($0) }
            hare = try broker.client("hare", window: window)
            try hare.subscribe(pattern)
        }

        /// What comes of the queue when its window opens.
        func rest() throws -> [BrokerFrame] {
            try hare.send(.window(1000))
            return try hare.settle().filter { $0.message != nil || $0.gap != nil }
        }
    }

    private func gap(_ first: UInt64, _ last: UInt64) -> BrokerFrame.Gap {
        .init(reason: .purged, first: first, last: last)
    }

    @Test(
        "the next N of all topics go in the order of their arrival; a dry run says so and takes none",
        arguments: [1, 4])
    func skipCount(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let scene = try Scene(broker, topics: ["a", "b", "c"])
            for number in 1...9 { try scene.writer.publishConfirmed(scene.topics[number % 3], ["\(number)"]) }
            let dry = try scene.writer.act(.skip, client: scene.hare.id, isDryRun: true) { $0.count = 4 }
            #expect(dry.messages == 4 && dry.bytes == 4 * 29 && dry.isDryRun)
            #expect(dry.rows == [Acted.Row(id: scene.hare.id, name: "hare", messages: 4, bytes: 116)])
            #expect(try scene.writer.clientRow(scene.hare.id)[.pendingMessages] == 9)
            let acted = try scene.writer.act(.skip, client: scene.hare.id) { $0.count = 4 }
            #expect(acted.messages == 4 && !acted.isDryRun)
            let row = try scene.writer.clientRow(scene.hare.id)
            #expect(row[.pendingMessages] == 5 && row[.gapMessages] == 4)
            let rest = try scene.rest()
            #expect(rest.payloads == ["5", "6", "7", "8", "9"])
            #expect(rest.compactMap(\.gap).allSatisfy { $0.reason == .purged })
            #expect(rest.compactMap(\.gap).reduce(0) { $0 + $1.last - $1.first + 1 } == 4)
        }
    }

    @Test("N of one topic, more than there are, what is below a sequence, and what came before a time")
    func skipForms() async throws {
        try await TestBroker.run { broker in
            let scene = try Scene(broker, topics: ["a", "b"])
            try scene.writer.publishConfirmed(scene.topics[0], ["1", "2", "3", "4"])
            try scene.writer.publishConfirmed(scene.topics[1], ["5", "6"])
            let id = scene.hare.id
            let two = try scene.writer.act(.skip, client: id) { values in
                values.count = 2
                values.topic = "a"
            }
            #expect(two.messages == 2)
            let below = try scene.writer.act(.skip, client: id) { values in
                values.topic = "a"
                values.sequence = 4
            }
            #expect(below.messages == 1, "two of them are gone already")
            broker.clock.advance(seconds: 10)
            let time = broker.clock.now
            try scene.writer.publishConfirmed(scene.topics[1], ["7"])
            #expect(try scene.writer.act(.skip, client: id, isDryRun: true) { $0.count = 100 }.messages == 4)
            #expect(try scene.writer.act(.skip, client: id) { $0.time = time }.messages == 3)
            let rest = try scene.rest()
            #expect(rest.payloads == ["7"])
            #expect(
                rest.compactMap(\.gap) == [gap(1, 4), gap(1, 2)] || rest.compactMap(\.gap) == [gap(1, 2), gap(1, 4)])
        }
    }

    @Test("what is in flight stays in flight and can be committed; what is pending goes", arguments: [1, 4])
    func inFlight(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let scene = try Scene(broker, topics: ["a"], window: 2)
            try scene.writer.publishConfirmed(scene.topics[0], ["1", "2", "3", "4"])
            #expect(try scene.hare.payloads(2) == ["1", "2"])
            #expect(try scene.writer.act(.purge, client: scene.hare.id).messages == 2)
            try scene.hare.send(.commit(2))
            #expect(try scene.hare.settle().compactMap(\.gap) == [gap(3, 4)])
            try scene.writer.publishConfirmed(scene.topics[0], ["5"])
            #expect(try scene.hare.payloads(1) == ["5"])
            try scene.hare.send(.commit(3))
            try scene.hare.settle()
            let row = try scene.writer.clientRow(scene.hare.id)
            #expect(row[.lagMessages] == 0 && row[.gapMessages] == 2 && row[.committedMessages] == 3)
        }
    }

    @Test("a purge takes what was returned, too, and leaves what is parked")
    func returned() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("a")
            let hare = try broker.client("hare", session: "burrow", window: 3)
            try hare.subscribe("a")
            try writer.publishConfirmed(topic, ["1", "2", "3", "4"])
            #expect(try hare.payloads(3) == ["1", "2", "3"])
            try hare.send(
                .settle(request: 70, Settlement(.park, [1...1])),
                .settle(request: 71, Settlement(.return, [2...2], delay: 600_000)))
            _ = try hare.receive { $0 == .ok(request: 71, detail: ByteBuffer()) }
            try writer.act(.pause, session: "burrow")
            let dry = try writer.act(.purge, session: "burrow", isDryRun: true)
            let acted = try writer.act(.purge, session: "burrow")
            #expect(acted.messages == dry.messages && acted.bytes == dry.bytes)
            let row = try writer.sessionRow("burrow")
            #expect(row[.returnedMessages] == 0 && row[.pendingMessages] == 0 && row[.parkedMessages] == 1)
            #expect(row[.gapMessages] == acted.messages)
            try writer.act(.resume, session: "burrow")
            let told = try hare.settle().compactMap(\.gap)
            #expect(told.allSatisfy { $0.reason == .purged })
        }
    }

    @Test("a purge by key takes the messages of that key, wherever they are, and the gaps come at their places")
    func key() async throws {
        try await TestBroker.run { broker in
            let scene = try Scene(broker, topics: ["a"])
            for number in 1...8 {
                try scene.writer.publishConfirmed(
                    scene.topics[0], ["\(number)"], key: number.isMultiple(of: 3) ? "bad" : "good")
            }
            let fill = { (values: inout ActValues) in
                values.topic = "a"
                values.key = ByteBuffer(string: "bad")
            }
            #expect(try scene.writer.act(.purge, client: scene.hare.id, isDryRun: true, fill).messages == 2)
            let acted = try scene.writer.act(.purge, client: scene.hare.id, fill)
            #expect(acted.messages == 2 && acted.bytes == 2 * 32)
            let row = try scene.writer.clientRow(scene.hare.id)
            #expect(row[.pendingMessages] == 6 && row[.gapMessages] == 2)
            let rest = try scene.rest()
            #expect(rest.payloads == ["1", "2", "4", "5", "7", "8"])
            #expect(rest.firstIndex { $0.gap == gap(3, 3) } == 2)
            #expect(rest.firstIndex { $0.gap == gap(6, 6) } == 5)
            #expect(try scene.writer.act(.purge, client: scene.hare.id, fill).messages == 0)
        }
    }

    @Test("a purge of an absent session lets its topic drop what it held, and the next client is told")
    func absent() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("a")
            let first = try broker.client("first", session: "burrow")
            try first.subscribe("a")
            try first.send(.close)
            _ = try first.receiveAll()
            try broker.until(absent: "burrow")
            try writer.publishConfirmed(topic, (1...10).map { "\($0)" })
            #expect(try writer.topicRow("a")[.heldBytes] > 0)
            #expect(try writer.act(.purge, session: "burrow").messages == 10)
            #expect(try writer.topicRow("a")[.heldBytes] == 0)
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 0)
            try writer.publishConfirmed(topic, ["11"])
            let second = try broker.client("second", session: "burrow")
            let frames = try second.receive { $0.message?.text == "11" }
            #expect(frames.compactMap(\.gap) == [gap(1, 10)])
        }
    }

    @Test("a queue that is moved back after a purge gets what its topic still keeps")
    func seek() async throws {
        try await TestBroker.run { broker in
            let scene = try Scene(broker, topics: ["a"])
            try scene.writer.create("a", [.historyBytes: 1 << 20])
            try scene.writer.publishConfirmed(scene.topics[0], ["1", "2", "3"])
            try scene.writer.act(.purge, client: scene.hare.id)
            let moved = try scene.writer.act(.move, client: scene.hare.id) { values in
                values.topic = "a"
                values.start = .earliest
            }
            #expect(moved.messages == 0)
            #expect(try scene.rest().payloads == ["1", "2", "3"])
        }
    }

    @Test("a move says what it passes over, and a dry run moves nothing")
    func move() async throws {
        try await TestBroker.run { broker in
            let scene = try Scene(broker, topics: ["a"])
            try scene.writer.publishConfirmed(scene.topics[0], ["1", "2", "3"])
            let fill = { (values: inout ActValues) in
                values.topic = "a"
                values.start = .sequence(3)
            }
            #expect(try scene.writer.act(.move, client: scene.hare.id, isDryRun: true, fill).messages == 2)
            #expect(try scene.writer.clientRow(scene.hare.id)[.pendingMessages] == 3)
            #expect(try scene.writer.act(.move, client: scene.hare.id, fill).messages == 2)
            let rest = try scene.rest()
            #expect(rest.payloads == ["3"])
            #expect(rest.compactMap(\.gap) == [.init(reason: .moved, first: 1, last: 2)])
        }
    }

    @Test("the window can be set from outside, for one connection or for all of a session")
    func window() async throws {
        try await TestBroker.run { broker in
            let scene = try Scene(broker, topics: ["a"], window: 1)
            try scene.writer.publishConfirmed(scene.topics[0], ["1", "2", "3"])
            #expect(try scene.hare.payloads(1) == ["1"])
            #expect(try scene.writer.act(.window, client: scene.hare.id, isDryRun: true) { $0.window = 3 }.count == 1)
            #expect(try scene.hare.settle().payloads == [])
            try scene.writer.act(.window, client: scene.hare.id) { $0.window = 2 }
            #expect(try scene.hare.payloads(1) == ["2"])
            #expect(try scene.hare.settle().payloads == [])
            try scene.writer.createSession("empty")
            var values = ActValues()
            values.window = 5
            #expect(
                try scene.writer.answer(to: ActRequest(.window, name: "empty", values: values)).code == .badArgument)
        }
    }

    @Test("a topic that the queue does not read is unknown to it, and an incarnation is checked")
    func unknown() async throws {
        try await TestBroker.run { broker in
            let scene = try Scene(broker, topics: ["a"], subscribing: "a")
            _ = try scene.writer.topic("b")
            func code(_ fill: (inout ActValues) -> Void) throws -> ErrorCode? {
                var values = ActValues()
                fill(&values)
                return try scene.writer.answer(to: ActRequest(.purge, client: scene.hare.id, values: values)).code
            }
            #expect(try code { $0.topic = "b" } == .unknownTopic)
            #expect(
                try code { values in
                    values.topic = "a"
                    values.sequence = 1
                    values.incarnation = 7
                } == .otherIncarnation)
            #expect(
                try code { values in
                    values.topic = "a.>"
                    values.sequence = 1
                } == .badArgument)
            #expect(try code { $0.topic = "..bad" } == .badName)
        }
    }
}
