import ZaichikProtocol

/// A random history: topics, clients, and what the clients do, round by round. A value that can be printed and shrunk.
///
/// The clients of a round act at once and without waiting, so that the broker's loops race. Between two rounds the
/// broker comes to rest, and only then the clock moves: what must hold is known there.
struct History {
    var seed: UInt64
    var topics: [TopicPlan]
    /// The window with which each client connects.
    var windows: [UInt32]
    /// What a classic client does, by round; empty if there is none.
    var classicRounds: [[Step]] = []
    var rounds: [Round]

    struct TopicPlan {
        var name: String
        var settings: [TopicSettings.Tag: UInt64]
        /// Bytes of each of its DELIVER frames.
        var frameSize: Int
        /// Whether it is there from the start; else a client of the history brings it about.
        var isEarly: Bool
    }

    enum Round {
        case advance(milliseconds: UInt64)
        /// What each client does; those that have nothing to do stay away.
        case work([[Step]])
    }

    /// A subscription's text, under the history's own prefix.
    enum Filter: Hashable {
        case topic(Int)
        /// `prefix.>`
        case all
        /// `prefix.*`
        case level
    }

    enum Start {
        case new, connection, earliest
        /// So many messages before the head; negative: past it.
        case sequence(back: Int)
        /// So many rounds ago.
        case time(back: Int)
    }

    /// What an operator does to a topic.
    enum TopicAct {
        case pause, resume, purge
        /// What is below so many messages before the head of the round before.
        case purgeBelow(back: Int)
    }

    enum Step {
        case publish(topic: Int, keys: [Int?], wantsReceipts: Bool, wantsConfirm: Bool)
        case subscribe(Filter, Start)
        case unsubscribe(Filter)
        /// So many percent of what was in flight when the round began.
        case commit(percent: Int)
        case commitBeyondDelivered
        /// A classic client's Commits.
        case permits(Int)
        case window(UInt32, kibibytes: UInt32 = 0)
        /// Asks for a topic's id, which creates it.
        case topic(Int)
        case list
        case watch
        case close
        case halfClose
        case disconnect
        /// An operator acts while the clients do.
        case act(TopicAct, topic: Int)
        /// What follows goes out in a write of its own.
        case flush
    }
}

extension History: CustomStringConvertible {
    var description: String {
        var lines = ["history \(seed)"]
        for (index, topic) in topics.enumerated() {
            let settings = topic.settings.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.name) \($0.value)" }.joined(separator: ", ")
            let life = topic.isEarly ? "" : ", comes later"
            lines.append("  topic \(index) .\(topic.name): frames of \(topic.frameSize) bytes\(life), \(settings)")
        }
        lines.append("  windows: \(windows.map(String.init).joined(separator: ", "))")
        for (index, round) in rounds.enumerated() {
            switch round {
            case .advance(let milliseconds): lines.append("  round \(index): \(milliseconds) ms pass")
            case .work(let scripts):
                lines.append("  round \(index):")
                for (client, steps) in scripts.enumerated() where !steps.isEmpty {
                    lines.append("    client \(client): " + steps.map(\.description).joined(separator: "; "))
                }
            }
        }
        for (index, steps) in classicRounds.enumerated() where !steps.isEmpty {
            lines.append("  round \(index): classic client: " + steps.map(\.description).joined(separator: "; "))
        }
        return lines.joined(separator: "\n")
    }
}

extension History.Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .publish(let topic, let keys, let wantsReceipts, let wantsConfirm):
            let keyed = keys.contains { $0 != nil } ? " keys " + keys.map { $0.map(String.init) ?? "-" }.joined() : ""
            return "publish \(keys.count) to \(topic)\(keyed)\(wantsReceipts ? " with receipts" : "")"
                + (wantsConfirm ? "" : " unconfirmed")
        case .subscribe(let filter, let start): return "subscribe \(filter) from \(start)"
        case .unsubscribe(let filter): return "unsubscribe \(filter)"
        case .commit(let percent): return "commit \(percent) %"
        case .permits(let count): return "commit \(count) times"
        case .commitBeyondDelivered: return "commit too much"
        case .window(let window, let kibibytes):
            return "window \(window)" + (kibibytes > 0 ? " and \(kibibytes) KiB" : "")
        case .topic(let topic): return "ask for topic \(topic)"
        case .list: return "list"
        case .watch: return "watch"
        case .close: return "close"
        case .halfClose: return "half-close"
        case .disconnect: return "disconnect"
        case .act(let act, let topic): return "\(act) of topic \(topic)"
        case .flush: return "flush"
        }
    }
}

/// What a history showed that the protocol does not allow.
struct ModelFailure: Error, CustomStringConvertible {
    var rule: String
    var detail: String

    var description: String { "\(rule): \(detail)" }

    /// Throws it, unless its rule is switched off.
    func raise() throws {
        guard !ModelPlan.isSwitchedOff(self) else { return }
        throw self
    }
}
