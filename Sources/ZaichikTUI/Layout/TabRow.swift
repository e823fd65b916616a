import ZaichikWords

/// The tabs of the panes, from the left, where not all panes are seen.
struct TabRow {
    struct Tab: Equatable {
        var pane: Pane
        var label: String
        var x: Int
    }

    let tabs: [Tab]
    /// How to leave the zoom, and where that stands; nil if there is none, or no room.
    private(set) var zoom: (text: String, x: Int)?

    private static let zoomTexts = ["zoomed: z shows all ", "zoomed: z ", "z: all "]

    /// The tab of the pane with the focus has a name, however narrow the screen is.
    init(_ panes: PaneState, in row: Rect) {
        let table = panes.table
        var labels = table.panes.map { " \(table.number(of: $0)) \($0.name) " }
        // Tabs that do not fit lose the space between them, and then the ends of their names, all at the same length.
        var needed: Int { labels.reduce(1) { $0 + TextWidth.columns(of: $1) } }
        let room = row.width - (panes.isZoomed ? TextWidth.columns(of: Self.zoomTexts.last ?? "") + 1 : 0)
        let gap = needed + labels.count <= room ? 1 : 0
        var length = labels.map { TextWidth.columns(of: $0) }.max() ?? 0
        while needed > room, length > 0 {
            length -= 1
            for index in labels.indices where table.panes[index] != panes.focus {
                labels[index] = Self.label(table.number(of: table.panes[index]), table.panes[index].name, length)
            }
        }
        var x = row.x + 1
        tabs = zip(table.panes, labels).map { pane, label in
            defer { x += TextWidth.columns(of: label) + gap }
            return Tab(pane: pane, label: label, x: x)
        }
        guard panes.isZoomed else { return }
        zoom = Self.zoomTexts.map { ($0, row.maxX - TextWidth.columns(of: $0)) }.first { $0.1 > x }
    }

    /// A name of which fewer than two characters would be left is left out.
    private static func label(_ number: Int, _ name: String, _ length: Int) -> String {
        length > 2 ? " \(number) \(TextWidth.cut(name, to: length)) " : " \(number) "
    }

    func pane(at x: Int) -> Pane? {
        tabs.first { x >= $0.x && x < $0.x + TextWidth.columns(of: $0.label) }?.pane
    }
}
