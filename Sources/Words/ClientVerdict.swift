import ZaichikProtocol

/// The broker's verdict on a queue in sentences, with the evidence for it. The broker judges; nothing is judged here.
public enum ClientVerdict {
    public static func sentence(_ session: SessionDetail) -> String { sentence(ClientDetail(of: session)) }

    public static func sentence(_ detail: ClientDetail) -> String {
        let (client, evidence) = (detail.client, detail.evidence)
        switch client.state {
        case .idle: return "It neither publishes nor subscribes."
        case .publishing: return "It only publishes, \(rate(client[.publishRate])); nothing is queued for it."
        case .keepingUp: return keepingUp(client)
        case .draining:
            return "It catches up: \(commits(client))\(slope(evidence))\(timeLeft(evidence))." + rest(detail)
        case .fallingBehind:
            let pace = commits(client)
            return pace.prefix(1).uppercased() + pace.dropFirst() + comparison(evidence) + slope(evidence) + "."
                + rest(detail)
        case .commitsStopped: return commitsStopped(client, evidence) + rest(detail)
        case .windowTooSmall:
            let way =
                evidence[.roundTrip].map { " in the \(FigureText.duration(microseconds: $0)) of a round trip" } ?? ""
            return
                "Its window of \(client[.window]) is always full: no more than that can be committed\(way), and more "
                + "comes in\(slope(evidence))." + rest(detail)
        case .paused: return paused(detail) + rest(detail)
        case .blocked: return blocked(evidence)
        case .notReading:
            let bytes = FigureText.bytes(evidence[.unsentBytes] ?? client[.unsentBytes])
            return "It does not read\(held(evidence)): \(bytes) wait for its socket." + rest(detail)
        case .absent: return absent(client, evidence) + rest(detail)
        case .poisoned: return poisoned(evidence)
        case .losing: return LossText.sentences(detail)
        }
    }

    private static func rate(_ value: UInt64) -> String { "\(NarrowFigure.count(value))/s" }
    private static func rate(_ value: Double) -> String {
        value < 9.95 ? "\(Scaled(value).shortest)/s" : rate(whole(value.rounded()))
    }

    private static func keepingUp(_ client: ClientStatistics) -> String {
        let (lag, pending) = (client[.lagMessages], client[.pendingMessages])
        if lag == 0 { return "It is not behind: everything is committed." }
        if pending == 0 { return "It keeps up: all that it has not committed, \(messages(lag)), is in its hands." }
        return "It keeps up: \(messages(lag)) \(lag == 1 ? "has" : "have") come lately, or it has just begun."
    }

    private static func commitsStopped(_ client: ClientStatistics, _ evidence: Evidence) -> String {
        let age = client[.lastCommitAge]
        let ago = age == 0 ? "it has never committed" : "its last commit was \(FigureText.age(microseconds: age)) ago"
        let count = client[.inFlightMessages]
        var text = "\(count == 1 ? "1 delivery waits" : "\(count) deliveries wait") for its commit, \(ago)."
        if let message = message(evidence) {
            text += " The first of them is \(message)\(attempts(evidence))\(place(evidence))."
        }
        return text
    }

    private static func paused(_ detail: ClientDetail) -> String {
        detail.pause.map { ActText.pause($0) + "." } ?? "It asked for a pause: its window is 0."
    }

    private static func blocked(_ evidence: Evidence) -> String {
        guard let topic = evidence[text: .topic] else {
            return "Its publishes wait: a topic is full, and its overflow choice is to block."
        }
        let waiting = evidence[.waitingMessages].map {
            $0 == 1 ? "1 of its publishes waits" : "\($0) of its publishes wait"
        }
        var text =
            "\(waiting ?? "Its publishes wait")\(held(evidence)): '\(topic)' is full, and its overflow choice is to block."
        if let holder = label(evidence) { text += " '\(holder)' is furthest behind there and holds it back." }
        return text
    }

    private static func absent(_ client: ClientStatistics, _ evidence: Evidence) -> String {
        let lag = client[.lagMessages]
        let since = held(evidence)
        guard lag > 0 else { return "No connection is attached\(since), and nothing waits for one." }
        let waiting = lag == 1 ? "1 message waits for one" : "\(NarrowFigure.count(lag)) messages wait for one"
        let again = client[.returnedMessages]
        let before =
            again == 0
            ? ""
            : lag == 1 ? ", delivered before and returned" : ", \(NarrowFigure.count(again)) of them delivered before"
        let lost = client[.lostRate] > 0 ? " It loses \(messages(client[.lostRate])) a second meanwhile." : ""
        return "No connection is attached\(since): \(waiting)\(before).\(lost)"
    }

