import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

@Suite struct TourTests {
    var model = Samples.model(Size(width: 120, height: 30))

    private mutating func press(_ keys: Key...) {
        for key in keys { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
    }

    private mutating func type(_ text: String) { _ = update(&model, .terminal(.typed(text)), now: Samples.now) }
    private var screen: String {
        RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.joined(separator: "\n")
    }

    @Test("F2 begins it, a step is done when its thing is done, F2 goes on, and behind the last step it ends")
    mutating func wholeTour() throws {
        _ = update(&model, .link(.statistics(Samples.sessions)), now: Samples.now)
        press(.function(2))
        #expect(screen.contains("tour 1 of 9, Lag:"))
        press(.down)
        #expect(model.tour?.isDone == true && model.tour?.spans.last?.text.contains("F2 goes on") == true)
        press(.function(2), .enter)
        #expect(model.tour?.isDone == true)
        press(.function(2), .escape, .character("\\"))
        type("state:losing")
        press(.enter)
        #expect(model.tour?.isDone == true)
        press(.function(2), .escape, .character("a"))
        _ = update(&model, .link(.arrived([Samples.message(7, "a", "1")])), now: Samples.now)
        #expect(model.tour?.isDone == false)
        press(.character("C"))
        #expect(model.tour?.isDone == true)
        press(.function(2), .character("w"))
        type("4")
        press(.enter)
        #expect(model.tour?.isDone == true)
        press(.function(2))
        let twice = PublishResult(
            topic: "payments", key: "k1", length: 1, outcome: .duplicate(sequence: 4), time: Samples.now)
        _ = update(&model, .link(.published(twice)), now: Samples.now)
        #expect(model.tour?.isDone == true)
        press(.function(2), .character("2"), .down, .enter)
        #expect(model.tour?.isDone == true)
        press(.function(2), .escape, .character("1"))
        model.clients.selected = 40
        press(.enter)
        #expect(model.tour?.isDone == true)
        press(.escape, .function(2))
        let target = ActTarget.client(model.clients.rows[0], label: "alice")
        _ = update(
            &model, .link(.acted(ActPlan(item: .disconnect, target: target), Acted([], isDryRun: false))),
            now: Samples.now)
        #expect(model.tour?.isDone == true && model.tour?.spans.last?.text.contains("F2 ends the tour") == true)
        press(.function(2))
        #expect(model.tour == nil)
    }

    @Test("F3 ends it at once")
    mutating func ended() {
        press(.function(3))
        #expect(model.notice?.text == "no tour is being taken")
        press(.function(2), .function(3))
        #expect(model.tour == nil)
    }

    @Test(
        "its text is whole at 80 columns, and takes rows from the panes, never from the keys", arguments: [0, 1, 5, 8])
    mutating func fits(step: Int) {
        model.size = Size(width: 80, height: 24)
        press(.function(2))
        for _ in 0..<step { press(.function(2)) }
        let lines = TourText.lines(model, rows: TourText.rows(model), columns: 80).map { $0.map(\.text).joined() }
        #expect(lines.count <= 3 && lines.allSatisfy { TextWidth.columns(of: $0) <= 80 })
        #expect(screen.contains("F3") || screen.contains("q quit"))
    }
}
