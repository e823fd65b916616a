import ZaichikProtocol

extension Model {
    mutating func performPrompt(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .answer: return answer(now)
        case .cancel: return cancel()
        case .nextStart:
            if prompt?.question == .palette { completePalette() }
            guard prompt?.question == .subscribe, let start = prompt?.start else { return [] }
            let all = Prompt.Start.allCases
            prompt?.start = all[(all.firstIndex(of: start)! + 1) % all.count]
        case .olderOffer: prompt?.question == .palette ? movePalette(by: -1) : prompt?.choose(-1)
        case .newerOffer: prompt?.question == .palette ? movePalette(by: 1) : prompt?.choose(1)
        default: break
        }
        return []
    }

    private mutating func answer(_ now: Moment) -> [Effect] {
        guard let prompt else { return [] }
        let text = prompt.editor.text
        switch prompt.question {
        case .subscribe, .unsubscribe:
            do throws(NameError) {
                let pattern = try TopicPattern(text)
                self.prompt = nil
                return prompt.question == .unsubscribe
                    ? unsubscribe(pattern, now) : [.link(.subscribe(pattern, prompt.start.position))]
            } catch {
                self.prompt?.problem = "\(error)"
                return []
            }
        case .filter, .search, .findRow, .findKey, .filterMessages:
            // It has acted as it was typed.
            if prompt.problem == nil { self.prompt = nil }
            return []
        case .window:
            // What was refused is still to be read: the number in the field is not what was meant.
            if prompt.problem != nil { return [] }
            guard let window = UInt32(text), window <= CommitState.largestWindow else {
                self.prompt?.problem = Prompt.windowRule
                return []
            }
            self.prompt = nil
            return setWindow(window, now)
        case .returnMessages(let messages): return settle(messages, typed: text, isReturn: true)
        case .parkMessages(let messages): return settle(messages, typed: text, isReturn: false)
        case .act(let plan): return answerAct(plan, typed: text)
        case .confirm(let plan): return confirm(plan, typed: text)
        case .eventFilter, .eventSearch:
            if prompt.problem == nil { self.prompt = nil }
            return []
        case .alert:
            answerAlert(text, now)
            return []
        case .trace: return answerTrace(text)
        case .palette: return runPalette(now)
        case .dropParked(let plan): return confirm(plan, typed: text)
        case .switchTopic:
            switchTopic(text, now)
            return []
        case .browse: return browse(typed: text, now)
        case .export(let messages): return export(messages, to: text)
        case .chooseFile: return chooseFile(text)
        }
    }

    private mutating func settle(_ messages: [ReceivedMessage], typed: String, isReturn: Bool) -> [Effect] {
        guard let settlement = HandSettlement.read(typed, messages, isReturn: isReturn) else {
            prompt?.problem = Prompt.delayRule
            return []
        }
        guard settlement.reason.utf8.count <= PeerLimits.reason else {
            prompt?.problem = "a reason has at most \(PeerLimits.reason) bytes"
            return []
        }
        prompt = nil
        shownLog.unmarkAll()
        return [.link(.settle(settlement))]
    }

    /// Filters and searches act as they are typed.
    ///
    /// - Parameter before: What was typed until then; nil if there was no prompt.
    mutating func promptTyped(since before: LineEditor?) -> [Effect] {
        guard let prompt, let before, before != prompt.editor else { return [] }
        switch prompt.question {
        case .filter(let pane):
            guard let table = pane.content as? any TablePane.Type else { return [] }
            self.prompt?.problem = table.filterProblem(prompt.editor.text)
            return self.prompt?.problem == nil ? table.setFilter(&self, prompt.editor.text) : []
        case .search: searchTyped()
        case .findRow(let pane, let origin): rowSearchTyped(pane, from: origin)
        case .findKey: showKeys(with: prompt.editor.text)
        case .palette: paletteTyped()
        case .filterMessages: setMessageFilter(prompt.editor.text)
        case .eventFilter:
            let filter = EventFilter(prompt.editor.text)
            self.prompt?.problem = filter.problem
            if filter.problem == nil { screens.events.filter = filter }
        case .eventSearch(let origin):
            let text = prompt.editor.text
            let found = screens.events.search(for: text, from: origin, height: area(of: .events).pageHeight)
            self.prompt?.found = found
            self.prompt?.problem = found == nil && !text.isEmpty ? "not found" : nil
        default: break
        }
        return []
    }

    private mutating func cancel() -> [Effect] {
        guard let prompt else { return [] }
        self.prompt = nil
        switch prompt.question {
        case .filter(let pane):
            return (pane.content as? any TablePane.Type)?.setFilter(&self, prompt.before) ?? []
        case .search(let origin):
            cancelSearch(origin)
            return []
        case .confirm:
            acts = nil
            return []
        case .eventFilter:
            screens.events.filter = EventFilter(prompt.before)
            return []
        case .eventSearch(let origin):
            screens.events.cancelSearch(origin, height: area(of: .events).pageHeight)
            return []
        case .findRow(let pane, let origin):
            guard let table = pane.content as? any TablePane.Type else { return [] }
            _ = table.search(&self, for: prompt.before, from: origin)
            return []
        case .findKey:
            showKeys(with: prompt.before)
            return []
        case .filterMessages(let before):
            setMessageFilter(before)
            return []
        case .subscribe, .unsubscribe, .window, .returnMessages, .parkMessages, .act, .dropParked, .switchTopic,
            .browse, .export, .chooseFile, .alert, .trace, .palette:
            return []
        }
    }

    /// Leaves the lines of the help that have a text.
    private mutating func showKeys(with text: String) {
        guard case .help(var inspection) = overlay else { return }
        (inspection.search, inspection.offset) = (text, 0)
        overlay = .help(inspection)
    }

    private mutating func unsubscribe(_ pattern: TopicPattern, _ now: Moment) -> [Effect] {
        guard subscriptions.contains(where: { $0.pattern == pattern }) else {
            say("'\(pattern)' is not subscribed", bad: true, now)
            return []
        }
        return [.link(.unsubscribe(pattern))]
    }
}

extension Prompt.Start {
    var position: StartPosition {
        switch self {
        case .new: .new
        case .earliest: .earliest
        case .connection: .connection
        }
    }
}
