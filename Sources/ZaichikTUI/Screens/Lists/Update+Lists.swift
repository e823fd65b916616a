import ZaichikProtocol
import ZaichikWords

// Lists over the panes: opened from a row or its drawer, asked for again while they are looked at.
extension Model {
    mutating func performList(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .peek: return showMessages(now)
        case .showParked: return showParked(now)
        case .showClosed: return show(list: .closed, now)
        case .showKeys: return showKeys(now)
        case .mark where keyFocus == .list: changeList { $0.toggleMark() }
        case .askOrigin: return askOrigin()
        case .releaseParked: return settleParked(.release, now)
        case .dropParked: return settleParked(.drop, now)
        default: break
        }
        return []
    }

    /// The list that is looked at.
    var list: ListScreen? { if case .list(let list) = overlay { list } else { nil } }

    mutating func changeList(_ change: (inout ListScreen) -> Void) {
        guard case .list(var list) = overlay else { return }
        change(&list)
        overlay = .list(list)
    }

    mutating func moveList(by distance: Int) {
        let height = ListArea(OverlayArea(layout)).pageHeight
        changeList { $0.move(by: distance, height: height) }
    }

    private mutating func show(list subject: ListSubject, _ now: Moment) -> [Effect] {
        overlay = .list(ListScreen(subject, over: overlay, now: now))
        return [.link(.clients(.list(subject)))]
    }

    /// The row under the cursor, whatever is marked, or what is in the drawer.
    var rowTarget: ActTarget? {
        guard !clients.marked.isEmpty || !topics.marked.isEmpty else { return actTarget }
        var model = self
        (model.clients.marked, model.topics.marked) = ([], [])
        return model.actTarget
    }

    /// The client or session under the cursor, or in the drawer.
    private var queueRow: (queue: QueueSubject, label: String)? {
        guard case .client(let row, let label)? = rowTarget else { return nil }
        return (row.queue, row.session.isEmpty ? label : row.session)
    }

    private mutating func showMessages(_ now: Moment) -> [Effect] {
        guard let row = queueRow else {
            say("no queue to look into here: go to a client or a session", now)
            return []
        }
        return show(list: .messages(row.queue, label: row.label), now)
    }

    private mutating func showParked(_ now: Moment) -> [Effect] {
        guard case .session(let name)? = queueRow?.queue else {
            say("nothing is parked here: only sessions put messages aside", now)
            return []
        }
        return show(list: .parked(name), now)
    }

    private mutating func showKeys(_ now: Moment) -> [Effect] {
        guard case .topic(let row)? = rowTarget else { return [] }
        guard row.settings.deduplicationWindow > 0 else {
            say("'\(row.name)' remembers no keys: its dedup-window is never; E changes that", now)
            return []
        }
        return show(list: .keys(topic: row.name, window: row.settings.deduplicationWindow), now)
    }

    private mutating func askOrigin() -> [Effect] {
        guard let message = list?.selectedRow?.message, let topic = try? TopicName(message.topic) else { return [] }
        return [.link(.clients(.origin(topic, sequence: message.sequence)))]
    }

    /// Releases or drops the marked messages, or the one with the cursor.
    private mutating func settleParked(_ action: ParkedAction, _ now: Moment) -> [Effect] {
        guard let list, case .parked(let session) = list.subject else { return [] }
        if let reason = readOnlyReason {
            say(reason, bad: true, now)
            return []
        }
        let numbers = list.meant.compactMap { if case .parked(let message) = $0 { message.number } else { nil } }
        guard !numbers.isEmpty else { return [] }
        let settlement = ParkedPlan(action: action, numbers: numbers, session: session)
        guard action == .drop else { return [.link(.clients(.settleParked(settlement)))] }
        // What is dropped does not come again.
        prompt = Prompt(.dropParked(settlement))
        return []
    }

    /// What was typed to confirm that parked messages are dropped.
    mutating func confirm(_ plan: ParkedPlan, typed: String) -> [Effect] {
        guard typed.lowercased() == "y" else {
            prompt?.problem = "type y to drop them; Esc leaves them"
            return []
        }
        prompt = nil
        return [.link(.clients(.settleParked(plan)))]
    }

    // MARK: Answers of the broker

    /// The list is asked for again when its answer no longer holds.
    mutating func askListAgain(now: Moment) -> [Effect] {
        guard let list, !list.isAsked, now < list.askedAt || now.since(list.askedAt) >= list.subject.period else {
            return []
        }
        changeList {
            $0.isAsked = true
            $0.askedAt = now
        }
        return [.link(.clients(.list(list.subject)))]
    }

    mutating func listed(_ subject: ListSubject, _ page: ListPage) {
        guard list?.subject == subject else { return }
        let rows: [ListRow]
        let matching: Int
        switch page {
        case .messages(let page):
            if case .keys(_, let window) = subject {
                let keys = RememberedKey.keys(of: page.rows, window: window, now: broker.time)
                (rows, matching) = (keys.map(ListRow.key), keys.count)
            } else {
                (rows, matching) = (page.rows.map(ListRow.message), page.matching)
            }
        case .parked(let page): (rows, matching) = (page.rows.map(ListRow.parked), page.matching)
        case .closed(let page): (rows, matching) = (page.rows.map(ListRow.closed), page.matching)
        }
        let height = ListArea(OverlayArea(layout)).pageHeight
        changeList {
            $0.take(rows, matching: matching)
            $0.settle(height: height)
        }
    }

    mutating func notListed(_ subject: ListSubject, _ problem: String) {
        guard list?.subject == subject else { return }
        changeList {
            $0.isAsked = false
            $0.problem = problem
        }
    }

    mutating func originTold(_ topic: String, _ sequence: UInt64, _ text: String) {
        changeList { $0.origins[.message(topic, sequence)] = text }
        // A parked message is known by its number.
        let parked = list?.rows.first { $0.message?.topic == topic && $0.message?.sequence == sequence }?.id
        if let parked { changeList { $0.origins[parked] = text } }
    }

    mutating func parkedSettled(_ plan: ParkedPlan, _ count: Int, _ now: Moment) -> [Effect] {
        let what = count == 1 ? "1 message" : "\(count) messages"
        say(plan.action == .release ? "released \(what): delivered again" : "dropped \(what)", now)
        changeList { $0.marked = [] }
        guard let list else { return [] }
        return [.link(.clients(.list(list.subject)))]
    }
}

/// What becomes of parked messages.
struct ParkedPlan: Equatable, Sendable {
    var action: ParkedAction
    var numbers: [UInt64]
    var session: String
}
