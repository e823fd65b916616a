extension Model {
    mutating func performSearch(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .search: askSearch()
        case .nextMatch, .previousMatch:
            if let table = focus.content as? any TablePane.Type {
                say(table.nextMatch(&self, step: action == .nextMatch ? 1 : -1), now)
            } else if focus == .events {
                let height = area(of: .events).pageHeight
                say(screens.events.nextMatch(older: action == .nextMatch, height: height), now)
            } else {
                goToMatch(older: action == .nextMatch, now)
            }
        default: break
        }
        return []
    }

    private mutating func askSearch() {
        if case .help(let inspection) = overlay {
            prompt = Prompt(.findKey, text: inspection.search)
        } else if let table = focus.content as? any TablePane.Type {
            prompt = Prompt(.findRow(focus, from: table.cursor(self)), text: table.search(self)?.text ?? "")
        } else if focus == .events {
            let log = screens.events
            prompt = Prompt(.eventSearch(from: log.selected), text: log.search?.text ?? "")
        } else {
            prompt = Prompt(.search(from: shownLog.selected), text: search?.text ?? "")
        }
    }

    /// Acts on a search in a table while it is typed.
    mutating func rowSearchTyped(_ pane: Pane, from origin: Int?) {
        guard let text = prompt?.editor.text, let table = pane.content as? any TablePane.Type else { return }
        let found = table.search(&self, for: text, from: origin)
        prompt?.found = found
        prompt?.problem = found == nil && !text.isEmpty ? "not found" : nil
    }

    /// Acts on a search while it is typed: goes to the newest match that is not below the line where it began.
    mutating func searchTyped() {
        guard let prompt, case .search(let origin) = prompt.question else { return }
        search = TextSearch(prompt.editor.text)
        self.prompt?.found = nil
        returnTo(origin)
        guard let start = shownLog.cursor else { return }
        if let line = match(from: start, older: true) {
            if line != start { selectLine(line) }
            let found = place(ofMatch: line)
            self.prompt?.found = found
        } else if search != nil {
            self.prompt?.problem = "not found"
        }
    }

    /// Ends a search, and goes back to the line where it began.
    mutating func cancelSearch(_ origin: UInt64?) {
        search = nil
        returnTo(origin)
    }

    private mutating func goToMatch(older: Bool, _ now: Moment) {
        guard let search else { return say("nothing is searched for: press / in Messages", now) }
        let count = shownLog.shown.count
        guard let cursor = shownLog.cursor,
            let line = match(from: (cursor + (older ? count - 1 : 1)) % count, older: older)
        else { return say("'\(search.text)' is in none of the messages here", now) }
        selectLine(line)
        if line == cursor {
            say("there is no other match", now)
        } else {
            let turn = older == (line < cursor) ? "" : ": the search went on at the \(older ? "newest" : "oldest")"
            say("match \(place(ofMatch: line))\(turn)", now)
        }
    }

    /// The place of a line among all that match, the newest being the first.
    private func place(ofMatch line: Int) -> String {
        let shown = shownLog.shown
        var newer = 0
        var count = 0
        for (index, entry) in shown.enumerated() where search?.matches(entry, payloadFormat) ?? false {
            count += 1
            if index >= line { newer += 1 }
        }
        return "\(newer) of \(count)"
    }

    /// The first line with a match from a line on, once around.
    private func match(from start: Int, older: Bool) -> Int? {
        guard let search else { return nil }
        let shown = shownLog.shown
        let count = shown.count
        for step in 0..<count {
            let line = (start + (older ? count - step : step)) % count
            if search.matches(shown[shown.startIndex + line], payloadFormat) { return line }
        }
        return nil
    }

    private mutating func selectLine(_ line: Int) {
        let shown = shownLog.shown
        shownLog.select(shown[shown.startIndex + line].id, height: area(of: .messages).pageHeight)
    }

    private mutating func returnTo(_ origin: UInt64?) {
        if let origin {
            shownLog.select(origin, height: area(of: .messages).pageHeight)
        } else {
            shownLog.follow()
        }
    }
}
