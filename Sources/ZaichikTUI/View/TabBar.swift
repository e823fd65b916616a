/// The panes by name, where not all of them are seen.
enum TabBar {
    static func draw(_ model: Model, in row: Rect, _ painter: inout Painter) {
        guard !row.isEmpty else { return }
        let seen = model.layout.panes.keys
        for place in places(in: row) {
            let focused = place.pane == model.focus
            let role: Role = focused ? .tabFocused : seen.contains(place.pane) ? .title : .quiet
            painter.text(label(place.pane), x: place.x, y: row.y, in: row, role)
        }
        if model.isZoomed {
            let text = "zoomed: z shows all "
            painter.text(text, x: row.maxX - text.count, y: row.y, in: row, .quiet)
        }
    }

    /// The pane whose tab is at a point.
    static func pane(at point: Point, in row: Rect) -> Pane? {
        places(in: row).first { point.x >= $0.x && point.x < $0.x + label($0.pane).count }?.pane
    }

    private static func label(_ pane: Pane) -> String { " \(pane.rawValue) \(pane.name) " }

    private static func places(in row: Rect) -> [(pane: Pane, x: Int)] {
        var x = row.x + 1
        // On the narrowest screens the tabs stand without space between them.
        let gap = Pane.allCases.reduce(1) { $0 + label($1).count + 1 } <= row.width ? 1 : 0
        return Pane.allCases.map { pane in
            defer { x += label(pane).count + gap }
            return (pane, x)
        }
    }
}
