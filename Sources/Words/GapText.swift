import ZaichikProtocol

/// Texts about messages that a queue lost.
public enum GapText {
    /// The missing messages and the reason, for one line of a stream.
    public static func line(topic: String, first: UInt64, last: UInt64, reason: GapReason) -> String {
        // A broker may send any numbers.
        let count = last >= first ? max(last - first, last - first &+ 1) : 0
        let range = first == last ? "#\(first)" : "#\(first) to #\(last)"
        return "gap in \(topic): \(count) lost (\(word(reason)), \(range))"
    }

    private static func word(_ reason: GapReason) -> String {
        switch reason {
        case .expired: "no longer kept"
        case .limit: "limit"
        case .purged: "removed"
        case .moved: "moved past them"
        }
    }

    /// The same in sentences.
    public static func sentences(topic: String, first: UInt64, last: UInt64, reason: GapReason) -> String {
        let isOne = first == last
        let which = isOne ? "Message \(first)" : "Messages \(first) to \(last)"
        let rest = isOne ? "It was meant for this queue and is" : "They were meant for this queue and are"
        return "\(which) of '\(topic)' did not come: \(explanation(reason)). \(rest) lost for it."
    }

    private static func explanation(_ reason: GapReason) -> String {
        switch reason {
        case .expired: "the topic no longer keeps what is so old"
        case .limit: "a limit of the topic, the session or the broker was reached, and the oldest went"
        case .purged: "somebody removed them, or the topic was deleted"
        case .moved: "the queue was moved ahead, past what it had still to get"
        }
    }
}
