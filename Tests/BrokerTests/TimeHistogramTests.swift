import Testing

@testable import ZaichikBroker

@Suite("How long something takes")
struct TimeHistogramTests {
    private func summary(_ histogram: TimeHistogram) -> TimeSummary { TimeSummary([histogram]) }

    @Test("what was never counted takes no time")
    func empty() {
        #expect(summary(TimeHistogram()) == TimeSummary())
        #expect(TimeSummary([TimeHistogram]()) == TimeSummary())
    }

    @Test(
        "half, and 99 of 100, are told to a quarter, the longest exactly",
        arguments: [UInt64(20), 100, 1000, 35_000, 1_000_000, 60_000_000, 250_000_000])
    func single(time: UInt64) {
        var histogram = TimeHistogram()
        histogram.add(time, count: 10)
        let found = summary(histogram)
        #expect(found.longest == time)
        #expect(found.median >= time * 3 / 4 && found.median <= time * 5 / 4)
        #expect(found.high == found.median)
    }

    @Test("a few slow ones are in the 99th, not in the half")
    func outliers() {
        var histogram = TimeHistogram()
        histogram.add(1000, count: 97)
        histogram.add(1_000_000, count: 3)
        let found = summary(histogram)
        #expect(found.median < 1500)
        #expect(found.high > 700_000)
    }

    @Test("a million of one time and as many of another count alike, in 64 bytes")
    func many() {
        #expect(MemoryLayout<TimeHistogram>.size <= 64)
        var histogram = TimeHistogram()
        for _ in 0..<1000 {
            histogram.add(1000, count: 500)
            histogram.add(100_000, count: 400)
            histogram.add(1_000_000, count: 100)
        }
        let found = summary(histogram)
        #expect(found.median < 1500 || found.median > 70_000 && found.median < 150_000)
        #expect(found.high > 700_000 && found.high < 1_300_000)
        var mostly = TimeHistogram()
        for run in 0..<100_000 { mostly.add(run % 1000 == 0 ? 1_000_000 : 1000, count: 1) }
        #expect(summary(mostly).high < 1500)
    }

    @Test("a new pace shows within seconds, however much was counted before")
    func fading() {
        var histogram = TimeHistogram()
        for _ in 0..<100 { histogram.add(1000, count: 100_000) }
        for _ in 0..<300 {
            histogram.secondPassed()
            histogram.add(5_000_000, count: 2)
        }
        #expect(summary(histogram).median > 3_000_000)
    }

    @Test("the longest is forgotten after some minutes with traffic")
    func longest() {
        var histogram = TimeHistogram()
        histogram.add(9_000_000, count: 1)
        for _ in 0..<299 { histogram.secondPassed() }
        #expect(histogram.longest == 9_000_000)
        for _ in 0..<301 { histogram.secondPassed() }
        #expect(histogram.longest == 0)
    }

    @Test("times beyond all bounds count as the shortest or the longest")
    func bounds() {
        var histogram = TimeHistogram()
        histogram.add(0, count: 1)
        histogram.add(.max, count: 1)
        #expect(histogram.longest == UInt64(UInt32.max))
        #expect(summary(histogram).median < 32)
        #expect(summary(histogram).high > 200_000_000)
    }

    @Test("the connections of a session count together, each by how much it did")
    func together() {
        var (slow, fast) = (TimeHistogram(), TimeHistogram())
        slow.add(1_000_000, count: 10)
        fast.add(1000, count: 10_000)
        #expect(TimeSummary([slow, fast]).median < 1500)
        #expect(TimeSummary([slow, fast]).longest == 1_000_000)
    }
}
