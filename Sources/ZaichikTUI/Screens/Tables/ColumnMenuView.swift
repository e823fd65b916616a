import ZaichikWords

/// Draws the columns to choose from.
enum ColumnMenuView {
    static func draw(_ menu: ColumnMenu, _ model: Model, in body: Rect, _ painter: inout Painter) {
        guard let table = menu.pane.content as? any TablePane.Type else { return }
        let lines = table.columnLines(model)
        let width = min(body.width, 78)
        let height = min(body.height, lines.count + 2)
        let frame = Rect(
            x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width: width, height: height)
        painter.fill(frame, .text)
        painter.frame(
            frame, title: [Span("Columns of \(menu.pane.name)"), Span("Space changes it, Esc closes", .quiet)],
            focused: true)
        let inside = frame.inset(columns: 2, rows: 1)
        let first = max(0, min(menu.place - inside.height + 1, lines.count - inside.height))
        for (row, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
            painter.line(line, in: inside.row(row))
            if row + first == menu.place { painter.highlight(inside.row(row), .selectionFocused) }
        }
    }
}
