extension Model {
    mutating func performPane(_ action: Action) -> [Effect] {
        switch action {
        case .nextPane: show(panes.table.pane(1, after: focus))
        case .previousPane: show(panes.table.pane(-1, after: focus))
        case .zoom:
            panes.isZoomed.toggle()
            keepCursorsSeen()
        case .back: return goBack()
        default: break
        }
        return []
    }

    mutating func show(_ pane: Pane) {
        panes.show(pane)
        keepCursorsSeen()
    }

    /// Undoes one thing: the overlay, the zoom, or whatever the pane itself can undo.
    private mutating func goBack() -> [Effect] {
        if case .help(let inspection) = overlay {
            overlay = inspection.under
        } else if case .list(let list) = overlay {
            overlay = list.under
        } else if case .settings(let form) = overlay {
            overlay = form.under
        } else if overlay != nil {
            // From the drawer to its table, then the drawer closes.
            if isDrawerApart, drawer.isEntered { drawer.isEntered = false } else { overlay = nil }
        } else if panes.isZoomed {
            panes.isZoomed = false
            keepCursorsSeen()
        } else {
            return focus.content.goBack(&self)
        }
        return []
    }

    /// Brings the cursors of all panes back into sight after the screen or the rows changed.
    mutating func keepCursorsSeen() {
        let layout = layout
        for pane in panes.table.panes where layout.panes[pane] != nil {
            pane.content.keepCursorSeen(&self, rows: pane.area(in: layout).pageHeight)
        }
        if case .list = overlay { moveList(by: 0) }
    }
}
