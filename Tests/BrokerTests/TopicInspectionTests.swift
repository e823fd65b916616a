import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Looking for the readers of a topic")
struct TopicInspectionTests {
    private func topic(readers: Int, needed: (Int) -> UInt64) -> Topic {
        let topic = Topic(
            id: 1, name: try! TopicName("t"), settings: TopicSettings(), budget: MemoryBudget(limit: 1 << 30))
        topic.locked { state in
            state.log.append((0..<10).map { "\($0)" }, stamp: 1)
            for number in 0..<readers {
                let waiter = Waiter(
                    reader: ReaderHandle(shard: UInt16(number % 3), seat: UInt32(number), generation: 0), slot: 0)
                let sequence = needed(number)
                _ = state.holds.enter(waiter, needed: sequence, counted: sequence)
            }
        }
        return topic
    }

    private func survey(_ topic: Topic, most: Int) -> (survey: TopicSurvey, steps: Int) {
        var inspection = TopicInspection(topic, most: most)
        var steps = 1
        while true {
            if let survey = inspection.step() { return (survey, steps) }
            steps += 1
        }
    }

    @Test("those that need the earliest messages are found among any number, a bounded part a step")
    func many() {
        // Two of ten thousand are behind.
        let topic = topic(readers: 10_000) { $0 == 7777 ? 3 : $0 == 42 ? 5 : 11 }
        let (survey, steps) = survey(topic, most: 4)
        #expect(survey.matching == 10_000)
        #expect(survey.readers.map(\.needed) == [3, 5, 11, 11])
        #expect(survey.readers.prefix(2).map(\.waiter.reader.seat) == [7777, 42])
        #expect(survey.readers.map(survey.isHolding) == [true, false, false, false])
        #expect(steps == 10_000 / TopicInspection.seatsPerStep + 1)
    }

    @Test("nobody holds anything back if all have read everything")
    func upToDate() {
        let (survey, _) = survey(topic(readers: 5) { _ in 11 }, most: 10)
        #expect(survey.readers.count == 5)
        #expect(!survey.readers.contains(where: survey.isHolding))
    }

    @Test("only the number is wanted, or there are no readers")
    func none() {
        #expect(survey(topic(readers: 5) { _ in 1 }, most: 0).survey.readers.isEmpty)
        #expect(survey(topic(readers: 5) { _ in 1 }, most: 0).survey.matching == 5)
        #expect(survey(topic(readers: 0) { _ in 1 }, most: 9).survey.shards.isEmpty)
    }

    @Test(
        "each loop describes its own readers, in steps, without those that have left; together they are sorted by lag")
    func rows() {
        let (survey, _) = survey(topic(readers: 300) { UInt64($0 % 10 + 1) }, most: 100)
        #expect(survey.shards == [0, 1, 2])
        var parts: [TopicClients] = []
        var steps = 0
        for shard in survey.shards {
            var rows = TopicClientRows(survey, shard: shard)
            while true {
                steps += 1
                let part = rows.step(
                    reader: { waiter in
                        guard waiter.reader.seat != 0 else { return nil }
                        var row = TopicReader()
                        row.id = UInt64(waiter.reader.seat)
                        row[.lagMessages] = 10 - UInt64(waiter.reader.seat % 10)
                        return row
                    }, publisher: { _ in nil })
                if let part {
                    parts.append(part)
                    break
                }
            }
        }
        #expect(steps > 3)
        let detail = survey.detail(parts, now: 1)
        #expect(detail.readers.matching == 300)
        #expect(detail.readers.rows.count == 99)
        let lags = detail.readers.rows.map { $0[.lagMessages] }
        #expect(lags == lags.sorted(by: >))
        #expect(detail.readers.rows.filter(\.isHolding).allSatisfy { $0[.lagMessages] == 10 })
    }
}
