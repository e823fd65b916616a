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
    let layout = model.layout
    // A reason of several lines takes rows from the panes, and a drawer takes columns.
    defer { if model.layout != layout { model.keepCursorsSeen() } }
    let shown = model.overlay?.drawerSubject
    let effects = model.step(event, now: now)
    return effects + model.lookAfterDrawer(shown, now: now) + model.askPages(now: now)
}

extension Model {
    fileprivate mutating func step(_ event: Event, now: Moment) -> [Effect] {
        switch event {
        case .terminal(.key(let key)): return keyPressed(key, now: now)
        case .terminal(.typed(let text)): return typedKeys(text, now: now)
        case .terminal(.mouse(let action, let point)): return mouseUsed(action, at: point, now: now)
        case .terminal(.paste(let text)): return pasted(text, now: now)
        case .terminal(.resize(let size)):
            self.size = size
            keepCursorsSeen()
            return []
        case .terminal(.resumed(let size)):
            self.size = size
            keepCursorsSeen()
            return [.redraw]
        case .terminal(.stopAsked): return [.suspend]
        case .link(let event): return linkTold(event, now: now)
        case .file(let event):
            fileTold(event, now: now)
            return []
        case .tick, .terminal(.background): return []
        }
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
                publish.asked = nil
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
        if binding?.action != .send { publish.asked = nil }
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
        case .mouse: return toggleMouse(now: now)
        case .help:
            overlay = .help(HelpInspection(place: keyFocus, under: overlay))
            return []
        case .palette, .profiles:
            if action == .palette { openPalette() } else { chooseProfile() }
            return []
        case .tour, .endTour: return performTour(action, now: now)
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
        case .startPublish: return startPublish(by: key, now: now)
        case .leaveForm, .send, .readPublished, .newLine, .nextField, .previousField, .olderDraft,
            .newerDraft:
            return performForm(action, now: now)
        case .cursorLeft, .cursorRight, .cursorStart, .cursorEnd, .deleteBefore, .deleteAfter, .deleteWord, .deleteAll:
            edit(action)
            return []
        case .act, .nextAct, .previousAct, .doAct, .chooseAct, .copyCommand, .closeActs:
            return performAct(action, by: key, now: now)
        case .answer, .cancel, .nextStart, .olderOffer, .newerOffer: return performPrompt(action, now: now)
        case .eventFilter, .eventLevel, .setAlert, .traceMessage, .heatFigure, .heatLeft, .heatRight, .travel, .earlier,
            .later,
            .muchEarlier, .muchLater, .earliest, .latest, .slowDownBefore, .slowDownAfter:
            return performScreen(action, now: now)
        case .peek, .showParked, .showClosed, .showKeys, .askOrigin, .releaseParked, .dropParked:
            return performList(action, now: now)
        case .editSettings, .mendTopic, .newTopic, .nextSetting, .previousSetting, .applySettings, .copySettings:
            return performSettings(action, now: now)
        case .mark: return mark(now: now)
        case .copyRow: return copyRow(now)
        case .chooseColumns, .changeColumn, .toggleTotals: return performTable(action)
        case .filterMessages, .switchTopic, .olderMessage, .newerMessage, .difference, .foldMore, .foldLess,
            .copyMessage, .export, .editMessage, .browse:
            return performMessages(action, now: now)
        case .chooseFile, .openEditor, .traced: return performForm(action, now: now)
        case .loadGenerator, .slowClients: return performLoad(action, now: now)
        }
    }

    private mutating func toggleMouse(now: Moment) -> [Effect] {
        isMouseOn.toggle()
        say(isMouseOn ? "the mouse is this program's" : "the mouse is the terminal's: select text as usual", now)
        return [.mouse(isMouseOn)]
    }

    /// Marks what is under the cursor, or no longer.
    private mutating func mark(now: Moment) -> [Effect] {
        switch keyFocus {
        case .list: performList(.mark, now: now)
        case .pane(let pane) where pane.content is any TablePane.Type: performTable(.mark)
        default: performMessages(.mark, now: now)
        }
    }

    /// - Parameter seconds: How long it stays; good news go with the next key.
    mutating func say(_ text: String, bad: Bool = false, seconds: UInt64? = nil, _ now: Moment) {
        notice = Notice(text: text, isBad: bad, until: now + (seconds ?? (bad ? 10 : 4)) * Moment.second)
    }
}
