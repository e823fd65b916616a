import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Clients that do not read", .serialized)
struct SlowReaderTests {
    private static let payload = String(repeating: "m", count: 4096 - MessageLayout.keyOffset)

    @Test("only the client that does not read lags: another gets everything, and memory is that of the messages")
    func onlyOneBehind() async throws {
        try await TestBroker.run(alone: true) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let stuck = try broker.client("stuck", window: 1 << 20, receiveBuffer: 16 << 10)
            let quick = try broker.client("quick", window: 1 << 20)
            try stuck.subscribe("hello")
            try quick.subscribe("hello")
            let before = try residentMemory()
            for round in UInt64(0)..<40 {
                try writer.publishConfirmed(topic, Array(repeating: Self.payload, count: 100))
                let sequences = try quick.deliveries(100).map(\.sequence)
                #expect(sequences == Array(round * 100 + 1...round * 100 + 100))
                try quick.send(.commit(round * 100 + 100))
            }
            // 16 MB are stored once; what waits for the socket is the same memory.
            #expect(try residentMemory() - before < 48 << 20)
            let row = try writer.clientRow(stuck.id)
            #expect(row[.lagMessages] == 4000)
            #expect(row[.lagBytes] == 4000 * 4096)
            #expect(row[.pendingMessages] > 1000)
            #expect(row[.unsentBytes] < 4 << 20)
            try eventually("the state to be seen") { try writer.clientRow(stuck.id).state == .notReading }
            #expect(try writer.clientRow(quick.id)[.lagMessages] == 0)
            // And when it reads after all, it has lost nothing.
            #expect(try stuck.deliveries(4000).map(\.sequence) == Array(1...4000))
        }
    }

    @Test("for all sizes, deliveries to a socket that fills up and drains again come once and in order")
    func sizes() async throws {
        try await TestBroker.run { broker in
            var random = SplitMix(seed: 11)
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let other = try writer.topic("other")
            let reader = try broker.client("reader", window: 1 << 20, receiveBuffer: 32 << 10)
            try reader.subscribe("*")
            var expected: [String] = []
            for number in 0..<400 {
                let size = [10, 900, 5000, 200_000].randomElement(using: &random)!
                let text = "\(number) " + String(repeating: "m", count: size)
                expected.append(text)
                try writer.send(.message(random.next() % 2 == 0 ? topic : other, text))
            }
            try writer.settle()
            #expect(try reader.payloads(400) == expected)
            #expect(try reader.settle() == [])
        }
    }

    @Test("a client that does not read its answers is no longer read from, and takes a bounded amount of memory")
    func unreadAnswers() async throws {
        try await TestBroker.run(alone: true) { broker in
            let stuck = try broker.client("stuck", receiveBuffer: 16 << 10)
            let observer = try broker.client("observer")
            for number in 0..<200 { _ = try observer.topic("topic.\(number)") }
            let before = try residentMemory()
            let frames = NativeClient.bytes(
                (0..<200).map { .listTopics(request: $0 + 1, query: TopicQuery(limit: .max)) })
            // 200 answers of some 50 KB each; the socket of a client that is not read from takes no more at some point.
            try stuck.send(frames)
            for _ in 0..<50 {
                #expect(try observer.topics(TopicQuery(limit: 1)).matching == 200)
            }
            #expect(try residentMemory() - before < 64 << 20)
            try stuck.settle()
        }
    }

    @Test("a watcher that does not read gets no backlog of updates, and those left out are counted")
    func stuckWatcher() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let stuck = try broker.client("stuck", window: 1 << 20, receiveBuffer: 16 << 10)
            try stuck.subscribe("hello")
            try stuck.send(.watch(request: 900, WatchRequest(interval: 100, clients: ClientQuery())))
            _ = try stuck.receive { $0.request == 900 }
            // More than the kernel may keep for a socket.
            let count = 16 << 20 / Self.payload.utf8.count
            for _ in 0..<count / 100 { try writer.publishConfirmed(topic, Array(repeating: Self.payload, count: 100)) }
            let observer = try broker.client("observer")
            try observer.send(.watch(request: 901, WatchRequest(interval: 100)))
            var skipped: UInt64 = 0
            try eventually("updates to be skipped") {
                if case .statistics(901, let update) = try observer.receive() {
                    skipped = update.broker[.skippedUpdates]
                }
                return skipped >= 5
            }
            // It gets on as soon as it reads.
            var messages = 0
            while messages < count / 100 * 100 { if try stuck.receive().message != nil { messages += 1 } }
            _ = try stuck.receive { $0.opcode == .statistics }
        }
    }
}
