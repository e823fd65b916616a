import ZaichikProtocol

/// What a client says when another broker or topic answers than before its connection was lost.
public enum ReplacedText {
    public static let broker = "the broker is another process: what was not yet read is lost"

    /// For those that watch figures and read no messages.
    public static let figures = "the broker is another process; its figures begin anew"

    public static func topic(_ name: TopicName) -> String {
        "'\(SafeText.escaped(name.string))' is another topic now: what was not yet read of the earlier one is lost"
    }

    public static let session =
        "the session had ended, and this is a new one: what the earlier one had not done is lost"

    public static func deleted(_ name: TopicName) -> String {
        "'\(SafeText.escaped(name.string))' was deleted; nothing of it comes any more"
    }

    /// Messages that were with the queue of a lost connection.
    public static func aside(_ count: UInt64) -> String {
        "\(count) messages that were returned or parked do not come again: without a session they went with the connection"
    }
}
