import ZaichikProtocol

/// Errors that the command line and the terminal program share.
public enum ErrorText {
    public static func topicName(_ text: String, _ error: NameError) -> String {
        "'\(text)' is not a valid topic name: \(error)"
    }

    public static func topicPattern(_ text: String, _ error: NameError) -> String {
        "'\(text)' is not a valid topic name or pattern: \(error)"
    }

    public static let notConnected = "no connection to the broker; this program is connecting again"

    /// A full topic blocks its publishers, or has room again.
    public static func publishing(isBlocked: Bool) -> String {
        isBlocked
            ? "a topic is full: the broker holds publishers back until its slow readers commit"
            : "the topic has room again"
    }
}
