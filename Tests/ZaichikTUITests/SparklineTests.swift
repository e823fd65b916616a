import Testing

@testable import ZaichikTUI

@Suite struct SparklineTests {
    @Test("a sparkline is as wide as asked, highest where the greatest is, lowest at 0")
    func sparkline() {
        #expect(Sparkline.line([0, 5, 10], columns: 5) == "  ▁▄▇")
        #expect(Sparkline.line([0, 0], columns: 2) == "▁▁")
        #expect(Sparkline.line([], columns: 3) == "   ")
        #expect(Sparkline.line([1, 2, 3], columns: 2) == "▅▇")
        #expect(Sparkline.line([1], columns: 0) == "")
        #expect(Sparkline.line([UInt64.max, 0], columns: 2) == "▇▁")
    }

    @Test("a chart's greatest column is full, its rows are all as wide as asked")
    func chart() {
        let rows = Sparkline.chart([0, 50, 100], columns: 4, rows: 3)
        #expect(rows.allSatisfy { $0.count == 4 })
        #expect(rows.map { $0.suffix(1) } == ["█", "█", "█"])
        #expect(rows.map { String(Array($0)[2]) } == [" ", "▄", "█"])
    }

    @Test("a lag's growth is its slope over the last samples")
    func growth() {
        var history = LagHistory()
        #expect(history.growth == nil)
        for step in 0..<20 { history.append(UInt64(100 + step * 50), at: Moment(step) * 500_000) }
        #expect(history.growth == 100)
        for _ in 0..<1000 { history.append(7, at: history.last + 500_000) }
        #expect(history.growth == 0)
        #expect(history.samples.count == LagHistory.capacity)
    }
}
