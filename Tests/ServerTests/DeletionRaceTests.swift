import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

/// Publishers, subscribers and patterns race with the deletion of the topics that they use.
@Suite("Topics that are deleted while they are used")
struct DeletionRaceTests {
    private static let names = ["race.a", "race.b", "race.c"]

    /// What a client that reads has seen of one topic.
    private struct Seen: Equatable {
        var next: UInt64 = 1
        var delivered: UInt64 = 0
        var lost: UInt64 = 0
        var isGone = false
    }

    /// Follows a reader's frames and holds them against the rules.
    private struct Account {
        private(set) var topics: [UInt32: Seen] = [:]
        private var named: [UInt32: String] = [:]
        private let startsAtFirst: Bool

        init(startsAtFirst: Bool) { self.startsAtFirst = startsAtFirst }

        mutating func take(_ frame: BrokerFrame) {
            switch frame {
            case .topic(request: 0, let id, let name, _):
                #expect(named[id] == nil || named[id] == name)
                #expect(topics[id]?.isGone != true, "nothing comes of a topic that is gone")
                named[id] = name
            case .deliver(let message): pass(message.topicID, message.sequence...message.sequence, lost: false)
            case .gap(let reason, let id, let first, let last):
                #expect(reason == .purged)
                pass(id, first...last, lost: true)
            case .topicGone(let id):
                #expect(named[id] != nil, "a client was told of every topic that it is told the end of")
                #expect(topics[id]?.isGone != true, "the end is told once")
                topics[id, default: Seen()].isGone = true
            default: break
            }
        }

        private mutating func pass(_ id: UInt32, _ range: ClosedRange<UInt64>, lost: Bool) {
            var seen = topics[id] ?? Seen(next: startsAtFirst ? 1 : range.lowerBound)
            #expect(named[id] != nil && !seen.isGone && range.lowerBound == seen.next)
            seen.next = range.upperBound + 1
            let count = range.upperBound - range.lowerBound + 1
            if lost { seen.lost += count } else { seen.delivered += count }
            topics[id] = seen
        }
    }

    /// Publishes to topics by name until it has published so much.
    ///
    /// - Returns: How many messages each topic has accepted.
    private static func publish(_ broker: TestBroker, seed: UInt64, rounds: Int) throws -> [UInt32: UInt64] {
        var random = SplitMix(seed: seed)
        let client = try broker.client("writer \(seed)")
        var accepted: [UInt32: UInt64] = [:]
        var sent: UInt64 = 0
        for _ in 0..<rounds {
            let topic = try client.topic(names.randomElement(using: &random)!)
            let count = Int.random(in: 1...20, using: &random)
            let frames = try client.publishConfirmed(topic, (0..<count).map { "\($0)" })
            let refused = frames.filter { $0.rejected != nil }
            #expect(refused.allSatisfy { $0.code == .unknownTopic })
            #expect(refused.allSatisfy { $0.rejected! > sent })
            sent += UInt64(count)
            #expect(frames.last { $0.confirmed != nil } == .confirm(sent), "every publish is answered")
            accepted[topic, default: 0] += UInt64(count - refused.count)
        }
        return accepted
    }

    /// Subscribes to names and patterns and leaves them, while topics go.
    private static func wander(_ broker: TestBroker, seed: UInt64, rounds: Int) throws {
        var random = SplitMix(seed: seed)
        let client = try broker.client("wanderer", window: 5)
        var account = Account(startsAtFirst: false)
        var delivered: UInt64 = 0
        var subscribed: Set<String> = []
        for _ in 0..<rounds {
            let pattern = (names + ["race.*"]).randomElement(using: &random)!
            let request = client.nextRequest()
            // A cursor that begins anew may be set back: one reader reads each topic once, so only names are left alone.
            if subscribed.insert(pattern).inserted {
                try client.send(.subscribe(request: request, pattern: pattern, from: .new))
            } else {
                try client.send(.ping(1))
            }
            for frame in try client.settle() {
                account.take(frame)
                if frame.message != nil { delivered += 1 }
                if case .topicGone = frame { subscribed.subtract(names) }
            }
            try client.send(.commit(delivered))
        }
    }

    @Test(
        "every message that was accepted reaches a pattern or is told as lost, and nothing comes of a topic after its end",
        arguments: [1, 4], [UInt64(1), 2, 3])
    func race(loops: Int, seed: UInt64) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let patterns = try (0..<2).map { index in
                let reader = try broker.client("pattern", window: index == 0 ? 1_000_000 : 7)
                try reader.subscribe("race.>")
                return reader
            }
            let accepted = Results<[UInt32: UInt64]>(count: 3)
            var workers = (0..<3).map { index in
                Worker { accepted.set(index, try Self.publish(broker, seed: seed * 10 + UInt64(index), rounds: 60)) }
            }
            workers += (0..<2).map { index in
                Worker { try Self.wander(broker, seed: seed * 100 + UInt64(index), rounds: 40) }
            }
            workers.append(
                Worker {
                    var random = SplitMix(seed: seed * 1000)
                    let client = try broker.client("deleter")
                    for _ in 0..<60 {
                        let request = client.nextRequest()
                        let name = Self.names.randomElement(using: &random)!
                        try client.send(.deleteTopic(request: request, name: name))
                        let answer = try client.receive()
                        #expect(answer.request == request && (answer.code == nil || answer.code == .unknownTopic))
                        try client.settle()
                    }
                })
            for worker in workers { try worker.join() }
            let admin = try broker.client("admin")
            let total = accepted.all.reduce(into: [UInt32: UInt64]()) { $0.merge($1) { $0 + $1 } }
            let alive = Set(try admin.topics().rows.map(\.id))
            for reader in patterns {
                var account = Account(startsAtFirst: true)
                var delivered: UInt64 = 0
                while true {
                    let frames = try reader.settle()
                    guard !frames.isEmpty else { break }
                    for frame in frames {
                        account.take(frame)
                        if frame.message != nil { delivered += 1 }
                    }
                    try reader.send(.commit(delivered))
                }
                for (id, count) in total where count > 0 {
                    let seen = account.topics[id]
                    #expect((seen?.delivered ?? 0) + (seen?.lost ?? 0) == count, "topic \(id)")
                    #expect(seen?.isGone == !alive.contains(id))
                    if alive.contains(id) { #expect(seen?.lost == 0) }
                }
                #expect(try admin.clientRow(reader.id)[.lagMessages] == 0)
            }
        }
    }
}
