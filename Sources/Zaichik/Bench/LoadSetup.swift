import ZaichikProtocol

/// What all connections of a run have in common.
struct LoadSetup: Sendable {
    /// Of all connections in lists.
    var name: String
    /// Of the topics' names.
    var prefix: String
    var plan: BenchPlan
    var spread: TopicSpread
    /// How the slow subscribers are spread over the topics.
    var slowSpread: TopicSpread
    var template: FrameTemplate

    init(name: String?, prefix: String, plan: BenchPlan) {
        self.name = name ?? prefix
        self.prefix = prefix
        self.plan = plan
        spread = plan.spread
        slowSpread = plan.spread
        slowSpread.subscribers = plan.slow
        slowSpread.isShared = false
        template = FrameTemplate(
            payload: plan.size, hasKey: plan.hasKeys, flags: plan.publishesUnconfirmed ? .unconfirmed : [])
    }

    func topicName(_ index: Int) -> String { "\(prefix).\(index)" }

    /// The index of a topic of this run.
    func topic(named name: String) -> Int? {
        name.hasPrefix(prefix + ".") ? Int(name.dropFirst(prefix.utf8.count + 1)) : nil
    }

    var roles: [LoadRole] {
        (0..<plan.idle).map { .idle($0) } + (0..<plan.slow).map { .slowSubscriber($0) }
            + (0..<plan.subscribers).map { .subscriber($0) } + (0..<plan.publishers).map { .publisher($0) }
    }

    /// The requests that a connection begins with; all of them are answered.
    func requests(_ role: LoadRole) -> [ClientFrame] {
        switch role {
        case .idle: []
        case .publisher(let index):
            spread.topics(ofPublisher: index).enumerated().map { turn, topic in
                .topic(request: UInt32(turn + 1), name: topicName(topic))
            }
        case .subscriber(let index): subscriptions(spread, index)
        case .slowSubscriber(let index): subscriptions(slowSpread, index)
        }
    }

    private func subscriptions(_ spread: TopicSpread, _ index: Int) -> [ClientFrame] {
        let patterns =
            spread.readsAll ? ["\(prefix).*"] : spread.topics(ofSubscriber: index).map { topicName($0) }
        return patterns.enumerated().map { place, pattern in
            .subscribe(
                request: UInt32(place + 1), pattern: pattern, from: .new,
                options: plan.commitsBySending ? .autoCommit : [])
        }
    }

    /// The session that workers share: named as the run, and gone with the last of them.
    func session(of role: LoadRole) -> (name: SessionName, settings: SessionSettingsChange)? {
        guard plan.sharesSession, case .subscriber = role, let name = try? SessionName(prefix) else { return nil }
        var settings = SessionSettingsChange()
        settings[.mode] = UInt64(SessionSettings.Mode.shared.rawValue)
        settings[.expiry] = 0
        return (name, settings)
    }
}
