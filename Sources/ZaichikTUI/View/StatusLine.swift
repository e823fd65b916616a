import ZaichikProtocol

/// Below the panes: a prompt, or what there is to say, or why there is no connection.
enum StatusLine {
    static func draw(_ model: Model, in row: Rect, now: Moment, _ painter: inout Painter) {
        guard !row.isEmpty else { return }
        if let prompt = model.prompt {
            draw(prompt, in: row, &painter)
        } else if let notice = model.notice, notice.until > now {
            painter.line([Span(" " + notice.text, notice.isBad ? .noticeBad : .noticeGood)], in: row)
        } else if case .lost(let reason, let since, let attempt, _) = model.connection {
            let text = " \(reason) (\(Figures.age(now.since(since))) ago, attempt \(attempt))"
            painter.line([Span(text, .noticeBad)], in: row)
        } else if let own = model.ownRow, !model.commits.isAutomatic {
            let text =
                " by hand: \(model.commits.inFlight) in flight of \(model.commits.window), own lag "
                + "\(Figures.count(own[.lagMessages])): c commits up to the cursor, C all, a automatically again"
            painter.line([Span(text, .warning)], in: row)
        }
    }

    private static func draw(_ prompt: Prompt, in row: Rect, _ painter: inout Painter) {
        var x = painter.text(" \(prompt.label): ", x: row.x, y: row.y, in: row, .key)
        var tail: [Span] = []
        if let problem = prompt.problem {
            tail = [Span(problem, .noticeBad)]
        } else if prompt.question == .window {
            tail = [Span(Prompt.windowRule, .quiet)]
        } else if prompt.question == .subscribe {
            tail = [Span("from ", .quiet), Span(prompt.start.label, .strong), Span("  * >: wildcards", .quiet)]
        }
        let room = row.maxX - x
        let wanted = tail.reduce(2) { $0 + TextWidth.columns(of: $1.text) }
        let width = max(min(24, room), room - wanted)
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
