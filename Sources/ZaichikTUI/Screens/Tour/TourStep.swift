import ZaichikProtocol

/// A step of the guided tour: a thing to do, and what is to be seen.
struct TourStep: Sendable {
    var title: String
    /// What to do.
    var task: String
    /// What was seen, when it is done.
    var lesson: String
    /// Whether it is done, after an event.
    var isDone: @Sendable (Model, Event, inout TourMemory) -> Bool
}

/// What a step has to remember until it is done.
struct TourMemory: Equatable, Sendable {
    /// Deliveries waited for a commit by hand.
    var hasHeldBack = false
}

extension TourStep {
    /// The tour, in its order.
    static let all: [TourStep] = [lag, why, loss, commit, window, deduplication, retention, session, disconnect]

    private static let lag = TourStep(
        title: "Lag",
        task:
            "Each row is a client; LAG is what its queue has still to get. Press j until the cursor is on one that is "
            + "behind.",
        lesson: "The worst stand first, and the curve beside LAG shows the last minutes on one scale for all."
    ) { model, _, _ in model.clients.selectedRow?.isBehind == true }

    private static let why = TourStep(
        title: "Why is it slow?", task: "Press Enter: the broker says why this client is behind, and what helps.",
        lesson: "The verdict comes with its evidence, topic by topic. Esc goes back."
    ) { model, _, _ in
        switch model.overlay {
        case .client, .session: true
        default: false
        }
    }

    private static let loss = TourStep(
        title: "Loss",
        task:
            "A client that is too slow for what a topic keeps loses messages. Press Esc, then \\ and type state:losing, "
            + "Enter.",
        lesson: "Those lose messages: the topic 'clicks' keeps too little for them. Esc shows all again."
    ) { model, _, _ in model.clients.filter.contains("state:los") }

    private static let commit = TourStep(
        title: "Commit",
        task:
            "Press a: now nothing is committed until you say so, and this program is a slow client (◆). Wait until its "
            + "LAG has grown, then C commits.",
        lesson: "What is committed is gone from the queue; a lets commits be automatic again."
    ) { model, _, memory in
        if !model.commits.isAutomatic, model.commits.inFlight > 0 { memory.hasHeldBack = true }
        return memory.hasHeldBack && model.commits.inFlight == 0
    }

    private static let window = TourStep(
        title: "Window",
        task: "The window says how many deliveries may be in flight. Press w, type 4, Enter: a slow client on purpose.",
        lesson: "The broker sends the fifth only when one of the four is committed. w 256 brings it back."
    ) { model, _, _ in (1...16).contains(model.commits.window) }

    private static let deduplication = TourStep(
        title: "Deduplication",
        task: "Press p: topic payments, key k1, any text, Enter. Then Enter a second time with the same key.",
        lesson:
            "The topic remembers keys for a minute: the second one was a duplicate and went to nobody. Esc ends writing."
    ) { model, _, _ in
        if case .duplicate = model.publish.results.last?.outcome { true } else { false }
    }

    private static let retention = TourStep(
        title: "Retention",
        task: "Press 2, put the cursor on clicks, and press Enter: how much it keeps, and who reads it.",
        lesson: "What is older than its limits goes, read or not; who was too slow is told with a gap. Esc goes back."
    ) { model, _, _ in if case .topic = model.overlay { true } else { false } }

    private static let session = TourStep(
        title: "Session",
        task: "Press 1 and Enter on a row with '(session': its queue outlives its connections.",
        lesson: "An absent session collects messages until its worker comes back, or its time is over. Esc goes back."
    ) { model, _, _ in if case .session = model.overlay { true } else { false } }

    private static let disconnect = TourStep(
        title: "Disconnect",
        task: "Press A on a client: pause it, skip, purge. d disconnects; y confirms it.",
        lesson: "It comes back by itself, unless a time was given. Each act shows the command that does the same."
    ) { _, event, _ in
        if case .link(.acted(let plan, _)) = event { plan.item == .disconnect } else { false }
    }
}
