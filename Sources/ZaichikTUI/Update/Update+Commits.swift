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
            say(
                "by hand: c commits up to the cursor or what Space marked, C all, r returns, K parks; until then this client is slow",
                now)
        case .commitHere: return commitHere(now)
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

    /// Commits up to the message under the cursor, or those that are marked and no others.
    private mutating func commitHere(_ now: Moment) -> [Effect] {
        guard !commits.isAutomatic else { return refuseCommit(now) }
        if isStreamInFront, !shownLog.marked.isEmpty {
            let messages = settleable
            guard let first = messages.first else {
                say("none of the marked messages is in flight", now)
                return []
            }
            shownLog.unmarkAll()
            let settlement = HandSettlement(messages.map(\.number), connection: first.connection, action: .commit)
            return [.link(.settle(settlement))]
        }
        guard let message = chosenMessages.first else {
            say("there is no message under the cursor", now)
            return []
        }
        let effects = commit(upTo: message.number, connection: message.connection)
        if effects.isEmpty {
            let fate = commits.fate(of: message)
            say(
                fate == .uncommitted
                    ? "its connection was lost: that message can no longer be committed"
                    : "there is nothing to commit: that message is \(MessageText.fate(fate))", now)
        }
        return effects
    }

    /// Asks with what delay and reason the messages that are chosen are returned or parked.
    private mutating func askToSettle(isReturn: Bool, _ now: Moment) {
        if let obstacle = settleObstacle { return say(obstacle, now) }
        prompt = Prompt(isReturn ? .returnMessages(settleable) : .parkMessages(settleable))
    }

    /// Those of the chosen messages that are in flight.
    private var settleable: [ReceivedMessage] { chosenMessages.filter { commits.fate(of: $0) == .inFlight } }

    /// Why there is no message that can be returned or parked; nil if there is one.
    var settleObstacle: String? {
        if commits.isAutomatic { return "commits are automatic: press a to commit by hand" }
        let chosen = chosenMessages
        guard let first = chosen.first else { return "there is no message under the cursor" }
        guard settleable.isEmpty else { return nil }
        return chosen.count == 1
            ? "that message is not in flight: \(MessageText.fate(commits.fate(of: first)))"
            : "none of the marked messages is in flight"
    }

    /// Notes that deliveries were committed, returned or parked one by one.
    mutating func settled(_ settlement: HandSettlement, _ now: Moment) {
        let count = settlement.numbers.count
        let (them, come) = count == 1 ? ("", "it comes") : ("\(count) messages ", "they come")
        let fate: CommitState.Fate
        switch settlement.action {
        case .commit:
            fate = .committed
            say("\(them)committed", now)
        case .return(let delay):
            fate = .returned
            let wait = delay == 0 ? "" : " after \(FigureText.duration(milliseconds: delay))"
            say("\(them)returned: \(come) again\(wait)", now)
        case .park:
            fate = .parked
            say("\(them)parked: 'zaichik parked' lists, releases and drops what is parked", now)
        }
        for number in settlement.numbers { commits.settled(number, connection: settlement.connection, as: fate) }
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
