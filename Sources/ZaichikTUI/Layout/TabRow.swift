import ZaichikWords

/// The tabs of the panes, from the left, where not all panes are seen.
struct TabRow: Equatable {
    struct Tab: Equatable {
        var pane: Pane
        var label: String
        var x: Int
    }

    let tabs: [Tab]

    /// - Parameter focus: Its tab has a name, however narrow the screen is.
    init(_ panes: PaneTable, focus: Pane, in row: Rect) {
        let labels = panes.panes.map { " \(panes.number(of: $0)) \($0.name) " }
        // Tabs that do not fit lose the space between them. If a number is still out of sight, only the pane with the
        // focus keeps its name.
        let needed = labels.reduce(1) { $0 + TextWidth.columns(of: $1) }
        let isShort = needed - TextWidth.columns(of: labels.last ?? "") + 3 > row.width
        let gap = needed + labels.count <= row.width ? 1 : 0
        var x = row.x + 1
        tabs = zip(panes.panes, labels).map { pane, label in
            let label = isShort && pane != focus ? " \(panes.number(of: pane)) " : label
            defer { x += TextWidth.columns(of: label) + gap }
            return Tab(pane: pane, label: label, x: x)
        }
    }

    func pane(at x: Int) -> Pane? {
        tabs.first { x >= $0.x && x < $0.x + TextWidth.columns(of: $0.label) }?.pane
    }
}
