import ZaichikProtocol
import ZaichikWords

/// Draws the load generator and the slow clients in the Publish pane: what is set, and below how it goes.
enum LoadView {
    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let isEditing = isFocused && model.publish.isEditing
        switch model.publish.screen {
        case .message: break
        case .load:
            draw(
                model.publish.load.form, isEditing, figures(model.publish.load, area.inside.width), area.inside,
                &painter)
        case .slowClients:
            let lines = figures(model.publish.slowClients, model, area.inside.width)
            draw(model.publish.slowClients.form, isEditing, lines, area.inside, &painter)
        }
    }

    // MARK: Settings

    /// In one column, or in two where that leaves room for the figures.
    private static func draw<K: Knob>(
        _ form: KnobForm<K>, _ isEditing: Bool, _ figures: [[Span]], _ inside: Rect, _ painter: inout Painter
    ) {
        let places = KnobArea<K>(inside, form, isEditing: isEditing, figures: figures.count)
        for knob in K.allCases {
            guard let row = places.row(of: knob) else { continue }
            let isActive = isEditing && form.current == knob
            painter.text(knob.label, x: row.x + 1, y: row.y, in: row, isActive ? .key : .quiet)
            let box = Rect(x: row.x + 9, y: row.y, width: max(1, row.width - 10), height: 1)
            let role: Role = isActive ? .fieldFocused : .field
            painter.fill(box, role)
            if form[knob].isEmpty {
                painter.text(TextWidth.cut(knob.hint, to: box.width), x: box.x, y: box.y, in: box, .placeholder)
                painter.overlayBackground(box, painter.theme[role].background)
            }
            EditorView.draw(form[knob], in: box, role, active: isActive, &painter)
        }
        for (line, spans) in figures.prefix(places.figures.height).enumerated() {
            painter.line([Span(" ")] + spans, in: places.figures.row(line))
        }
    }

    // MARK: Figures

    private static func figures(_ state: LoadState, _ columns: Int) -> [[Span]] {
        guard let report = state.report else {
            return [[Span("L starts it, Enter changes what is set, Esc goes back", .quiet)]]
        }
        var head = [Span(state.isRunning ? "running " : "stopped ", state.isRunning ? .good : .quiet)]
        head.append(Span(FigureText.age(microseconds: report.elapsed), .quiet))
        if report.isBlocked { head.append(Span("  held back by the broker", .bad)) }
        var lines = [
            head,
            [Span("sent ", .quiet), Span("\(report.sent)", .strong), Span("  \(report.rate)/s")],
            [Span("accepted ", .quiet), Span("\(report.confirmed)", .good)]
                + (report.refused > 0 ? [Span("  refused \(report.refused)", .bad)] : [])
                + (report.missed > 0 ? [Span("  not sent in time \(report.missed)", .warning)] : []),
        ]
        lines += latency(report.latency, columns)
        if let problem = report.problem {
            lines += TextWidth.words(problem, columns: max(8, columns - 2)).map { [Span($0, .bad)] }
        }
        return lines
    }

    /// In one line, or in two where there is no room for that.
    private static func latency(_ histogram: LatencyHistogram, _ columns: Int) -> [[Span]] {
        guard histogram.count > 0 else { return [[Span("no answer yet", .quiet)]] }
        let percentiles = [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9)].map { name, percent in
            (name, histogram.percentile(percent) ?? 0)
        }
        let figures = (percentiles + [("max", histogram.longest)]).map { name, value in
            [Span("\(name) ", .quiet), Span(FigureText.duration(microseconds: value) + "  ")]
        }
        let head = [Span("answered in ", .quiet)]
        if columns >= 76 { return [head + figures.joined()] }
        return [head + figures.prefix(2).joined(), [Span("  ")] + figures.dropFirst(2).joined()]
    }

    private static func figures(_ state: SlowClientsState, _ model: Model, _ columns: Int) -> [[Span]] {
        guard let report = state.report else {
            return [[Span("W starts them, Enter changes what is set; their lag is in Clients", .quiet)]]
        }
        var head = [Span(state.isRunning ? "running " : "stopped ", state.isRunning ? .good : .quiet)]
        head.append(Span(FigureText.age(microseconds: report.elapsed), .quiet))
        head.append(Span("  \(report.connected) connected"))
        if report.stalled > 0 { head.append(Span("  \(report.stalled) stalled", .warning)) }
        var lines = [
            head,
            [
                Span("delivered ", .quiet), Span("\(report.delivered)"), Span("  committed ", .quiet),
                Span("\(report.committed)"),
            ],
        ]
        if report.reconnects > 0 { lines.append([Span("came again ", .quiet), Span("\(report.reconnects) times")]) }
        if report.lost > 0 { lines.append([Span("lost \(report.lost) messages", .losing)]) }
        let lag = model.clients.rows.filter { $0.name.hasPrefix(SlowClientReport.namePrefix) }
            .reduce(UInt64(0)) { $0 &+ $1[.lagMessages] }
        if state.isRunning { lines.append([Span("their lag ", .quiet), Span("\(lag)", .strong)]) }
        if let problem = report.problem {
            lines += TextWidth.words(problem, columns: max(8, columns - 2)).map { [Span($0, .bad)] }
        }
        return lines
    }
}

/// The places of settings and of the figures below.
struct KnobArea<K: Knob> {
    let figures: Rect
    private let rows: [K: Rect]

    /// - Parameter figures: How many lines there are.
    init(_ inside: Rect, _ form: KnobForm<K>, isEditing: Bool, figures lines: Int) {
        let count = K.allCases.count
        let columns = inside.width >= 100 ? 3 : inside.width >= 30 ? 2 : 1
        let height = (count + columns - 1) / columns
        // Where there is no room for all, the one that is typed into is seen.
        let active = isEditing ? form.current.rawValue % height + 1 : 0
        let seen = max(1, min(height, max(active, inside.height - lines)))
        let shown = min(seen, inside.height)
        let hidden = max(0, active - shown)
        let width = inside.width / columns
        rows = K.allCases.reduce(into: [:]) { rows, knob in
            let y = knob.rawValue % height - hidden
            guard y >= 0, y < shown else { return }
            let x = knob.rawValue / height * width
            rows[knob] = Rect(x: inside.x + x, y: inside.y + y, width: width, height: 1)
        }
        figures = inside.split(top: shown).rest
    }

    func row(of knob: K) -> Rect? { rows[knob] }

    /// The setting in a row, the one at the left.
    func knob(atRow y: Int) -> K? { K.allCases.first { rows[$0]?.y == y } }
}
