import ZaichikWords

/// Draws text that is being typed, with its cursor in sight.
enum EditorView {
    static func draw(_ editor: LineEditor, in box: Rect, _ role: Role, active: Bool, _ painter: inout Painter) {
        guard !box.isEmpty else { return }
        let (lines, cursor) = lines(
            of: editor, around: active ? editor.cursor : 0, columns: max(1, box.width - 1), rows: box.height)
        let top = active ? max(0, cursor.y - box.height + 1) : 0
        for (row, line) in lines.dropFirst(top).prefix(box.height).enumerated() {
            painter.text(line, x: box.x, y: box.y + row, in: box, role)
        }
        if active { painter.cursor = Point(x: box.x + cursor.x, y: box.y + cursor.y - top) }
    }

    /// The wrapped lines around a place in the text, and where it is among them.
    static func lines(
        of editor: LineEditor, around place: Int, columns: Int, rows: Int
    ) -> (lines: [String], cursor: Point) {
        let part = editor.part(around: place, reach: columns * rows)
        let wrapped = { (text: String) in
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .flatMap { TextWidth.wrap(String($0), columns) }
        }
        let before = wrapped(part.before)
        let cursor = Point(x: TextWidth.columns(of: before.last ?? ""), y: max(0, before.count - 1))
        return (wrapped(part.before + part.after), cursor)
    }
}
