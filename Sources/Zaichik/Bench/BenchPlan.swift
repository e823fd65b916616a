import NIOCore
import ZaichikProtocol
import ZaichikWords

/// What a run does: a shape with what the options change.
struct BenchPlan: Equatable, Sendable {
    /// What ends the measurement.
    enum Extent: Equatable, Sendable {
        /// So many messages of each publisher.
        case messages(UInt64)
        case time(TimeSpan)
    }

    /// Unconfirmed by default at most, in messages.
    private static let standardWindow: UInt64 = 1000
    /// Uncommitted and behind by default at most, in messages.
    private static let standardReach: UInt64 = 10_000
    /// All of those at most, in bytes of payload.
    private static let standardBytes: UInt64 = 4 << 20
    /// Of all topics together, as far as that leaves each enough to work with, in bytes.
    private static let history = 64 << 20

    var publishers = 1
    var subscribers = 1
    var topics = 1
    var readsAllTopics = false
    /// Whether the subscribers are workers that share one session, and commit each message by itself.
    var sharesSession = false
    /// Whether publishers ask for no confirmation: what is sent counts as published.
    var publishesUnconfirmed = false
    /// Whether a delivery is done when the broker has sent it, without a commit.
    var commitsBySending = false
    /// Of the payload, in bytes.
    var size = 128
    var extent = Extent.time(TimeSpan(milliseconds: 5000))
    /// Nothing: 1 s before a time, none before a count.
    var chosenWarmUp: TimeSpan?
    /// Messages a second of all publishers together; 0: as fast as it goes.
    var rate = 0.0
    var chosenWindow: UInt64?
    var chosenSubscriberWindow: UInt64?
    var chosenBacklog: UInt64?
    var slow = 0
    var slowDelay = TimeSpan(milliseconds: 10)
    var idle = 0
    var hasKeys = false
    var deduplicationWindow: TimeSpan?
    var deduplicationScope = TopicSettings.DeduplicationScope.consumer
    /// Event loops of the generator.
    var loops = 1

    /// So many messages, or fewer if they are large.
    private func standard(_ messages: UInt64) -> UInt64 {
        min(messages, max(Self.standardBytes / UInt64(max(size, 1)), 1))
    }

    /// Publishes of each publisher that may be unconfirmed.
    var window: UInt64 { chosenWindow ?? standard(Self.standardWindow) }

    /// Deliveries to each subscriber that may be uncommitted.
    var subscriberWindow: UInt32 { UInt32(clamping: chosenSubscriberWindow ?? standard(Self.standardReach)) }

    /// Messages that a subscriber may be behind, on average, before publishers wait; 0: they never do. At a rate they
    /// never do: what is due is due.
    var backlog: UInt64 { rate > 0 || subscribers == 0 ? 0 : chosenBacklog ?? standard(Self.standardReach) }

    /// The same in deliveries; nothing: publishers never wait.
    var backlogDeliveries: Int? {
        guard backlog > 0 else { return nil }
        let (product, overflow) = backlog.multipliedReportingOverflow(by: UInt64(subscribers))
        return overflow ? .max : Int(clamping: product)
    }

    var commitDelay: TimeAmount { .milliseconds(Int64(clamping: slowDelay.milliseconds)) }

    var warmUp: TimeSpan {
        if let chosenWarmUp { return chosenWarmUp }
        guard case .time = extent else { return TimeSpan(milliseconds: 0) }
        return TimeSpan(milliseconds: publishers > 0 ? 1000 : 0)
    }

    var spread: TopicSpread {
        TopicSpread(
            publishers: publishers, subscribers: subscribers, topics: topics,
            readsAll: readsAllTopics || sharesSession, isShared: sharesSession)
    }

    /// A history that leaves little behind, and what deduplication needs.
    var topicSettings: TopicSettingsChange {
        var change = TopicSettingsChange()
        change[.historyBytes] = UInt64(min(max(Self.history / topics, 64 << 10), 1 << 20))
        if let deduplicationWindow {
            change[.deduplicationWindow] = deduplicationWindow.milliseconds
            change[.deduplicationScope] = UInt64(deduplicationScope.rawValue)
        }
        return change
    }

    var connections: Int { publishers + subscribers + slow + idle }
}

extension BenchPlan {
    static let mostConnections = 65_536
    static let mostTopics = 100_000
    static let mostLoops = 64

    /// Why it cannot be done, and what could.
    var problem: String? {
        if [publishers, subscribers, slow, idle].contains(where: { $0 < 0 }) {
            return "--publishers, --subscribers, --slow and --idle are 0 or more."
        }
        if publishers + subscribers + slow + idle == 0 {
            return "There is nothing to do: give --publishers, --subscribers or --idle."
        }
        if connections > Self.mostConnections { return "A run has at most \(Self.mostConnections) connections." }
        if !(1...Self.mostTopics).contains(topics) { return "--topics is between 1 and \(Self.mostTopics)." }
        if size < MessageStamp.size {
            return """
                --size is at least \(MessageStamp.size) bytes: each message carries when it was published, by whom, and \
                its number.
                """
        }
        if case .messages(let count) = extent {
            if count == 0 { return "--messages is at least 1." }
            if publishers == 0 {
                return "--messages counts what publishers publish, and there is none; give --duration."
            }
        }
        if extent == .time(TimeSpan(milliseconds: 0)) { return "--duration is above 0." }
        if !(0...1e9).contains(rate) {
            return "--rate is a number of messages a second, up to 1000000000; 0: no limit."
        }
        if window < 1 { return "--window is at least 1." }
        if !(1...UInt64(FrameLimits.window)).contains(UInt64(subscriberWindow)) {
            return "--subscriber-window is between 1 and \(FrameLimits.window)."
        }
        if rate > 0, chosenBacklog ?? 0 > 0 {
            return "--backlog goes with --rate 0: at a rate publishers wait for nobody."
        }
        if sharesSession, subscribers == 0 { return "--shared is for subscribers: give --subscribers." }
        if publishesUnconfirmed, publishers > 0, rate == 0, backlog == 0 {
            return """
                --unconfirmed goes with --rate, or with subscribers and a --backlog: nothing else would hold publishers \
                back.
                """
        }
        if deduplicationWindow != nil, !hasKeys {
            return "Only keys are deduplicated: --dedup-window goes with --keys."
        }
        if !(1...Self.mostLoops).contains(loops) { return "--loops is between 1 and \(Self.mostLoops)." }
        return nil
    }

    /// For the first line of a report.
    var summary: String {
        var parts = [
            Self.count(publishers, "publisher") + (publishesUnconfirmed ? " without confirmation" : ""),
            sharesSession
                ? "\(Self.count(subscribers, "worker")) of one session" : Self.count(subscribers, "subscriber"),
        ]
        if commitsBySending { parts.append("done when sent") }
        if slow > 0 { parts.append("\(Self.count(slow, "slow subscriber")) (\(slowDelay.text) a message)") }
        if idle > 0 { parts.append(Self.count(idle, "idle connection")) }
        parts.append(Self.count(topics, "topic") + (readsAllTopics ? " read by all" : ""))
        parts.append("\(size) bytes" + (hasKeys ? " and a key" : ""))
        parts.append(rate > 0 ? "\(RateText.text(rate)) messages/s" : "as fast as it goes")
        return parts.joined(separator: ", ")
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension TimeSpan {
    /// For the eye.
    var text: String {
        FigureText.duration(microseconds: milliseconds.multipliedReportingOverflow(by: 1000).partialValue)
    }
}
