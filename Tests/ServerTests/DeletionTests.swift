import Logging
import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Topics that are deleted")
struct DeletionTests {
    private static let kibibyte = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)

    @Test(
        "its readers are told what they lost and of its end, and nobody can publish to it any more", arguments: [1, 4])
    func gone(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("a.t").id
            let readers = try [("a.t", 2), ("a.*", 1000), (">", 0)].map { pattern, window in
                let reader = try broker.client("reader", window: UInt32(window))
                try reader.subscribe(pattern)
                return reader
            }
            try writer.publishConfirmed(topic, ["1", "2", "3", "4", "5"])
            for (reader, count) in zip(readers, [2, 5, 0]) { _ = try reader.deliveries(count) }
            try writer.delete("a.t")
            for (reader, lost) in zip(readers, [3...5, nil, 1...5] as [ClosedRange<UInt64>?]) {
                let frames = try reader.receive { $0 == .topicGone(topicID: topic) }
                let gaps = frames.compactMap(\.gap)
                #expect(gaps.map(\.first) == [lost?.lowerBound].compactMap { $0 })
                #expect(gaps.map(\.last) == [lost?.upperBound].compactMap { $0 })
                #expect(gaps.allSatisfy { $0.reason == .purged })
                let row = try writer.clientRow(reader.id)
                #expect(row[.gapMessages] == UInt64(lost?.count ?? 0) && row[.pendingMessages] == 0)
            }
            #expect(try writer.statistics()[.gapMessages] == 8)
            #expect(try writer.statistics()[.topics] == 0 && writer.topics().rows.isEmpty)
            #expect(try writer.publishConfirmed(topic, ["late"]).compactMap(\.code) == [.unknownTopic])
            // Commits pass over what is in flight of it.
            try readers[1].send(.commit(5))
            #expect(try readers[1].settle().isEmpty)
            // The subscription by name is over, patterns go on.
            let new = try writer.topic("a.t")
            #expect(new > topic)
            try writer.publishConfirmed(new, ["new"])
            #expect(try readers[0].settle().isEmpty)
            #expect(try readers[1].deliveries(1).map(\.sequence) == [1])
        }
    }

    @Test("it is deleted if it has the incarnation that was given, and only if it exists and is not the broker's own")
    func refused() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let incarnation = try #require(try client.create("t").incarnation)
            func code(_ name: String, _ incarnation: UInt64? = nil) throws -> ErrorCode? {
                try client.send(.deleteTopic(request: 9, name: name, incarnation: incarnation))
                return try client.receive().code
            }
            #expect(try code("t", incarnation &+ 1) == .otherIncarnation)
            #expect(try code("u") == .unknownTopic)
            #expect(try code("a..b") == .badName)
            #expect(try code("$zaichik.x") == .reservedName)
            #expect(try code("t", incarnation) == nil)
            #expect(try code("t") == .unknownTopic)
        }
    }

    @Test("publishes that wait for room in it are refused, and those that wait behind them go on", arguments: [1, 4])
    func blocked(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let admin = try broker.client("admin")
            let full = try admin.create(
                "full", [.limit: 64 << 10, .historyBytes: 0, .overflow: UInt64(TopicSettings.Overflow.block.rawValue)]
            ).id
            let other = try admin.topic("other")
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("full")
            let writers = try (0..<5).map { try broker.client("writer \($0)") }
            for writer in writers {
                try writer.send(NativeClient.bytes(Array(repeating: .message(full, Self.kibibyte), count: 100)))
                try writer.send(.message(other, "behind"))
                _ = try writer.receive { $0.blocked == true }
            }
            try admin.delete("full")
            var rejected = 0
            for writer in writers {
                let frames = try writer.settle()
                rejected += frames.filter { $0.code == .unknownTopic }.count
                #expect(frames.compactMap(\.blocked) == [false] && frames.last { $0.confirmed != nil } == .confirm(101))
            }
            #expect(rejected == 500 - 64)
            #expect(try admin.topicRow("other")[.headSequence] == 5)
        }
    }

    @Test("who subscribes to the name again, or unsubscribes, is told of the end before the answer")
    func again() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let admin = try broker.client("admin")
            for round in 0..<30 {
                let client = try broker.client("client")
                let old = try admin.create("t").id
                try client.subscribe("t")
                try admin.delete("t")
                let request = client.nextRequest()
                let isSubscribing = round % 2 == 0
                try client.send(
                    isSubscribing
                        ? .subscribe(request: request, pattern: "t", from: .new)
                        : .unsubscribe(request: request, pattern: "t"))
                let frames = try client.receive { $0.request == request } + client.settle()
                let gone = try #require(frames.firstIndex(of: .topicGone(topicID: old)))
                #expect(gone < frames.firstIndex { $0.request == request }!)
                let new = try admin.topic("t")
                try admin.publishConfirmed(new, ["new"])
                #expect(try client.settle().payloads == (isSubscribing ? ["new"] : []))
                try admin.delete("t")
            }
        }
    }

    @Test("thousands of readers and gigabytes, as it were, are told and given back: nothing is left")
    func crowd() async throws {
        try await TestBroker.run(loops: 2, alone: true) { broker in
            let admin = try broker.client("admin")
            let readers = try (0..<300).map { _ in
                let reader = try broker.client("reader", window: 0)
                try reader.subscribe("t")
                return reader
            }
            let topic = try admin.topic("t")
            let before = try admin.statistics()[.retainedBytes]
            let payload = String(repeating: "x", count: 100_000)
            for _ in 0..<20 { try admin.publishConfirmed(topic, Array(repeating: payload, count: 10)) }
            #expect(try admin.statistics()[.retainedBytes] > before + 20_000_000)
            try admin.delete("t")
            for reader in readers {
                let frames = try reader.receive { $0 == .topicGone(topicID: topic) }
                #expect(frames.compactMap(\.gap).map(\.last) == [200])
            }
            try eventually("the memory to be given back") { try admin.statistics()[.retainedBytes] < before }
        }
    }

    @Test("each connection of a shared session is told, and one of them what is lost", arguments: [1, 4])
    func shared(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let admin = try broker.client("admin")
            let members = try (0..<3).map { _ in try broker.client(session: "burrow", window: 0, [.mode: 1]) }
            try members[0].subscribe("t")
            let topic = try admin.topic("t")
            try admin.publishConfirmed(topic, ["1", "2"])
            try admin.delete("t")
            let told = try members.map { try $0.receive { $0 == .topicGone(topicID: topic) } }
            #expect(told.flatMap { $0.compactMap(\.gap) }.map { $0.first...$0.last } == [1...2])
            for frames in told { #expect(frames.contains { $0.announces(topic) }) }
            for member in members { #expect(try member.barrier() == []) }
        }
    }

    @Test("a session with nobody attached is told at the next attach, however long that takes", arguments: [1, 4])
    func absent(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let admin = try broker.client("admin")
            let client = try broker.client(session: "burrow", window: 2)
            try client.subscribe("t")
            let topic = try admin.topic("t")
            try admin.publishConfirmed(topic, ["1", "2", "3", "4"])
            #expect(try client.payloads(2) == ["1", "2"])
            client.wire.close()
            try broker.until(absent: "burrow")
            try admin.delete("t")
            // An absent session that nothing happens to is kept in less memory after a while.
            for _ in 0..<3 {
                broker.clock.advance(seconds: 30)
                try broker.secondPasses()
            }
            let row = try broker.client("observer").sessionRow("burrow")
            #expect(row[.lagMessages] == 0)
            #expect(row[.gapMessages] == 4, "what was in flight came back, and is lost, too")
            let again = try broker.client(session: "burrow")
            let frames = try again.receive { $0 == .topicGone(topicID: topic) }
            let gaps = frames.compactMap(\.gap)
            #expect(gaps.allSatisfy { $0.reason == .purged } && gaps.flatMap { $0.first...$0.last } == [1, 2, 3, 4])
            #expect(frames.first?.introduces(topic, "t") == true)
            #expect(try again.settle().isEmpty)
        }
    }

    @Test("a classic client reads on: what it was to get is counted as lost")
    func classic() async throws {
        try await TestBroker.run { broker in
            let admin = try broker.client("admin")
            let classic = try broker.classic()
            try classic.send(.subscribe(topic: "t"))
            try eventually("the subscription") { try admin.topics().rows.first?[.subscribers] == 1 }
            let topic = try admin.topic("t")
            try admin.publishConfirmed(topic, ["1", "2", "3"])
            #expect(try classic.receive() == .init("t", "1"))
            try admin.delete("t")
            try eventually("the loss") { try admin.statistics()[.gapMessages] == 2 }
            try classic.send(.commit)
            try classic.send(.subscribe(topic: "t"))
            try eventually("the new subscription") { try admin.topics().rows.first?[.subscribers] == 1 }
            try admin.publishConfirmed(try admin.topic("t"), ["new"])
            #expect(try classic.receive() == .init("t", "new"))
        }
    }

    // MARK: Unused topics

    @Test(
        "a topic made by use that nobody uses is removed after a while; one that was created, is read, or keeps messages stays"
    )
    func unused() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger(.info)) { broker in
            let client = try broker.client()
            _ = try client.topic("unused")
            try client.create("created")
            try client.subscribe("read")
            try client.publishConfirmed(try client.topic("kept"), ["m"])
            try broker.secondPasses()
            broker.clock.advance(seconds: 3599)
            try broker.secondPasses()
            #expect(try client.topics().rows.contains { $0.name == "unused" })
            broker.clock.advance(seconds: 2)
            try eventually("the unused topic to be removed") {
                try client.topics().rows.map(\.name).filter { !$0.hasPrefix("clock.") } == ["created", "kept", "read"]
            }
            let line = try #require(log.lines("unused topic removed").first)
            #expect(line.level == .info && line.metadata["topic"] == "\"unused\"")
            #expect(try client.publishConfirmed(try client.topic("unused"), ["m"]).compactMap(\.code) == [])
        }
    }

    @Test("one that keeps messages is removed too, with them, if the operator says so")
    func unusedHistory() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger(.info), configure: { $0.unusedHistoryTime = 60 }) { broker in
            let admin = try broker.client("admin")
            let writer = try broker.client("writer")
            try writer.publishConfirmed(try writer.topic("kept"), ["m", "n"])
            try broker.secondPasses()
            broker.clock.advance(seconds: 61)
            try broker.secondPasses()
            #expect(try admin.topics().rows.contains { $0.name == "kept" }, "its publisher is connected")
            try writer.send(.close)
            _ = try writer.receiveAll()
            try broker.secondPasses()
            broker.clock.advance(seconds: 61)
            try eventually("the topic to be removed") { try !admin.topics().rows.contains { $0.name == "kept" } }
            let line = try #require(log.lines("unused topic removed").first { $0.metadata["topic"] == "\"kept\"" })
            #expect(line.metadata["messages"] == "2" && line.metadata["lost"] == "0")
        }
    }

    @Test("the log tells by whom a topic was deleted, and what it had")
    func logged() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let client = try broker.client("hare", window: 1)
            let topic = try client.topic("t")
            try client.subscribe("t")
            try client.publishConfirmed(topic, ["1", "2"])
            try client.delete("t")
            try eventually("a line") { !log.lines("topic deleted").isEmpty }
            let line = log.lines("topic deleted")[0]
            #expect(line.level == .notice && line.metadata["client"] == "\(client.id)")
            #expect(line.metadata["topic"] == "\"t\"" && line.metadata["topic_id"] == "\(topic)")
            #expect(line.metadata["messages"] == "2" && line.metadata["lost"] == "2" && line.metadata["readers"] == "1")
        }
    }

    // MARK: Who published a message

    @Test("who published a message can be asked for as long as it is kept, even when its publisher has left")
    func origin() async throws {
        try await TestBroker.run { broker in
            let asker = try broker.client("asker")
            let (first, second) = (try broker.client("first"), try broker.client("second"))
            let topic = try asker.create("t", [.historyCount: 3]).id
            try first.publishConfirmed(topic, ["1", "2"])
            broker.clock.advance(seconds: 5)
            try second.publishConfirmed(topic, ["3"])
            try first.publishConfirmed(topic, ["4"])
            try first.send(.close)
            _ = try first.receiveAll()
            func ask(_ sequence: UInt64, _ name: String = "t") throws -> MessageOrigin? {
                let request = asker.nextRequest()
                try asker.send(.inspectMessage(request: request, topic: name, sequence: sequence))
                switch try asker.receive() {
                case .ok(request, let detail): return MessageOrigin(detail: detail)
                case let frame:
                    #expect(frame.code == (name == "t" ? .unknownMessage : .unknownTopic))
                    return nil
                }
            }
            let now = broker.clock.now
            #expect(try ask(1) == nil, "only three are kept")
            #expect(try ask(2) == MessageOrigin(timestamp: now - 5_000_000, connectionID: first.id, client: "first"))
            #expect(try ask(3) == MessageOrigin(timestamp: now, connectionID: second.id, client: "second"))
            #expect(try ask(4) == MessageOrigin(timestamp: now, connectionID: first.id, client: "first"))
            #expect(try ask(0) == nil && ask(5) == nil && ask(1, "u") == nil)
        }
    }

    @Test("who published a message that was purged by its key is not known any more")
    func purgedOrigin() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client("hare")
            let topic = try client.create("t").id
            try client.publishConfirmed(topic, ["1", "2"], key: "a")
            try client.publishConfirmed(topic, ["3"], key: "b")
            var values = ActValues()
            values.key = ByteBuffer(string: "a")
            #expect(try client.act(.purgeTopic, "t", values).messages == 2)
            func ask(_ sequence: UInt64) throws -> BrokerFrame {
                let request = client.nextRequest()
                try client.send(.inspectMessage(request: request, topic: "t", sequence: sequence))
                return try client.receive()
            }
            #expect(try ask(2).code == .unknownMessage)
            guard case .ok(_, let detail) = try ask(3) else { throw WireError.unexpected("no OK came") }
            #expect(MessageOrigin(detail: detail)?.client == "hare")
        }
    }
}

extension NativeClient {
    /// Deletes a topic. What comes before the answer is passed over.
    func delete(_ name: String) throws {
        let request = nextRequest()
        try send(.deleteTopic(request: request, name: name))
        guard case .ok = try receive(until: { $0.request == request }).last else {
            throw WireError.unexpected("no OK to DELETE TOPIC came")
        }
    }
}

extension BrokerFrame {
    fileprivate func announces(_ topic: UInt32) -> Bool {
        if case .topic(request: 0, topic, _, _) = self { true } else { false }
    }
}
