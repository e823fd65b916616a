/// A pane that is a list of lines: it scrolls, and has no cursor.
protocol LinesPane: PaneContent {
    /// - Parameter columns: How wide a line may be.
    static func lines(_ model: Model, columns: Int) -> [[Span]]
}

extension LinesPane {
    private static func offset(_ model: Model, lines: Int, rows: Int) -> Int {
        min(model.panes.offsets[Pane(self)] ?? 0, max(0, lines - rows))
    }

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        let count = lines(model, columns: model.area(of: Pane(self)).rows.width).count
        let target = offset(model, lines: count, rows: rows) + max(min(distance, count), -count)
        model.panes.offsets[Pane(self)] = min(max(target, 0), max(0, count - rows))
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let lines = lines(model, columns: area.rows.width)
        let first = offset(model, lines: lines.count, rows: area.rows.height)
        for (row, line) in lines.dropFirst(first).prefix(area.rows.height).enumerated() {
            painter.line(line, in: area.rows.row(row))
        }
        ScrollMark.draw(
            in: area.frame, first: first, seen: area.rows.height, of: lines.count, focused: isFocused, &painter)
    }
}
