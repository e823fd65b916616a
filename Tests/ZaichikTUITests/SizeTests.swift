import Foundation
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// What holds at every size from 1×1 to 300×100, in every state. Each size is drawn in a few of the states, so that all
/// states meet all kinds of sizes; ZAICHIK_TUI_SIZES=all draws each in every one.
@Suite struct SizeTests {
    private static func message(_ model: Model, _ place: Int, offset: Int = 0) -> Overlay {
        .message(MessageInspection(entry: Array(model.messages.entries)[place], format: .json, offset: offset))
    }

    private typealias State = (name: String, change: (inout Model) -> Void)

    private static func press(_ model: inout Model, _ keys: Key...) {
        for key in keys { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
    }

    private static func list(_ model: inout Model, _ subject: ListSubject, _ page: ListPage) {
        model.overlay = .list(ListScreen(subject, over: nil, now: Samples.now))
        _ = update(&model, .link(.clients(.listed(subject, page))), now: Samples.now)
        press(&model, .down)
    }

    private static var states: [State] {
        PaneTable.standard.panes.flatMap { pane in
            [
                ("\(pane)", { $0.show(pane) }),
                (
                    "\(pane) zoomed",
                    {
                        $0.show(pane)
                        $0.panes.isZoomed = true
                    }
                ),
            ] as [State]
        } + [
            ("help", { press(&$0, .character("?"), .end) }),
            (
                "client",
                {
                    var topics = (0..<40).map { _ in ClientTopicStatistics() }
                    for index in topics.indices { topics[index].topic = "東京 topic \(index)" }
                    let detail = ClientDetail(client: $0.clients.rows[0], subscriptions: [">", "a.*"], topics: topics)
                    $0.overlay = .client(ClientInspection(id: 2, label: "alice", detail: detail, offset: 7))
                }
            ),
            (
                "no such client",
                {
                    let problem = "client 2 is not connected"
                    $0.overlay = .client(ClientInspection(id: 2, label: "alice", problem: problem))
                }
            ),
            ("drawer", { $0 = Samples.withDrawer($0.size) }),
            (
                "drawer entered",
                {
                    $0 = Samples.withDrawer($0.size)
                    $0.drawer.isEntered = true
                }
            ),
            ("queue", { Self.list(&$0, .messages(.client(2), label: "東京"), .messages(Samples.peeked)) }),
            ("parked", { Self.list(&$0, .parked("jobs"), .parked(Samples.parked)) }),
            ("gone", { Self.list(&$0, .closed, .closed(Samples.closed)) }),
            ("settings", { press(&$0, .character("2"), .down, .character("E"), .down, .character("京")) }),
            ("new topic", { press(&$0, .character("2"), .character("c"), .character("東")) }),
            ("columns", { press(&$0, .character("1"), .character("o"), .end, .character(" ")) }),
            ("message", { $0.overlay = Self.message($0, 4, offset: 3) }),
            ("gap", { $0.overlay = Self.message($0, 2) }),
            ("subscribe", { press(&$0, .character("s"), .character("東"), .character("x")) }),
            ("window", { press(&$0, .character("w")) }),
            (
                "filter",
                {
                    press(&$0, .character("1"), .character("\\"))
                    for _ in 0..<80 { press(&$0, .character("京")) }
                }
            ),
            ("palette", { press(&$0, .character(":"), .character("s")) }),
            ("searched", { press(&$0, .character("1"), .character("/"), .character("a"), .enter) }),
            (
                "writing",
                {
                    press(&$0, .character("p"), .tab, .tab)
                    _ = update(
                        &$0, .terminal(.paste(String(repeating: "заяц 東京 👩\u{200D}🚀\n", count: 60))), now: Samples.now)
                }
            ),
            (
                "all switches",
                {
                    press(&$0, .character("Z"), .character("P"), .character("a"))
                    $0.broker.isDemo = true
                }
            ),
            (
                "no connection",
                {
                    let reason =
                        "cannot connect to 127.0.0.1:8889: nothing listens there. Start a broker with: zaichik serve"
                    _ = update(&$0, .link(.lost(reason)), now: Samples.now)
                    _ = update(&$0, .link(.retrying(attempt: 7, delay: .seconds(3))), now: Samples.now)
                }
            ),
            (
                "old figures",
                {
                    for second in 1...9 as ClosedRange<UInt64> {
                        _ = update(&$0, .tick, now: Samples.now + second * Moment.second)
                    }
                }
            ),
            (
                "an event",
                {
                    $0 = Samples.screensModel($0.size)
                    press(&$0, .character("5"), .up, .up, .enter)
                }
            ),
            (
                "the filter of events",
                {
                    $0 = Samples.screensModel($0.size)
                    press(&$0, .character("5"), .character("\\"))
                    for _ in 0..<80 { press(&$0, .character("京")) }
                }
            ),
            (
                "a heat-map",
                {
                    $0 = Samples.screensModel($0.size)
                    press(&$0, .character("6"), .down, .right, .right)
                }
            ),
            (
                "a pair",
                {
                    $0 = Samples.screensModel($0.size)
                    press(&$0, .character("6"), .enter)
                }
            ),
            (
                "a broker in trouble",
                {
                    $0 = Samples.screensModel($0.size)
                    _ = update(&$0, .link(.statistics(Samples.troubled)), now: Samples.now)
                    press(&$0, .character("7"), .end)
                }
            ),
            (
                "a trace",
                {
                    $0 = Samples.screensModel($0.size)
                    press(&$0, .character("1"), .character("T"), .enter)
                }
            ),
            (
                "time travel",
                {
                    $0 = Samples.screensModel($0.size)
                    press(&$0, .character("7"), .character("@"))
                    _ = update(&$0, .link(.screen(.travelled(Samples.travelRecord))), now: Samples.now)
                    press(&$0, .character("["))
                }
            ),
            (
                "an alert",
                {
                    press(&$0, .character("!"))
                    for character in "lag > 1" { press(&$0, .character(character)) }
                    press(&$0, .enter)
                    _ = update(&$0, .link(.statistics(Samples.troubled)), now: Samples.now)
                }
            ),
            ("load", { press(&$0, .character("4"), .character("L"), .character("L"), .enter, .end) }),
            ("slow clients", { press(&$0, .character("4"), .character("W"), .enter, .tab, .tab) }),
            ("options", { press(&$0, .character("p"), .tab, .tab, .tab, .tab) }),
            (
                "difference",
                {
                    press(&$0, .character("3"), .up, .enter, .enter, .character("d"))
                    press(&$0, .left, .left, .left, .left, .left, .character("-"))
                }
            ),
            (
                "marked and filtered",
                { press(&$0, .character("3"), .up, .character(" "), .character("\\"), .character("e")) }
            ),
            ("browse", { press(&$0, .character("3"), .character("B"), .enter) }),
            ("nothing yet", { $0 = Model(size: $0.size, address: "127.0.0.1:8889") }),
        ]
    }

    private static let base = Samples.model(Size(width: 120, height: 30))
    private static let isThorough = ProcessInfo.processInfo.environment["ZAICHIK_TUI_SIZES"] == "all"

    private static func model(_ state: State, _ width: Int, _ height: Int) -> Model {
        var model = base
        state.change(&model)
        _ = update(&model, .terminal(.resize(Size(width: width, height: height))), now: Samples.now)
        return model
    }

    /// Small sizes densely, large ones thinly, each with a few states.
    private static func forEach(_ check: (Model, Comment) -> Void) {
        let states = Self.states
        var turn = 0
        for height in 1...100 where isThorough || height <= 30 || height % 9 == 0 || height == 100 {
            for width in 1...300 where isThorough || width <= 12 || width % 11 == height % 11 || width == 300 {
                for step in 0..<(isThorough ? states.count : width * height < 4000 ? 2 : 1) {
                    let state = states[(turn + step * 7) % states.count]
                    check(model(state, width, height), "\(state.name), \(width)×\(height)")
                }
                turn += 1
            }
        }
    }

    @Test("every state is drawn at every size, with its cursor on the screen and nothing a terminal would obey")
    func drawn() {
        Self.forEach { model, place in
            let screen = RootView.screen(model, theme: Theme(scheme: .colors16), now: Samples.now)
            ScreenRules.check(screen, model, place)
        }
    }

    @Test("whatever is drawn stays within its area")
    func inside() {
        let theme = Theme(scheme: .none)
        func check(_ area: Rect, _ size: Size, _ place: Comment, _ draw: (inout Painter) -> Void) {
            var painter = Painter(size: size, theme: theme)
            draw(&painter)
            for y in 0..<size.height {
                for x in 0..<size.width where !area.contains(Point(x: x, y: y)) {
                    guard painter.buffer[x, y] != .blank else { continue }
                    Issue.record("(\(x), \(y)) is outside of \(area), \(place)")
                    return
                }
            }
        }
        Self.forEach { model, place in
            let layout = model.layout
            guard layout.form != .tooSmall else { return }
            let size = model.size
            check(layout.header, size, place) { HeaderView.draw(model, in: layout.header, now: Samples.now, &$0) }
            check(layout.tabs, size, place) { TabBar.draw(model, layout, &$0) }
            check(layout.status, size, place) { StatusLine.draw(model, in: layout.status, now: Samples.now, &$0) }
            check(layout.keys, size, place) { KeyLine.draw(model, in: layout.keys, &$0) }
            let overlay = OverlayArea(layout)
            check(overlay.frame, size, place) { OverlayView.draw(model, in: overlay, now: Samples.now, &$0) }
            for pane in layout.panes.keys {
                let area = pane.area(in: layout)
                check(area.frame, size, place) { pane.content.draw(model, in: area, isFocused: true, &$0) }
            }
        }
    }

    @Test("the tabs are whole at every width, zoomed or not, and so is what stands beside them")
    func tabs() {
        for width in ScreenLayout.minimum.width...300 {
            for pane in PaneTable.standard.panes {
                for isZoomed in [false, true] {
                    var model = Self.base
                    model.size = Size(width: width, height: 16)
                    model.show(pane)
                    model.panes.isZoomed = isZoomed
                    let layout = model.layout
                    guard !layout.tabs.isEmpty else { continue }
                    var painter = Painter(size: model.size, theme: Theme(scheme: .none))
                    TabBar.draw(model, layout, &painter)
                    let line = painter.buffer.lines[layout.tabs.y]
                    let tabs = TabRow(model.panes, in: layout.tabs).tabs
                    for tab in tabs {
                        let text = (tab.x..<tab.x + tab.label.count).map { painter.buffer[$0, layout.tabs.y].text }
                            .joined()
                        #expect(text == tab.label, "\(width)")
                    }
                    let rest = line.dropFirst(tabs.last.map { $0.x + $0.label.count } ?? 0).drop { $0 == " " }
                    #expect(
                        (isZoomed ? ["zoomed: z shows all", "zoomed: z", "z: all"] : [""]).contains(String(rest)),
                        "\(width)")
                }
            }
        }
    }

