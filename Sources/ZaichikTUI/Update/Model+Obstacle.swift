extension Model {
    /// Why a row of the key table would do nothing now; nil if it can be done.
    func obstacle(to binding: Binding) -> String? { binding.obstacle(self) ?? obstacle(to: binding.action) }

    /// Why an action would do nothing now, wherever its key is pressed; nil if it can be done.
    func obstacle(to action: Action) -> String? {
        switch action {
        case .commitHere, .commitAll:
            commits.isAutomatic ? "commits are automatic: press a to commit by hand" : nil
        case .returnHere, .parkHere: settleObstacle
        case .nextMatch, .previousMatch: searchObstacle
        case .unsubscribe: subscriptions.isEmpty ? "nothing is subscribed: press s to subscribe" : nil
        case .startPublish, .send:
            isReadOnly ? "this program was started with --read-only: it publishes nothing" : nil
        case .readPublished: publish.results.isEmpty ? "nothing is published yet" : nil
        case .olderDraft: publish.history.isEmpty ? "nothing is published yet" : nil
        case .newLine: publish.field == .body ? nil : "only the body has several lines"
        case .profiles: profileObstacle
        case .endTour: tour == nil ? "no tour is being taken" : nil
        case .copyCommand: acts == nil ? "no act is being confirmed" : nil
        case .act, .format, .toggleSubscription: overlayObstacle(to: action)
        case .nextStart:
            prompt?.question == .subscribe || prompt?.question == .palette ? nil : "there is nothing to choose"
        case .olderOffer, .newerOffer:
            prompt?.question == .palette || prompt?.offers.isEmpty == false ? nil : "there is nothing to choose"
        default: nil
        }
    }

    /// What has a meaning for some of the things that are looked at only.
    private func overlayObstacle(to action: Action) -> String? {
        switch (action, overlay) {
        case (.act, .message): "acts are on clients, sessions and topics"
        case (.format, .client), (.format, .session), (.format, .topic): "only messages have a format"
        case (.toggleSubscription, .client), (.toggleSubscription, .session), (.toggleSubscription, .message):
            "only a topic is subscribed to"
        default: nil
        }
    }

    private var searchObstacle: String? {
        isSearching(in: focus) ? nil : "nothing is searched for: press / to search"
    }

    /// What Esc undoes in the pane with the focus, besides the zoom, in two words; nil if nothing.
    var undoable: String? {
        if isSearching(in: focus) { return "end search" }
        if let table = focus.content as? any TablePane.Type { return table.filter(self).isEmpty ? nil : "clear filter" }
        return nil
    }

    /// Whether something is searched for in a pane.
    func isSearching(in pane: Pane) -> Bool {
        if let table = pane.content as? any TablePane.Type { return table.search(self) != nil }
        return pane == .messages && search != nil
    }

    /// What to say of a key that has no row in a focus.
    func strange(_ key: Key, in focus: Focus) -> String {
        let name = key == .other ? "that key" : "'\(key)'"
        let elsewhere = panes.table.focuses.filter { $0 != focus && !$0.isTyping }
            .lazy.compactMap { other in
                self.panes.table.keys.binding(for: key, in: other).map { (other.name, $0.hint ?? $0.action.name) }
            }
            .first
        let help = panes.table.keys.keyName(of: .help).map { "; \($0) lists the keys" } ?? ""
        guard let elsewhere else { return "\(name) does nothing here\(help)" }
        return "\(name) does nothing here (in \(elsewhere.0): \(elsewhere.1))\(help)"
    }
}
