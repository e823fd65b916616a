import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Appended is not yet visible")
struct ReleaseTests {
    /// A topic that does not release at once, driven without a loop.
    private struct Bench {
        var state: TopicState
        var wakes = WakeList(shards: 1)
        let topic: Topic
        private var stamp: UInt64 = 0

        init() throws {
            let budget = MemoryBudget(limit: 1 << 30)
            state = TopicState(id: 1, settings: TopicSettings(), budget: budget)
            state.releasesAtOnce = false
            topic = Topic(id: 1, name: try TopicName("t"), settings: TopicSettings(), budget: budget)
        }

        /// Publishes as the publisher in a seat.
        mutating func publish(_ count: Int, by seat: UInt32 = 0) -> PublishResult {
            stamp += 2
            return Publishes.frames(Array(repeating: "x", count: count)).withUnsafeReadableBytes {
                state.publish(
                    PublishRun($0, count: count, by: .test(seat: seat), stamp: stamp, now: 1), wakes: &wakes)
            }
        }

        mutating func cursor(seat: UInt32 = 0, from start: StartPosition = .earliest) -> Cursor {
            let waiter = Waiter(reader: ReaderHandle(shard: 0, seat: seat, generation: 0), slot: 0)
            return state.attach(topic, from: .position(start, QueueProgress(stamp: 0)), now: 1, waiter: waiter)!.cursor
        }

        mutating func take(_ cursor: inout Cursor) -> [UInt64] {
            var output: [QueueOutput] = []
            let request = TakeRequest(
                limit: ReadLimit(messages: .max, bytes: .max), now: 1, wantsStamp: true, attachment: 1,
                reader: ReaderHandle(shard: 0, seat: 0, generation: 0))
            _ = state.take(&cursor, request, topic: topic, output: &output, wakes: &wakes)
            return output.deliveries.map(\.sequence)
        }

        /// The seats of readers and publishers woken since.
        mutating func woken() -> (readers: [UInt32], publishers: [UInt32]) {
            var woken: (readers: [UInt32], publishers: [UInt32]) = ([], [])
            for wake in wakes.drain(own: 0, { _, _ in }) {
                switch wake {
                case .messageVisible(let waiter, _, _): woken.readers.append(waiter.reader.seat)
                case .publishReleased(let publisher, _): woken.publishers.append(publisher.seat)
                case .topicCreated, .roomMade: Issue.record("\(wake) is about something else")
                }
            }
            return woken
        }
    }

    @Test("messages that are not released reach no reader, wake no reader and are in no figure")
    func invisible() throws {
        var bench = try Bench()
        var cursor = bench.cursor()
        let result = bench.publish(3)
        #expect(result.accepted == 3 && result.lastSequence == 3)
        #expect(!result.isReleased)
        #expect(bench.state.log.appendedSequence == 3)
        #expect(bench.state.log.headSequence == 0)
        #expect(bench.woken() == ([], []))
        let lag = bench.state.lag(of: &cursor, now: 1)
        #expect(lag.messages == 0 && lag.bytes == 0 && lag.oldest == nil)
        #expect(bench.state.heldBytes == 0)
        #expect(bench.state.earliest(now: 1) == 1)
        #expect(bench.take(&cursor) == [])
        #expect(cursor.isWaiting)
        var steps = 0
        _ = bench.state.secondPassed(now: 1, wakes: &bench.wakes, steps: &steps)
        #expect(bench.state.counters.published.perSecond == 0)
        #expect(bench.state.earliest(now: 1) == 1)
    }

    @Test("a release makes a part visible: readers that wait are woken once and get that part")
    func part() throws {
        var bench = try Bench()
        var first = bench.cursor(seat: 1)
        var second = bench.cursor(seat: 2)
        for seat in UInt32(7)...9 { _ = bench.publish(3, by: seat) }
        bench.state.release(upTo: 4, wakes: &bench.wakes)
        let woken = bench.woken()
        #expect(woken.readers.sorted() == [1, 2])
        #expect(woken.publishers == [7], "the second publisher's run is visible in part")
        #expect(bench.state.log.headSequence == 4)
        #expect(bench.take(&first) == [1, 2, 3, 4])
        #expect(bench.state.lag(of: &second, now: 1).messages == 4)
        bench.state.release(upTo: 9, wakes: &bench.wakes)
        #expect(bench.woken() == ([1], [8, 9]), "the second reader was ready and does not wait")
        #expect(bench.take(&first) == [5, 6, 7, 8, 9])
        #expect(bench.take(&second) == Array(1...9))
    }

    @Test("releasing visible messages again has no effect and wakes no reader")
    func again() throws {
        var bench = try Bench()
        var cursor = bench.cursor()
        _ = bench.publish(2)
        bench.state.release(upTo: 2, wakes: &bench.wakes)
        _ = bench.woken()
        #expect(bench.take(&cursor) == [1, 2])
        bench.state.release(upTo: 2, wakes: &bench.wakes)
        bench.state.release(upTo: 0, wakes: &bench.wakes)
        #expect(bench.woken() == ([], []))
    }

    @Test("a subscriber before the release gets what becomes visible later, from now on and from the earliest")
    func subscribers() throws {
        var bench = try Bench()
        _ = bench.publish(2)
        bench.state.release(upTo: 1, wakes: &bench.wakes)
        _ = bench.woken()
        var new = bench.cursor(seat: 1, from: .new)
        var earliest = bench.cursor(seat: 2)
        #expect(bench.take(&earliest) == [1])
        bench.state.release(upTo: 2, wakes: &bench.wakes)
        #expect(bench.woken().readers.sorted() == [1, 2])
        #expect(bench.take(&new) == [2])
        #expect(bench.take(&earliest) == [2])
    }

    @Test("invisible messages are never dropped, even with an empty history")
    func kept() throws {
        var bench = try Bench()
        var settings = TopicSettings()
        settings.historyBytes = 0
        bench.state.change(to: settings, now: 1, wakes: &bench.wakes)
        for _ in 0..<200 { _ = bench.publish(20) }
        #expect(bench.state.log.firstSequence == 1)
        var cursor = bench.cursor()
        bench.state.release(upTo: 4000, wakes: &bench.wakes)
        #expect(bench.take(&cursor) == Array(1...4000))
    }
}
