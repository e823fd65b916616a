/// The parts of a pane: its frame, the rows that stay, such as the titles of a table, and those that scroll.
struct PaneArea: Equatable {
    let frame: Rect
    let head: Rect
    let rows: Rect

    init(_ frame: Rect, headRows: Int) {
        self.frame = frame
        (head, rows) = frame.inside.split(top: headRows)
    }

    var inside: Rect { frame.inside }

    /// How many rows are seen at once, for moving: at least one.
    var pageHeight: Int { max(1, rows.height) }
}
