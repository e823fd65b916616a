extension Model {
    mutating func mouseUsed(_ action: MouseAction, at point: Point, now: Moment) -> [Effect] {
        if action == .press, layout.keys.contains(point) {
            return KeyHints.key(at: point.x, for: self, in: layout.keys).map { keyPressed($0, now: now) } ?? []
        }
        if prompt?.question == .palette { return paletteClicked(action, at: point, now: now) }
        if acts != nil { return [] }
        if overlay != nil {
            switch action {
            case .press: overlay = nil
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
            if pane != .publish { publish.isEditing = false }
            show(pane)
            pane.content.press(&self, row: point.y - area.rows.y, in: area)
        case .wheelUp: pane.content.move(&self, by: -3, rows: area.pageHeight)
        case .wheelDown: pane.content.move(&self, by: 3, rows: area.pageHeight)
        }
        return []
    }
}
