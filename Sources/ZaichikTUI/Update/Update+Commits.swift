import ZaichikWords

extension Model {
    mutating func performCommit(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .automaticCommits:
            commits.isAutomatic.toggle()
            if commits.isAutomatic {
                say("commits are automatic again", now)
                return commitEverything()
            }
            say("by hand: c commits up to the cursor, C all, r returns, K parks; until then this client is slow", now)
        case .commitHere:
            guard !commits.isAutomatic else { return refuseCommit(now) }
            guard case .message(let message) = messages.current?.content else {
                say("there is no message under the cursor", now)
                return []
            }
            let effects = commit(upTo: message.number, connection: message.connection)
            if effects.isEmpty {
                let isCommitted = commits.fate(of: message) == .committed
                say(
                    isCommitted
                        ? "that message is committed already"
                        : "its connection was lost: that message can no longer be committed", now)
            }
            return effects
        case .returnHere, .parkHere: askToSettle(isReturn: action == .returnHere, now)
        case .commitAll:
            guard !commits.isAutomatic else { return refuseCommit(now) }
            return commitEverything()
        case .growWindow: return setWindow(commits.window == 0 ? 1 : commits.window * 2, now)
        case .shrinkWindow: return setWindow(max(1, commits.window / 2), now)
        case .setWindow: prompt = Prompt(.window, text: String(commits.window))
        case .pauseWindow:
            if commits.window == 0 { return setWindow(commits.windowBeforePause, now) }
            return setWindow(0, now)
        default: break
        }
        return []
    }

    /// Asks with what delay and reason the message under the cursor is returned or parked.
    private mutating func askToSettle(isReturn: Bool, _ now: Moment) {
        if let obstacle = settleObstacle { return say(obstacle, now) }
        guard let message = settledMessage else { return }
        prompt = Prompt(isReturn ? .returnMessage(message) : .parkMessage(message))
    }

    /// The message that is looked at as a whole, or that under the cursor in Messages; nil if there is none.
    private var settledMessage: ReceivedMessage? {
        let entry: MessageEntry? =
            switch overlay {
            case .message(let inspection): inspection.entry
            case nil: messages.current
            case .help, .client, .session, .topic: nil
            }
        if case .message(let message) = entry?.content { return message }
        return nil
    }

    /// Why there is no message that can be returned or parked; nil if there is one.
    var settleObstacle: String? {
        if commits.isAutomatic { return "commits are automatic: press a to commit by hand" }
        guard let message = settledMessage else { return "there is no message under the cursor" }
        let fate = commits.fate(of: message)
        return fate == .inFlight ? nil : "that message is not in flight: \(MessageText.fate(fate))"
    }

    /// Notes that a delivery was returned or parked.
    mutating func settled(_ settlement: HandSettlement, _ now: Moment) {
        switch settlement.action {
        case .return(let delay):
            commits.settled(settlement.number, connection: settlement.connection, as: .returned)
            say(
                delay == 0
                    ? "returned: it comes again"
                    : "returned: it comes again after \(FigureText.duration(milliseconds: delay))", now)
        case .park:
            commits.settled(settlement.number, connection: settlement.connection, as: .parked)
            say("parked: 'zaichik parked' lists, releases and drops what is parked", now)
        }
    }

    private mutating func refuseCommit(_ now: Moment) -> [Effect] {
        say("commits are automatic: press a to commit by hand", now)
        return []
    }

    mutating func setWindow(_ window: UInt32, _ now: Moment) -> [Effect] {
        if window == 0, commits.window != 0 { commits.windowBeforePause = commits.window }
        commits.window = min(window, CommitState.largestWindow)
        say(
            commits.window == 0
                ? "delivery paused: window 0. P resumes it" : "window \(commits.window)", now)
        return [.link(.window(commits.window))]
    }
}
