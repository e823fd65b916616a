import ZaichikProtocol

/// What an act has done, or would do, in words.
public enum ActText {
    /// One line, such as `purged: 12 messages (840 B) of billing`.
    ///
    /// - Parameter name: Whom it was about.
    public static func line(_ act: Act, _ acted: Acted, of name: String) -> String {
        let name = SafeText.escaped(name)
        guard act.takesMessages else {
            guard acted.count > 0 else { return "\(name): nothing to do" }
            return acted.isDryRun ? "\(name) would be \(done(act))" : "\(name): \(done(act))"
        }
        let what = "\(messages(acted)) of \(name)"
        return acted.isDryRun ? "\(what) would be \(done(act))" : "\(done(act)): \(what)"
    }

    /// What a destructive act would take, as a question.
    ///
    /// - Parameter acted: The answer to a dry run.
    public static func question(_ act: Act, _ acted: Acted, of name: String) -> String {
        line(act, acted, of: name) + (act == .disconnect ? loss(acted) : "") + ". Do it?"
    }

    /// What is lost with a connection.
    public static func loss(_ acted: Acted) -> String {
        acted.messages == 0 ? "" : ", and \(messages(acted)) lost with its queue"
    }

    /// What went, or would go, such as `12 messages (840 B)`.
    public static func messages(_ acted: Acted) -> String {
        "\(acted.messages) \(acted.messages == 1 ? "message" : "messages") (\(FigureText.bytes(acted.bytes)))"
    }

    private static func done(_ act: Act) -> String {
        switch act {
        case .pause: "paused"
        case .resume: "resumed"
        case .window: "given the window"
        case .skip: "skipped"
        case .purge, .purgeTopic: "purged"
        case .move: "passed over"
        case .disconnect: "disconnected"
        case .pausePublishes: "paused for publishers"
        case .resumePublishes: "open to publishers again"
        case .stopAccepting: "closed to new connections"
        case .accept: "open to new connections"
        case .drain: "drained"
        case .undrain: "open to publishes again"
        case .logLevel: "given the level"
        }
    }

    /// Why a queue delivers nothing: `Paused by client 7 ('ops', …) since 12:00, until it is resumed: the reason`.
    ///
    /// - Parameter time: A time in µs since 1970 as text.
    public static func pause(_ pause: OperatorPause, time: (UInt64) -> String = { TimeText.text($0) }) -> String {
        let end = pause.until == 0 ? "until it is resumed" : "until \(time(pause.until))"
        let why = pause.reason.isEmpty ? "" : ": \(pause.reason)"
        return "Paused by \(pause.by) since \(time(pause.since)), \(end)\(why)"
    }
}

extension Act {
    /// Whether its answer counts messages that go.
    fileprivate var takesMessages: Bool {
        switch self {
        case .skip, .purge, .purgeTopic, .move: true
        default: false
        }
    }
}
