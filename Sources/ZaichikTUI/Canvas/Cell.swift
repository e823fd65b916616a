/// One cell of the screen. A glyph of two columns has its text in the left cell; the right one is its `tail`.
struct Cell: Equatable, Sendable {
    var text: String
    var columns: Int
    var style: Style

    static let blank = Cell(text: " ", columns: 1, style: .plain)

    static func tail(_ style: Style) -> Cell { Cell(text: "", columns: 0, style: style) }

    var isTail: Bool { columns == 0 }
}
