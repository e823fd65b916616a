import ZaichikWords

/// A screen as a value: views draw into it, and the terminal is updated from it.
struct CellBuffer: Equatable, Sendable {
    let size: Size
    private(set) var cells: [Cell]

    init(size: Size) {
        self.size = Size(width: max(0, size.width), height: max(0, size.height))
        cells = Array(repeating: .blank, count: self.size.width * self.size.height)
    }

    subscript(x: Int, y: Int) -> Cell { cells[y * size.width + x] }

    /// Writes text from a point to the right, cut at a column and at the screen's edges; a wide glyph that does not
    /// fit whole is left out, and so is the text after it.
    ///
    /// - Parameter limit: The first column that is not written.
    /// - Returns: The column after the text.
    @discardableResult
    mutating func put(_ text: String, x: Int, y: Int, limit: Int = .max, style: Style) -> Int {
        guard y >= 0, y < size.height else { return x }
        let end = min(limit, size.width)
        var x = x
        for glyph in Glyphs(text) {
            guard x + glyph.columns <= end else { return x }
            if x >= 0 { set(Cell(text: glyph.text, columns: glyph.columns, style: style), x, y) }
            x += glyph.columns
        }
        return x
    }

    /// Fills a part of the screen with one glyph of one column.
    mutating func fill(_ rect: Rect, _ text: String = " ", style: Style) {
        for y in max(0, rect.y)..<max(0, rect.y, min(rect.maxY, size.height)) {
            for x in max(0, rect.x)..<max(0, rect.x, min(rect.maxX, size.width)) {
                set(Cell(text: text, columns: 1, style: style), x, y)
            }
        }
    }

    /// Changes the style of the cells in a part of the screen.
    mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
        for y in max(0, rect.y)..<max(0, rect.y, min(rect.maxY, size.height)) {
            for x in max(0, rect.x)..<max(0, rect.x, min(rect.maxX, size.width)) {
                cells[y * size.width + x].style = change(cells[y * size.width + x].style)
            }
        }
    }

    /// The rows as text, without blanks at their ends.
    var lines: [String] {
        (0..<size.height).map { y in
            var line = cells[y * size.width..<(y + 1) * size.width].reduce(into: "") { $0 += $1.text }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private mutating func set(_ cell: Cell, _ x: Int, _ y: Int) {
        let index = y * size.width + x
        clearHalf(at: index)
        if cell.columns == 2 {
            clearHalf(at: index + 1)
            cells[index + 1] = .tail(cell.style)
        }
        cells[index] = cell
    }

    /// Half of a wide glyph cannot be shown: when one half is overwritten, the other becomes a blank.
    private mutating func clearHalf(at index: Int) {
        if cells[index].isTail {
            cells[index - 1] = Cell(text: " ", columns: 1, style: cells[index - 1].style)
        } else if cells[index].columns == 2 {
            cells[index + 1] = Cell(text: " ", columns: 1, style: cells[index + 1].style)
        }
    }
}
