/// Where a pane stands. Several panes may have one slot: the one that had the focus last is seen in it.
enum PaneSlot: CaseIterable, Sendable {
    /// Above all others, over the whole width.
    case top
    /// Below it at the left.
    case left
    /// The largest place, for what is read across.
    case main
    /// What is left.
    case corner

    /// Where there is room for two panes, one is of these and one of the others.
    var isUpper: Bool {
        switch self {
        case .top, .left: true
        case .main, .corner: false
        }
    }
}
