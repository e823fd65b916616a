import ZaichikProtocol

/// One line of the Messages pane.
struct MessageEntry: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case message(ReceivedMessage)
        /// Messages that the queue lost.
        case gap(topic: String, first: UInt64, last: UInt64, reason: GapReason)
        /// An event of the stream itself, such as a lost connection.
        case note(String)
        /// So many lines came here while others were looked at, and were not kept.
        case skipped(UInt64)
    }

    /// Lines have ascending ids from 1; none is used twice.
    let id: UInt64
    let time: Moment
    let content: Content

    var bytes: Int {
        guard case .message(let message) = content else { return 64 }
        return message.payload.count + (message.key?.count ?? 0) + message.reason.utf8.count + 96
    }
}

/// The parts of a delivery that are kept for display.
struct ReceivedMessage: Equatable, Sendable {
    /// Longer payloads are cut for display; their length is kept.
    static let maximumKept = 64 << 10

    let topic: String
    let sequence: UInt64
    /// When the broker accepted it.
    let timestamp: Moment
    let key: [UInt8]?
    let payload: [UInt8]
    /// Of the whole payload.
    let length: Int
    /// Counts the connection's deliveries, for the commit.
    let number: UInt64
    /// The connection on which it came: it can only be committed there.
    let connection: UInt64
    /// Which delivery of the message it is: 2 and more if it comes again.
    let attempt: Int
    /// Why it comes again; nil at the first attempt, or if that is not known.
    let cause: RedeliveryCause?
    /// What was said when it was returned.
    let reason: String
    /// The payload as a whole is a JSON object or array. It is judged once, when the message arrives.
    let isJSON: Bool

    init(
        topic: String, sequence: UInt64, timestamp: Moment, key: [UInt8]?, payload: [UInt8], length: Int,
        number: UInt64, connection: UInt64, attempt: Int = 1, cause: RedeliveryCause? = nil, reason: String = ""
    ) {
        self.topic = topic
        self.sequence = sequence
        self.timestamp = timestamp
        self.key = key
        self.payload = payload
        self.length = length
        self.number = number
        self.connection = connection
        self.attempt = attempt
        self.cause = cause
        self.reason = reason
        isJSON = length == payload.count && JSONText.isDocument(payload)
    }

    /// The format in which the payload is shown if this one is chosen: what is not JSON as a whole is text.
    func format(_ chosen: PayloadFormat) -> PayloadFormat { chosen == .json && !isJSON ? .text : chosen }
}