    private static func poisoned(_ evidence: Evidence) -> String {
        guard let message = message(evidence), let attempts = evidence[.attempts] else {
            return "One message is delivered to it again and again."
        }
        return
            "\(message.prefix(1).uppercased() + message.dropFirst()) was delivered \(attempts) times and is never committed."
    }

    // MARK: Parts

    private static func commits(_ client: ClientStatistics) -> String {
        client[.commitRate] > 0 ? "it commits \(rate(client[.commitRate]))" : "it commits less than once a second"
    }

    private static func messages(_ count: UInt64) -> String {
        count == 1 ? "1 message" : "\(NarrowFigure.count(count)) messages"
    }

    private static func comparison(_ evidence: Evidence) -> String {
        guard let slope = evidence.slope else { return ", slower than messages come in" }
        return slope < 0.05 ? ", no faster than messages come in, and the lag stays" : ", slower than messages come in"
    }

    /// Where the lag goes; empty if it does not move, or if that is not known.
    private static func slope(_ evidence: Evidence) -> String {
        guard let slope = evidence.slope, abs(slope) >= 0.05 else { return "" }
        let error = Double(evidence[.rateError] ?? 0) / 1000
        let spread = error >= 0.05 ? " (± \(rate(error)))" : ""
        return "; the lag \(slope > 0 ? "grows" : "shrinks") by \(rate(abs(slope)))\(spread)"
    }

    private static func timeLeft(_ evidence: Evidence) -> String {
        guard let left = evidence[.timeLeft] else { return "" }
        let error = evidence[.timeLeftError] ?? 0
        let spread = error >= 1_000_000 ? " (± \(FigureText.age(microseconds: error)))" : ""
        return " and is gone in about \(FigureText.age(microseconds: left))\(spread)"
    }

    private static func held(_ evidence: Evidence) -> String {
        guard let span = evidence[.heldFor], span >= 1_000_000 else { return "" }
        return " for \(FigureText.age(microseconds: span))"
    }

    private static func message(_ evidence: Evidence) -> String? {
        guard let topic = evidence[text: .topic], let sequence = evidence[.sequence] else { return nil }
        return "message \(sequence) of '\(topic)'"
    }

    private static func attempts(_ evidence: Evidence) -> String {
        evidence[.attempts].map { ", delivered \($0) times" } ?? ""
    }

    private static func place(_ evidence: Evidence) -> String { label(evidence).map { ", at '\($0)'" } ?? "" }

    /// The client that the evidence names.
    private static func label(_ evidence: Evidence) -> String? {
        guard let id = evidence[.client] else { return nil }
        return "\(evidence[text: .clientName] ?? "")#\(id)"
    }

    /// A sender may claim any figures: a value that no integer can hold becomes the largest.
    private static func whole(_ value: Double) -> UInt64 { UInt64(exactly: value.rounded(.down)) ?? .max }

    // MARK: What follows

    /// What comes if it goes on like this, and where most of the lag is.
    private static func rest(_ detail: ClientDetail) -> String { ThreatText.sentence(detail.evidence) + place(detail) }

    /// The topic that has most of the lag, if one of several has.
    private static func place(_ detail: ClientDetail) -> String {
        let lag = detail.topics.reduce(0.0) { $0 + Double($1[.lagMessages]) }
        guard detail.topics.count > 1, lag > 0,
            let worst = detail.topics.max(by: { $0[.lagMessages] < $1[.lagMessages] })
        else { return "" }
        let share = Int((Double(worst[.lagMessages]) / lag * 100).rounded())
        return share >= 50 ? " \(share) % of its lag is in '\(worst.topic)'." : ""
    }
}

extension ClientDetail {
    /// A session as one of the clients, as it is in their list.
    public init(of session: SessionDetail) {
        var client = ClientStatistics()
        client.id = session.session.id
        client.name = session.session.name
        client.session = session.session.name
        client.state = session.session.state
        for figure in SessionFigure.allCases {
            guard let same = ClientFigure.allCases.first(where: { $0.name == figure.name }) else { continue }
            client[same] = session.session[figure]
        }
        client[.window] = session.connections.reduce(0) { $0 + $1[.window] }
        client[.lastCommitAge] = session.connections.map { $0[.lastCommitAge] }.filter { $0 > 0 }.min() ?? 0
        self.init(
            client: client, subscriptions: session.subscriptions.map(\.pattern), topics: session.topics,
            pause: session.pause, evidence: session.evidence)
    }
}
