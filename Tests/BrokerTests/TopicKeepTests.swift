import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Messages that a topic keeps")
struct TopicKeepTests {
    /// A topic with readers, driven without a loop.
    struct Bench {
        var state: TopicState
        var wakes = WakeList(shards: 1)
        var stamp: UInt64 = 0
        let topic: Topic
        let waiter = Waiter(reader: ReaderHandle(shard: 0, seat: 0, generation: 0), slot: 0)

        init(memory: Int = 1 << 30, _ change: (inout TopicSettings) -> Void = { _ in }) throws {
            var settings = TopicSettings()
            change(&settings)
            let budget = MemoryBudget(limit: memory)
            state = TopicState(id: 1, settings: settings, budget: budget)
            topic = Topic(id: 1, name: try TopicName("t"), settings: settings, budget: budget)
        }

        @discardableResult
        mutating func publish(_ count: Int, payload: Int = 100, now: UInt64 = 1, key: String? = nil) -> PublishResult {
            let payloads = Array(repeating: String(repeating: "x", count: payload), count: count)
            return publish(Publishes.frames(payloads, key: key), now: now)
        }

        @discardableResult
        mutating func publish(
            _ frames: ByteBuffer, now: UInt64 = 1, by publisher: Publisher = .one, asking times: MessageTimes = .init()
        ) -> PublishResult {
            stamp += 2
            return frames.withUnsafeReadableBytes {
                let run = PublishRun(
                    $0, count: FrameScan.count($0), by: publisher, stamp: stamp, now: now, times: times)
                return state.publish(run, wakes: &wakes)
            }
        }

        /// Appends what is due, step by step.
        @discardableResult
        mutating func appendDue(now: UInt64) -> TopicState.DueAppended {
            while true {
                var stamp = stamp
                let appended = state.appendDue(
                    now: now,
                    stamp: {
                        stamp += 2
                        return stamp
                    }, wakes: &wakes)
                self.stamp = stamp
                if !appended.hasMore { return appended }
            }
        }

        mutating func cursor(from start: StartPosition = .earliest, now: UInt64 = 1) -> Cursor {
            state.attach(topic, from: .position(start, QueueProgress(stamp: 0)), now: now, waiter: waiter)!.cursor
        }

        mutating func take(_ cursor: inout Cursor, messages: Int = .max, now: UInt64 = 1) -> [QueueOutput] {
            var output: [QueueOutput] = []
            let request = TakeRequest(
                limit: ReadLimit(messages: messages, bytes: .max), now: now, wantsStamp: false, attachment: 1,
                reader: waiter.reader)
            _ = state.take(&cursor, request, topic: topic, output: &output, wakes: &wakes)
            return output
        }
    }

    @Test("history keeps about as many bytes as set when no queue needs more")
    func historyBytes() throws {
        var bench = try Bench { $0.historyBytes = 64 << 10 }
        for _ in 0..<100 { bench.publish(100) }
        #expect(bench.state.log.bytes >= 64 << 10)
        #expect(bench.state.log.bytes <= (64 << 10) + UInt64(bench.state.largestSegment) * 2)
        #expect(bench.state.budget.used - Topic.footprint - 2 == bench.state.log.memory)
    }

    @Test("history keeps exactly as many messages as set for a start at the earliest")
    func historyCount() throws {
        var bench = try Bench { $0.historyCount = 7 }
        for _ in 0..<30 { bench.publish(1) }
        #expect(bench.state.earliest(now: 1) == 24)
        var cursor = bench.cursor()
        #expect(bench.take(&cursor).deliveries.count == 7)
    }

    @Test("a queue that lags holds back the messages that it has still to get or to commit")
    func holding() throws {
        var bench = try Bench { $0.historyBytes = 8 << 10 }
        var cursor = bench.cursor()
        for _ in 0..<100 { bench.publish(100) }
        #expect(bench.state.log.firstSequence == 1)
        #expect(bench.take(&cursor).deliveries.count == 10_000)
        #expect(bench.state.log.firstSequence == 1, "in flight is not done with")
        let held = bench.state.heldBytes
        cursor.inFlight = 0
        bench.publish(1)
        _ = bench.take(&cursor)
        #expect(bench.state.log.bytes < held / 4, "what is left is about an eighth of what was held")
    }

