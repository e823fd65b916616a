import ZaichikProtocol

/// Texts about messages that a queue lost.
public enum GapText {
    /// The missing messages and the reason, for one line of a stream.
    public static func line(topic: String, first: UInt64, last: UInt64, reason: GapReason) -> String {
        // A broker may send any numbers.
        let count = last >= first ? max(last - first, last - first &+ 1) : 0
        return "gap in \(topic): \(count) lost (\(reason), #\(first) to #\(last))"
    }

    /// The same in sentences.
    public static func sentences(topic: String, first: UInt64, last: UInt64, reason: GapReason) -> String {
        "Messages \(first) to \(last) of '\(topic)' did not come: \(explanation(reason)). "
            + "They were in this client's queue and are lost for it."
    }

    private static func explanation(_ reason: GapReason) -> String {
        switch reason {
        case .expired: "they were older than the topic keeps"
        case .limit: "the topic's limit was reached, and the oldest went"
        case .purged: "they were removed"
        case .moved: "the topic's log was moved, and they were not taken along"
        }
    }
}
