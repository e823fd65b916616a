import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("One order of arrival for all")
struct OrderTests {
    /// A publisher that publishes in random bursts to random topics, and numbers its messages.
    private static func publish(
        _ broker: TestBroker, publisher: Int, topics: [String], count: Int, seed: UInt64
    ) throws {
        var random = SplitMix(seed: seed &+ UInt64(publisher) &* 7919)
        let client = try broker.client("publisher \(publisher)")
        var ids: [String: UInt32] = [:]
        var number = 0
        while number < count {
            var frames: [ClientFrame] = []
            for _ in 0..<Int.random(in: 1...20, using: &random) where number < count {
                let name = topics.randomElement(using: &random)!
                if ids[name] == nil { ids[name] = try client.asked(name) }
                let padding = String(repeating: "m", count: Int.random(in: 0...200, using: &random))
                frames.append(.message(ids[name]!, "\(publisher):\(number):\(padding)"))
                number += 1
            }
            try client.send(NativeClient.bytes(frames))
        }
        while try client.receive().confirmed != UInt64(count) {}
    }

    /// A reader whose windows and commits vary at random.
    private static func read(
        _ broker: TestBroker, patterns: [String], count: Int, seed: UInt64, isReady: () -> Void
    ) throws -> [String] {
        var random = SplitMix(seed: seed)
        let client = try broker.client("reader \(seed)", window: UInt32.random(in: 1...300, using: &random))
        for pattern in patterns { try client.subscribe(pattern) }
        isReady()
        var got: [String] = []
        var committed = 0
        var nextCommit = 1
        while got.count < count {
            switch try client.receive() {
            case .deliver(let message): got.append("\(message.topicID)/\(message.sequence) \(message.text)")
            case .topic: break
            case let other: throw WireError.unexpected("\(other)")
            }
            guard got.count >= nextCommit else { continue }
            committed = Int.random(in: committed + 1...got.count, using: &random)
            nextCommit = min(got.count + Int.random(in: 1...50, using: &random), count)
            let window = UInt32(nextCommit - committed + Int.random(in: 0...100, using: &random))
            try client.send(.commit(UInt64(committed)), .window(window))
        }
        try client.send(.commit(UInt64(got.count)))
        guard try client.settle().messages == [] else { throw WireError.unexpected("more came than was published") }
        return got
    }

    private static func check(_ orders: [[String]], publishers: Int, count: Int) {
        for order in orders.dropFirst() { #expect(order == orders[0], "readers see different orders") }
        #expect(Set(orders[0]).count == publishers * count, "something came twice")
        var next = Array(repeating: 0, count: publishers)
        var sequences: [Substring: Int] = [:]
        for entry in orders[0] {
            let parts = entry.split { " /:".contains($0) }
            let (publisher, number) = (Int(parts[2])!, Int(parts[3])!)
            #expect(number == next[publisher], "publisher \(publisher)'s order is broken")
            next[publisher] = number + 1
            #expect(Int(parts[1])! == sequences[parts[0], default: 0] + 1, "topic \(parts[0])'s order is broken")
            sequences[parts[0]] = Int(parts[1])!
        }
        #expect(next.allSatisfy { $0 == count })
    }

    /// Runs readers and publishers, each on a thread, and gives what each reader saw.
    private static func race(
        _ broker: TestBroker, readers: [[String]], publishers: Int, topics: [String], count: Int, seed: UInt64
    ) throws -> [[String]] {
        let ready = Results<Bool>(count: readers.count)
        let results = Results<[String]>(count: readers.count)
        let work = readers.indices.map { index in
            Worker {
                results.set(
                    index,
                    try read(
                        broker, patterns: readers[index], count: publishers * count, seed: seed + UInt64(index)
                    ) { ready.set(index, true) })
            }
        }
        try eventually("the readers") { ready.all.count == readers.count }
        let writers = (0..<publishers).map { index in
            Worker { try publish(broker, publisher: index, topics: topics, count: count, seed: seed) }
        }
        for worker in writers + work { try worker.join() }
        return results.all
    }

    @Test(
        "four loops, five publishers, eight topics: every reader sees the same order, each publisher's kept",
        arguments: [UInt64(1), 2, 3])
    func manyTopics(seed: UInt64) async throws {
        let topics = (0..<8).map { "order.t\($0)" }
        try await TestBroker.run(loops: 4) { broker in
            let setup = try broker.client()
            for topic in topics { _ = try setup.topic(topic) }
            let readers = [topics, ["order.*"], ["order.>", "order.t3"], topics.reversed()]
            let orders = try Self.race(
                broker, readers: readers, publishers: 5, topics: topics, count: 1000, seed: seed)
            Self.check(orders, publishers: 5, count: 1000)
        }
    }

    @Test(
        "topics that come to be on the fly are met by every pattern in the same order", arguments: [UInt64(11), 12, 13])
    func onTheFly(seed: UInt64) async throws {
        try await TestBroker.run(loops: 4) { broker in
            let topics = (0..<120).map { "fly.\($0 % 7).t\($0)" }
            let orders = try Self.race(
                broker, readers: [["fly.>"], ["fly.*.*"], [">"]], publishers: 4, topics: topics, count: 500,
                seed: seed)
            Self.check(orders, publishers: 4, count: 500)
        }
    }
}

extension NativeClient {
    /// The id of a topic, while confirmations come.
    fileprivate func asked(_ name: String) throws -> UInt32 {
        let request = nextRequest()
        try send(.topic(request: request, name: name))
        while true {
            if case .topic(request, let id, _, _) = try receive() { return id }
        }
    }
}
