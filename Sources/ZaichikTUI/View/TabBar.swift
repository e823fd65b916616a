import ZaichikWords

/// Draws the panes by name, where not all of them are seen.
enum TabBar {
    static func draw(_ model: Model, _ layout: ScreenLayout, _ painter: inout Painter) {
        let row = layout.tabs
        guard !row.isEmpty else { return }
        let tabs = TabRow(model.panes, in: row)
        for tab in tabs.tabs {
            let role: Role =
                tab.pane == model.focus ? .tabFocused : layout.panes[tab.pane] != nil ? .title : .quiet
            painter.text(tab.label, x: tab.x, y: row.y, in: row, role)
        }
        if let zoom = tabs.zoom { painter.text(zoom.text, x: zoom.x, y: row.y, in: row, .quiet) }
    }
}
