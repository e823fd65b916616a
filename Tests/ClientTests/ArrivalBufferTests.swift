import NIOConcurrencyHelpers
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Arrivals that were not taken", .timeLimit(.minutes(1)))
struct ArrivalBufferTests {
    private let buffer = ArrivalBuffer(maximumBytes: 100)
    private let gap: Gap

    init() throws { gap = Gap(topic: try TopicName("a"), first: 1, last: 1, reason: .limit) }

    /// Takes everything, and says whether that made room.
    private func take() -> (count: Int, madeRoom: Bool) {
        var result = (count: 0, madeRoom: false)
        while case .arrival(_, let hasRoomAgain) = buffer.take() {
            result.count += 1
            result.madeRoom = result.madeRoom || hasRoomAgain
        }
        return result
    }

    @Test("it is full at its bytes, and has room again when half of them are taken")
    func room() {
        #expect(buffer.append([.gap(gap), .gap(gap)], bytes: 60))
        #expect(!buffer.append([.gap(gap)], bytes: 60))
        #expect(!buffer.hasRoom)
        guard case .arrival(_, false) = buffer.take() else {
            Issue.record("half a batch made room")
            return
        }
        #expect(take() == (2, true))
        #expect(buffer.hasRoom)
    }

    @Test("after a loss what is left can still be taken; after closing it cannot")
    func ends() {
        _ = buffer.append([.gap(gap)], bytes: 1)
        buffer.end(.lost(.notConnected))
        #expect(take().count == 1)
        guard case .failed(let error) = buffer.take() else {
            Issue.record("the loss is not told")
            return
        }
        #expect(error == .notConnected)
        let other = ArrivalBuffer(maximumBytes: 100)
        _ = other.append([.gap(gap)], bytes: 1)
        other.end(.closed)
        guard case .end = other.take() else {
            Issue.record("something is left after closing")
            return
        }
    }
}

@Suite("Readers that wait", .timeLimit(.minutes(1)))
struct WaitingReadersTests {
    private let executor = SteppedExecutor()
    private let buffer = ArrivalBuffer(maximumBytes: 100)
    private let gap: Gap
    /// How many arrivals each reader that has ended took.
    private let taken = NIOLockedValueBox<[String: Int]>([:])

    init() throws { gap = Gap(topic: try TopicName("a"), first: 1, last: 1, reason: .limit) }

    /// A reader that takes one arrival, and waits for it.
    private func reader(_ name: String) -> Task<Void, any Error> {
        let task = Task(executorPreference: executor) { [buffer, taken] in
            let isTaken = try await buffer.next() != nil
            taken.withLockedValue { $0[name] = isTaken ? 1 : 0 }
        }
        executor.run()
        return task
    }

    @Test("a reader that waits is woken by the first arrival")
    func woken() {
        _ = reader("first")
        #expect(buffer.waitingReaders == 1)
        _ = buffer.append([.gap(gap)], bytes: 1)
        executor.run()
        #expect(taken.withLockedValue { $0 } == ["first": 1])
    }

    @Test("a reader that is cancelled while it waits ends, and the next arrival is for the others")
    func cancelled() {
        let first = reader("first")
        _ = reader("second")
        first.cancel()
        executor.run()
        _ = buffer.append([.gap(gap)], bytes: 1)
        executor.run()
        #expect(taken.withLockedValue { $0 } == ["first": 0, "second": 1])
    }

    @Test("a reader that is woken and cancelled before it takes the arrival passes it to the next")
    func wokenAndCancelled() {
        let first = reader("first")
        _ = reader("second")
        _ = buffer.append([.gap(gap)], bytes: 1)
        first.cancel()
        executor.run()
        #expect(taken.withLockedValue { $0 } == ["first": 0, "second": 1])
    }

    @Test("an update of a watch that wakes a cancelled reader is the next reader's, and two readers do not keep busy")
    func updates() {
        let latest = LatestUpdate()
        let seen = NIOLockedValueBox<[String: UInt64?]>([:])
        let tasks = ["first", "second"].map { name in
            Task(executorPreference: executor) {
                let update = try await latest.next()
                seen.withLockedValue { _ = $0.updateValue(update?.time, forKey: name) }
            }
        }
        // Returns only because neither wakes the other.
        executor.run()
        #expect(latest.waitingReaders == 2)
        latest.put(StatisticsUpdate(time: 9, broker: BrokerStatistics()))
        tasks[0].cancel()
        executor.run()
        #expect(seen.withLockedValue { $0 } == ["first": nil, "second": 9])
    }
}
