import ZaichikProtocol

extension Model {
    mutating func performStream(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .subscribe:
            var prompt = Prompt(.subscribe, text: focus.content.topic(self) ?? "", offers: topics.rows.map(\.name))
            // What was published just now is what one wants to read.
            if focus == .publish, prompt.isSelected { prompt.start = .earliest }
            self.prompt = prompt
        case .unsubscribe: askUnsubscribe(now)
        case .toggleSubscription: return toggleSubscription(now)
        case .follow where focus == .events: followEvents()
        case .follow:
            if browse != nil { return browseEnd(first: false) }
            if messages.isFollowing, let current = messages.current {
                messages.select(current.id, height: area(of: .messages).pageHeight)
            } else {
                messages.follow()
            }
        case .format: changeFormat()
        case .clear: if browse == nil { messages.clear() } else { browse = nil }
        case .pauseDisplay: pauseDisplay(now)
        default: break
        }
        return []
    }

    /// Of the message that is looked at, or of all in the pane.
    private mutating func changeFormat() {
        switch overlay {
        case .message(var inspection):
            inspection.format = inspection.format.next
            overlay = .message(inspection)
        case nil: payloadFormat = payloadFormat.next
        case .help, .client, .session, .topic, .list, .settings, .columns, .screen: break
        }
    }

    private mutating func askUnsubscribe(_ now: Moment) {
        let patterns = subscriptions.map(\.pattern.string)
        guard let last = patterns.last else {
            say("nothing is subscribed: press s to subscribe", now)
            return
        }
        let here = focus.content.topic(self).flatMap { subscriptions(matching: $0).first }
        prompt = Prompt(.unsubscribe, text: here?.pattern.string ?? last, offers: patterns)
    }

    private mutating func toggleSubscription(_ now: Moment) -> [Effect] {
        switch overlay {
        case nil, .topic, .client, .session: break
        case .help, .message, .list, .settings, .columns, .screen: return []
        }
        guard let name = toggledTopic, let pattern = try? TopicPattern(name) else {
            say("no topics yet: they appear when something is published to them", now)
            return []
        }
        if overlay == nil { topics.selected = name }
        if subscriptions.contains(where: { $0.pattern == pattern }) { return [.link(.unsubscribe(pattern))] }
        if let wider = subscriptions(matching: name).first {
            say("'\(name)' comes by the pattern '\(wider.pattern)': u unsubscribes from that", now)
            return []
        }
        return [.link(.subscribe(pattern, .new))]
    }

    /// The topic that is looked at in detail, or that of the cursor in Topics.
    private var toggledTopic: String? {
        if case .topic(let inspection) = overlay { return inspection.name }
        return (topics.selectedRow ?? topics.rows.first)?.name
    }

    private mutating func pauseDisplay(_ now: Moment) {
        if !isDisplayPaused {
            messages.pause()
            screens.events.pause()
        } else {
            messages.resume()
            screens.events.resume()
            if let update = pausedUpdate { take(update) }
            pausedUpdate = nil
        }
    }

    mutating func arrived(_ arrivals: [LinkArrival], now: Moment) -> [Effect] {
        for arrival in arrivals {
            switch arrival {
            case .message(let message):
                topicColors.assign(message.topic)
                commits.delivered(message.number, connection: message.connection)
                messages.append(.message(message), at: now)
            case .gap(let topic, let first, let last, let reason):
                topicColors.assign(topic)
                messages.append(.gap(topic: topic, first: first, last: last, reason: reason), at: now)
            }
        }
        return commits.isAutomatic ? commitEverything() : []
    }

    mutating func commitEverything() -> [Effect] {
        commit(upTo: commits.lastDelivered, connection: commits.connection)
    }

    mutating func commit(upTo number: UInt64, connection: UInt64) -> [Effect] {
        guard commits.commit(upTo: number, connection: connection) else { return [] }
        return [.link(.commit(upTo: number, connection: connection))]
    }
}
