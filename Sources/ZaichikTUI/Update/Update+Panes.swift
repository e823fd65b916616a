import ZaichikProtocol

extension Model {
    mutating func performPane(_ action: Action) -> [Effect] {
        switch action {
        case .nextPane: show(focus.next)
        case .previousPane: show(focus.previous)
        case .showClients: show(.clients)
        case .showTopics: show(.topics)
        case .showMessages: show(.messages)
        case .showPublish: show(.publish)
        case .zoom: isZoomed.toggle()
        case .back: return goBack()
        default: break
        }
        keepSelectionsSeen()
        return []
    }

    mutating func show(_ pane: Pane) {
        focus = pane
        if pane.isTable { table = pane } else { stream = pane }
    }

    /// Undoes one thing: what lies over the panes, the zoom, the filter.
    private mutating func goBack() -> [Effect] {
        if overlay != nil {
            overlay = nil
        } else if isZoomed {
            isZoomed = false
            keepSelectionsSeen()
        } else if focus == .clients, !clients.filter.isEmpty {
            clients.filter = ""
            return [.link(.watch(watchRequest))]
        } else if focus == .topics, !topics.filter.isEmpty {
            topics.filter = ""
            return [.link(.watch(watchRequest))]
        } else if focus == .messages {
            messages.follow()
        }
        return []
    }

    /// How many rows a pane shows below its titles.
    func height(of pane: Pane) -> Int {
        let inside = layout.panes[pane]?.inside.height ?? 0
        return max(1, pane.isTable ? inside - 1 : inside)
    }

    /// Brings the cursors of the tables back into sight after the screen or the rows changed.
    mutating func keepSelectionsSeen() {
        if let index = clients.index(of: clients.selected, by: \.id) {
            clients.reveal(index, height: height(of: .clients))
        }
        if let index = topics.index(of: topics.selected, by: \.name) {
            topics.reveal(index, height: height(of: .topics))
        }
    }

    mutating func mouseUsed(_ action: MouseAction, at point: Point, now: Moment) -> [Effect] {
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
        if action == .press, layout.tabs.contains(point), let tab = TabBar.pane(at: point, in: layout.tabs) {
            show(tab)
            keepSelectionsSeen()
            return []
        }
        guard
            let pane = layout.panes[.clients].flatMap({ $0.contains(point) ? .clients : nil }) ?? layout.pane(at: point)
        else { return [] }
        switch action {
        case .press:
            if pane != .publish { publish.isEditing = false }
            show(pane)
            press(pane, row: point.y - (layout.panes[pane]?.inside.y ?? 0))
        case .wheelUp: move(pane, by: -3)
        case .wheelDown: move(pane, by: 3)
        }
        return []
    }

    /// - Parameter row: Counted from the first one within the frame.
    private mutating func press(_ pane: Pane, row: Int) {
        switch pane {
        case .clients:
            let index = clients.offset + row - 1
            if row >= 1, clients.rows.indices.contains(index) { clients.selected = clients.rows[index].id }
        case .topics:
            let index = topics.offset + row - 1
            if row >= 1, topics.rows.indices.contains(index) { topics.selected = topics.rows[index].name }
        case .messages:
            let shown = messages.shown
            let height = height(of: .messages)
            let place = messages.firstSeen(height: height) + row
            if row >= 0, place < shown.count { messages.select(shown[shown.startIndex + place].id, height: height) }
        case .publish:
            if let field = PublishForm.Field(rawValue: row), row >= 0 {
                publish.field = field
                publish.isEditing = true
            }
        }
    }
}
