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
    /// - Parameters:
    ///   - start: Columns before this one are not written.
    ///   - limit: The first column that is not written.
    /// - Returns: The column after the text.
    @discardableResult
    mutating func put(_ text: String, x: Int, y: Int, from start: Int = 0, limit: Int = .max, style: Style) -> Int {
        guard y >= 0, y < size.height else { return x }
        let end = min(limit, size.width)
        var x = x
        for glyph in Glyphs(text) {
            guard x + glyph.columns <= end else { return x }
            if x >= max(start, 0) {
                set(Cell(text: glyph.text, columns: glyph.columns, style: style, isJoined: glyph.isJoined), x, y)
            }
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

    /// Puts another cell of the same width in place of each.
    mutating func replaceCells(_ change: (Cell) -> Cell) {
        for index in cells.indices where !cells[index].isTail { cells[index] = change(cells[index]) }
    }

    /// The rows as text, without blanks at their ends.
    var lines: [String] {
        (0..<size.height).map { y in
            var line = cells[y * size.width..<(y + 1) * size.width].reduce(into: "") { $0 += $1.text }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The rows of a part of the screen as text, without blanks at their ends.
    func text(in rect: Rect) -> [String] {
        (max(0, rect.y)..<max(0, rect.y, min(rect.maxY, size.height))).map { y in
            var line = (max(0, rect.x)..<max(0, rect.x, min(rect.maxX, size.width))).reduce(into: "") {
                $0 += cells[y * size.width + $1].text
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private mutating func set(_ cell: Cell, _ x: Int, _ y: Int) {
        let index = y * size.width + x
        for part in index..<index + cell.columns {
            clearGlyph(at: part)
            if part > index { cells[part] = .tail(cell.style) }
        }
        cells[index] = cell
    }

    /// A part of a wide glyph cannot be shown: when one of its cells is overwritten, the others become blanks.
    private mutating func clearGlyph(at index: Int) {
        var head = index
        while cells[head].isTail { head -= 1 }
        guard cells[head].columns > 1 else { return }
        for part in head..<head + cells[head].columns {
            cells[part] = Cell(text: " ", columns: 1, style: cells[part].style)
        }
    }
}
