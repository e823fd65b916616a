/// The place of a pane on the screen. Panes may share a slot: the one that had the focus last is seen in it.
enum PaneSlot: CaseIterable, Sendable {
    /// Above all others, over the whole width.
    case top
    /// Below it at the left.
    case left
    /// The largest place, for long lines.
    case main
    /// The remaining corner.
    case corner

    /// Where there is room for two panes only, one of them is an upper one.
    var isUpper: Bool {
        switch self {
        case .top, .left: true
        case .main, .corner: false
        }
    }
}
