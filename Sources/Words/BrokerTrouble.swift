import ZaichikProtocol

/// What a broker drops or refuses at the moment, judged from its figures.
public enum BrokerTrouble: String, CaseIterable, Sendable {
    case dropping
    case losing
    case rejecting
    case memoryUsedUp = "memory-used-up"
    case refusingRequests = "refusing-requests"
    case refusingConnections = "refusing-connections"

    /// All that there is, the worst first.
    public static func all(_ broker: BrokerStatistics) -> [BrokerTrouble] { allCases.filter { $0.holds(broker) } }

    private func holds(_ broker: BrokerStatistics) -> Bool {
        switch self {
        case .dropping: broker[.droppingTopics] > 0
        // What a topic drops is lost by each queue that needed it; more is lost to age and history.
        case .losing: broker[.losingClients] > 0
        case .rejecting: broker[.rejectingTopics] > 0
        case .memoryUsedUp: broker[.memoryLimit] > 0 && broker[.retainedBytes] >= broker[.memoryLimit]
        case .refusingRequests: broker[.requestsRefusedLately] > 0
        case .refusingConnections: broker[.connectionsRefusedLately] > 0
        }
    }

    /// A sentence with the figures.
    ///
    /// - Parameters:
    ///   - dropping: Topics that drop most.
    ///   - rejecting: Topics that refuse most publishes.
    public func sentence(
        _ broker: BrokerStatistics, dropping: [TopicStatistics], rejecting: [TopicStatistics]
    ) -> String {
        switch self {
        case .dropping:
            Self.rate(broker[.dropRate], "drops", "dropped", "messages", " that queues need")
                + Self.topics(broker[.droppingTopics], dropping, .dropRate)
        case .losing:
            "\(broker[.losingClients]) \(broker[.losingClients] == 1 ? "client loses" : "clients lose") "
                + "\(broker[.lostRate]) messages/s to a limit, to age or to history"
        case .rejecting:
            Self.rate(broker[.rejectRate], "refuses", "refused", "publishes", "")
                + Self.topics(broker[.rejectingTopics], rejecting, .rejectRate)
        case .memoryUsedUp: "the memory is used up: topics drop their oldest messages, or refuse publishes"
        case .refusingRequests:
            "refused \(broker[.requestsRefusedLately]) requests in the last 10 s, since a limit is reached"
        case .refusingConnections:
            "turned away \(broker[.connectionsRefusedLately]) connections in the last 10 s, since "
                + "\(broker[.connectionLimit]) are the most"
        }
    }

    /// Such as `drops 480 messages/s that queues need`.
    private static func rate(
        _ rate: UInt64, _ now: String, _ lately: String, _ what: String, _ which: String
    ) -> String {
        rate > 0 ? "\(now) \(rate) \(what)/s\(which)" : "\(lately) \(what)\(which) in the last 10 s"
    }

    /// Such as `, in 12 topics: metrics 480/s, orders 2/s …`.
    private static func topics(_ count: UInt64, _ rows: [TopicStatistics], _ figure: TopicFigure) -> String {
        let named = rows.filter { $0[figure] > 0 }.map { "\($0.name) \($0[figure])/s" }
        return ", in \(count) \(count == 1 ? "topic" : "topics")"
            + (named.isEmpty ? "" : ": " + named.joined(separator: ", ") + (named.count < count ? " …" : ""))
    }
}
