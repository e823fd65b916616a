import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct FigureTests {
    @Test(
        "counts take at most five columns, whatever they are",
        arguments: [
            (0, "0"), (9999, "9999"), (10_000, "10.0k"), (12_841, "12.8k"), (99_949, "99.9k"), (99_950, "100k"),
            (999_499, "999k"), (999_500, "1.0M"), (1_300_000, "1.3M"), (UInt64.max, "18.4E"),
        ] as [(UInt64, String)])
    func counts(value: UInt64, text: String) {
        #expect(Figures.count(value) == text)
    }

    @Test("no count and no size is wider than its column")
    func widths() {
        for shift in 0..<64 {
            for value in [UInt64(1) << shift, (UInt64(1) << shift) &- 1, (UInt64(1) << shift) / 10 * 9] {
                #expect(Figures.count(value).count <= 5)
                #expect(Figures.bytes(value).count <= 5)
            }
        }
    }

    @Test(
        "bytes are in powers of 1024",
        arguments: [
            (512, "512"), (1024, "1.0K"), (1536, "1.5K"), (12 << 20, "12.0M"), (1023 << 20, "1023M"), (1 << 40, "1.0T"),
        ] as [(UInt64, String)])
    func bytes(value: UInt64, text: String) {
        #expect(Figures.bytes(value) == text)
    }

    @Test(
        "ages have two units at most",
        arguments: [
            (5, "<1ms"), (9_000, "9ms"), (999_999, "999ms"), (1_000_000, "1s"), (250_000_000, "4m10s"),
            (11_520_000_000, "3h12m"), (187_200_000_000, "2d4h"),
        ] as [(UInt64, String)])
    func ages(microseconds: UInt64, text: String) {
        #expect(Figures.age(microseconds) == text)
    }

    @Test("the clock is local, and right around midnight")
    func clock() {
        #expect(Figures.clock(Samples.now + 7_000, offset: 0) == "22:13:20.007")
        #expect(Figures.clock(Samples.now, offset: 3 * 3600, milliseconds: false) == "01:13:20")
        #expect(Figures.clock(1_000_000, offset: -3600, milliseconds: false) == "23:00:01")
    }

    @Test("round trips", arguments: [(410, "0.41 ms"), (3_200, "3.2 ms"), (48_000, "48 ms"), (1_500_000, "1.5 s")])
    func roundTrips(microseconds: Int, text: String) {
        #expect(Figures.roundTrip(.microseconds(microseconds)) == text)
    }

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

    @Test("every state has a sentence, and those that are behind say by how much", arguments: ClientState.allCases)
    func verdicts(state: ClientState) {
        var client = Samples.client(2, "a", state, lag: 900, out: 120, flight: 8, window: 8)
        client[.unsentBytes] = 2048
        var topics = [ClientTopicStatistics(), ClientTopicStatistics()]
        topics[0].topic = "orders.eu"
        topics[0][.lagMessages] = 747
        topics[1].topic = "metrics"
        topics[1][.lagMessages] = 153
        let detail = ClientDetail(client: client, subscriptions: [">"], topics: topics)
        let growing = ClientVerdict.sentence(detail, growth: 190)
        let shrinking = ClientVerdict.sentence(detail, growth: -90)
        #expect(growing.hasSuffix("."))
        switch state {
        case .fallingBehind: #expect(growing.contains("grows by 190/s. 83 % of its lag is in 'orders.eu'"))
        case .draining: #expect(shrinking.contains("done in about 10s"))
        case .commitsStopped: #expect(growing.contains("8 deliveries wait for its commit, its last commit was 2s ago"))
        case .notReading: #expect(growing.contains("2.0K"))
        case .idle, .publishing, .keepingUp, .paused, .blocked: #expect(!growing.contains("grows"))
        }
    }
}