    @Test("the header says whether there is a connection, and that the display is paused, at every width")
    func header() {
        for width in ScreenLayout.minimum.width...300 {
            var model = Self.base
            model.size = Size(width: width, height: 16)
            Self.press(&model, .character("Z"), .character("P"), .character("a"))
            let line = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines[0]
            #expect(line.contains("● connected ") && line.contains(" paused"), "\(width): \(line)")
        }
    }

    @Test("at every size the layout's parts lie within the screen and beside each other")
    func layout() {
        for width in 1...300 {
            for height in 1...100 {
                for (isZoomed, statusRows) in [(false, 1), (true, 1), (false, 3)] {
                    let layout = ScreenLayout(
                        size: Size(width: width, height: height), panes: PaneTable.standard.panes, isZoomed: isZoomed,
                        statusRows: statusRows)
                    let rows = [layout.header, layout.tabs, layout.body, layout.status, layout.keys]
                    #expect(rows.reduce(0) { $0 + $1.height } == height)
                    #expect(rows.allSatisfy { $0.x == 0 && $0.maxX <= width && $0.maxY <= height })
                }
            }
        }
    }
}

/// What holds for every screen.
enum ScreenRules {
    static func check(_ screen: RootView.Screen, _ model: Model, _ place: Comment) {
        let buffer = screen.buffer
        #expect(buffer.size == model.size, place)
        if let cursor = screen.cursor {
            #expect(
                cursor.x >= 0 && cursor.y >= 0 && cursor.x < buffer.size.width && cursor.y < buffer.size.height,
                "cursor at \(cursor), \(place)")
        }
        for y in 0..<buffer.size.height {
            var tails = 0
            for x in 0..<buffer.size.width {
                let cell = buffer[x, y]
                guard cell.isTail == (tails > 0), x + cell.columns <= buffer.size.width, isHarmless(cell.text) else {
                    Issue.record("cell (\(x), \(y)) is '\(cell.text.unicodeScalars.map { $0.value })', \(place)")
                    return
                }
                tails = cell.isTail ? tails - 1 : cell.columns - 1
            }
        }
    }

    /// Joiners are the only ones among the harmful that a cell may have, and only behind others.
    private static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.enumerated().allSatisfy { place, scalar in
            !SafeText.isHarmful(scalar) || place > 0 && (scalar == "\u{200C}" || scalar == "\u{200D}")
        }
    }
}
