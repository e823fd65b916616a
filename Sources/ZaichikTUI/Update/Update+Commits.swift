extension Model {
    mutating func performCommit(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .automaticCommits:
            commits.isAutomatic.toggle()
            if commits.isAutomatic {
                say("commits are automatic again", now)
                return commitEverything()
            }
            say("by hand: c commits up to the cursor, C all; until then this client is slow", now)
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
