import ZaichikProtocol

/// A random history: topics, sessions, and what clients do, one step after the other. A value that can be printed and
/// shrunk.
struct SessionHistory {
    var seed: UInt64
    var loops: Int
    var topics: [TopicPlan]
    var sessions: [SessionPlan]
    var steps: [Step]

    struct TopicPlan {
        var settings: [TopicSettings.Tag: UInt64] = [:]
    }

    struct SessionPlan {
        var settings: [SessionSettings.Tag: UInt64] = [:]
    }

    /// A message to publish. Times are in ms.
    struct Publish: Equatable {
        var topic: Int
        var key: Int?
        var payload = 40
        var expireAfter: UInt64?
        var delay: UInt64?
    }

    enum Start: CaseIterable {
        case new, earliest, sequence, last, latestOfKeys, session
    }

    /// What one client does to the queue or to the connection of another one.
    enum QueueAct {
        /// `seconds` is nil until it is resumed.
        case pause(seconds: Int?)
        case resume
        case window(UInt32)
        case skip(count: UInt64)
        /// What is below so many percent of the topic.
        case skipBelow(topic: Int, percent: Int)
        /// `topic` is nil for all.
        case purge(topic: Int?)
        case purgeKey(topic: Int, key: Int)
        case disconnect
    }

    /// What one client does to a topic, or to all of them.
    enum TopicAct {
        /// `seconds` is nil until publishes are resumed.
        case pause(seconds: Int?)
        case resume
        case purge
        /// What is below so many percent of the topic.
        case purgeBelow(percent: Int)
        case purgeKey(Int)
    }

    /// What one client does to the broker.
    enum BrokerAct {
        case drain, undrain, stopAccepting, accept
    }

    /// Whether an act is done.
    enum Way {
        case real, dryRun
        /// Its dry run comes first, and has to say what the act then says.
        case rehearsed

        var isDryRun: Bool { self == .dryRun }
    }

    enum Step {
        /// `session` is nil for a queue of the connection's own, `producer` if it publishes under no name.
        case connect(client: Int, session: Int?, window: UInt32, producer: Int?)
        case close(client: Int)
        case vanish(client: Int)
        case publish(client: Int, [Publish])
        /// The connection ends when so many percent of the bytes have reached the broker.
        case cut(client: Int, [Publish], percent: Int)
        /// `topic` is nil for the pattern that matches all.
        case subscribe(client: Int, topic: Int?, Start, SubscribeOptions)
        case unsubscribe(client: Int, topic: Int?)
        case window(client: Int, UInt32, kibibytes: UInt32)
        /// So many percent of what was delivered.
        case commit(client: Int, percent: Int)
        /// Ranges are picked by the numbers: of each pair, the first says how many deliveries are passed over, the
        /// second how many are taken.
        case settle(client: Int, SettleAction, picks: [Int], delay: UInt32)
        case transaction(client: Int, picks: [Int], [Publish])
        case seek(client: Int, topic: Int, Start)
        case settleParked(client: Int, ParkedAction, all: Bool)
        case createTopic(client: Int, topic: Int)
        case deleteTopic(client: Int, topic: Int)
        case deleteSession(client: Int, session: Int)
        /// Asks for the figures of all queues.
        case inspect(client: Int)
        case act(client: Int, QueueAct, of: Int, Way)
        /// `topic` is nil for the pattern that matches all.
        case actOnTopic(client: Int, TopicAct, topic: Int?, Way)
        case actOnBroker(client: Int, BrokerAct, Way)
        /// Changes settings while the topic is in use.
        case setTopic(client: Int, topic: Int, [TopicSettings.Tag: UInt64])
        /// Looks at the messages of a queue.
        case peek(client: Int, of: Int)
        case advance(seconds: Int)
    }
}

extension SessionHistory {
    /// The history without one of its steps; nil past the last one.
    func leavingOut(_ place: Int) -> SessionHistory? {
        guard place < steps.count else { return nil }
        var shorter = self
        shorter.steps.remove(at: place)
        return shorter
    }
}

extension SessionHistory: CustomStringConvertible {
    var description: String {
        var lines = ["history \(seed) with \(loops) loops"]
        for (index, topic) in topics.enumerated() {
            let settings = topic.settings.map { "\($0.key.name) \($0.value)" }.sorted().joined(separator: ", ")
            lines.append("  topic \(index): \(settings)")
        }
        for (index, session) in sessions.enumerated() {
            let settings = session.settings.map { "\($0.key.name) \($0.value)" }.sorted().joined(separator: ", ")
            lines.append("  session \(index): \(settings)")
        }
        return (lines + steps.enumerated().map { "  \($0): \($1)" }).joined(separator: "\n")
    }
}
