extension Model {
    mutating func performMove(_ action: Action) -> [Effect] {
        if case .list = overlay { return performListMove(action) }
        if case .columns = overlay { return performColumnMove(action) }
        if isDrawerFollowing, action == .open, focus.content.drawerSubject(self) == overlay?.drawerSubject {
            drawer.isEntered = true
            return []
        }
        if overlay != nil, !isDrawerFollowing {
            let page = OverlayArea(layout).page
            switch action {
            case .up: moveOverlay(by: -1)
            case .down: moveOverlay(by: 1)
            case .pageUp: moveOverlay(by: -page)
            case .pageDown: moveOverlay(by: page)
            case .top: overlay?.offset = 0
            case .bottom: moveOverlay(by: 1_000_000)
            default: break
            }
            return []
        }
        if focus == .messages, browse != nil, action == .top || action == .bottom {
            return browseEnd(first: action == .top)
        }
        let content = focus.content
        let rows = area(of: focus).pageHeight
        let page = max(1, rows - 1)
        switch action {
        case .up: content.move(&self, by: -1, rows: rows)
        case .down: content.move(&self, by: 1, rows: rows)
        case .pageUp: content.move(&self, by: -page, rows: rows)
        case .pageDown: content.move(&self, by: page, rows: rows)
        case .top: content.move(&self, by: -1_000_000, rows: rows)
        case .bottom: content.moveToEnd(&self, rows: rows)
        case .open: return content.open(&self)
        default: break
        }
        return focus == .messages ? browseMore(down: action == .down || action == .pageDown) : []
    }

    private mutating func performListMove(_ action: Action) -> [Effect] {
        let page = max(1, ListArea(OverlayArea(layout)).pageHeight - 1)
        switch action {
        case .up: moveList(by: -1)
        case .down: moveList(by: 1)
        case .pageUp: moveList(by: -page)
        case .pageDown: moveList(by: page)
        case .top: moveList(by: -1_000_000)
        case .bottom: moveList(by: 1_000_000)
        default: break
        }
        return []
    }

    /// Scrolls the overlay, as far as it has lines.
    mutating func moveOverlay(by distance: Int) {
        guard let overlay else { return }
        if case .list = overlay { return moveList(by: distance) }
        let most = OverlayArea(layout).maximumOffset(lines: overlayLineCount)
        self.overlay?.offset = min(max(min(overlay.offset, most) + distance, 0), most)
    }
}
