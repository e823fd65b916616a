/// Which panes there are, and which of them are seen.
struct PaneState: Equatable {
    let table: PaneTable
    /// The one with the focus first, then those that had it before.
    private(set) var recent: [Pane]
    /// The pane with the focus has the whole screen.
    var isZoomed = false
    /// The first line that is seen, of panes that are lists of lines.
    var offsets: [Pane: Int] = [:]

    init(_ table: PaneTable) {
        self.table = table
        recent = table.panes
    }

    var focus: Pane { recent[0] }

    mutating func show(_ pane: Pane) {
        recent.removeAll { $0 == pane }
        recent.insert(pane, at: 0)
    }
}
