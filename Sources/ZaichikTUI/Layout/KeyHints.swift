import ZaichikWords

/// What stands in the last row: the keys that can be pressed here. Views draw it; updates ask it what a click is on.
enum KeyHints {
    struct Hint: Equatable {
        var key: Key
        var text: String
        /// The key as it is shown.
        var name: String { key.description }
        var columns: Int { TextWidth.columns(of: name) + 1 + TextWidth.columns(of: text) }
    }

    /// The hints, and the columns where they begin.
    static func places(for model: Model, in row: Rect) -> [(hint: Hint, x: Int)] {
        var x = row.x + 1
        return hints(for: model, columns: row.width - 1).map { hint in
            defer { x += hint.columns + 2 }
            return (hint, x)
        }
    }

    /// The key whose hint is at a column; nil if none is.
    static func key(at x: Int, for model: Model, in row: Rect) -> Key? {
        places(for: model, in: row).first { x >= $0.x && x < $0.x + $0.hint.columns }?.hint.key
    }

    /// In the order of their ranks; the last ones (help, quit) are always there.
    static func hints(for model: Model, columns: Int) -> [Hint] {
        let bindings = model.panes.table.keys.bindings(in: model.keyFocus)
            .filter { $0.hint != nil && applies($0, model) }
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
    private static func applies(_ binding: Binding, _ model: Model) -> Bool {
        if binding.action == .back { return model.overlay != nil || undoes(model) != nil }
        // Elsewhere than in a demo the tour's names are not those of the broker.
        if binding.action == .tour { return model.tour != nil || model.broker.isDemo }
        return model.obstacle(to: binding) == nil
    }

    /// What Esc undoes in the pane with the focus; nil if nothing.
    private static func undoes(_ model: Model) -> String? {
        model.panes.isZoomed ? "all panes" : model.undoable
    }

    private static func hint(_ binding: Binding, _ model: Model) -> Hint {
        let text: String =
            switch binding.action {
            case .pauseDisplay: model.isDisplayPaused ? "resume" : "pause"
            case .automaticCommits: model.commits.isAutomatic ? "by hand" : "automatic"
            case .send: model.publish.field == .body ? "publish" : "next field"
            case .back where model.isDrawerFollowing: "close"
            case .open where model.isDrawerFollowing: "scroll it"
            case .toggleTotals: model.showsTotals ? "rates" : "totals"
            case .back where model.overlay == nil: undoes(model) ?? "back"
            case .tour: model.tour == nil ? "tour" : "next step"
            case .nextStart where model.prompt?.question == .palette: "complete"
            case .follow where model.focus == .events: model.screens.events.isFollowing ? "stay" : "follow"
            case .startPublish where model.publish.screen != .message && binding.keys.contains(.enter): "set"
            case .loadGenerator where model.publish.screen == .load: model.isLoadRunning ? "stop" : "start"
            case .slowClients where model.publish.screen == .slowClients: model.isLoadRunning ? "stop" : "start"
            case .follow: model.messages.isFollowing ? "stay" : "follow"
            default: binding.hint ?? ""
            }
        return Hint(key: binding.keys[0], text: text)
    }
}
