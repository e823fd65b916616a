import NIOCore
import Testing
import ZaichikProtocol

@testable import Zaichik

/// Runs with a shared session, and without confirmations.
@Suite("bench, its rules for sessions and for what nobody confirms")
struct BenchSessionRuleTests {
    /// What workers of one session got of the first publisher's messages.
    private func shared(
        _ workers: [[UInt64]], sent: UInt64, refused: UInt64 = 0, countsTail: Bool = true
    ) throws
        -> DeliveryLedger.Outcome
    {
        let spread = TopicSpread(
            publishers: 1, subscribers: workers.count, topics: 1, readsAll: true, isShared: true)
        var (outcome, ledger) = (DeliveryLedger.Outcome(), SharedLedger(spread: spread))
        var totals = PublishedTotals(spread: spread)
        (totals.sent, totals.refused) = ([sent], [refused])
        for (worker, numbers) in workers.enumerated() {
            var own = DeliveryLedger(spread: spread, subscriber: worker)
            let flow = try #require(own.flow(topic: 0, publisher: 0))
            for number in numbers { own.record(flow: flow, number: number) }
            #expect(own.received == UInt64(numbers.count))
            outcome += own.outcome(totals, countsTail: countsTail)
            ledger.add(own.shares)
        }
        outcome += ledger.outcome(totals, gaps: 0, countsTail: countsTail)
        return outcome
    }

    @Test("of a shared session each message comes to one worker: none is lost or comes twice, whoever gets it")
    func sharedSession() throws {
        #expect(try shared([[0, 1, 4], [2, 3, 5]], sent: 6).isFlawless)
        #expect(try shared([[], [0, 1]], sent: 2).isFlawless)
        #expect(try shared([[0, 1], [3]], sent: 6) == .init(lost: 3))
        #expect(try shared([[0, 1], [3]], sent: 6, countsTail: false) == .init(lost: 1))
        #expect(try shared([[0, 1], [3]], sent: 5, refused: 2).isFlawless)
        #expect(try shared([[0, 1, 2], [1, 3]], sent: 4) == .init(duplicated: 1))
        #expect(try shared([[0, 0], [1]], sent: 2) == .init(duplicated: 1, reordered: 1))
        #expect(try shared([[1, 0], [2]], sent: 3) == .init(reordered: 1))
    }

    @Test("a message to workers of a shared session causes one delivery")
    func sharedDeliveries() {
        let plan = BenchShape.queue.plan
        #expect(plan.subscribers == 4 && plan.spread.readers(of: 0) == 1)
        #expect(plan.topicSettings == BenchShape.oneToOne.plan.topicSettings)
    }

    @Test("a publisher without confirmations waits for none, and something else has to hold it back")
    func unconfirmed() {
        var publisher = LoadPublisher(
            index: 0, spread: BenchPlan().spread, window: 10, isPaced: false, isUnconfirmed: true)
        publisher.topicIDs = [7]
        publisher.allow(1000)
        var bytes = ByteBuffer()
        publisher.write(
            10, now: 1, schedule: nil, template: FrameTemplate(payload: 16, hasKey: false, flags: .unconfirmed),
            to: &bytes)
        #expect(publisher.room == 990 && publisher.confirmed == 10)
        var plan = BenchPlan()
        plan.publishesUnconfirmed = true
        #expect(plan.problem == nil)
        plan.chosenBacklog = 0
        #expect(plan.problem != nil)
        plan.rate = 1000
        #expect(plan.problem == nil)
    }
}
