import ZaichikWords

/// The text in one column of a row.
struct TableCell {
    var text: String
    var role: Role

    init(_ text: String, _ role: Role = .text) {
        self.text = text
        self.role = role
    }

    /// A figure, or a `-` if there is none.
    static func figure(_ text: String?, _ role: Role = .text) -> TableCell {
        text.map { TableCell($0, role) } ?? TableCell("-", .quiet)
    }

    /// A count; 0 is quiet.
    static func count(_ value: UInt64, _ role: Role = .text) -> TableCell {
        TableCell(NarrowFigure.count(value), value == 0 ? .quiet : role)
    }

    static func bytes(_ value: UInt64, _ role: Role = .text) -> TableCell {
        TableCell(NarrowFigure.bytes(value), value == 0 ? .quiet : role)
    }

    /// An age; 0 means that there is none.
    static func age(_ value: UInt64) -> TableCell {
        figure(value == 0 ? nil : FigureText.age(microseconds: value))
    }
}

/// Draws the titles and the cells of a table.
enum TableView {
    static func drawTitles<C: Column>(
        _ layout: TableLayout<C>, sort: C, descending: Bool, in row: Rect, _ painter: inout Painter,
        title: (TableLayout<C>.Place) -> String
    ) {
        for place in layout.places {
            let sorted = place.column == sort
            let title = title(place) + (sorted ? (descending ? "▼" : "▲") : "")
            draw(TableCell(title, sorted ? .columnSorted : .columnTitle), place, in: row, &painter)
        }
    }

    static func draw<C: Column>(
        _ cell: TableCell, _ place: TableLayout<C>.Place, in row: Rect, _ painter: inout Painter
    ) {
        let text = TextWidth.cut(cell.text, to: place.width)
        let shift = place.column.isNumber ? place.width - TextWidth.columns(of: text) : 0
        painter.text(text, x: row.x + place.x + shift, y: row.y, in: row, cell.role)
    }
}
