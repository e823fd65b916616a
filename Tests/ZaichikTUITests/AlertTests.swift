import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

@Suite struct AlertTests {
    private var model = Samples.model(Size(width: 100, height: 24))

    private mutating func set(_ text: String) {
        _ = update(&model, .terminal(.key(.character("!"))), now: Samples.now)
        for character in text { _ = update(&model, .terminal(.key(.character(character))), now: Samples.now) }
        _ = update(&model, .terminal(.key(.enter)), now: Samples.now)
    }

    private mutating func tell(_ seconds: UInt64, lag: UInt64) -> [Effect] {
        var statistics = Samples.statistics
        statistics.time = Samples.now + seconds * Moment.second
        statistics.broker[.largestLag] = lag
        statistics.clients!.rows[0][.lagMessages] = lag
        statistics.clients!.rows[1][.lagMessages] = 0
        return update(&model, .link(.statistics(statistics)), now: statistics.time)
    }

    @Test(
        "a rule is read as it is typed",
        arguments: [
            ("lag > 1000", .lag, nil, true, 1000, 0, nil),
            ("lag of alice > 12k for 30s", .lag, "alice", true, 12_000, 30_000_000, nil),
            ("age > 5m", .age, nil, true, 300_000_000, 0, nil),
            ("memory > 80% for 2", .memory, nil, true, 80, 2_000_000, nil),
            (
                "out < 10/s for 1m run notify-send \"$1\" > x", .out, nil, false, 10, 60_000_000,
                "notify-send \"$1\" > x"
            ),
        ] as [(String, AlertRule.Figure, String?, Bool, UInt64, UInt64, String?)])
    func read(
        text: String, figure: AlertRule.Figure, client: String?, isAbove: Bool, limit: UInt64, span: UInt64,
        command: String?
    ) throws {
        let rule = try AlertRule(text)
        #expect(rule.figure == figure && rule.client == client && rule.isAbove == isAbove)
        #expect(rule.limit == limit && rule.span == span && rule.command == command && rule.description == text)
    }

    @Test(
        "what is no rule says what would be right",
        arguments: [
            ("", "a rule begins with a figure: lag"), ("lgg > 1", "'lgg' is no figure: use lag"),
            ("lag 5", "'5' is no comparison: use > or <"), ("lag", "after 'lag' comes > or < and a number"),
            ("lag > x", "'x' is no number for lag: use one such as 1000"),
            ("age > x", "'x' is no number for age: use one such as 30s"),
            ("memory > 101%", "'101%' is no number for memory: use one such as 80%"),
            ("lag > 99999999999999999999", "is no number"), ("lag > 18446744073709551615k", "is no number"),
            ("lag > 1 for x", "'x' is no time: use one such as 30s"), ("lag > 1 run", "a command after 'run'"),
            ("lag > 1 now", "'now' is too much"), ("memory of alice > 1", "'memory' is the broker's figure"),
            ("lag of", "a client's name after 'of'"),
        ])
    func refused(text: String, problem: String) {
        do throws(AlertRuleError) {
            _ = try AlertRule(text)
            Issue.record("'\(text)' was taken")
        } catch {
            #expect("\(error)".contains(problem))
        }
    }

    @Test("an alert begins once its condition has held for its time, rings once, and ends with it")
    mutating func held() {
        set("lag > 1000 for 30s")
        #expect(model.screens.alerts.alerts.count == 1 && model.prompt == nil)
        #expect(tell(1, lag: 2000).isEmpty)
        #expect(tell(30, lag: 2000).isEmpty && model.screens.alerts.raised.isEmpty)
        #expect(tell(31, lag: 2000) == [.alarm])
        #expect(model.screens.alerts.raised.first?.raised.who == "alice")
        #expect(model.screens.events.entries.last?.report.name == AlertBook.eventName)
        #expect(tell(32, lag: 3000).isEmpty && model.screens.alerts.raised.first?.raised.value == 3000)
        #expect(tell(33, lag: 1000).isEmpty && model.screens.alerts.raised.isEmpty)
        #expect(tell(34, lag: 2000).isEmpty, "its time begins anew")
    }

    @Test("its command gets the sentence")
    mutating func command() {
        set("lag of alice > 1k run say \"$1\"")
        #expect(
            tell(1, lag: 2000) == [.alarm, .run("say \"$1\"", about: "alert: lag of alice > 1k (alice: 2000)")])
    }

    @Test("a client that is not among the rows is not judged, and that is said")
    mutating func unknown() {
        set("lag of nobody > 1")
        #expect(tell(1, lag: 2000).isEmpty)
        #expect(model.screens.alerts.alerts[0].state == .unknown)
        let lines = AlertText.lines(model, columns: 100).map { $0.map(\.text).joined() }
        #expect(lines.contains { $0.contains("unknown") && $0.contains("lag of nobody > 1") })
    }

    @Test("↑ offers the alerts that there are, to remove them")
    mutating func removed() {
        set("lag > 1000")
        set("lag > 1000")
        #expect(model.prompt?.problem == "there is such an alert already")
        _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
        for key in [Key.character("!"), .up, .enter] { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
        #expect(model.screens.alerts.alerts.isEmpty && model.prompt == nil)
    }

    @Test("the header tells an alert at every width, and flashes it at first", arguments: [40, 60, 80, 120, 200])
    mutating func header(width: Int) {
        model.size = Size(width: width, height: 24)
        set("lag > 1000")
        _ = tell(1, lag: 2000)
        let screens = ([0, 500_000] as [UInt64]).map { later in
            model.broker.time += later
            return RootView.screen(model, theme: Theme(scheme: .colors256), now: Samples.now).buffer
        }
        #expect(screens[0].lines[0].contains("alert"))
        #expect(screens[0] != screens[1])
    }
}
