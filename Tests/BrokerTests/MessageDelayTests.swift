import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Delayed messages")
struct MessageDelayTests {
    private typealias Bench = TopicKeepTests.Bench

    @discardableResult
    private func delay(
        _ bench: inout Bench, _ payload: String, by milliseconds: UInt64, now: UInt64, expireAfter: UInt64? = nil,
        key: String? = nil, publisher: Publisher = .one
    ) -> PublishResult {
        bench.publish(
            Publishes.frames([payload], key: key), now: now, by: publisher,
            asking: MessageTimes(expireAfter: expireAfter, delay: milliseconds))
    }

    private func text(_ output: [QueueOutput]) -> [String] { output.deliveries.map { String(buffer: $0.payload) } }

    @Test("one is accepted at once, has no sequence before it is due, and is delivered then")
    func due() throws {
        var bench = try Bench()
        var cursor = bench.cursor()
        let result = delay(&bench, "later", by: 10, now: 1_000_000)
        #expect(result.count == 1 && result.delayed == 1 && result.accepted == 0 && result.refusal == nil)
        #expect(result.look == 1_010_000)
        bench.publish(Publishes.frames(["now"]), now: 1_000_001)
        #expect(bench.state.figure(.delayedMessages, now: 1_000_001) == 1)
        bench.appendDue(now: 1_009_999)
        #expect(text(bench.take(&cursor, now: 1_009_999)) == ["now"])
        bench.appendDue(now: 1_010_000)
        let messages = bench.take(&cursor, now: 1_010_000).deliveries
        #expect(messages.map(\.sequence) == [2] && messages.map(\.timestamp) == [1_010_000])
        #expect(bench.state.figure(.delayedMessages, now: 1_010_000) == 0)
        #expect(bench.state.figure(.publishedMessages, now: 1_010_000) == 2)
    }

    @Test("they come in the order in which they are due; those due in the same ms, in that of their acceptance")
    func order() throws {
        var bench = try Bench()
        var cursor = bench.cursor()
        let publishers = [Publisher.test(seat: 1), Publisher.test(seat: 2)]
        for (index, due) in [50, 20, 50, 20, 10, 50].enumerated() {
            // Accepted at different moments, due in the same millisecond.
            let now = 1_000_000 + UInt64(index)
            delay(&bench, "\(due).\(index)", by: UInt64(due), now: now, publisher: publishers[index % 2])
        }
        bench.appendDue(now: 2_000_000)
        #expect(text(bench.take(&cursor, now: 2_000_000)) == ["10.4", "20.1", "20.3", "50.0", "50.2", "50.5"])
        #expect(bench.state.origin(of: 2, now: 2_000_000)?.publisher === publishers[1])
    }

    @Test("many at once are appended in steps of bounded size")
    func steps() throws {
        var bench = try Bench()
        let payload = String(repeating: "x", count: 1000)
        for _ in 0..<200 { delay(&bench, payload, by: 1, now: 1) }
        var steps = 0
        while bench.state.delayed != nil {
            let before = bench.state.log.bytes
            var stamp = bench.stamp
            _ = bench.state.appendDue(
                now: 10_000,
                stamp: {
                    stamp += 2
                    return stamp
                }, wakes: &bench.wakes)
            bench.stamp = stamp
            #expect(bench.state.log.bytes - before <= UInt64(TopicState.dueBytes + payload.utf8.count + 100))
            steps += 1
        }
        #expect(steps >= 4 && bench.state.log.headSequence == 200)
    }

    @Test("duplicates are found when they are due")
    func duplicates() throws {
        var bench = try Bench {
            $0.deduplicationScope = .topic
            $0.deduplicationWindow = 60_000
        }
        var cursor = bench.cursor()
        delay(&bench, "a", by: 10, now: 1_000_000, key: "k")
        bench.publish(Publishes.frames(["b"], key: "k"), now: 1_000_000)
        delay(&bench, "c", by: 20, now: 1_000_000, key: "l")
        #expect(bench.appendDue(now: 1_100_000).duplicates == 1)
        #expect(text(bench.take(&cursor, now: 1_100_000)) == ["b", "c"])
        #expect(bench.state.figure(.duplicateMessages, now: 1_100_000) == 1)
    }

