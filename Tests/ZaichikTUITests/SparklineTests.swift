import Testing

@testable import ZaichikTUI

@Suite struct SparklineTests {
    @Test("a sparkline is as wide as asked, highest at the top of its scale, lowest at 0")
    func sparkline() {
        let ten = SparklineScale(holding: 10)
        #expect(Sparkline.line([0, 5, 10], columns: 5, scale: ten) == "  ▁▄▇")
        #expect(Sparkline.line([0, 0], columns: 2, scale: ten) == "▁▁")
        #expect(Sparkline.line([], columns: 3, scale: ten) == "   ")
        #expect(Sparkline.line([1, 2, 3], columns: 2, scale: ten) == "▃▃")
        #expect(Sparkline.line([1], columns: 0, scale: ten) == "")
        #expect(Sparkline.line([UInt64.max, 0], columns: 2, scale: SparklineScale(holding: .max)) == "▇▁")
        #expect(Sparkline.line([UInt64.max, 1], columns: 2, scale: ten) == "▇▂")
    }

    @Test(
        "a scale holds the greatest figure, and its top is 1, 2, 3 or 5 with zeros",
        arguments: [
            (UInt64(0), UInt64(10), "10"), (10, 10, "10"), (11, 20, "20"), (21, 30, "30"), (31, 50, "50"),
            (51, 100, "100"),
            (12_841, 20_000, "20k"), (999_999, 1_000_000, "1M"), (4_000_000_000, 5_000_000_000, "5G"),
        ])
    func scale(most: UInt64, top: UInt64, text: String) {
        let scale = SparklineScale(holding: most)
        #expect(scale.top == top && scale.text == text)
    }

    @Test("a scale holds any figure there is")
    func largestScale() {
        let figures: [UInt64] = [.max, .max - 1, 10_000_000_000_000_000_001]
        for most in figures { #expect(SparklineScale(holding: most).top >= most) }
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
