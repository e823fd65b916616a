extension Model {
    mutating func mouseUsed(_ action: MouseAction, at point: Point, now: Moment) -> [Effect] {
        if action == .press, layout.keys.contains(point) {
            return KeyHints.key(at: point.x, for: self, in: layout.keys).map { keyPressed($0, now: now) } ?? []
        }
        if prompt?.question == .palette { return paletteClicked(action, at: point, now: now) }
        if acts != nil { return [] }
        let isBesideDrawer = isDrawerApart && !layout.drawer.contains(point)
        if overlay != nil, !isBesideDrawer {
            switch action {
            case .press: pressOverlay(at: point)
            case .wheelUp: moveOverlay(by: -3)
            case .wheelDown: moveOverlay(by: 3)
            }
            return []
        }
        guard prompt == nil else { return [] }
        let layout = layout
        if action == .press, layout.tabs.contains(point) {
            let tabs = TabRow(panes, in: layout.tabs)
            if let pane = tabs.pane(at: point.x) { show(pane) }
            return []
        }
        guard let pane = layout.pane(at: point) else { return [] }
        let area = pane.area(in: layout)
        switch action {
        case .press:
            drawer.isEntered = false
            if pane != .publish { publish.isEditing = false }
            show(pane)
            if area.head.contains(point) { return pane.content.pressHead(&self, at: point.x, in: area) }
            pane.content.press(&self, row: point.y - area.rows.y, in: area)
        case .wheelUp: pane.content.move(&self, by: -3, rows: area.pageHeight)
        case .wheelDown: pane.content.move(&self, by: 3, rows: area.pageHeight)
        }
        return []
    }

    /// A click into a drawer that stands apart enters it, one into a list puts the cursor there; others close what lies
    /// over the panes.
    private mutating func pressOverlay(at point: Point) {
        switch overlay {
        case .list(let list):
            let area = ListArea(OverlayArea(layout))
            guard area.rows.contains(point), let index = list.selectedIndex else { return }
            moveList(by: list.offset + point.y - area.rows.y - index)
        case .settings(let form):
            let area = SettingsArea(OverlayArea(layout).frame, fields: form.fields.count)
            if let field = area.field(atRow: point.y, form) { changeForm { $0.select(field) } }
        default: if isDrawerApart { drawer.isEntered = true } else { overlay = nil }
        }
    }
}
