import ArgumentParser
import ZaichikWords

/// Runs that have a name. Options change what they say.
enum BenchShape: String, CaseIterable, ExpressibleByArgument, Sendable {
    case oneToOne = "one-to-one"
    case publishOnly = "publish-only"
    case fanOut = "fan-out"
    case fanIn = "fan-in"
    case manyToMany = "many-to-many"
    case latency
    case roundTrip = "round-trip"
    case relay
    case queue
    case large
    case slow
    case idle

    var summary: String {
        switch self {
        case .oneToOne: "one publisher, one subscriber, as fast as it goes"
        case .publishOnly: "a publisher, and nobody who reads"
        case .fanOut: "one publisher, ten subscribers to the same topic"
        case .fanIn: "ten publishers to the same topic, one subscriber"
        case .manyToMany: "ten publishers, ten subscribers, five topics"
        case .latency: "one to one at 1000 messages/s"
        case .roundTrip: "one message at a time: the next when it has come"
        case .relay: "the same as others do it: unconfirmed, done when sent"
        case .queue: "one publisher, four workers that share a session"
        case .large: "one to one with 1 MiB messages"
        case .slow: "one to one with ten slow subscribers beside"
        case .idle: "one to one at 1000 messages/s, 1000 idle connections"
        }
    }

    var plan: BenchPlan {
        var plan = BenchPlan()
        switch self {
        case .oneToOne: break
        case .publishOnly: plan.subscribers = 0
        case .fanOut: plan.subscribers = 10
        case .fanIn: plan.publishers = 10
        case .manyToMany:
            plan.publishers = 10
            plan.subscribers = 10
            plan.topics = 5
        case .latency: plan.rate = 1000
        case .roundTrip:
            plan.chosenWindow = 1
            plan.chosenSubscriberWindow = 1
            plan.chosenBacklog = 1
        case .relay:
            plan = BenchShape.roundTrip.plan
            plan.publishesUnconfirmed = true
            plan.commitsBySending = true
        case .queue:
            plan.subscribers = 4
            plan.sharesSession = true
        case .large: plan.size = 1 << 20
        case .slow: plan.slow = 10
        case .idle:
            plan.rate = 1000
            plan.idle = 1000
        }
        return plan
    }

    /// For the help: one line each.
    static var list: String {
        allCases.map { "  \(TextWidth.padded($0.rawValue, to: 14)) \($0.summary)" }.joined(separator: "\n")
    }
}
