import ZaichikProtocol

/// The broker's judgement of a client in a sentence, with the figures that explain it: why it is behind, for example, or
/// what it loses.
public enum ClientVerdict {
    /// - Parameter growth: Of its lag, in messages a second; nil if it is not known.
    public static func sentence(_ detail: ClientDetail, growth: Double?) -> String {
        let client = detail.client
        switch client.state {
        case .idle: return "It neither publishes nor subscribes."
        case .publishing: return "It only publishes, \(rate(client[.publishRate])); nothing is queued for it."
        case .keepingUp: return keepingUp(client)
        case .draining:
            return "It catches up: \(commits(client))" + forecast(client[.lagMessages], growth) + "." + place(detail)
        case .fallingBehind:
            let pace = commits(client)
            return pace.prefix(1).uppercased() + pace.dropFirst() + ", slower than messages come in" + trend(growth)
                + "." + place(detail)
        case .commitsStopped:
            let age = client[.lastCommitAge]
            let ago =
                age == 0 ? "it has never committed" : "its last commit was \(FigureText.age(microseconds: age)) ago"
            return "\(client[.inFlightMessages]) deliveries wait for its commit, \(ago)." + place(detail)
        case .paused where detail.pause != nil:
            return "An operator has paused it." + place(detail)
        case .paused: return "It asked for a pause: its window is 0." + place(detail)
        case .blocked: return "Its publishes wait: a topic is full, and its overflow choice is to block."
        case .notReading:
            return "It does not read: \(FigureText.bytes(client[.unsentBytes])) wait for its socket." + place(detail)
        case .absent: return absent(client) + place(detail)
        case .losing: return LossText.sentences(detail)
        }
    }

    /// How fast a client's lag grows, in messages a second: what its topics get, less what it commits.
    public static func growth(of detail: ClientDetail) -> Double {
        detail.topics.reduce(-Double(detail.client[.commitRate])) { $0 + Double($1[.publishRate]) }
    }

    private static func rate(_ value: UInt64) -> String { "\(NarrowFigure.count(value))/s" }

    private static func keepingUp(_ client: ClientStatistics) -> String {
        let lag = client[.lagMessages]
        if lag == 0 { return "It is not behind: everything is committed." }
        let isUnderWay = client[.pendingMessages] <= max(client[.deliverRate], client[.window])
        return isUnderWay
            ? "It keeps up: its lag is small."
            : "It has just begun to read: \(NarrowFigure.count(lag)) messages wait for it."
    }

    private static func absent(_ client: ClientStatistics) -> String {
        let lag = client[.lagMessages]
        guard lag > 0 else { return "No connection is attached, and nothing waits for one." }
        let waiting = lag == 1 ? "1 message waits for one" : "\(NarrowFigure.count(lag)) messages wait for one"
        let again = client[.returnedMessages]
        let before =
            again == 0
            ? ""
            : lag == 1 ? ", delivered before and returned" : ", \(NarrowFigure.count(again)) of them delivered before"
        return "No connection is attached: \(waiting)\(before)."
    }

    private static func commits(_ client: ClientStatistics) -> String {
        client[.commitRate] > 0 ? "it commits \(rate(client[.commitRate]))" : "it commits less than once a second"
    }

    private static func trend(_ growth: Double?) -> String {
        guard let growth, growth >= 0.5 else { return "" }
        return "; the lag grows by \(rate(whole(growth)))"
    }

    private static func forecast(_ lag: UInt64, _ growth: Double?) -> String {
        guard let growth, growth < -0.5 else { return "" }
        return " and is done in about \(FigureText.age(microseconds: whole(Double(lag) / -growth * 1_000_000)))"
    }

    /// A broker may send any figures: a value that no integer can hold becomes the largest.
    private static func whole(_ value: Double) -> UInt64 { UInt64(exactly: value.rounded(.down)) ?? .max }

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
