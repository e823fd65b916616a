/// The parts of a list over the panes: its titles, its rows, and what is under the cursor, beside them or below.
struct ListArea: Equatable {
    let head: Rect
    let rows: Rect
    /// Empty where there is no room for it.
    let detail: Rect
    /// The line between, if they stand beside each other.
    let border: Rect

    init(_ area: OverlayArea) {
        let inside = area.frame.inside
        let none = Rect(x: inside.x, y: inside.y, width: 0, height: 0)
        let list: Rect
        if inside.width >= 120 {
            let (left, rest) = inside.split(left: inside.width * 58 / 100)
            let (line, right) = rest.split(left: 1)
            (list, border, detail) = (left, line, right.inset(columns: 1, rows: 0))
        } else if inside.height >= 10 {
            let (top, rest) = inside.split(top: inside.height * 6 / 10)
            let (line, bottom) = rest.split(top: 1)
            (list, border, detail) = (top, line, bottom.inset(columns: 1, rows: 0))
        } else {
            (list, border, detail) = (inside, none, none)
        }
        (head, rows) = list.inset(columns: 0, rows: 0).split(top: 1)
    }

    /// How many rows are seen at once, for moving: at least one.
    var pageHeight: Int { max(1, rows.height) }
}
