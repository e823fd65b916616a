import ZaichikWords

/// Draws the panes by name, where not all of them are seen.
enum TabBar {
    static func draw(_ model: Model, _ layout: ScreenLayout, _ painter: inout Painter) {
        let row = layout.tabs
        guard !row.isEmpty else { return }
        for tab in TabRow(model.panes.table, focus: model.focus, in: row).tabs {
            let role: Role =
                tab.pane == model.focus ? .tabFocused : layout.panes[tab.pane] != nil ? .title : .quiet
            painter.text(tab.label, x: tab.x, y: row.y, in: row, role)
        }
        if model.panes.isZoomed {
            let text = "zoomed: z shows all "
            painter.text(text, x: row.maxX - TextWidth.columns(of: text), y: row.y, in: row, .quiet)
        }
    }
}
