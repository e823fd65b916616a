import ZaichikProtocol

extension Model {
    mutating func performMove(_ action: Action, now: Moment) -> [Effect] {
        if overlay != nil {
            let page = max(1, layout.body.height - 4)
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
        let page = max(1, height(of: focus) - 1)
        switch action {
        case .up: move(focus, by: -1)
        case .down: move(focus, by: 1)
        case .pageUp: move(focus, by: -page)
        case .pageDown: move(focus, by: page)
        case .top: move(focus, by: -1_000_000)
        case .bottom:
            if focus == .messages { messages.follow() } else { move(focus, by: 1_000_000) }
        case .open: return open()
        default: break
        }
        return []
    }

    mutating func move(_ pane: Pane, by distance: Int) {
        switch pane {
        case .clients: clients.move(by: distance, height: height(of: pane), identity: \.id)
        case .topics: topics.move(by: distance, height: height(of: pane), identity: \.name)
        case .messages: messages.move(by: distance, height: height(of: pane))
        case .publish:
            for _ in 0..<min(abs(distance), PublishForm.maximumHistory) { publish.recall(older: distance < 0) }
        }
    }

    /// Scrolls what lies over the panes, as far as it reaches.
    mutating func moveOverlay(by distance: Int) {
        guard let overlay else { return }
        let lines = OverlayView.lineCount(self)
        let most = max(0, lines - OverlayView.height(self))
        self.overlay?.offset = min(max(overlay.offset + distance, 0), most)
    }

    private mutating func open() -> [Effect] {
        switch focus {
        case .clients:
            guard let client = selectedClient ?? clients.rows.first else { return [] }
            clients.selected = client.id
            overlay = .client(ClientInspection(id: client.id, label: ClientNames.label(client, among: clients.rows)))
            return [.link(.inspect(client.id))]
        case .messages:
            if let entry = messages.current { overlay = .message(entry, offset: 0) }
            return []
        case .topics, .publish: return []
        }
    }
}
