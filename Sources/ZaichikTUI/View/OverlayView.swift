/// What lies over the panes: help, a client, a message. All of it is lines that can be scrolled.
enum OverlayView {
    static func draw(_ model: Model, now: Moment, _ painter: inout Painter) {
        guard let overlay = model.overlay else { return }
        let area = rect(model)
        painter.fill(area, .text)
        painter.frame(area, title: title(overlay, model), focused: true)
        let inside = area.inset(columns: 2, rows: 1)
        let lines = lines(model, columns: inside.width, now: now)
        for (row, line) in lines.dropFirst(overlay.offset).prefix(inside.height).enumerated() {
            painter.line(line, in: inside.row(row))
        }
        ScrollMark.draw(
            in: area, first: overlay.offset, seen: inside.height, of: lines.count, focused: true, &painter)
    }

    static func height(_ model: Model) -> Int { rect(model).inset(columns: 2, rows: 1).height }

    static func lineCount(_ model: Model) -> Int {
        // How many lines there are does not depend on the time.
        lines(model, columns: rect(model).inset(columns: 2, rows: 1).width, now: 0).count
    }

    private static func rect(_ model: Model) -> Rect { model.layout.body }

    private static func title(_ overlay: Overlay, _ model: Model) -> [Span] {
        switch overlay {
        case .help: [Span("Keys"), Span("Esc closes, ↓ ↑ scroll", .quiet)]
        case .client(let inspection): [Span("Client \(inspection.label)"), Span("Esc closes", .quiet)]
        case .message:
            [Span("Message"), Span(model.payloadFormat.rawValue, .quiet), Span("Esc closes, x format", .quiet)]
        }
    }

    private static func lines(_ model: Model, columns: Int, now: Moment) -> [[Span]] {
        switch model.overlay {
        case nil: []
        case .help: HelpText.lines(columns: columns)
        case .client(let inspection): ClientText.lines(inspection, model, columns: columns, now: now)
        case .message(let entry, _): MessageText.lines(entry, model, columns: columns)
        }
    }
}
