import ZaichikProtocol
import ZaichikWords

/// Draws the acts to choose from, or what one of them would take, in a box over everything else.
enum ActView {
    static func draw(_ model: Model, in body: Rect, _ painter: inout Painter) {
        guard let acts = model.acts, !body.isEmpty else { return }
        let (title, lines, selected) = content(acts, model, columns: min(body.width - 4, widest))
        let frame = Self.frame(of: lines, title, in: body)
        painter.fill(frame, .text)
        painter.frame(frame, title: title, focused: true)
        let inside = frame.inset(columns: 2, rows: 1)
        // The chosen one stays in sight on a screen that is too low for all.
        let first = max(0, min((selected ?? 0) - inside.height + 1, lines.count - inside.height))
        for (row, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
            painter.line(line, in: inside.row(row))
            if row + first == selected { painter.highlight(inside.row(row), .selectionFocused) }
        }
    }

    private static let widest = 76

    private static func frame(of lines: [[Span]], _ title: [Span], in body: Rect) -> Rect {
        let widths = lines.map { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }
        let titleWidth = title.reduce(2) { $0 + TextWidth.columns(of: $1.text) + 3 }
        let width = min(max((widths.max() ?? 0) + 4, titleWidth), body.width)
        let height = min(lines.count + 2, body.height)
        return Rect(
            x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width: width, height: height)
    }

    private static func content(
        _ acts: ActDialog, _ model: Model, columns: Int
    ) -> (title: [Span], lines: [[Span]], selected: Int?) {
        switch acts {
        case .menu(let menu):
            return (
                [Span("Act on \(menu.target.title)"), Span("Esc closes", .quiet)],
                items(menu, model)
                    + command(ActPlan(item: menu.chosen, target: menu.target), key: "y", columns: columns),
                menu.selected
            )
        case .rehearsal(let rehearsal):
            let plan = rehearsal.plan
            return (
                [Span("\(plan.item.word) \(plan.target.title)?")],
                outcome(rehearsal, columns: columns) + command(plan, key: "^Y", columns: columns), nil
            )
        }
    }

    /// Those that do nothing now stay, with the reason.
    private static func items(_ menu: ActMenu, _ model: Model) -> [[Span]] {
        menu.items.map { item in
            guard let obstacle = item.obstacle(menu.target, model) else {
                return [Span("\(item.key)", .key), Span("  \(item.title)")]
            }
            return [Span("\(item.key)  \(item.title)", .quiet), Span("  (\(obstacle))", .quiet)]
        }
    }

    private static func command(_ plan: ActPlan, key: String, columns: Int) -> [[Span]] {
        [[]] + TextWidth.wrap(plan.command, columns).map { [Span($0, .quiet)] } + [[Span("\(key) copies it", .quiet)]]
    }

    private static func outcome(_ rehearsal: ActRehearsal, columns: Int) -> [[Span]] {
        let plan = rehearsal.plan
        if let problem = rehearsal.problem {
            return TextWidth.words(problem, columns: columns).map { [Span($0, .bad)] }
        }
        guard let act = plan.item.act else { return deletion(plan, columns: columns) }
        guard let outcome = rehearsal.outcome else { return [[Span("asking the broker what would go…", .quiet)]] }
        let line = ActText.line(act, outcome, of: plan.target.name) + (act == .disconnect ? ActText.loss(outcome) : "")
        let rows = outcome.rows.filter { $0.messages > 0 && $0.name != plan.target.name }
        return TextWidth.words(line, columns: columns).map { [Span($0, .strong)] }
            + rows.prefix(5).map { row in
                [Span("  \(row.name)  ", .quiet), Span("\(row.messages) messages")]
            }
            + (Int(outcome.count) > 5 && rows.count > 5 ? [[Span("  and \(outcome.count - 5) more", .quiet)]] : [])
    }

    /// What has no dry run: the figures of its row tell whether it is safe.
    private static func deletion(_ plan: ActPlan, columns: Int) -> [[Span]] {
        let text: String
        switch plan.target {
        case .several(let targets):
            let waiting = targets.reduce(0) { $0 + $1.messages }
            text = "\(waiting) \(waiting == 1 ? "message" : "messages") in \(plan.target.name) would go."
        case .client(let row, _):
            let lag = row[.lagMessages]
            text =
                lag == 0
                ? "Nothing waits in its queue."
                : "\(lag) \(lag == 1 ? "message waits" : "messages wait") in its queue, and would be lost."
        case .topic(let row):
            let (kept, readers) = (row[.retainedMessages], row[.subscribers])
            let readersText =
                readers == 0
                ? "nobody reads it"
                : "\(readers) \(readers == 1 ? "client reads it and is" : "clients read it and are") told"
            text = "\(kept) \(kept == 1 ? "message" : "messages") kept would go; \(readersText)."
        }
        return TextWidth.words(text, columns: columns).map { [Span($0, .strong)] }
    }
}
