import ZaichikProtocol

/// What becomes of a backlog in one topic, if client and publishers go on as they do: whether messages expire before they
/// are reached, or the topic's limit is. Pure.
struct LossForecast: Equatable {
    var threat: Evidence.Threat
    /// When it begins, in seconds from now.
    var seconds: Double
    /// Messages lost, or refused, a second from then on.
    var lossesThen: Double
    /// Of the messages that wait now, how many would be lost unread.
    var backlogLoss: Double

    /// Later is not told, in seconds.
    private static let horizon = 7 * 86_400.0

    /// The lag in a topic, and how it changes.
    struct Backlog {
        var messages: Double
        var bytes: Double
        /// Of the oldest message, in seconds.
        var age: Double
        /// Messages a second that come in.
        var arrivals: Double
        /// Messages a second by which the lag grows; negative if it shrinks.
        var growth: Double
        var limit: Double
        /// In seconds; 0 for ever.
        var retention: Double
        var overflow: TopicSettings.Overflow

        var commits: Double { max(arrivals - growth, 0) }
    }

    /// - Returns: nil if nothing is in danger.
    init?(_ backlog: Backlog) {
        let found = [Self.expiry(of: backlog), Self.limit(of: backlog)].compactMap(\.self)
        guard let first = found.min(by: { $0.seconds < $1.seconds }), first.seconds <= Self.horizon else { return nil }
        self = first
    }

    private init(_ threat: Evidence.Threat, seconds: Double, lossesThen: Double, backlogLoss: Double = 0) {
        self.threat = threat
        self.seconds = max(seconds, 0)
        self.lossesThen = lossesThen
        self.backlogLoss = backlogLoss
    }

    /// When messages expire unread. The backlog counts as one that came in evenly.
    private static func expiry(of backlog: Backlog) -> Self? {
        guard backlog.retention > 0, backlog.messages > 0, backlog.age > 0 else { return nil }
        let left = max(backlog.retention - backlog.age, 0)
        let (density, commits) = (backlog.messages / backlog.age, backlog.commits)
        if density > commits {
            // Expiry moves through the backlog faster than the client, and overtakes it here.
            let seconds = density * left / (density - commits)
            let reached = commits * seconds
            if reached < backlog.messages {
                return Self(
                    .messagesExpire, seconds: seconds, lossesThen: max(density - commits, backlog.growth),
                    backlogLoss: (backlog.messages - reached) * (1 - commits / density))
            }
        }
        guard backlog.growth > 0, backlog.arrivals > 0 else { return nil }
        // What waits grows older by the part that is not read.
        return Self(
            .messagesExpire, seconds: left * backlog.arrivals / backlog.growth, lossesThen: backlog.growth)
    }

    /// When the topic's limit is reached.
    private static func limit(of backlog: Backlog) -> Self? {
        guard backlog.growth > 0, backlog.limit > 0, backlog.messages > 0, backlog.bytes > 0 else { return nil }
        let bytesASecond = backlog.growth * backlog.bytes / backlog.messages
        let seconds = (backlog.limit - backlog.bytes) / bytesASecond
        return switch backlog.overflow {
        case .drop: Self(.oldestDropped, seconds: seconds, lossesThen: backlog.growth)
        case .reject: Self(.publishesRefused, seconds: seconds, lossesThen: backlog.growth)
        case .block: Self(.publishersWait, seconds: seconds, lossesThen: 0)
        }
    }
}
