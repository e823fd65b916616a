extension Model {
    /// Why a row of the key table would do nothing now; nil if it can be done.
    func obstacle(to binding: Binding) -> String? { binding.obstacle(self) ?? obstacle(to: binding.action) }

    /// Why an action would do nothing now, wherever its key is pressed; nil if it can be done.
    func obstacle(to action: Action) -> String? {
        switch action {
        case .nextMatch, .previousMatch: searchObstacle
        case .unsubscribe: subscriptions.isEmpty ? "nothing is subscribed: press s to subscribe" : nil
        case .startPublish, .send,
            .editMessage where isReadOnly, .loadGenerator, .slowClients:
            readOnlyReason.map { "\($0): nothing is published" }
        case .readPublished: publish.results.isEmpty ? "nothing is published yet" : nil
        case .olderDraft: publish.history.isEmpty ? "nothing is published yet" : nil
        case .newLine:
            publish.field == .body && publish.screen == .message ? nil : "only the body has several lines"
        case .openEditor, .chooseFile, .traced:
            publish.screen == .message ? nil : "only a message has that"
        case .profiles: profileObstacle
        case .endTour: tour == nil ? "no tour is being taken" : nil
        case .copyCommand: acts == nil ? "no act is being confirmed" : nil
        case .nextStart:
            prompt?.question == .subscribe || prompt?.question == .palette ? nil : "there is nothing to choose"
        case .olderOffer, .newerOffer:
            prompt?.question == .palette || prompt?.offers.isEmpty == false ? nil : "there is nothing to choose"
        default: rowObstacle(to: action) ?? messageObstacle(to: action)
        }
    }

    /// What has a meaning for some of the rows, and of what is looked at, only.
    private func rowObstacle(to action: Action) -> String? {
        switch action {
        case .showParked: rowTarget?.session == nil ? "nothing is parked here: only sessions put messages aside" : nil
        case .editSettings:
            if case .client = rowTarget, rowTarget?.session == nil {
                "no settings here: topics and sessions have some"
            } else {
                nil
            }
        case .toggleSubscription:
            switch overlay {
            case .client, .session, .message, .screen: "only a topic is subscribed to"
            default: nil
            }
        case .mendTopic: canMendTopic ? nil : "no topic's settings would help here"
        case .showKeys:
            rowTarget?.remembersKeys == true ? nil : "it remembers no keys: only topics that deduplicate do"
        case .act:
            switch overlay {
            case .message: "there are acts on clients, sessions and topics only"
            case .screen(let overlay, _): overlay.actTarget(self) == nil ? "there is nothing to act on here" : nil
            default: nil
            }
        case .traceMessage:
            switch overlay {
            case nil, .message: nil
            case .screen(.event(let entry), _): entry.message == nil ? "no message is named in this event" : nil
            default: "only messages are traced"
            }
        case .askOrigin: list?.selectedRow?.message == nil ? "there is no message under the cursor" : nil
        case .mark where keyFocus == .list, .releaseParked, .dropParked:
            list?.subject.takesMarks == true ? nil : "only parked messages are marked, released and dropped"
        default: nil
        }
    }

    /// What needs a message, or messages of a kind.
    private func messageObstacle(to action: Action) -> String? {
        switch action {
        case .commitHere, .commitAll:
            commits.isAutomatic ? "commits are automatic: press a to commit by hand" : nil
        case .returnHere, .parkHere: settleObstacle
        case .format:
            switch overlay {
            case .client, .session, .topic: "only messages have a format"
            default: nil
            }
        case .foldMore, .foldLess: isDocumentShown ? nil : "only JSON and MessagePack are folded"
        case .mark where keyFocus == .pane(.messages), .copyMessage, .editMessage, .difference:
            chosenMessages.isEmpty ? "there is no message under the cursor" : nil
        case .export, .switchTopic, .filterMessages:
            shownLog.entries.isEmpty ? "there are no messages here" : nil
        default: nil
        }
    }

    private var searchObstacle: String? {
        isSearching(in: focus) ? nil : "nothing is searched for: press / to search"
    }

    /// What Esc undoes in the pane with the focus, besides the zoom, in two words; nil if nothing.
    var undoable: String? {
        if let table = focus.content as? any TablePane.Type {
            if table.search(self) != nil { return "end search" }
            if table.hasMarks(self) { return "unmark" }
            return table.filter(self).isEmpty ? nil : "clear filter"
        }
        if focus == .events {
            let log = screens.events
            if log.search != nil { return "end search" }
            return log.filter.isEmpty ? log.isFollowing ? nil : "follow" : "clear filter"
        }
        return focus == .messages ? MessagesPane.undoes(self) : nil
    }

    /// Whether something is searched for in a pane.
    func isSearching(in pane: Pane) -> Bool {
        if let table = pane.content as? any TablePane.Type { return table.search(self) != nil }
        if pane == .events { return screens.events.search != nil }
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
