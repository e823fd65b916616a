/// What lies over the panes: where, and how much of it can be seen at once.
struct OverlayArea: Equatable {
    let frame: Rect

    init(_ layout: ScreenLayout) { frame = layout.body }

    var inside: Rect { frame.inset(columns: 2, rows: 1) }

    /// How far a key for a page goes: two rows are seen again.
    var page: Int { max(1, inside.height - 2) }

    /// The greatest offset at which the last line is still below the first.
    ///
    /// - Parameter lines: How many there are.
    func maximumOffset(lines: Int) -> Int { max(0, lines - inside.height) }
}
