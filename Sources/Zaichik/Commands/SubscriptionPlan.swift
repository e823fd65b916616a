import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The subscriptions of `zaichik sub`, and how they are made.
struct SubscriptionPlan: Sendable {
    /// How many requests are under way at a time.
    private static let batch = 256

    var patterns: [TopicPattern]
    /// Subscriptions that a session has, in place of patterns.
    var kept: [SessionDetail.Subscription] = []
    var from: StartText
    var presence: ExistingOption
    var zone: ZoneOption

    /// Whether nothing may be delivered before all the subscriptions are made.
    ///
    /// The last messages of a pattern's topics are asked for topic by topic, and what is published meanwhile to a new
    /// topic is found by where the queue stands, which deliveries would move.
    var mustPause: Bool { isLast && patterns.contains { $0.name == nil } }

    private var isLast: Bool { if case .last = from { true } else { false } }

    /// What the patterns say that was perhaps not meant.
    var warnings: [String] {
        patterns.flatMap { pattern in
            pattern.levels.compactMap { level in
                guard case .literal(let text) = level, let sign = text.first(where: { $0 == "*" || $0 == ">" }) else {
                    return nil
                }
                return """
                    '\(SafeText.escaped(text))' is a name as it stands: '\(sign)' stands for others only as a whole level, \
                    such as 'orders.\(sign)'
                    """
            }
        }
    }

    /// The same with the subscriptions that a session has. They are read before this command attaches to it, which would
    /// create it.
    ///
    /// - Parameter session: nil: there is nothing to continue.
    func continuing(_ session: String?, _ connection: ConnectOptions) async throws -> SubscriptionPlan {
        guard let session else { return self }
        let client = try await connection.connect("sub")
        let detail: SessionDetail
        do {
            detail = try await client.session(session)
        } catch {
            guard error.code == .refused(.unknownSession) else { throw error }
            throw CommandFailure.unknownSession(session, client)
        }
        await client.close()
        guard !detail.subscriptions.isEmpty else {
            throw CommandFailure(
                "the session '\(SafeText.escaped(session))' subscribes to nothing yet: name the topics that it is to read"
            )
        }
        var plan = self
        plan.kept = detail.subscriptions
        return plan
    }

    func subscribe(_ client: ZaichikClient) async throws {
        for subscription in kept {
            try await client.subscribe(
                to: TopicPattern(subscription.pattern), from: .session, options: subscription.options, fallback: .new)
        }
        for pattern in patterns {
            if let name = pattern.name { try await presence.ensure(name, client) }
        }
        guard case .last(let count) = from, !client.welcome.capabilities.contains(Capability.lastStarts.name) else {
            let start = try await from.position(client, zone)
            for pattern in patterns { try await client.subscribe(to: pattern, from: start) }
            return
        }
        for pattern in patterns { try await subscribe(client, to: pattern, last: count) }
    }

    static func time(_ span: TimeSpan, before now: UInt64) -> UInt64 {
        let (ago, overflow) = span.milliseconds.multipliedReportingOverflow(by: 1000)
        return overflow || ago > now ? 0 : now - ago
    }

    // MARK: The last messages, of a broker that does not know of such starts

    /// Subscribes to each topic that exists by its name, and then to the pattern for those that come.
    private func subscribe(_ client: ZaichikClient, to pattern: TopicPattern, last count: UInt64) async throws {
        let filter = pattern.string.prefix { $0 != "*" && $0 != ">" }
        let query = TopicQuery(limit: .max, filter: pattern.name?.string ?? String(filter))
        let starts = try await client.topics(query).rows.compactMap { row -> (TopicPattern, StartPosition)? in
            guard let name = try? TopicName(row.name), pattern.matches(name),
                let topic = try? TopicPattern(row.name)
            else { return nil }
            return (topic, Self.start(of: row, last: count))
        }
        for first in stride(from: 0, to: starts.count, by: Self.batch) {
            try await withThrowingTaskGroup { group in
                for (topic, start) in starts[first..<min(first + Self.batch, starts.count)] {
                    group.addTask { try await client.subscribe(to: topic, from: start) }
                }
                try await group.waitForAll()
            }
        }
        // Whatever is published to a topic that was not listed came after the connection.
        if pattern.name == nil || starts.isEmpty { try await client.subscribe(to: pattern, from: .connection) }
    }

    /// Where the last messages of a topic begin; a topic that keeps fewer gives what it keeps.
    static func start(of topic: TopicStatistics, last count: UInt64) -> StartPosition {
        let head = topic[.headSequence]
        guard count > 0 else { return .new }
        guard head > count, head - count + 1 > topic[.earliestSequence] else { return .earliest }
        return .sequence(head - count + 1)
    }
}
