import ZaichikProtocol

/// Texts about a client whose queue loses messages: how many a second, why, and what would help.
enum LossText {
    static func sentences(_ detail: ClientDetail) -> String {
        let client = detail.client
        let lost = "It loses \(messages(client[.lostRate])) a second, \(total(detail))"
        guard let worst = detail.topics.max(by: { $0[.lostRate] < $1[.lostRate] }), worst[.lostRate] > 0 else {
            return lost + "."
        }
        let causes = cause(worst)
        let others = worst[.lostRate] < client[.lostRate] / 10 * 9 ? " Other topics lose some, too." : ""
        return "\(lost): \(causes.reason). It commits \(pace(client[.commitRate])), and "
            + "\(pace(worst[.publishRate])) come in there.\(others) \(causes.remedy)"
    }

    /// How many were lost, since when.
    private static func total(_ detail: ClientDetail) -> String {
        guard let span = detail.evidence[.heldFor], let count = detail.evidence[.lostMessages] else {
            return "\(detail.client[.gapMessages]) since it connected"
        }
        return "\(count) in the last \(FigureText.age(microseconds: span))"
    }

    private static func cause(_ topic: ClientTopicStatistics) -> (reason: String, remedy: String) {
        let faster = "Faster commits would help, or"
        switch LossCause(rawValue: topic[.lossCause]) ?? .none {
        case .limit:
            return (
                "'\(topic.topic)' holds back at most \(FigureText.bytes(topic[.limit])) and drops the oldest",
                "\(faster) a larger limit; with overflow block the publishers would wait instead."
            )
        case .memory:
            return (
                "the broker's memory is used up, and '\(topic.topic)' gives up its oldest",
                "\(faster) a larger memory limit of the broker."
            )
        case .expired where topic[.retention] > 0:
            return (
                "'\(topic.topic)' delivers nothing older than \(FigureText.duration(milliseconds: topic[.retention]))",
                "\(faster) a longer retention."
            )
        case .expired: return ("'\(topic.topic)' no longer has them", "\(faster) a longer history.")
        case .purged: return ("they were removed from '\(topic.topic)', or it was deleted", "Nothing brings them back.")
        case .moved:
            return (
                "the queue was moved ahead in '\(topic.topic)'", "Moved back, it gets those that are still kept."
            )
        case .none: return ("most of them in '\(topic.topic)'", "\(faster) a larger limit or a longer retention.")
        }
    }

    private static func messages(_ count: UInt64) -> String {
        count == 1 ? "1 message" : "\(NarrowFigure.count(count)) messages"
    }

    private static func pace(_ perSecond: UInt64) -> String {
        perSecond > 0 ? "\(NarrowFigure.count(perSecond))/s" : "less than one a second"
    }
}