    @Test("a queue that waited for an empty topic's first message gets it, even without a history")
    func emptyTopicIsHeld() throws {
        var bench = try Bench { $0.historyBytes = 0 }
        var cursor = bench.cursor(from: .new)
        for _ in 0..<100 { bench.publish(100) }
        #expect(bench.take(&cursor).deliveries.count == 10_000)
    }

    @Test("at the limit, drop takes the oldest from the queue, which is told")
    func limitDrops() throws {
        var bench = try Bench {
            $0.limit = 64 << 10
            $0.historyBytes = 0
        }
        var slow = bench.cursor()
        for _ in 0..<20 { bench.publish(100) }
        #expect(bench.state.heldBytes <= 64 << 10)
        let output = bench.take(&slow)
        guard case .announcement = output[0], case .gap(.limit, _, let first, let last) = output[1] else {
            Issue.record("no gap: \(output)")
            return
        }
        #expect(first == 1)
        #expect(Int(last) + output.deliveries.count == 2000)
        #expect(output.deliveries.first?.sequence == last + 1)
        #expect(slow.gapMessages == last)
        #expect(bench.state.counters.dropped == last)
    }

    @Test("what was gone when a queue began and what the limit took since are two gaps, each with its reason")
    func limitDropsBehindWhatWasGone() throws {
        var bench = try Bench {
            $0.limit = 64 << 10
            $0.historyCount = 100
        }
        for _ in 0..<2 { bench.publish(100) }
        var cursor = bench.cursor(from: .sequence(1))
        bench.publish(10)
        #expect(bench.state.floor(of: cursor, now: 0).reason == .expired)
        for _ in 0..<20 { bench.publish(100) }
        #expect(bench.state.floor(of: cursor, now: 0).reason == .limit)
        let output = bench.take(&cursor)
        guard case .gap(.expired, _, 1, 100) = output[1], case .gap(.limit, _, 101, let last) = output[2] else {
            Issue.record("no two gaps: \(output.prefix(3))")
            return
        }
        #expect(Int(last) + output.deliveries.count == 2210)
        #expect(cursor.gapMessages == last)
    }

    @Test("at the limit, reject refuses publishes that do not fit, until the queue commits")
    func limitRejects() throws {
        var bench = try Bench {
            $0.limit = 64 << 10
            $0.historyBytes = 0
            $0.overflow = .reject
        }
        var slow = bench.cursor()
        var accepted = 0
        var result = PublishResult()
        repeat {
            result = bench.publish(100)
            accepted += result.accepted
        } while result.refusal == nil
        #expect(result.refusal == .full)
        #expect(accepted <= (64 << 10) / Publishes.size(payload: 100))
        #expect(bench.take(&slow).deliveries.count == accepted)
        slow.inFlight = 0
        _ = bench.take(&slow)
        #expect(bench.publish(100).refusal == nil)
    }

    @Test("at the limit, block makes publishers wait, and wakes them when there is room")
    func limitBlocks() throws {
        var bench = try Bench {
            $0.limit = 64 << 10
            $0.historyBytes = 0
            $0.overflow = .block
        }
        var slow = bench.cursor()
        while bench.publish(100).refusal == nil {}
        var posted = 0
        _ = bench.wakes.drain(own: 0) { _, _ in }
        _ = bench.take(&slow)
        slow.inFlight = 0
        _ = bench.take(&slow)
        posted += bench.wakes.drain(own: 0) { _, _ in }.count
        #expect(posted == 1)
    }

    @Test("messages older than the retention are not delivered, and the queue gets a gap")
    func retention() throws {
        var bench = try Bench { $0.retention = 5 }
        bench.publish(3, now: 10_000)
        var cursor = bench.cursor(now: 10_000)
        bench.publish(2, now: 14_000)
        do {
            let output = bench.take(&cursor, now: 15_001)
            guard case .gap(.expired, _, 1, 3) = output[1] else {
                Issue.record("no gap: \(output)")
                return
            }
            #expect(output.deliveries.map(\.sequence) == [4, 5])
            bench.state.expire(now: 30_000)
            #expect(bench.state.log.bytes == 0)
            #expect(bench.state.log.memory == 0)
            #expect(bench.state.budget.used > Topic.footprint + 2, "what a socket may still send is in use")
        }
        #expect(bench.state.counters.expired == 5)
        #expect(bench.state.budget.used == Topic.footprint + 2 + TopicCounters.rareFootprint)
    }

