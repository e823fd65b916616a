import ZaichikWords

/// The last row: the keys that can be pressed here, from the key table. Keys that do not fit are left out.
enum KeyLine {
    static func draw(_ model: Model, in row: Rect, _ painter: inout Painter) {
        guard !row.isEmpty else { return }
        var x = row.x + 1
        for hint in hints(for: model, columns: row.width - 1) {
            x = painter.text(hint.key, x: x, y: row.y, in: row, .key)
            x = painter.text(" \(hint.text)", x: x, y: row.y, in: row, .keyText) + 2
        }
    }

    struct Hint: Equatable {
        var key: String
        var text: String
        var columns: Int { TextWidth.columns(of: key) + 1 + TextWidth.columns(of: text) }
    }

    /// In the order of their ranks; the last ones (help, quit) are always there.
    static func hints(for model: Model, columns: Int) -> [Hint] {
        let bindings = model.panes.table.keys.bindings(in: model.keyFocus)
            .filter { $0.hint != nil && applies($0.action, model) }
            .sorted { $0.rank < $1.rank }
        let always = bindings.filter { $0.rank >= 90 }
        var room = columns - always.reduce(0) { $0 + hint($1, model).columns + 2 }
        var chosen: [Hint] = []
        for binding in bindings where binding.rank < 90 {
            let hint = hint(binding, model)
            if hint.columns + 2 <= room {
                room -= hint.columns + 2
                chosen.append(hint)
            }
        }
        return chosen + always.map { hint($0, model) }
    }

    /// Whether pressing it would do something now.
    private static func applies(_ action: Action, _ model: Model) -> Bool {
        switch action {
        case .commitHere, .commitAll: !model.commits.isAutomatic
        case .returnHere, .parkHere: model.canSettle
        case .back: model.overlay != nil || undoes(model) != nil
        case .showParked: model.rowTarget?.session != nil
        case .editSettings: if case .client = model.rowTarget { model.rowTarget?.session != nil } else { true }
        case .mendTopic: model.canMendTopic
        case .showKeys: model.rowTarget?.remembersKeys ?? false
        case .askOrigin: model.list?.selectedRow?.message != nil
        case .mark where model.keyFocus == .list: model.list?.subject.takesMarks ?? false
        case .releaseParked, .dropParked: model.list?.subject.takesMarks ?? false
        case .nextMatch, .previousMatch: model.search != nil
        case .foldMore: model.isDocumentShown
        case .difference: !(model.overlay?.isMessage ?? false) || model.chosenMessages.first != nil
        case .mark, .copyMessage, .editMessage: !model.chosenMessages.isEmpty
        case .export, .switchTopic, .filterMessages: !model.shownLog.entries.isEmpty
        case .unsubscribe: !model.subscriptions.isEmpty
        case .nextStart: model.prompt?.question == .subscribe
        case .olderOffer: !(model.prompt?.offers.isEmpty ?? true)
        case .olderDraft: !model.publish.history.isEmpty
        case .newLine: model.publish.field == .body
        case .readPublished: !model.publish.results.isEmpty
        case .act:
            switch model.overlay {
            case .message: false
            case .screen(let overlay, _): overlay.actTarget(model) != nil
            default: true
            }
        case .copyCommand: model.acts != nil
        case .toggleSubscription: if case .topic = model.overlay { true } else { model.overlay == nil }
        case .trace:
            switch model.overlay {
            case nil, .message: true
            case .screen(.event(let entry), _): entry.message != nil
            default: false
            }
        default: true
        }
    }

    /// What Esc undoes in the pane with the focus; nil if nothing.
    private static func undoes(_ model: Model) -> String? {
        if model.panes.isZoomed { return "all panes" }
        if model.focus == .events {
            let log = model.screens.events
            return log.filter.isEmpty ? log.isFollowing ? nil : "follow" : "clear filter"
        }
        if let table = model.focus.content as? any TablePane.Type {
            return table.filter(model).isEmpty ? nil : "clear filter"
        }
        return model.focus == .messages ? MessagesPane.undoes(model) : nil
    }

    private static func hint(_ binding: Binding, _ model: Model) -> Hint {
        let key = binding.keys[0].description
        let text: String =
            switch binding.action {
            case .pauseDisplay: model.isDisplayPaused ? "resume" : "pause"
            case .automaticCommits: model.commits.isAutomatic ? "by hand" : "automatic"
            case .send: model.publish.field == .body ? "publish" : "next field"
            case .back where model.isDrawerFollowing: "close"
            case .open where model.isDrawerFollowing: "scroll it"
            case .toggleTotals: model.showsTotals ? "rates" : "totals"
            case .back where model.overlay == nil: undoes(model) ?? "back"
            case .follow where model.focus == .events: model.screens.events.isFollowing ? "stay" : "follow"
            case .startPublish where model.publish.screen != .message && binding.keys.contains(.enter): "set"
            case .loadGenerator where model.publish.screen == .load: model.isLoadRunning ? "stop" : "start"
            case .slowClients where model.publish.screen == .slowClients: model.isLoadRunning ? "stop" : "start"
            case .follow: model.messages.isFollowing ? "stay" : "follow"
            default: binding.hint ?? ""
            }
        return Hint(key: key, text: text)
    }
}
