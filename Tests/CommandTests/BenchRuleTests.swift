import ArgumentParser
import NIOCore
import Synchronization
import Testing
import ZaichikProtocol

@testable import Zaichik

/// The parts of `bench` that are values.
@Suite("bench, its rules")
struct BenchRuleTests {
    /// Two publishers and one subscriber of one topic.
    private func ledger() -> DeliveryLedger {
        DeliveryLedger(spread: TopicSpread(publishers: 2, subscribers: 1, topics: 1), subscriber: 0)
    }

    private func totals(_ sent: [UInt64], refused: UInt64 = 0) -> PublishedTotals {
        var totals = PublishedTotals(spread: TopicSpread(publishers: 2, subscribers: 1, topics: 1))
        totals.sent = sent
        totals.refused = [refused]
        return totals
    }

    private func outcome(
        _ numbers: [UInt64], sent: UInt64, refused: UInt64 = 0, gap: UInt64 = 0, countsTail: Bool = true
    ) throws -> DeliveryLedger.Outcome {
        var ledger = ledger()
        let flow = try #require(ledger.flow(topic: 0, publisher: 0))
        for number in numbers { ledger.record(flow: flow, number: number) }
        if gap > 0 { ledger.recordGap(topic: 0, count: gap) }
        return ledger.outcome(totals([sent, 0], refused: refused), countsTail: countsTail)
    }

    @Test("what comes once and in its order is flawless")
    func flawless() throws {
        #expect(try outcome([0, 1, 2], sent: 3) == DeliveryLedger.Outcome())
        #expect(try outcome([], sent: 0).isFlawless)
    }

    @Test("what never comes is lost, in between and at the end")
    func lost() throws {
        #expect(try outcome([0, 2, 5], sent: 8) == .init(lost: 5))
        #expect(try outcome([], sent: 2) == .init(lost: 2))
    }

    @Test("what was not waited for is not lost")
    func tail() throws {
        #expect(try outcome([0, 2], sent: 9, countsTail: false) == .init(lost: 1))
    }

    @Test("what comes again is a duplicate, whenever it does")
    func duplicated() throws {
        #expect(try outcome([0, 0, 1, 2, 1], sent: 3) == .init(duplicated: 2))
    }

    @Test("what comes behind a later one is reordered, not lost, and the second time a duplicate")
    func reordered() throws {
        #expect(try outcome([0, 3, 2, 1], sent: 4) == .init(reordered: 2))
        #expect(try outcome([0, 3, 1, 1], sent: 4) == .init(lost: 1, duplicated: 1, reordered: 1))
    }

    @Test("what a gap told or the broker refused is not lost; more than that is")
    func told() throws {
        #expect(try outcome([0, 3], sent: 4, gap: 2) == .init(gaps: 2))
        #expect(try outcome([0, 3], sent: 4, refused: 2) == .init())
        #expect(try outcome([0, 3], sent: 5, gap: 2) == .init(lost: 1, gaps: 2))
    }

