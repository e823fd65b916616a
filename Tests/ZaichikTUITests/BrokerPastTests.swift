import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct BrokerPastTests {
    private static let start = Samples.now

    private func history(_ values: [UInt64], at second: UInt64) -> History {
        var history = History()
        history.time = Self.start + second * Moment.second
        history.series = [.init(.lagMessages, values)]
        return history
    }

    @Test("the first answer is taken whole, later ones add the seconds that are new")
    func tail() {
        var past = BrokerPast()
        #expect(past.wanted(now: Self.start) == 0)
        past.take(history([1, 2, 3], at: 3))
        #expect(past.wanted(now: Self.start + 4 * Moment.second) == BrokerPast.tail)
        past.take(history([2, 3, 4, 5], at: 5))
        #expect(past.values(.lag) == [1, 2, 3, 4, 5])
        past.take(history([4, 5], at: 5))
        #expect(past.values(.lag) == [1, 2, 3, 4, 5], "nothing is new")
    }

    @Test("after a longer time all is asked for again, and what is not covered is not made up")
    func gap() {
        var past = BrokerPast()
        past.take(history([1, 2, 3], at: 3))
        #expect(past.wanted(now: Self.start + 60 * Moment.second) == 0)
        past.take(history([7, 8], at: 60))
        #expect(past.values(.lag) == [7, 8])
    }

    @Test("no more than ten minutes are kept")
    func bounded() {
        var past = BrokerPast()
        past.take(history((0..<600).map(UInt64.init), at: 600))
        past.take(history([600, 601, 602], at: 603))
        #expect(past.values(.lag).count == 600 && past.values(.lag).first == 3 && past.values(.lag).last == 602)
    }

    @Test("what is only noted here begins when this program did, and ends with the same second as the others")
    func noted() {
        var past = BrokerPast()
        var broker = BrokerStatistics()
        for (time, lost) in [(0, 5), (500_000, 9), (1_000_000, 2), (3_000_000, 4)] as [(UInt64, UInt64)] {
            broker[.lostRate] = lost
            past.note(broker, at: Self.start + time)
        }
        past.take(history([1, 2, 3, 4], at: 3))
        #expect(past.values(.lost) == [9, 2, nil, 4])
        past.take(history([2, 3, 4, 5], at: 4))
        #expect(past.values(.lost) == [9, 2, nil, 4, nil])
    }

    @Test("a column has the highest of its seconds, the newest at the right", arguments: [1, 7, 60, 300, 600, 900])
    func columns(count: Int) {
        let columns = BrokerPast.columns((1...600).map(Optional.init), count)
        #expect(columns.count <= count && columns.last == 600)
        #expect(columns.compactMap(\.self) == columns.compactMap(\.self).sorted())
    }

    @Test("its history is asked for once a second while the pane is seen, one answer after the other")
    func asked() {
        var model = Samples.model(Size(width: 100, height: 24))
        func asks(_ seconds: UInt64) -> [Effect] {
            var statistics = Samples.statistics
            statistics.time = Samples.now + seconds * Moment.second
            return update(&model, .link(.statistics(statistics)), now: statistics.time)
        }
        #expect(asks(1).isEmpty)
        _ = update(&model, .terminal(.key(.character("7"))), now: Samples.now)
        #expect(asks(2) == [.link(.screen(.history(0)))])
        #expect(asks(3).isEmpty)
        _ = update(&model, .link(.screen(.history(history([1, 2], at: 3)))), now: Samples.now)
        #expect(asks(3).isEmpty)
        #expect(asks(4) == [.link(.screen(.history(BrokerPast.tail)))])
    }
}
