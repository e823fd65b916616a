import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Messages that expire by themselves")
struct MessageExpiryTests {
    private typealias Bench = TopicKeepTests.Bench

    private func publish(_ bench: inout Bench, _ payloads: String..., after: UInt64?, now: UInt64, key: String? = nil) {
        let headers: KeyValuePairs = after.map { ["$expire-after": "\($0)"] } ?? [:]
        bench.publish(
            Publishes.frames(payloads, key: key, headers: headers), now: now, asking: MessageTimes(expireAfter: after))
    }

    private func text(_ output: [QueueOutput]) -> [String] {
        output.deliveries.map { message in
            var payload = message.payload
            guard message.flags.contains(.headers) else { return String(buffer: payload) }
            payload.moveReaderIndex(forwardBy: Publishes.headers(["$expire-after": "10"]).readableBytes)
            return String(buffer: payload)
        }
    }

    @Test("a reader that comes too late does not get one; it is no gap, leaves the lag, and is counted")
    func late() throws {
        var bench = try Bench()
        var early = bench.cursor(from: .earliest)
        var late = bench.cursor(from: .earliest)
        publish(&bench, "a", after: nil, now: 1_000_000)
        publish(&bench, "b", "c", after: 10, now: 1_000_000)
        publish(&bench, "d", after: nil, now: 1_000_000)
        #expect(text(bench.take(&early, now: 1_009_999)) == ["a", "b", "c", "d"])
        #expect(bench.state.lag(of: &late, now: 1_010_000).pending == 4)
        let output = bench.take(&late, now: 1_010_000)
        #expect(text(output) == ["a", "d"])
        #expect(!output.contains { if case .gap = $0 { true } else { false } })
        #expect(late.gapMessages == 0 && late.duplicates == 0 && late.position.sequence == 5)
        #expect(bench.state.lag(of: &late, now: 1_010_000).pending == 0)
        #expect(bench.state.figure(.outlivedMessages, now: 1_010_000) == 2)
        #expect(bench.state.figure(.expiredMessages, now: 1_010_000) == 0)
    }

    @Test("each message has a time of its own")
    func mixed() throws {
        var bench = try Bench()
        for number in 1...9 { publish(&bench, "\(number)", after: UInt64(10 + number), now: 1_000_000) }
        var cursor = bench.cursor(from: .earliest)
        #expect(text(bench.take(&cursor, now: 1_014_000)) == ["5", "6", "7", "8", "9"])
    }

    @Test("one that is not delivered is not a first one for its key, either")
    func keys() throws {
        var bench = try Bench {
            $0.deduplicationScope = .consumer
            $0.deduplicationWindow = 60_000
        }
        publish(&bench, "a", after: 10, now: 1_000_000, key: "k")
        publish(&bench, "b", after: nil, now: 1_000_000, key: "k")
        publish(&bench, "c", after: nil, now: 1_000_000, key: "k")
        var cursor = bench.cursor(from: .earliest)
        #expect(text(bench.take(&cursor, now: 1_010_000)) == ["b"])
        #expect(cursor.duplicates == 1)
    }

    @Test("commits count deliveries, whatever was left out between them")
    func commits() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        let client = bench.client(window: 10)
        try bench.subscribe(client, "t")
        for (number, after) in [(1, nil), (2, 10), (3, nil)] as [(Int, UInt64?)] {
            bench.publish(
                topic, ["\(number)"], asking: MessageTimes(expireAfter: after),
                headers: after.map { ["$expire-after": "\($0)"] } ?? [:])
        }
        bench.now += 10_000
        #expect(bench.payloads(client) == ["1", "3"])
        #expect(bench.commit(client, 2))
        #expect(bench.readers[client].lag(now: bench.now) == QueueLag())
    }

    @Test("a log without such messages is not looked through")
    func cost() throws {
        var bench = try Bench()
        publish(&bench, "a", after: nil, now: 1)
        #expect(bench.state.log.oldest?.firstExpiry == .max)
        publish(&bench, "b", after: 7, now: 1)
        #expect(bench.state.log.oldest?.firstExpiry == 7001)
    }
}
