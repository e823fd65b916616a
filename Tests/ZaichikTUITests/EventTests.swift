import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

@Suite struct EventTests {
    private var model = Samples.screensModel(Size(width: 100, height: 24))

    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func type(_ text: String) {
        for character in text { _ = press(.character(character)) }
    }

    private mutating func tell(_ count: Int, from first: Int = 1, name: String = "client-connected") {
        let reports = (first..<first + count).map {
            Samples.report(#"{"event":"\#(name)","time":1,"text":"number \#($0)"}"#)
        }
        _ = update(&model, .link(.screen(.reports(reports.map(ReportNews.event)))), now: Samples.now)
    }

    private var texts: [String] { model.screens.events.shown.map(\.text) }

    @Test("the broker's events are asked for when the pane is seen first, and only then")
    mutating func asked() {
        let read = Effect.link(.screen(.read(.events)))
        var model = Samples.model(Size(width: 100, height: 24))
        #expect(!update(&model, .link(.statistics(Samples.statistics)), now: Samples.now).contains(read))
        _ = update(&model, .terminal(.key(.character("5"))), now: Samples.now)
        #expect(update(&model, .link(.statistics(Samples.statistics)), now: Samples.now).contains(read))
        #expect(!update(&model, .link(.statistics(Samples.statistics)), now: Samples.now).contains(read))
    }

    @Test("of many events the newest stay, and the others are counted")
    mutating func bounded() {
        tell(EventLog.most + 300)
        let log = model.screens.events
        #expect(log.entries.count == EventLog.most && log.shown.count == EventLog.most)
        #expect(log.gone == UInt64(300 + Samples.events.count))
        #expect(texts.last == "number \(EventLog.most + 300)")
    }

    @Test("the cursor stays at its event while others come, and at the last one the newest is followed again")
    mutating func cursor() {
        _ = press(.character("5"), .up, .up)
        let current = model.screens.events.current
        #expect(current != nil && !model.screens.events.isFollowing)
        tell(50)
        #expect(model.screens.events.current == current && model.screens.events.below == 52)
        _ = press(.character("G"))
        #expect(model.screens.events.isFollowing && model.screens.events.current?.text == "number 50")
        _ = press(.character("f"))
        #expect(!model.screens.events.isFollowing)
        _ = press(.character("f"))
        #expect(model.screens.events.isFollowing)
    }

    @Test("while the display is paused events wait, and none of them is lost")
    mutating func paused() {
        model.messages.pause()
        model.screens.events.pause()
        let before = texts.count
        tell(9)
        #expect(texts.count == before && model.screens.events.waitingCount == 9)
        model.screens.events.resume()
        #expect(texts.count == before + 9)
    }

    @Test(
        "types, levels, texts and texts that are not there are filtered for",
        arguments: [
            ("type:gap", ["gap"]), ("type:gap,acted", ["gap", "acted"]), ("level:warning", ["refusals-begun"]),
            ("level:notice !pause", ["listening", "refusals-begun"]), ("ALICE !verdict", ["client-connected"]),
            ("письма", ["refusals-begun"]), ("moon", []),
        ])
    mutating func filter(text: String, names: [String]) {
        _ = press(.character("5"), .character("\\"))
        type(text)
        #expect(model.screens.events.shown.map(\.report.name) == names)
        _ = press(.enter)
        #expect(model.prompt == nil && model.screens.events.filter.typed == text)
        _ = press(.escape)
        #expect(model.screens.events.shown.count == Samples.events.count)
    }

    @Test("a level that is none is said, and the filter stays what it was")
    mutating func problem() {
        _ = press(.character("5"), .character("\\"))
        type("level:x")
        #expect(model.prompt?.problem == "there is no level 'x', only debug, info, notice, warning")
        _ = press(.enter)
        #expect(model.prompt != nil)
        _ = press(.escape)
        #expect(model.screens.events.filter.isEmpty)
    }

    @Test("the level key goes from all to the warnings and back, beside what is filtered for")
    mutating func level() {
        _ = press(.character("5"), .character("\\"))
        type("!x")
        _ = press(.enter)
        var filters: [String] = []
        for _ in 0..<4 {
            _ = press(.character("l"))
            filters.append(model.screens.events.filter.typed)
        }
        #expect(filters == ["!x level:info", "!x level:notice", "!x level:warning", "!x"])
    }

    @Test("losses are the loudest of events")
    func loudness() {
        let roles = Dictionary(model.screens.events.entries.map { ($0.report.name, $0.role) }) { $1 }
        #expect(roles["gap"] == .losing && roles["refusals-begun"] == .bad && roles["client-connected"] == .text)
        #expect(roles["verdict-changed"] == Role.state(.fallingBehind))
    }

    @Test("an event says who it is about once, and nothing that a terminal would obey")
    func subjects() {
        let entries = Array(model.screens.events.entries)
        #expect(
            entries.map(\.subject) == [
                "", "alice#2", "orders.eu", "alice#2", "jobs", "письма.входящие", "zaichik-tui#1",
            ])
        #expect(entries[4].text == "lost 120 messages of 'metrics.cpu': limit")
        #expect(!entries[6].text.unicodeScalars.contains("\u{1B}"))
    }

    @Test("a search goes to the newest match as it is typed, n to older ones, and Esc back to where it began")
    mutating func search() {
        _ = press(.character("5"), .character("/"))
        type("alice")
        #expect(model.screens.events.current?.report.name == "verdict-changed" && model.prompt?.found == "1 of 2")
        _ = press(.enter, .character("n"))
        #expect(model.screens.events.current?.report.name == "client-connected")
        _ = press(.character("n"))
        #expect(model.notice?.text == "match 1 of 2: the search went on at the newest")
        _ = press(.character("N"))
        #expect(model.screens.events.current?.report.name == "client-connected")
        _ = press(.escape)
        #expect(model.screens.events.search == nil)
        _ = press(.character("G"), .character("/"))
        type("moon")
        #expect(model.prompt?.problem == "not found")
        _ = press(.escape)
        #expect(model.screens.events.isFollowing && model.screens.events.search == nil)
    }
}
