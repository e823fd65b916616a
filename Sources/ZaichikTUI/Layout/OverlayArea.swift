/// The place of an overlay, and how much of it is seen at once.
struct OverlayArea: Equatable {
    let frame: Rect

    init(_ layout: ScreenLayout) { frame = layout.drawer }

    var inside: Rect { frame.inset(columns: 2, rows: 1) }

    /// How many lines a page key scrolls: two lines stay in sight.
    var page: Int { max(1, inside.height - 2) }

    /// The offset at which the last line is at the bottom.
    ///
    /// - Parameter lines: How many there are.
    func maximumOffset(lines: Int) -> Int { max(0, lines - inside.height) }
}