    @Test("a shorter retention applies at once, also to queued messages")
    func retentionChanges() throws {
        var bench = try Bench()
        bench.publish(3, now: 10_000)
        var cursor = bench.cursor()
        var settings = bench.state.settings
        settings.retention = 1
        bench.state.change(to: settings, now: 20_000, wakes: &bench.wakes)
        #expect(bench.take(&cursor, now: 20_000).deliveries.isEmpty)
        #expect(cursor.gapMessages == 3)
    }

    @Test("memory that others take beyond the limit leaves a small topic its share of the reserve")
    func reserve() throws {
        var bench = try Bench(memory: 1 << 20)
        let budget = bench.state.budget
        budget.charge(budget.limit + 2 * budget.reserve)
        #expect(bench.publish(10).refusal == nil)
        #expect(bench.state.log.memory <= budget.share)
        // The reserve is used up by topics only.
        budget.charge(budget.reserve, fromReserve: true)
        let other = Topic(id: 2, name: try TopicName("u"), settings: TopicSettings(), budget: budget)
        var wakes = WakeList(shards: 1)
        let refusal = Publishes.frames(["x"]).withUnsafeReadableBytes { frames in
            other.locked { $0.publish(PublishRun(frames, count: 1, stamp: 2, now: 1), wakes: &wakes).refusal }
        }
        #expect(refusal == .memory)
    }

    @Test("when memory runs out, a topic drops its own oldest messages and refuses those beyond its share")
    func memoryRunsOut() throws {
        var bench = try Bench(memory: 256 << 10)
        for _ in 0..<100 { bench.publish(100) }
        #expect(bench.state.budget.used <= (256 << 10) + bench.state.largestSegment)
        #expect(bench.state.log.headSequence == 10_000)
        // Another user takes the whole budget.
        bench.state.budget.charge(1 << 30)
        #expect(bench.publish(1).refusal == nil)
        #expect(bench.state.log.memory <= bench.state.budget.share)
        #expect(bench.publish(1, payload: bench.state.budget.share).refusal == .memory)
    }

    @Test("scope topic drops an equal key within the window, and says which sequence was the first")
    func deduplicationAtPublish() throws {
        var bench = try Bench {
            $0.deduplicationWindow = 10
            $0.deduplicationScope = .topic
        }
        #expect(bench.publish(1, now: 1_000, key: "k").accepted == 1)
        #expect(bench.publish(1, now: 1_000).accepted == 1, "no key: never a duplicate")
        let second = bench.publish(1, now: 10_999, key: "k")
        #expect(second.accepted == 0)
        #expect(second.duplicates.map(\.sequence) == [1])
        #expect(bench.publish(1, now: 11_000, key: "k").accepted == 1, "a duplicate does not extend the window")
        #expect(bench.state.log.headSequence == 3)
    }

    @Test("scope consumer judges each consumer for itself, when the message is about to be delivered to it")
    func deduplicationAtDelivery() throws {
        var bench = try Bench { $0.deduplicationWindow = 10 }
        var early = bench.cursor()
        bench.publish(1, now: 1_000, key: "k")
        #expect(bench.take(&early, now: 1_000).deliveries.map(\.sequence) == [1])
        bench.publish(3, now: 2_000, key: "k")
        bench.publish(1, now: 2_000, key: "other")
        #expect(bench.take(&early, now: 2_000).deliveries.map(\.sequence) == [5])
        #expect(early.duplicates == 3)
        var late = bench.cursor()
        #expect(bench.take(&late, now: 50_000).deliveries.map(\.sequence) == [1, 5])
        #expect(bench.state.log.headSequence == 5, "all of them are kept once")
    }
}

extension [QueueOutput] {
    var deliveries: [Message] {
        flatMap { output -> [Message] in
            switch output {
            case .run(_, let taken), .again(_, let taken, _): taken.messages
            case .announcement, .gap, .gone, .withheld: []
            }
        }
    }
}