    @Test("each publisher's flow has its own order")
    func flows() throws {
        var ledger = ledger()
        let flows = try [0, 1].map { try #require(ledger.flow(topic: 0, publisher: $0)) }
        for (flow, number) in [(0, 0), (1, 0), (1, 1), (0, 1)] {
            ledger.record(flow: flows[flow], number: UInt64(number))
        }
        #expect(ledger.outcome(totals([2, 2]), countsTail: true).isFlawless && ledger.received == 4)
        #expect(ledger.outcome(totals([2, 3]), countsTail: true) == .init(lost: 1))
        #expect(ledger.flow(topic: 0, publisher: 2) == nil && ledger.flow(topic: 1, publisher: 0) == nil)
    }

    @Test(
        "every topic has its publishers and readers, and both ends agree on them",
        arguments: [(1, 1, 1), (3, 2, 1), (2, 3, 5), (10, 10, 5), (4, 0, 3), (0, 2, 2), (1, 7, 3)], [false, true])
    func spread(counts: (publishers: Int, subscribers: Int, topics: Int), readsAll: Bool) {
        let spread = TopicSpread(
            publishers: counts.publishers, subscribers: counts.subscribers, topics: counts.topics, readsAll: readsAll)
        for topic in 0..<counts.topics {
            let writers = (0..<counts.publishers).filter { spread.topics(ofPublisher: $0).contains(topic) }
            #expect(writers == spread.publishers(of: topic))
            #expect(writers.map { spread.place(ofPublisher: $0, in: topic) } == Array(0..<writers.count))
            #expect(writers.count <= spread.flowsPerTopic && (writers.isEmpty == (counts.publishers == 0)))
            let readers = (0..<counts.subscribers).filter { spread.topics(ofSubscriber: $0).contains(topic) }
            #expect(readers.count == spread.readers(of: topic))
        }
        for subscriber in 0..<counts.subscribers {
            for (place, topic) in spread.topics(ofSubscriber: subscriber).enumerated() {
                #expect(spread.place(ofTopic: topic, in: subscriber) == place)
            }
        }
    }

    @Test("publishers take their topics in turn, and the totals know what each got")
    func totalsByTopic() {
        var totals = PublishedTotals(spread: TopicSpread(publishers: 2, subscribers: 3, topics: 5, readsAll: true))
        totals.sent = [7, 3]
        // Publisher 0 has topics 0, 2 and 4, publisher 1 has 1 and 3.
        #expect((0..<5).map { totals.sent(by: $0 % 2, to: $0) } == [3, 2, 2, 1, 2])
        #expect(totals.expectedDeliveries == 30)
        totals.refused[0] = 1
        #expect(totals.expectedDeliveries == 27)
    }

    @Test("a schedule spreads the rate evenly over time and publishers")
    func schedule() {
        let schedule = PublishSchedule(start: 1000, rate: 1000, publishers: 2)
        #expect(schedule.due(0, of: 0) == 1000 && schedule.due(0, of: 1) == 1_001_000)
        #expect(schedule.due(1, of: 0) == 2_001_000 && schedule.due(500, of: 0) == 1_000_001_000)
        var due = DueMessages(schedule, publishers: [0, 1])
        var given: [Int] = []
        due.advance(to: 999) { given.append($0) }
        #expect(given.isEmpty && due.next == 1000)
        due.advance(to: 1_001_000) { given.append($0) }
        #expect(given == [0, 1] && due.next == 2_001_000)
        due.advance(to: 2_001_000) { given.append($0) }
        #expect(given == [0, 1, 0] && due.next == 3_001_000)
    }

    @Test("after a stall everything is due, and looking at it takes no longer than without")
    func stall() {
        let schedule = PublishSchedule(start: 1000, rate: 1000, publishers: 2)
        #expect([999, 1000, 1_001_000, 2_001_000].map { schedule.count(by: $0, of: 0) } == [0, 1, 1, 2])
        #expect([1000, 1_001_000, 3_001_000].map { schedule.count(by: $0, of: 1) } == [0, 1, 2])
        #expect(schedule.count(by: 1_000_001_000, of: 0) == 501)
        var due = DueMessages(schedule, publishers: [0, 1])
        var given: [Int] = []
        due.advance(to: 1_000_001_000) { given.append($0) }
        #expect(given == [0, 1] && due.next == 1_000_001_000)
    }

    @Test("several event loops together keep the rate")
    func dividedSchedule() {
        let schedule = PublishSchedule(start: 0, rate: 300, publishers: 3)
        #expect((0..<3).map { schedule.count(by: 999_999_999, of: $0) } == [100, 100, 100])
        var due = DueMessages(schedule, publishers: [0, 2])
        var given: [Int] = []
        for now in stride(from: UInt64(0), to: 20_000_000, by: 1_000_000) { due.advance(to: now) { given.append($0) } }
        #expect(given == [0, 1, 0, 1])
    }

    @Test("a publisher keeps to its window, its limit and what is due")
    func window() {
        var publisher = LoadPublisher(
            index: 0, spread: TopicSpread(publishers: 1, subscribers: 1, topics: 1), window: 10, isPaced: true)
        var latency = LatencyRecorder()
        latency.since = 0
        var bytes = ByteBuffer()
        let template = FrameTemplate(payload: 16, hasKey: false)
        let schedule = PublishSchedule(start: 0, rate: 1e9, publishers: 1)
        #expect(publisher.room == 0)
        publisher.allow(12)
        #expect(publisher.room == 0)
        publisher.becomeDue(schedule, now: 19)
        #expect(publisher.due == 20 && publisher.room == 10)
        publisher.write(10, now: 0, schedule: schedule, template: template, to: &bytes)
        #expect(publisher.room == 0 && bytes.readableBytes == 10 * template.size)
        let first = publisher.confirm(4, now: 5_000_000, &latency)
        #expect(first && publisher.room == 2 && latency.summary?.count == 4 && !publisher.isDone)
        publisher.write(2, now: 0, schedule: schedule, template: template, to: &bytes)
        let (all, beyond) = (publisher.confirm(12, now: 6_000_000, &latency), publisher.confirm(13, now: 0, &latency))
        #expect(all && !beyond && publisher.isDone)
    }

    @Test("a schedule that starts anew leaves out what was overdue")
    func restart() {
        var publisher = LoadPublisher(
            index: 0, spread: TopicSpread(publishers: 1, subscribers: 1, topics: 1), window: 2, isPaced: true)
        var latency = LatencyRecorder()
        latency.since = 1000
        var bytes = ByteBuffer()
        let template = FrameTemplate(payload: 16, hasKey: false)
        publisher.allow(nil)
        publisher.becomeDue(PublishSchedule(start: 0, rate: 1e9, publishers: 1), now: 99)
        publisher.write(
            2, now: 0, schedule: PublishSchedule(start: 0, rate: 1e9, publishers: 1), template: template, to: &bytes)
        let later = PublishSchedule(start: 1000, rate: 1e9, publishers: 1)
        publisher.restart()
        let confirmed = publisher.confirm(2, now: 2000, &latency)
        #expect(confirmed && latency.summary == nil && publisher.room == 0)
        publisher.becomeDue(later, now: 1000)
        #expect(publisher.room == 1)
        publisher.write(1, now: 0, schedule: later, template: template, to: &bytes)
        let third = publisher.confirm(3, now: 3_001_000, &latency)
        #expect(third && latency.summary?.maximum == 3000)
    }

    @Test("percentiles are those of all latencies, and none from before the measurement counts")
    func percentiles() throws {
        var latency = LatencyRecorder()
        latency.record(from: 0, to: 5000, count: 1)
        #expect(latency.summary == nil)
        latency.since = 1000
        latency.record(from: 999, to: 9_000_000, count: 1)
        for microseconds in 1...1000 {
            latency.record(from: 1000, to: 1000 + UInt64(microseconds) * 1000, count: 2)
        }
        let summary = try #require(latency.summary)
        #expect(summary.count == 2000)
        for (value, expected) in zip(summary.values + [summary.maximum], [500, 900, 990, 999, 1000]) {
            #expect(abs(Int(value) - expected) <= 1)
        }
    }

    @Test("a frame carries its stamp, behind the key if it has one", arguments: [false, true])
    func frames(hasKey: Bool) throws {
        var bytes = ByteBuffer()
        let stamp = MessageStamp(time: 77, publisher: 513, number: 1 << 40)
        FrameTemplate(payload: 20, hasKey: hasKey).write(1, to: &bytes) { _ in (9, stamp) }
        guard case .publish(let message) = try ClientFrame(decoding: bytes) else {
            Issue.record("it is no PUBLISH")
            return
        }
        #expect(message.topicID == 9 && message.payload.readableBytes == 20)
        #expect(message.key.map { String(buffer: $0) } == (hasKey ? "0201010000000000" : nil))
        let read = message.payload.withUnsafeReadableBytes { MessageStamp($0, at: 0) }
        #expect(read == stamp && read.publisher == 513 && read.number == 1 << 40)
    }

    @Test("a subscriber that is not introduced to a topic, or gets what nobody of the run published, tells so")
    func foreign() {
        var subscriber = LoadSubscriber(spread: TopicSpread(publishers: 1, subscribers: 1, topics: 1), index: 0)
        var latency = LatencyRecorder()
        subscriber.introduce(5, as: 0)
        var bytes = ByteBuffer()
        for (topic, text) in [(5, "someone else's text"), (6, "0123456789abcdef"), (5, "short")] {
            BrokerFrame.deliver(Message(topicID: UInt32(topic), payload: ByteBuffer(string: text))).write(to: &bytes)
        }
        _ = bytes.withUnsafeReadableBytes { subscriber.receive($0, now: 0, &latency) }
        let totals = PublishedTotals(spread: TopicSpread(publishers: 1, subscribers: 1, topics: 1))
        #expect(subscriber.ledger.outcome(totals, countsTail: true) == .init(foreign: 3))
        let (some, rest, none) = (subscriber.commit(atMost: 1), subscriber.commit(), subscriber.commit())
        #expect(some == 1 && rest == 3 && none == nil)
    }

    @Test("every shape can be run, and its line in the help fits", arguments: BenchShape.allCases)
    func shapes(shape: BenchShape) {
        #expect(shape.plan.problem == nil)
        #expect(BenchShape.list.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("options change what a shape says, and nothing else")
    func overriding() throws {
        let command = try #require(
            try RootCommand.parseAsRoot(["bench", "fan-out", "--size", "1k", "--rate", "5"]) as? BenchCommand)
        var expected = BenchShape.fanOut.plan
        #expect(command.shape == .fanOut && command.load.applied(to: BenchPlan()) != expected)
        expected.size = 1024
        expected.rate = 5
        #expect(command.load.applied(to: command.shape.plan) == expected)
    }

    @Test("windows shrink for large messages unless they are given")
    func windows() {
        var plan = BenchPlan()
        #expect(plan.window == 1000 && plan.subscriberWindow == 10_000 && plan.backlogDeliveries == 10_000)
        plan.size = 1 << 20
        #expect(plan.window == 4 && plan.subscriberWindow == 4 && plan.backlogDeliveries == 4)
        plan.size = 64 << 20
        #expect(plan.window == 1)
        plan.chosenWindow = 7
        #expect(plan.window == 7)
    }

    @Test("publishers wait for subscribers, but not at a rate and not if nobody reads")
    func backlogs() {
        var plan = BenchPlan()
        plan.subscribers = 3
        plan.chosenBacklog = 7
        #expect(plan.backlogDeliveries == 21)
        plan.chosenBacklog = 0
        #expect(plan.backlogDeliveries == nil)
        plan.chosenBacklog = .max
        #expect(plan.backlogDeliveries == .max)
        plan.rate = 1
        #expect(plan.backlogDeliveries == nil && BenchShape.publishOnly.plan.backlogDeliveries == nil)
    }

    @Test("the backlog has room again when a quarter of it is delivered, and wakes who waits once")
    func backlog() {
        let backlog = Backlog(limit: 8)
        let wakes = Mutex(0)
        backlog.published(8)
        #expect(backlog.room == 0)
        backlog.wait { wakes.withLock { $0 += 1 } }
        backlog.settled(1)
        #expect(backlog.room == 1 && wakes.withLock { $0 } == 0)
        backlog.settled(1)
        backlog.settled(1)
        #expect(backlog.room == 3 && wakes.withLock { $0 } == 1)
    }

    @Test("patience lasts as long as there is progress")
    func patience() {
        var patience = Patience(limit: .nanoseconds(10), now: 100)
        let over = [(1, 105), (1, 115), (2, 115), (2, 125), (2, 126)].map { patience.isOver($0, now: $1) }
        #expect(over == [false, false, false, false, true])
    }

    @Test("a publisher knows how many deliveries its next messages cause")
    func deliveries() {
        // Topics 0, 1 and 2 have 2, 1 and 1 readers.
        let spread = TopicSpread(publishers: 1, subscribers: 4, topics: 3)
        var publisher = LoadPublisher(index: 0, spread: spread, window: 10, isPaced: false)
        #expect([1, 2, 3, 7].map { publisher.deliveries(ofNext: $0) } == [2, 3, 4, 10])
        #expect([0, 1, 2, 3].map { publisher.messages(causing: $0) } == [0, 1, 1, 2])
        publisher.allow(1)
        var bytes = ByteBuffer()
        publisher.write(1, now: 0, schedule: nil, template: FrameTemplate(payload: 16, hasKey: false), to: &bytes)
        #expect(publisher.deliveries(ofNext: 2) == 2)
        let (first, none) = (publisher.refuse(1), publisher.refuse(2))
        #expect(first == 2 && none == 0)
    }

    @Test("many topics keep less history each", arguments: [(1, 1 << 20), (1000, 67_108), (100_000, 65_536)])
    func history(topics: Int, bytes: UInt64) {
        var plan = BenchPlan()
        plan.topics = topics
        #expect(plan.topicSettings[.historyBytes] == bytes)
    }

    @Test("a count has no warm-up unless one is asked for, a time has")
    func warmUp() {
        var plan = BenchPlan()
        #expect(plan.warmUp.milliseconds == 1000)
        plan.extent = .messages(5)
        #expect(plan.warmUp.milliseconds == 0)
        plan.chosenWarmUp = TimeSpan(milliseconds: 7)
        #expect(plan.warmUp.milliseconds == 7)
    }

    private func report(_ outcome: DeliveryLedger.Outcome, refused: UInt64 = 0, failure: String? = nil) -> BenchReport {
        let setup = LoadSetup(name: nil, prefix: "bench.x", plan: BenchPlan())
        var after = LoadSample(time: 2_000_000_000)
        (after.confirmed, after.delivered, after.deliveredBytes) = (300, 200, 25_600)
        (after.refused, after.refusal, after.failure) = (refused, "full", failure)
        let measurement = BenchMeasurement(begin: 0, before: LoadSample(time: 0), after: after, wasCut: false)
        return BenchReport(
            shape: .oneToOne, setup: setup, measurement, settled: after, LoadResult(outcome: outcome))
    }

    @Test("a run is a success if nothing was lost, twice, out of order or refused; gaps told are none of that")
    func problems() {
        #expect(report(.init(gaps: 5)).problem == nil)
        for outcome in [DeliveryLedger.Outcome(lost: 1), .init(duplicated: 1), .init(reordered: 1), .init(foreign: 1)] {
            #expect(report(outcome).problem?.contains("once and in its order") == true)
        }
        #expect(report(.init(), refused: 2).problem == "2 messages were refused, the first because: full")
        #expect(report(.init(lost: 1), failure: "it broke").problem == "it broke")
    }

    @Test("rates are those of the time between the two samples")
    func rates() {
        let report = report(.init())
        #expect(report.published.messagesPerSecond == 150 && report.published.bytesPerSecond == 150 * 128)
        #expect(report.delivered.messagesPerSecond == 100 && report.delivered.bytesPerSecond == 12_800)
    }

    @Test("a rate counts as reached if at most one message is missing, or one in a hundred")
    func reached() {
        func flow(_ messages: UInt64) -> BenchReport.Flow {
            .init(messages: messages, bytes: 0, duration: 5_000_000_000)
        }
        #expect(flow(2).hasReached(0.5) && flow(3).hasReached(0.5) && !flow(1).hasReached(0.5))
        #expect(flow(4950).hasReached(1000) && !flow(4940).hasReached(1000))
    }

    @Test("a progress line tells the rates of the time since the one before")
    func progress() {
        var (before, after) = (LoadSample(), LoadSample())
        (before.confirmed, before.delivered) = (100, 50)
        (after.sent, after.confirmed, after.delivered) = (410, 400, 100)
        #expect(
            ProgressLine.text(before, after, nanoseconds: 500_000_000, phase: "measuring")
                == "measuring: 600 published/s, 100 delivered/s, 10 unconfirmed")
    }

    @Test("megabytes are millions of bytes")
    func megabytes() {
        #expect(BenchReport.megabytes(0) == "0.0" && BenchReport.megabytes(12_345_678) == "12.3")
    }
}
