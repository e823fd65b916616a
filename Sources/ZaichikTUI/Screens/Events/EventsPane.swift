import ZaichikWords

/// What happens in the broker, as it happens: who comes and goes, what is lost, refused and decided.
enum EventsPane: PaneContent {
    static let name = "Events"
    static let slot = PaneSlot.main
    static let keys = [
        Binding(
            .open, [.enter], [.pane(.events)], "everything that the event says", hint: "details", rank: 2),
        Binding(
            .eventFilter, [.character("\\")], [.pane(.events)],
            "filter, as it is typed: text, !text for events without it, type:gap, level:notice and more important ones",
            hint: "filter", rank: 3),
        Binding(
            .eventLevel, [.character("l")], [.pane(.events)],
            "only the more important ones: from info on, from notice on, warnings only, all again", hint: "level",
            rank: 4),
        Binding(
            .search, [.character("/")], [.pane(.events)], "search in the events, as it is typed", hint: "search",
            rank: 15),
        Binding(
            .nextMatch, [.character("n")], [.pane(.events)], "the next match, to older ones", hint: "older", rank: 5),
        Binding(
            .previousMatch, [.character("N")], [.pane(.events)], "the match before, to newer ones", hint: "newer",
            rank: 6),
        Binding(.follow, [.character("f")], [.pane(.events)], "follow the newest, or stay", hint: "follow", rank: 20),
    ]

    static let commands = [EventCommands.alert, EventCommands.trace]

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        model.screens.events.move(by: distance, height: rows)
    }

    static func moveToEnd(_ model: inout Model, rows: Int) { model.screens.events.follow() }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        let place = model.screens.events.firstSeen(height: area.pageHeight) + row
        guard row >= 0, place < model.screens.events.shown.count else { return }
        model.screens.events.select(place, height: area.pageHeight)
    }

    static func open(_ model: inout Model) -> [Effect] {
        if let entry = model.screens.events.current { model.overlay = .screen(.event(entry), offset: 0) }
        return []
    }

    static func goBack(_ model: inout Model) -> [Effect] {
        if model.screens.events.search != nil {
            model.screens.events.search = nil
        } else if model.screens.events.filter.isEmpty {
            model.screens.events.follow()
        } else {
            model.screens.events.filter = EventFilter("")
        }
        return []
    }

    static func title(_ model: Model) -> [Span] {
        let log = model.screens.events
        var spans = log.search.map { [Span("search \($0.text)", .warning)] } ?? []
        if !log.filter.isEmpty { spans.append(Span("filter \(log.filter.typed)", .warning)) }
        if !log.filter.isEmpty {
            spans.append(Span("\(log.shown.count) of \(log.entries.count)", .quiet))
        } else if !log.entries.isEmpty {
            spans.append(Span(NarrowFigure.count(UInt64(log.entries.count)), .quiet))
        }
        if model.isDisplayPaused, model.screens.travel == nil {
            spans.append(Span("display paused, \(log.waitingCount) new", .paused))
        } else if !log.isFollowing {
            spans.append(Span("stopped, \(log.below) below: G follows", .warning))
        } else if !log.shown.isEmpty {
            spans.append(Span("following", .quiet))
        }
        if log.gone > 0 { spans.append(Span("oldest \(NarrowFigure.count(log.gone)) not shown", .quiet)) }
        if let problem = log.problem, !log.entries.isEmpty { spans.append(Span(problem, .bad)) }
        return spans
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let log = model.screens.events
        let first = log.firstSeen(height: area.rows.height)
        let layout = EventLayout(columns: area.rows.width)
        for (line, entry) in log.shown.dropFirst(first).prefix(area.rows.height).enumerated() {
            let row = area.rows.row(line)
            let spans = layout.spans(entry, utcOffset: model.utcOffset)
            painter.line(log.search?.marked(spans) ?? spans, in: row)
            if first + line == log.cursor, isFocused || !log.isFollowing {
                painter.highlight(row, isFocused ? .selectionFocused : .selection)
            }
        }
        if log.shown.isEmpty { EmptyNotice.draw(emptyText(model), in: area.rows, &painter) }
        ScrollMark.draw(
            in: area.frame, first: first, seen: area.rows.height, of: log.shown.count, focused: isFocused, &painter)
    }

    private static func emptyText(_ model: Model) -> [String] {
        let log = model.screens.events
        if !log.filter.isEmpty, !log.entries.isEmpty {
            return ["no event here matches '\(log.filter.typed)'", "Esc clears the filter"]
        }
        if let problem = log.problem { return ["the broker's events cannot be read", problem] }
        guard model.broker.connection.isConnected else { return [EmptyNotice.disconnected(model)] }
        return ["reading the broker's events…", "it keeps the last 1,000"]
    }
}

/// The columns of a line of the Events pane.
struct EventLayout {
    private let columns: Int
    private let nameWidth: Int
    private let subjectWidth: Int

    init(columns: Int) {
        self.columns = columns
        nameWidth = columns >= 100 ? 19 : columns >= 72 ? 16 : 12
        subjectWidth = columns >= 100 ? 22 : columns >= 72 ? 14 : 0
    }

    func spans(_ entry: EventEntry, utcOffset: Int) -> [Span] {
        let time = TimeText.clock(entry.report.time, offset: utcOffset, milliseconds: columns >= 100)
        var spans = [
            Span(time + " ", .quiet), Span(cell(SafeText.escaped(entry.report.name), nameWidth), entry.role), Span(" "),
        ]
        if subjectWidth > 0 {
            spans += [Span(cell(entry.subject, subjectWidth) + " ", .strong)]
        } else if !entry.subject.isEmpty {
            spans += [Span(entry.subject + " ", .strong)]
        }
        return spans + [Span(entry.text, entry.role == .losing ? .bad : entry.role == .quiet ? .quiet : .text)]
    }

    private func cell(_ text: String, _ width: Int) -> String {
        TextWidth.padded(TextWidth.cut(text, to: width), to: width)
    }
}

extension Pane {
    static let events = Pane(EventsPane.self)
}
