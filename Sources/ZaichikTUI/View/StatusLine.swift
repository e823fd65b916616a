import ZaichikProtocol
import ZaichikWords

/// Draws the rows below the panes: a prompt, a notice, or the reason why there is no connection.
enum StatusLine {
    /// Text over several rows; if it is still too long it ends in `…`.
    private static func draw(_ text: String, _ role: Role, in area: Rect, _ painter: inout Painter) {
        let lines = StatusText.lines(text, columns: area.width)
        for (index, line) in lines.prefix(area.height).enumerated() {
            let rest = index == area.height - 1 ? lines[index...].joined(separator: " ") : line
            painter.line([Span(" " + rest, role)], in: area.row(index))
        }
    }

    static func draw(_ model: Model, in area: Rect, now: Moment, _ painter: inout Painter) {
        guard !area.isEmpty else { return }
        let (above, area) = area.split(top: TourText.rows(model))
        for (index, line) in TourText.lines(model, rows: above.height, columns: area.width).enumerated() {
            painter.line(line, in: above.row(index))
        }
        guard !area.isEmpty else { return }
        let row = area.row(0)
        if let prompt = model.prompt {
            draw(prompt, model, in: row, &painter)
            let lines = StatusText.below(prompt, columns: area.width)
            let rest = Rect(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1)
            if !lines.isEmpty { draw(lines.joined(separator: " "), .noticeBad, in: rest, &painter) }
        } else if let notice = model.notice, notice.until > now {
            draw(notice.text, notice.isBad ? .noticeBad : .noticeGood, in: area, &painter)
        } else if let travel = model.screens.travel {
            draw(travel.status, travel.problem == nil ? .warning : .noticeBad, in: area, &painter)
        } else if case .lost(let reason, let since, let attempt, _) = model.broker.connection {
            let age = FigureText.age(microseconds: now.since(since))
            let text = StatusText.lost(reason, model.broker.address, age: age, attempt: attempt)
            draw(text, .noticeBad, in: area, &painter)
        } else if case .ended(let reason, _) = model.broker.connection {
            draw(StatusText.ended(reason, model.broker.address), .noticeBad, in: area, &painter)
        } else if !model.commits.isAutomatic {
            let text = " by hand: \(model.commits.inFlight) to commit; c up to the cursor, C all, a automatic again"
            painter.line([Span(text, .warning)], in: row)
        }
    }

    /// Beside the field: what is wrong, or what can be typed.
    private static func tail(_ prompt: Prompt, _ model: Model) -> [Span] {
        if let problem = prompt.problem {
            return StatusText.below(prompt, columns: model.size.width).isEmpty ? [Span(problem, .noticeBad)] : []
        }
        switch prompt.question {
        case .window: return [Span(Prompt.windowRule, .quiet)]
        case .subscribe:
            let start = [Span("from ", .quiet), Span(prompt.start.label, .strong)]
            return model.isNewTopic(prompt.editor.text)
                ? start + [Span("  a new topic", .warning)]
                : start + [Span("  * >: wildcards", .quiet)]
        case .filter(let pane):
            return (pane.content as? any TablePane.Type).map { [Span($0.filterHint, .quiet)] } ?? []
        case .search, .findRow: return prompt.found.map { [Span($0, .quiet)] } ?? []
        case .returnMessages: return [Span(Prompt.returnRule, .quiet)]
        case .parkMessages: return [Span(Prompt.parkRule, .quiet)]
        case .filterMessages:
            let shown = model.shownLog.shown.count
            return [Span("\(shown) shown; \(Prompt.filterRule)", .quiet)]
        case .switchTopic:
            guard model.switchableTopics.contains(prompt.editor.text) else { return [] }
            let isHidden = model.shownLog.filter.hidden.contains(prompt.editor.text)
            return [Span(isHidden ? "hidden: Enter shows it" : "shown: Enter hides it", isHidden ? .warning : .quiet)]
        case .browse: return [Span(Prompt.browseRule, .quiet)]
        case .export: return [Span(prompt.found ?? Prompt.exportRule, .quiet)]
        case .act(let plan): return [Span(plan.rule, .quiet)]
        case .eventSearch: return prompt.found.map { [Span($0, .quiet)] } ?? []
        case .eventFilter: return [Span(EventFilter.hint, .quiet)]
        case .alert: return [Span(AlertRule.hint, .quiet)]
        case .trace: return [Span(Model.traceRule, .quiet)]
        case .confirm, .unsubscribe, .dropParked, .chooseFile, .findKey, .palette: return []
        }
    }

    private static func draw(_ prompt: Prompt, _ model: Model, in row: Rect, _ painter: inout Painter) {
        var x = painter.text(" \(prompt.label): ", x: row.x, y: row.y, in: row, .key)
        var tail = tail(prompt, model)
        let room = row.maxX - x
        var wanted = tail.reduce(2) { $0 + TextWidth.columns(of: $1.text) }
        var least = min(StatusText.narrowestField, room)
        if prompt.question == .subscribe, prompt.problem == nil, room - wanted < least {
            // Tab changes the start: that must be seen on any screen.
            tail = [Span(prompt.start.shortLabel, .strong)]
            wanted = 1 + TextWidth.columns(of: prompt.start.shortLabel)
            least = 1
        }
        let width = max(least, room - wanted)
        let box = Rect(x: x, y: row.y, width: width, height: 1)
        painter.fill(box, .fieldFocused)
        EditorView.draw(prompt.editor, in: box, .fieldFocused, active: true, &painter)
        if prompt.isSelected {
            let selected = min(TextWidth.columns(of: prompt.editor.text), width - 1)
            painter.highlight(Rect(x: x, y: row.y, width: selected, height: 1), .fieldSelected)
        }
        x += width + 1
        painter.line(tail, in: Rect(x: x, y: row.y, width: max(0, row.maxX - x), height: 1))
    }
}
