import Testing

@testable import ZaichikBroker

@Suite("Figures at each of the last seconds")
struct SecondHistoryTests {
    @Test("a number in 8 bits is exact up to 15 and known to 1/16 above")
    func smallNumbers() {
        for value in UInt64(0)...15 { #expect(SmallNumber.value(SmallNumber.coded(value)) == value) }
        var value: UInt64 = 16
        while value < SmallNumber.largest {
            let told = SmallNumber.value(SmallNumber.coded(value))
            #expect(told.distance(to: value).magnitude <= value / 16, "\(value) is told as \(told)")
            value += value / 7
        }
        #expect(SmallNumber.value(SmallNumber.coded(.max)) == SmallNumber.largest)
        for code in UInt8.min ... .max { #expect(SmallNumber.coded(SmallNumber.value(code)) == code) }
    }

    @Test("the last 600 seconds are kept, in order")
    func ring() {
        var history = SecondHistory()
        for second in UInt64(0)..<1000 { history.add(amount: second % 16, firstRate: second % 2, secondRate: 0) }
        #expect(history.count == 600)
        #expect(history.last(600, of: .amount) == (UInt64(400)..<1000).map { $0 % 16 })
        #expect(history.last(3, of: .firstRate) == [1, 0, 1])
        #expect(history.last(9999, of: .secondRate).count == 600)
    }

    @Test(
        "rates over a while are right to a part of one second's, whatever 8 bits round off",
        arguments: [17, 1000, 54_321])
    func means(rate: UInt64) {
        var history = SecondHistory()
        for second in UInt64(0)..<60 {
            history.add(amount: 0, firstRate: rate, secondRate: second.isMultiple(of: 2) ? rate : 0)
        }
        let (ten, sixty) = (history.mean(over: 10, of: .firstRate), history.mean(over: 60, of: .firstRate))
        #expect(ten.distance(to: rate).magnitude <= rate / 64 + 1)
        #expect(sixty.distance(to: rate).magnitude <= rate / 256 + 1)
        #expect(history.mean(over: 60, of: .secondRate).distance(to: rate / 2).magnitude <= rate / 128 + 1)
    }

    @Test("seconds before it began are ones in which there was nothing")
    func quiet() {
        var history = SecondHistory(quietSeconds: 3600)
        history.add(amount: 5, firstRate: 600, secondRate: 0)
        #expect(history.mean(over: 60, of: .firstRate).distance(to: 10).magnitude <= 1)
        #expect(history.last(2, of: .amount) == [0, 5])
    }

    @Test("the end of a history takes no more than its seconds")
    func end() {
        var history = SecondHistory()
        for second in UInt64(0)..<700 { history.add(amount: second % 10, firstRate: 0, secondRate: 0) }
        let end = history.beginning(before: 60)
        #expect(end.last(60, of: .amount) == history.last(60, of: .amount))
        #expect(end.memory < 260)
    }

    @Test("what a publisher published in the last minute, a second")
    func published() {
        let rates = PublishedRates()
        rates.add(600)
        #expect(
            rates.rates.over60.distance(to: 10).magnitude <= 1 && rates.rates.over10.distance(to: 60).magnitude <= 2)
        for _ in 0..<60 { rates.add(0) }
        #expect(rates.rates == LongerRates())
    }

    @Test("a loop's longer rates are means over the seconds that there were")
    func totals() {
        var totals = RecentTotals()
        #expect(totals.mean(over: 10).published == 0)
        for second in UInt64(1)...100 { totals.add(RecentTotals.Second(published: second, delivered: 2, committed: 1)) }
        #expect(totals.mean(over: 10).published == 96)
        #expect(totals.mean(over: 60).published == 71)
        #expect(totals.mean(over: 60).delivered == 2)
    }

    @Test("the broker's history adds up its loops, as far back as all know")
    func loops() {
        var (first, second) = (LoopHistory(), LoopHistory())
        for time in UInt64(1)...5 {
            first.add(.init(published: time), lag: 10, connections: 1, now: time)
            if time > 2 { second.add(.init(published: 100), lag: 1, connections: 2, now: time) }
        }
        let sum = LoopHistory.sum([first, second], last: 600)
        #expect(sum.map(\.traffic.published) == [103, 104, 105])
        #expect(sum.allSatisfy { $0.lag == 11 && $0.connections == 3 })
    }
}
