import ZaichikWords

/// The form of what to publish, and what became of it.
enum PublishPane {
    static func draw(_ model: Model, in rect: Rect, _ painter: inout Painter) {
        let focused = model.focus == .publish
        let form = model.publish
        var title = [Span("4 Publish")]
        if form.isEditing, focused { title.append(Span("writing", .quiet)) }
        if form.waiting > 0 { title.append(Span("\(form.waiting) waiting", .warning)) }
        if model.isBlocked { title.append(Span("blocked", .bad)) }
        painter.frame(rect, title: title, focused: focused)
        let inside = rect.inside
        guard !inside.isEmpty else { return }
        let (fields, results) = inside.split(top: min(inside.height, 2 + bodyHeight(inside)))
        drawFields(model, in: fields, editing: focused && form.isEditing, &painter)
        drawResults(model, in: results, &painter)
    }

    /// The body has what is left when the results have a few lines.
    private static func bodyHeight(_ inside: Rect) -> Int { max(1, (inside.height - 2) / 2) }

    private static func drawFields(_ model: Model, in rect: Rect, editing: Bool, _ painter: inout Painter) {
        let form = model.publish
        for field in PublishForm.Field.allCases {
            guard field.rawValue < rect.height else { return }
            let active = editing && form.field == field
            let area = rect.split(top: field.rawValue).rest
            painter.text(field.label, x: area.x + 1, y: area.y, in: area, active ? .key : .quiet)
            let height = field == .body ? area.height : 1
            let box = Rect(x: area.x + 7, y: area.y, width: max(1, area.width - 8), height: height)
            painter.fill(box, active ? .fieldFocused : .field)
            let role: Role = active ? .fieldFocused : .field
            if form[field].text.isEmpty {
                let hint = placeholder(field, editing: editing)
                painter.text(TextWidth.cut(hint, to: box.width), x: box.x, y: box.y, in: box, .placeholder)
                painter.overlayBackground(box.row(0), painter.theme[role].background)
            }
            EditorView.draw(form[field], in: box, role, active: active, &painter)
        }
    }

    /// What stands in an empty field: it must not be taken for a value.
    private static func placeholder(_ field: PublishForm.Field, editing: Bool) -> String {
        switch field {
        case .topic: "e.g. orders.eu"
        case .key: "(no key)"
        case .body: editing ? "(empty)" : "(press p to write)"
        }
    }

    private static func drawResults(_ model: Model, in rect: Rect, _ painter: inout Painter) {
        guard rect.height > 0 else { return }
        let results = model.publish.results
        if results.isEmpty {
            painter.line([Span(" nothing published yet", .quiet)], in: rect.row(0))
            return
        }
        for (line, result) in results.suffix(rect.height).reversed().enumerated() {
            var spans = [Span(TimeText.clock(result.time, offset: model.utcOffset, milliseconds: false) + " ", .quiet)]
            switch result.outcome {
            case .accepted(let sequence, let queues):
                spans.append(Span("accepted ", .good))
                spans.append(Span("#\(sequence) → \(queues) \(queues == 1 ? "queue" : "queues")"))
            case .duplicate(let sequence): spans += [Span("duplicate ", .warning), Span("of #\(sequence)")]
            case .refused(let reason): spans.append(Span("refused: \(reason)", .bad))
            }
            let used = spans.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
            if used + 1 + TextWidth.columns(of: result.topic) <= rect.width {
                spans.append(Span(" " + result.topic, .topic(model.topicColors[result.topic])))
            }
            painter.line(spans, in: rect.row(line))
        }
    }
}
