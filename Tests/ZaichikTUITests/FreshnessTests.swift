import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct FreshnessTests {
    var model = Samples.model(Size(width: 120, height: 30))

    private mutating func tick(_ seconds: UInt64) {
        _ = update(&model, .tick, now: Samples.now + seconds * Moment.second)
    }

    private mutating func tell(_ event: LinkEvent, _ seconds: UInt64) {
        _ = update(&model, .link(event), now: Samples.now + seconds * Moment.second)
    }

    private func screen(_ scheme: ColorScheme = .none, _ seconds: UInt64) -> CellBuffer {
        RootView.screen(model, theme: Theme(scheme: scheme), now: Samples.now + seconds * Moment.second).buffer
    }

    private func text(_ seconds: UInt64) -> String { screen(.none, seconds).lines.joined(separator: "\n") }

    @Test("a broker that hangs is told within seconds, and what it said last is marked with its age")
    mutating func hung() {
        tick(1)
        #expect(text(1).contains("● connected") && !text(1).contains(" old"))
        for second in 2...7 as ClosedRange<UInt64> { tick(second) }
        #expect(text(7).contains("no answer for 7 s") && text(7).contains("7s old"))
        for scheme in ColorScheme.allCases {
            let screen = screen(scheme, 7)
            let row = model.area(of: .clients).rows.y
            #expect((4..<20).allSatisfy { screen[$0, row].style.attributes.contains(.dim) })
        }
        tell(.statistics(Samples.statistics), 8)
        #expect(text(8).contains("● connected") && !text(8).contains(" old"))
    }

    @Test("a broker that answers and sends no figures is there, and its figures are old")
    mutating func noFigures() {
        for second in 1...9 as ClosedRange<UInt64> { tell(.roundTrip(.milliseconds(1)), second) }
        #expect(text(9).contains("● connected") && text(9).contains("9s old"))
        #expect(screen(.none, 9).lines[0].contains("no figures for 9 s"))
    }

    @Test("the header's figures are dim as soon as they are old, at every width", arguments: [40, 80, 120, 200])
    mutating func header(width: Int) throws {
        model.size.width = width
        for second in 1...3 as ClosedRange<UInt64> {
            tick(second)
            for scheme in ColorScheme.allCases {
                let buffer = screen(scheme, second)
                let line = (0..<width).map { buffer[$0, 0].text }
                guard let place = line.indices.dropLast(5).first(where: { line[$0..<$0 + 5].joined() == "18.4k" })
                else { continue }
                #expect(buffer[place, 0].style.attributes.contains(.dim) == (second >= 2))
            }
        }
    }

    @Test("without a connection the figures have their age too")
    mutating func lost() {
        tell(.lost("gone"), 1)
        for second in 2...5 as ClosedRange<UInt64> { tick(second) }
        #expect(text(5).contains("5s old") && !text(5).contains("no answer"))
    }

    @Test("a paused display is as old as was asked for: the broker is there")
    mutating func paused() {
        _ = update(&model, .terminal(.key(.character("Z"))), now: Samples.now)
        for second in 1...9 as ClosedRange<UInt64> { tell(.statistics(Samples.statistics), second) }
        #expect(!text(9).contains(" old") && text(9).contains("display paused"))
    }

    @Test("this program having been stopped is not the broker's silence")
    mutating func stopped() {
        tick(60)
        #expect(text(60).contains("● connected"))
        for second in 61...65 as ClosedRange<UInt64> { tick(second) }
        #expect(text(65).contains("no answer for 5 s"))
    }

    @Test("a clock that is set back neither hides a silence for ever nor makes one up")
    mutating func clockSetBack() {
        for second in [0, 1, 2, 3, 4, 5] as [UInt64] {
            _ = update(&model, .tick, now: Samples.now - 3_600 * Moment.second + second * Moment.second)
            #expect((model.broker.freshness.silence != nil) == (second >= 4))
        }
    }

    @Test("the screen is due for a change exactly when the next second of a silence is over")
    mutating func nextChange() {
        var now = Samples.now
        for _ in 0..<20 {
            guard let next = model.broker.freshness.nextChange(isConnected: true) else {
                Issue.record("nothing is due")
                return
            }
            #expect(next > now)
            now = next
            let before = model.broker.freshness
            _ = update(&model, .tick, now: now)
            #expect(model.broker.freshness != before)
        }
        #expect(now <= Samples.now + 22 * Moment.second)
    }
}
