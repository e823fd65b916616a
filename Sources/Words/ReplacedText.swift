import ZaichikProtocol

/// What a client says when another broker or topic answers than before its connection was lost.
public enum ReplacedText {
    public static let broker = "the broker is another process: what was not yet read is lost"

    /// For those that watch figures and read no messages.
    public static let figures = "the broker is another process; its figures begin anew"

    public static func topic(_ name: TopicName) -> String {
        "'\(SafeText.escaped(name.string))' is another topic now: what was not yet read of the earlier one is lost"
    }
}
