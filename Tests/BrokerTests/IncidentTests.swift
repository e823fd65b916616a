import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Incidents: what happens again and again has a beginning and an end")
struct IncidentTests {
    private let second: UInt64 = 1_000_000

    @Test("it begins with the first time, and ends when it has not happened for ten seconds")
    func life() {
        var watch = IncidentWatch()
        #expect(watch.look(total: 0, now: 1 * second) == nil)
        let begun = Incident(began: 2 * second, last: 2 * second, count: 5)
        #expect(watch.look(total: 5, now: 2 * second) == .began(begun))
        #expect(watch.rate == 5 && watch.incident == begun)
        #expect(watch.look(total: 8, now: 3 * second) == nil)
        for time in UInt64(4)...12 { #expect(watch.look(total: 8, now: time * second) == nil) }
        #expect(watch.rate == 0)
        let ended = Incident(began: 2 * second, last: 3 * second, count: 8)
        #expect(watch.look(total: 8, now: 13 * second) == .ended(ended))
        #expect(watch.incident == nil)
        #expect(watch.look(total: 8, now: 14 * second) == nil)
    }

    @Test("one that goes on is told once, however long it takes")
    func long() {
        var watch = IncidentWatch()
        let changes = (UInt64(1)...3600).compactMap { watch.look(total: $0 * 480, now: $0 * second) }
        #expect(changes.count == 1)
        #expect(watch.incident?.count == 3600 * 480)
    }

    @Test("what grew lately is what came in the last ten looks")
    func lately() {
        var growth = RecentGrowth()
        for _ in 0..<5 { growth.look(total: 0) }
        growth.look(total: 7)
        #expect(growth.value == 7)
        for _ in 0..<9 { growth.look(total: 7) }
        #expect(growth.value == 7)
        growth.look(total: 7)
        #expect(growth.value == 0)
    }

    @Test("the broker's watch tells each code, connections, and memory that runs out, with its beginning and end")
    func broker() {
        var watch = BrokerWatch()
        var sample = BrokerWatch.Sample()
        #expect(watch.look(sample, now: second) == [])
        sample.refusals.count(.tooManyTopics)
        sample.refusals.count(.tooManyTopics)
        sample.refusals.count(.badName)
        sample.connectionsRefused = 3
        sample.shortages = 1
        let now = 2 * second
        #expect(
            watch.look(sample, now: now) == [
                .memory(.began(Incident(began: now, last: now, count: 1))),
                .refusing(.began(Incident(began: now, last: now, count: 3)), .tooManyConnections),
                .refusing(.began(Incident(began: now, last: now, count: 2)), .tooManyTopics),
            ])
        #expect(watch.requestsLately.value == 2 && watch.connectionsLately.value == 3)
        sample.isMemoryExhausted = true
        #expect(watch.look(sample, now: 11 * second) == [])
        sample.isMemoryExhausted = false
        let ended = watch.look(sample, now: 12 * second)
        #expect(ended.count == 2, "memory was short a second ago: \(ended)")
        #expect(
            watch.look(sample, now: 21 * second)
                == [.memory(.ended(Incident(began: now, last: 11 * second, count: 2)))])
    }

    @Test("refusals are summed over loops by their codes, and mistakes of clients are none")
    func refusals() {
        var one = RefusalCounts()
        #expect(one.total == 0 && one[.memoryFull] == 0)
        one.count(.unknownTopic)
        #expect(one == RefusalCounts())
        one.count(.memoryFull)
        var sum = RefusalCounts()
        sum.add(one)
        sum.add(one)
        sum.add(RefusalCounts())
        #expect(sum[.memoryFull] == 2 && sum.total == 2)
        #expect(RefusalCounts.codes.allSatisfy { $0.scope == .request })
    }
}
