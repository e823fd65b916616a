import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Messages that were purged from a topic")
struct PurgedMessagesTests {
    /// A client that reads a topic, and has published some messages of keys to it.
    private func client(_ bench: EmbeddedBench, keys: [String], window: UInt32 = 10) throws -> (EmbeddedClient, UInt32)
    {
        let topic = try bench.topic("t").id
        let client = try bench.connect(window: window)
        try client.send(.subscribe(request: 1, pattern: "t", from: .new, options: [], fallback: nil))
        try publish(keys, to: topic, client)
        return (client, topic)
    }

    private func publish(_ keys: [String], to topic: UInt32, _ client: EmbeddedClient) throws {
        try client.send(
            keys.map { key in
                .publish(Message(topicID: topic, key: ByteBuffer(string: key), payload: ByteBuffer(string: key)))
            })
    }

    private func purge(_ client: EmbeddedClient, below sequence: UInt64? = nil, key: String? = nil) throws {
        var request = ActRequest(.purgeTopic, name: "t")
        request.values.sequence = sequence
        request.values.key = key.map { ByteBuffer(string: $0) }
        try client.send(.act(request: 2, request))
        let acted = try client.receive().contains { if case .acted(request: 2, _) = $0 { true } else { false } }
        #expect(acted)
    }

    private func settle(_ client: EmbeddedClient, _ action: SettleAction, _ numbers: ClosedRange<UInt64>) throws {
        try client.send(.settle(request: 3, Settlement(action, [numbers], delay: 0, reason: "")))
    }

    private struct Gap: Equatable {
        var reason: GapReason
        var range: ClosedRange<UInt64>
    }

    private func gaps(_ frames: [BrokerFrame]) -> [Gap] {
        frames.compactMap { frame in
            if case .gap(let reason, _, let first, let last) = frame {
                Gap(reason: reason, range: first...last)
            } else {
                nil
            }
        }
    }

    private func parked(_ frames: [BrokerFrame]) -> [UInt64] {
        frames.flatMap { frame -> [UInt64] in
            if case .parked(_, let page, _) = frame { page.rows.map(\.sequence) } else { [] }
        }
    }

    private let listParked = ClientFrame.listParked(request: 4, session: "", limit: 10, after: 0)

    @Test("what is returned after a purge was lost by the purge, however far the queue has come since")
    func returnedLater() throws {
        let bench = EmbeddedBench()
        let (client, _) = try client(bench, keys: ["1", "2", "3", "4", "5"])
        try purge(client, below: 3)
        // The earliest message that the queue needs is the fourth now, and not the first that was not purged.
        try settle(client, .commit, 3...3)
        try settle(client, .return, 1...1)
        #expect(gaps(try client.receive()) == [Gap(reason: .purged, range: 1...1)])
    }

    @Test("a loss that is partly a purge's and partly the limit's is told as both")
    func both() throws {
        let bench = EmbeddedBench()
        let (client, topic) = try client(bench, keys: ["1", "2", "3", "4", "5"])
        try purge(client, below: 3)
        bench.step { shard in _ = shard.topic(topic)!.locked { $0.holds.raiseAll(to: 4) } }
        try settle(client, .return, 1...3)
        #expect(
            gaps(try client.receive()) == [Gap(reason: .purged, range: 1...2), Gap(reason: .limit, range: 3...3)])
    }

    @Test("a purge of a key from a queue goes past what was purged from the topic")
    func keyOfQueue() throws {
        let bench = EmbeddedBench()
        let (client, topic) = try client(bench, keys: ["a", "b", "a"], window: 0)
        try purge(client, key: "a")
        try publish(["b", "a"], to: topic, client)
        var request = ActRequest(.purge, client: client.welcome!.connectionID)
        request.values.topic = "t"
        request.values.key = ByteBuffer(string: "a")
        try client.send(.act(request: 5, request))
        let acted = try client.receive().compactMap {
            if case .acted(request: 5, let acted) = $0 { acted.messages } else { nil }
        }
        #expect(acted == [1])
        try client.send(.window(10, kibibytes: 0))
        let frames = try client.receive()
        #expect(frames.payloads == ["b", "b"])
        #expect(gaps(frames).map(\.range) == [1...1, 3...3, 5...5])
    }

    @Test("what a purge of the topic has taken is not taken once more by one of the queue")
    func lostAlready() throws {
        let bench = EmbeddedBench()
        let (client, _) = try client(bench, keys: ["a", "b"])
        try client.send(.window(0, kibibytes: 0))
        try settle(client, .return, 1...2)
        try purge(client, below: 2)
        try client.send(.act(request: 5, ActRequest(.purge, client: client.welcome!.connectionID)))
        let frames = try client.receive()
        let acted = frames.compactMap { if case .acted(request: 5, let acted) = $0 { acted.messages } else { nil } }
        #expect(acted == [1])
    }

    @Test("a parked message that is lost is told, though somebody has asked what is parked")
    func parkedAndListed() throws {
        let bench = EmbeddedBench()
        let (client, _) = try client(bench, keys: ["a"])
        try settle(client, .park, 1...1)
        try purge(client)
        try client.send(listParked)
        let frames = try client.receive()
        #expect(parked(frames) == [] && gaps(frames) == [Gap(reason: .purged, range: 1...1)])
    }

    @Test("a parked message whose key was purged is listed until somebody decides about it, and then it is lost")
    func parkedKey() throws {
        let bench = EmbeddedBench()
        let (client, _) = try client(bench, keys: ["a"])
        try settle(client, .park, 1...1)
        try purge(client, key: "a")
        try client.send(listParked)
        #expect(parked(try client.receive()) == [1])
        try client.send(.settleParked(request: 6, ParkedSettlement(.release, [])))
        let frames = try client.receive()
        #expect(frames.payloads == [] && gaps(frames) == [Gap(reason: .purged, range: 1...1)])
    }
}