    @Test("they count against the limit, whatever the topic does at it", arguments: TopicSettings.Overflow.allCases)
    func limit(overflow: TopicSettings.Overflow) throws {
        var bench = try Bench {
            $0.limit = 1000
            $0.overflow = overflow
        }
        let cursor = bench.cursor()
        let size = UInt64(Publishes.size(payload: 300))
        for _ in 0..<3 { #expect(delay(&bench, String(repeating: "x", count: 300), by: 10, now: 1).refusal == nil) }
        #expect(bench.state.delayedBytes == 3 * size)
        let refused = delay(&bench, String(repeating: "x", count: 300), by: 10, now: 1)
        #expect(refused.refusal == (overflow == .block ? .blocked : .full) && refused.count == 0)
        let direct = bench.publish(1, payload: 300)
        #expect((direct.refusal == nil) == (overflow == .drop))
        #expect(bench.state.blocked.count == (overflow == .block ? 2 : 0))
        // What is due is appended even so; the reader holds it back from then on.
        bench.appendDue(now: 20_000)
        #expect(bench.state.delayedBytes == 0 && bench.state.heldBytes > 0)
        _ = cursor
    }

    @Test("room that they leave goes to publishers that wait")
    func roomMade() throws {
        var bench = try Bench {
            $0.limit = 1000
            $0.overflow = .block
        }
        for _ in 0..<3 { delay(&bench, String(repeating: "x", count: 300), by: 10, now: 1) }
        #expect(delay(&bench, String(repeating: "x", count: 300), by: 10, now: 1).refusal == .blocked)
        bench.appendDue(now: 20_000)
        #expect(bench.state.blocked.isEmpty && !bench.wakes.isEmpty)
        #expect(delay(&bench, String(repeating: "x", count: 300), by: 10, now: 20_000).refusal == nil)
    }

    @Test("their memory is charged, and given back")
    func memory() throws {
        var bench = try Bench()
        let before = bench.state.budget.used
        for _ in 0..<1000 { delay(&bench, "payload", by: 10, now: 1) }
        let charged = bench.state.budget.used - before
        #expect(charged >= 1000 * Publishes.size(payload: 7) && charged == bench.state.memory)
        bench.appendDue(now: 20_000)
        #expect(bench.state.budget.used - before == bench.state.log.memory + bench.state.publishers.memory)
    }

    @Test("a message without room in memory is refused")
    func noMemory() throws {
        var bench = try Bench(memory: 1 << 20)
        bench.state.budget.charge(3 << 20)
        // More than the share of a topic when memory has run out.
        #expect(delay(&bench, String(repeating: "x", count: 70_000), by: 10, now: 1).refusal == .memory)
        #expect(bench.state.figure(.rejectedMessages, now: 1) == 1)
    }

    @Test("it is looked at once for each new earliest time, and only when that is near")
    func looks() throws {
        var bench = try Bench()
        #expect(delay(&bench, "far", by: 3_600_000, now: 1_000_000).look == nil)
        #expect(delay(&bench, "b", by: 1000, now: 1_000_000).look == 2_000_000)
        #expect(delay(&bench, "c", by: 2000, now: 1_000_000).look == nil)
        #expect(delay(&bench, "a", by: 500, now: 1_000_000).look == 1_500_000)
        #expect(bench.appendDue(now: 1_500_000).look == 2_000_000)
        // The look at 2,000,000 that was asked for first finds what it has to, and so does the other.
        #expect(bench.appendDue(now: 2_000_000).look == 3_000_000)
        #expect(bench.appendDue(now: 2_000_000).look == nil)
        #expect(bench.appendDue(now: 3_000_000).look == nil)
        #expect(bench.state.timeToLook(now: 3_597_000_000) == nil)
        #expect(bench.state.timeToLook(now: 3_598_500_000) == 3_601_000_000)
    }

    @Test("how long one lives counts from when it is due")
    func expiry() throws {
        var bench = try Bench()
        var cursor = bench.cursor()
        let headers: KeyValuePairs = ["$delay": "20", "$expire-after": "10"]
        bench.publish(
            Publishes.frames(["x"], headers: headers), now: 1_000_000, asking: MessageTimes(expireAfter: 10, delay: 20))
        bench.appendDue(now: 1_020_000)
        var other = bench.cursor(now: 1_020_000)
        #expect(bench.take(&cursor, now: 1_029_999).deliveries.count == 1)
        #expect(bench.take(&other, now: 1_030_000).deliveries.isEmpty)
    }

    @Test("a topic that ends gives them up, and says how many")
    func ended() throws {
        var bench = try Bench()
        let before = bench.state.budget.used
        for _ in 0..<1000 { delay(&bench, "x", by: 10, now: 1) }
        let end = bench.state.end(now: 2, wakes: &bench.wakes)
        #expect(end?.delayed == 1000)
        #expect(bench.appendDue(now: 20_000).look == nil)
        while bench.state.giveBackPart() {}
        #expect(bench.state.budget.used == before && bench.state.delayed == nil)
    }
}
