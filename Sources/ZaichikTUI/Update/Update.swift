/// One step of the program: changes the model and returns the effects to carry out.
///
/// - Parameter now: The current time.
func update(_ model: inout Model, _ event: Event, now: Moment) -> [Effect] {
    if let notice = model.notice, notice.until <= now { model.notice = nil }
    model.broker.freshness.judge(now: now, isConnected: model.broker.connection.isConnected)
    defer { model.layOutPayload() }
    defer {
        if var tour = model.tour {
            tour.take(event, model)
            model.tour = tour
        }
    }
    let body = model.layout.body
    // A reason of several lines takes rows from the panes.
    defer { if model.layout.body != body { model.keepCursorsSeen() } }
    switch event {
    case .terminal(.key(let key)): return model.keyPressed(key, now: now)
    case .terminal(.typed(let text)): return model.typedKeys(text, now: now)
    case .terminal(.mouse(let action, let point)): return model.mouseUsed(action, at: point, now: now)
    case .terminal(.paste(let text)): return model.pasted(text, now: now)
    case .terminal(.resize(let size)):
        model.size = size
        model.keepCursorsSeen()
        return []
    case .terminal(.resumed(let size)):
        model.size = size
        model.keepCursorsSeen()
        return [.redraw]
    case .terminal(.stopAsked): return [.suspend]
    case .link(let event): return model.linkTold(event, now: now)
    case .tick, .terminal(.background): return []
    }
}

extension Model {
    mutating func keyPressed(_ key: Key, now: Moment) -> [Effect] {
        let editor = prompt?.editor
        let effects = act(on: key, now: now)
        return effects + promptTyped(since: editor)
    }

    /// Whatever goes into a field of the form is inserted at once.
    fileprivate mutating func typedKeys(_ text: String, now: Moment) -> [Effect] {
        var effects: [Effect] = []
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            if keyFocus == .form, notice?.isBad != false {
                publish.isEmptyAsked = false
                return effects + typed(String(rest), now: now)
            }
            rest.removeFirst()
            effects += keyPressed(.character(Character(first)), now: now)
        }
        return effects
    }

    private mutating func act(on key: Key, now: Moment) -> [Effect] {
        let focus = keyFocus
        // A notice about the last key has been read by now, or belongs to another view; an error stays for its time.
        if notice?.isBad == false { notice = nil }
        let binding = panes.table.keys.binding(for: key, in: focus)
        if binding?.action != .send { publish.isEmptyAsked = false }
        if let binding {
            guard let obstacle = obstacle(to: binding) else { return perform(binding.action, by: key, now: now) }
            say(obstacle, now)
            return []
        }
        if focus.isTyping {
            if case .character(let character) = key { return typed(String(character), now: now) }
        } else {
            say(strange(key, in: focus), now)
        }
        return []
    }

    /// - Parameter key: The key that was pressed: a digit says which pane to show.
    mutating func perform(_ action: Action, by key: Key, now: Moment) -> [Effect] {
        switch action {
        case .quit, .interrupt:
            isQuitting = true
            return [.quit]
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .mouse:
            isMouseOn.toggle()
            say(isMouseOn ? "the mouse is this program's" : "the mouse is the terminal's: select text as usual", now)
            return [.mouse(isMouseOn)]
        case .help:
            overlay = .help(HelpInspection(place: keyFocus))
            return []
        case .palette:
            openPalette()
            return []
        case .tour, .endTour: return performTour(action, now: now)
        case .profiles:
            chooseProfile()
            return []
        case .showPane:
            if let pane = panes.table.pane(for: key) { show(pane) }
            return []
        case .nextPane, .previousPane, .zoom, .back: return performPane(action)
        case .up, .down, .pageUp, .pageDown, .top, .bottom, .open: return performMove(action)
        case .sortLeft, .sortRight, .reverse, .filter, .onlyBehind: return performTable(action)
        case .search, .nextMatch, .previousMatch: return performSearch(action, now: now)
        case .subscribe, .unsubscribe, .toggleSubscription, .follow, .format, .clear, .pauseDisplay:
            return performStream(action, now: now)
        case .automaticCommits, .commitHere, .commitAll, .returnHere, .parkHere, .growWindow, .shrinkWindow, .setWindow,
            .pauseWindow:
            return performCommit(action, now: now)
        case .startPublish, .leaveForm, .send, .readPublished, .newLine, .nextField, .previousField, .olderDraft,
            .newerDraft:
            return performForm(action, now: now)
        case .cursorLeft, .cursorRight, .cursorStart, .cursorEnd, .deleteBefore, .deleteAfter, .deleteWord, .deleteAll:
            edit(action)
            return []
        case .act, .nextAct, .previousAct, .doAct, .chooseAct, .copyCommand, .closeActs:
            return performAct(action, by: key, now: now)
        case .answer, .cancel, .nextStart, .olderOffer, .newerOffer: return performPrompt(action, now: now)
        }
    }

    /// - Parameter seconds: How long it stays; good news go with the next key.
    mutating func say(_ text: String, bad: Bool = false, seconds: UInt64? = nil, _ now: Moment) {
        notice = Notice(text: text, isBad: bad, until: now + (seconds ?? (bad ? 10 : 4)) * Moment.second)
    }
}
