import ZaichikWords

/// Draws the form for a message to publish, and the outcomes of earlier ones.
enum PublishView {
    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let places = PublishArea(area.inside, model.publish)
        let isEditing = isFocused && model.publish.isEditing
        for field in PublishForm.Field.allCases {
            guard let row = places.row(of: field), let box = places.box(of: field) else { continue }
            draw(field, of: model.publish, row: row, box: box, isEditing: isEditing, &painter)
        }
        if isEditing, model.publish.field == .topic, let box = places.box(of: .topic) {
            drawCompletion(model, in: box, &painter)
        }
        drawResults(model, in: places.results, &painter)
    }

    private static func draw(
        _ field: PublishForm.Field, of form: PublishForm, row: Rect, box: Rect, isEditing: Bool,
        _ painter: inout Painter
    ) {
        let isActive = isEditing && form.field == field
        let role: Role = isActive ? .fieldFocused : .field
        painter.text(field.label, x: row.x + 1, y: row.y, in: row, isActive ? .key : .quiet)
        painter.fill(box, role)
        if field == .body, let attachment = form.attachment {
            let size = FigureText.bytes(UInt64(attachment.bytes.count))
            painter.line([Span(attachment.name + " ", .strong), Span("(\(size)) ^U takes it out", .quiet)], in: box)
            painter.overlayBackground(box.row(0), painter.theme[role].background)
            if isActive { painter.cursor = Point(x: box.x, y: box.y) }
            return
        }
        if form[field].isEmpty {
            let hint = placeholder(field, editing: isEditing)
            painter.text(TextWidth.cut(hint, to: box.width), x: box.x, y: box.y, in: box, .placeholder)
            painter.overlayBackground(box.row(0), painter.theme[role].background)
        }
        EditorView.draw(form[field], in: box, role, active: isActive, &painter)
    }

    /// What Tab adds, behind the cursor at the end of the topic.
    private static func drawCompletion(_ model: Model, in box: Rect, _ painter: inout Painter) {
        let editor = model.publish.topic
        guard editor.cursor == editor.characters.count, let first = model.topicCompletion.candidates.first else {
            return
        }
        let x = box.x + TextWidth.columns(of: editor.text)
        guard x < box.maxX - 1 else { return }
        let others = model.topicCompletion.candidates.count - 1
        let more = others > 0 ? "  Tab, and \(others) more" : "  Tab"
        painter.text(
            TextWidth.cut(first.dropFirst(editor.text.count) + more, to: box.maxX - x), x: x, y: box.y, in: box,
            .placeholder)
        painter.overlayBackground(box.row(0), painter.theme[.fieldFocused].background)
    }

    /// The text in an empty field, which must not be mistaken for a value.
    private static func placeholder(_ field: PublishForm.Field, editing: Bool) -> String {
        switch field {
        case .topic: "e.g. orders.eu"
        case .key: "(no key)"
        case .body: editing ? "(empty) also \(MessageTemplate.forms)" : "(press p to write)"
        case .headers: "(none) e.g. color:grey; size:3"
        case .delay: "(none) e.g. 30s"
        case .expiry: "(never) e.g. 1h"
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
            case .delayed(let queues):
                spans.append(Span("delayed ", .good))
                spans.append(Span("→ \(queues) \(queues == 1 ? "queue" : "queues") when due"))
            case .duplicate(let sequence): spans += [Span("duplicate ", .warning), Span("of #\(sequence)")]
            case .refused, .notSent: spans.append(Span(result.outcome.problem ?? "", .bad))
            case .unknown: spans.append(Span(result.outcome.problem ?? "", .warning))
            }
            if result.isTraced { spans.append(Span(" traced: T", .quiet)) }
            if result.isNewTopic { spans.append(Span(" created", .good)) }
            let used = spans.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
            if used + 1 + TextWidth.columns(of: result.topic) <= rect.width {
                spans.append(Span(" " + result.topic, .topic(model.topicColors[result.topic])))
            }
            painter.line(spans, in: rect.row(line))
        }
    }
}
