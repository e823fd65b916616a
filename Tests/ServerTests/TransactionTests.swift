import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Transactions")
struct TransactionTests {
    private static func message(
        _ topic: UInt32, _ payload: String, key: String? = nil, flags: MessageFlags = []
    ) -> Message {
        Message(
            topicID: topic, flags: flags, key: key.map { ByteBuffer(string: $0) }, payload: ByteBuffer(string: payload))
    }

    /// What became of a transaction.
    private enum Outcome: Equatable {
        case done([TransactionDone.Publish])
        case aborted(ErrorCode?, TransactionPart, index: UInt32)
        case error(ErrorCode?)
    }

    private static func perform(
        _ client: NativeClient, _ commits: [ClosedRange<UInt64>] = [], _ messages: [Message]
    ) throws -> Outcome {
        let request = client.nextRequest()
        try client.send(.transaction(request: request, Transaction(commits: commits, publishes: messages)))
        while true {
            switch try client.receive() {
            case .ok(request, let detail): return .done(try #require(TransactionDone(detail: detail)).publishes)
            case .aborted(let code, request, let part, let index, _):
                return .aborted(ErrorCode(rawValue: code), part, index: index)
            case .error(let code, request, _): return .error(ErrorCode(rawValue: code))
            default: continue
            }
        }
    }

    private static func accepted(_ topic: UInt32, _ sequence: UInt64) -> TransactionDone.Publish {
        TransactionDone.Publish(outcome: .accepted, topicID: topic, sequence: sequence)
    }

    private static func head(_ client: NativeClient, _ topic: String) throws -> UInt64 {
        try client.topicRow(topic)[.headSequence]
    }

    @Test("its publishes go to their topics in their order, and the answer tells their sequences", arguments: [1, 4])
    func publishes(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client()
            let (a, b) = (try client.topic("a"), try client.topic("b"))
            let reader = try broker.client("reader")
            try reader.subscribe("*")
            let outcome = try Self.perform(
                client, [],
                [
                    Self.message(b, "1"), Self.message(a, "2", key: "k"), Self.message(a, "3", flags: .receipt),
                    Self.message(b, "4", flags: .unconfirmed),
                ])
            #expect(
                outcome
                    == .done([
                        Self.accepted(b, 1), Self.accepted(a, 1), Self.accepted(a, 2), Self.accepted(b, 2),
                    ]))
            let read = try reader.deliveries(4)
            #expect(read.map(\.text) == ["1", "2", "3", "4"])
            #expect(Set(read.map(\.timestamp)).count == 1)
            #expect(read[1].key == ByteBuffer(string: "k"))
            // They have no number among the publishes of the connection.
            try client.publish(a, "next", flags: .receipt)
            let receipt = try client.receive()
            #expect(receipt == .receipt(.accepted, publish: 1, topicID: a, sequence: 3, queues: 1))
        }
    }

    @Test("it commits and publishes together: what it read is done when what it wrote is there", arguments: [1, 4])
    func readProcessWrite(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let input = try writer.topic("in")
            let worker = try broker.client("worker", window: 2)
            let output = try worker.topic("out")
            try worker.subscribe("in")
            try writer.publishConfirmed(input, ["one", "two", "three"])
            #expect(try worker.payloads(2) == ["one", "two"])
            let outcome = try Self.perform(worker, [1...2], [Self.message(output, "ONE"), Self.message(output, "TWO")])
            #expect(outcome == .done([Self.accepted(output, 1), Self.accepted(output, 2)]))
            #expect(try worker.payloads(1) == ["three"])
            let beyond = try Self.perform(worker, [2...3], [Self.message(output, "x")])
            #expect(beyond == .aborted(.notInFlight, .commits, index: 0))
            #expect(try Self.head(writer, "out") == 2)
            #expect(try Self.perform(worker, [3...3], []) == .done([]))
        }
    }

    @Test("it commits any set of deliveries in flight, and one of them that is not aborts it", arguments: [1, 4])
    func commitsSets(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let input = try writer.topic("in")
            let worker = try broker.client("worker", window: 5)
            let output = try worker.topic("out")
            try worker.subscribe("in")
            try writer.publishConfirmed(input, (1...7).map(String.init))
            #expect(try worker.payloads(5) == ["1", "2", "3", "4", "5"])
            #expect(
                try Self.perform(worker, [2...2, 4...5], [Self.message(output, "x")])
                    == .done([Self.accepted(output, 1)]))
            let again = try Self.perform(worker, [1...1, 3...4], [Self.message(output, "y")])
            #expect(again == .aborted(.notInFlight, .commits, index: 1))
            #expect(
                try Self.perform(worker, [1...1, 3...3], [Self.message(output, "y")])
                    == .done([Self.accepted(output, 2)]))
            #expect(try Self.head(writer, "out") == 2)
        }
    }

    @Test("in a session what a transaction committed does not come again, and what an aborted one would have does")
    func inSession() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let writer = try broker.client("writer")
            let (input, output) = (try writer.topic("in"), try writer.topic("out"))
            let hello = Hello(window: 10, name: "worker", session: try SessionName("work"))
            let worker = try NativeClient(broker.connect(), hello: hello)
            try worker.subscribe("in")
            try writer.publishConfirmed(input, ["1", "2", "3"])
            _ = try worker.receive { $0.message?.text == "3" }
            #expect(
                try Self.perform(worker, [2...2], [Self.message(output, "TWO")]) == .done([Self.accepted(output, 1)]))
            let aborted = try Self.perform(worker, [1...1], [Self.message(output + 77, "x")])
            #expect(aborted == .aborted(.unknownTopic, .publishes, index: 0))
            worker.wire.close()
            let next = try NativeClient(broker.connect(), hello: hello)
            var texts: [String] = []
            while texts.count < 2 { if let message = try next.receive().message { texts.append(message.text) } }
            #expect(texts == ["1", "3"])
        }
    }

    @Test("cut at any byte it has happened whole or not at all", arguments: [1, 4])
    func everyByte(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let observer = try broker.client("observer")
            let (input, a, b) = (try observer.topic("in"), try observer.topic("a"), try observer.topic("b"))
            try observer.publishConfirmed(input, ["work"])
            let frame = NativeClient.bytes([
                .transaction(
                    request: 1,
                    Transaction(
                        commits: [1...1],
                        publishes: [Self.message(a, "to a"), Self.message(b, "to b"), Self.message(a, "again")]))
            ])
            for length in 0...frame.count {
                let worker = try broker.client("worker")
                try worker.subscribe("in", from: .earliest)
                #expect(try worker.payloads(1) == ["work"])
                let connections = 1
                try worker.send(Array(frame[..<length]))
                worker.wire.halfClose()
                let frames = try worker.receiveAll()
                try broker.until(connections: connections)
                let isWhole = length == frame.count
                #expect(frames.contains { if case .ok(request: 1, _) = $0 { true } else { false } } == isWhole)
                #expect(try Self.head(observer, "a") == (isWhole ? 2 : 0))
                #expect(try Self.head(observer, "b") == (isWhole ? 1 : 0))
            }
        }
    }

    @Test("the first thing that is wrong aborts it, with its place, and nothing has happened", arguments: [1, 4])
    func aborts(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client()
            let (a, b) = (try client.topic("a"), try client.topic("b"))
            let fine = Self.message(a, "fine")
            func expect(_ code: ErrorCode, _ bad: Message, sourceLocation: SourceLocation = #_sourceLocation) throws {
                let outcome = try Self.perform(client, [], [fine, Self.message(b, "fine"), bad, fine])
                #expect(outcome == .aborted(code, .publishes, index: 2), sourceLocation: sourceLocation)
            }
            try expect(.unknownTopic, Self.message(b + 1000, "x"))
            try expect(.unknownFlag, Self.message(a, "x", flags: MessageFlags(rawValue: 1 << 6)))
            try expect(.malformedHeaders, Self.message(a, "x", flags: .headers))
            let header = String(decoding: [1, 0, 3, 0, 0x24, 0x78, 0x79, 0, 0, 0, 0] as [UInt8], as: UTF8.self)
            try expect(.unknownHeader, Self.message(a, header, flags: .headers))
            #expect(try Self.perform(client, [1...1], [fine]) == .aborted(.notInFlight, .commits, index: 0))
            #expect(try Self.head(client, "a") == 0)
            #expect(try Self.head(client, "b") == 0)
        }
    }

    @Test(
        "a topic without room for all of its messages aborts it, whether it rejects or blocks",
        arguments: [TopicSettings.Overflow.reject, .block])
    func full(overflow: TopicSettings.Overflow) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let open = try client.topic("open")
            let full = try client.create(
                "full", [.limit: 4096, .overflow: UInt64(overflow.rawValue), .historyBytes: 0]
            ).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("full")
            let long = String(repeating: "x", count: 1024 - MessageLayout.keyOffset)
            let many = [Self.message(open, "x")] + (1...5).map { _ in Self.message(full, long) }
            #expect(try Self.perform(client, [], many) == .aborted(.topicFull, .publishes, index: 1))
            #expect(try Self.head(client, "open") == 0)
            #expect(try Self.head(client, "full") == 0)
            guard case .done = try Self.perform(client, [], Array(many.dropLast())) else {
                Issue.record("four fit")
                return
            }
            #expect(
                try Self.perform(client, [], [Self.message(full, "")]) == .aborted(.topicFull, .publishes, index: 0))
            #expect(try Self.head(client, "full") == 4)
        }
    }

    @Test("a topic that drops takes it, and its queues lose their oldest, counted")
    func drops() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("small", [.limit: 4096, .historyBytes: 0]).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("small")
            let long = String(repeating: "x", count: 1024 - MessageLayout.keyOffset)
            guard case .done = try Self.perform(client, [], (1...6).map { _ in Self.message(topic, long) }) else {
                Issue.record("it was not taken")
                return
            }
            #expect(try client.topicRow("small")[.droppedMessages] == 2)
        }
    }

    @Test("a duplicate is told as such, in the transaction and against what was before it")
    func duplicates() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", [.deduplicationWindow: 60_000, .deduplicationScope: 1]).id
            try client.publish(topic, "before", key: "a")
            try client.barrier()
            let outcome = try Self.perform(
                client, [],
                [
                    Self.message(topic, "1", key: "a"), Self.message(topic, "2", key: "b"),
                    Self.message(topic, "3", key: "b"), Self.message(topic, "4", key: "c"),
                ])
            func duplicate(_ sequence: UInt64) -> TransactionDone.Publish {
                TransactionDone.Publish(outcome: .duplicate, topicID: topic, sequence: sequence)
            }
            #expect(
                outcome == .done([duplicate(1), Self.accepted(topic, 2), duplicate(2), Self.accepted(topic, 3)]))
            #expect(try Self.head(client, "hello") == 3)
        }
    }

    @Test("one with more publishes, or to more topics, than there may be is refused")
    func limits() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("a")
            let most = PeerLimits.transactionPublishes
            #expect(
                try Self.perform(client, [], (0...most).map { _ in Self.message(topic, "x") })
                    == .error(.transactionTooLarge))
            guard
                case .done(let records) = try Self.perform(client, [], (1...most).map { Self.message(topic, "\($0)") })
            else {
                Issue.record("as many as there may be were not taken")
                return
            }
            #expect(records.last == Self.accepted(topic, UInt64(most)))
            let topics = try (0...PeerLimits.transactionTopics).map { try client.topic("t\($0)") }
            #expect(
                try Self.perform(client, [], topics.map { Self.message($0, "x") })
                    == .aborted(.transactionTooLarge, .publishes, index: UInt32(PeerLimits.transactionTopics)))
            guard case .done = try Self.perform(client, [], topics.dropLast().map { Self.message($0, "x") }) else {
                Issue.record("as many topics as there may be were not taken")
                return
            }
        }
    }

    @Test("it overtakes publishes that wait for room, as every request does")
    func overtakes() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let full = try client.create("full", [.limit: 1, .overflow: 2, .historyBytes: 0]).id
            let open = try client.topic("open")
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("full")
            try client.publish(full, "one", "two")
            _ = try client.receive { $0.blocked == true }
            #expect(try Self.perform(client, [], [Self.message(open, "x")]) == .done([Self.accepted(open, 1)]))
        }
    }

    @Test(
        "readers of several topics see each at one place, in one order, whoever publishes meanwhile", arguments: [1, 4])
    func oneplace(loops: Int) async throws {
        let (writers, rounds, topics) = (4, 150, 5)
        try await TestBroker.run(loops: loops) { broker in
            let names = (0..<topics).map { "t.\($0)" }
            let setup = try broker.client("setup")
            let ids = try names.map { try setup.topic($0) }
            let readers = try (0..<2).map { try broker.client("reader \($0)", window: 1 << 20) }
            for reader in readers { try reader.subscribe("t.*") }
            let workers = (0..<writers).map { writer in
                Worker {
                    let client = try broker.client("writer \(writer)")
                    for round in 0..<rounds {
                        // In another order of topics each time, with plain publishes around it.
                        var random = SplitMix(seed: UInt64(writer * 1000 + round))
                        let messages = (0..<topics).shuffled(using: &random).enumerated().map { place, topic in
                            Self.message(ids[topic], "\(writer) \(round) \(place)")
                        }
                        try client.send(.message(ids[round % topics], "plain \(writer) \(round)"))
                        guard case .done = try Self.perform(client, [], messages) else {
                            throw WireError.unexpected("a transaction was not done")
                        }
                    }
                    try client.barrier()
                }
            }
            for worker in workers { try worker.join() }
            let count = writers * rounds * (topics + 1)
            let orders = try readers.map { try $0.payloads(count) }
            #expect(orders[0] == orders[1])
            for (index, text) in orders[0].enumerated() where text.hasSuffix(" 0") && !text.hasPrefix("plain") {
                let prefix = text.dropLast(1)
                #expect(orders[0][index..<index + topics].elementsEqual((0..<topics).map { "\(prefix)\($0)" }))
            }
        }
    }
}
