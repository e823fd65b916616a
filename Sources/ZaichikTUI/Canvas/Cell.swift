/// One cell of the screen. A glyph of several columns has its text in the leftmost cell; the others are its tails.
struct Cell: Equatable, Sendable {
    var text: String
    var columns: Int
    var style: Style
    /// Terminals do not agree on its width: it is drawn apart from what stands beside it.
    var isJoined = false

    static let blank = Cell(text: " ", columns: 1, style: .plain)

    static func tail(_ style: Style) -> Cell { Cell(text: "", columns: 0, style: style) }

    var isTail: Bool { columns == 0 }
}
