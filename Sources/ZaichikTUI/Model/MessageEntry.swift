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

    /// nil if it is something else.
    var message: ReceivedMessage? {
        if case .message(let message) = content { message } else { nil }
    }

    var bytes: Int {
        guard let message else { return 64 }
        let headers = message.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
        return message.payload.count + headers + (message.key?.count ?? 0) + message.reason.utf8.count + 96
    }
}

/// A header of a message.
struct ReceivedHeader: Equatable, Sendable {
    let name: String
    let value: [UInt8]
}

/// The parts of a delivery that are kept for display.
struct ReceivedMessage: Equatable, Sendable {
    /// Longer payloads are cut for display; their length is kept.
    static let maximumKept = 64 << 10
    /// Headers after these bytes are not kept.
    static let maximumHeaderBytes = 8 << 10

    let topic: String
    let sequence: UInt64
    /// When the broker accepted it.
    let timestamp: Moment
    let key: [UInt8]?
    /// In their order, as far as they are kept for display.
    let headers: [ReceivedHeader]
    /// How many more headers there are.
    let omittedHeaders: Int
    /// Without the headers.
    let payload: [UInt8]
    /// Of the whole payload, without the headers.
    let length: Int
    /// Counts the connection's deliveries, for the commit.
    let number: UInt64
    /// The connection on which it came: it can only be committed there. 0 if it was not delivered, but looked at.
    let connection: UInt64
    /// Which delivery of the message it is: 2 and more if it comes again.
    let attempt: Int
    /// Why it comes again; nil at the first attempt, or if that is not known.
    let cause: RedeliveryCause?
    /// What was said when it was returned.
    let reason: String
    /// The format of the payload as a whole: a JSON object or array, a map or array of MessagePack, or text. It is judged
    /// once, when the message arrives.
    let found: PayloadFormat

    init(
        topic: String, sequence: UInt64, timestamp: Moment, key: [UInt8]?, headers: [ReceivedHeader] = [],
        omittedHeaders: Int = 0, payload: [UInt8], length: Int, number: UInt64, connection: UInt64, attempt: Int = 1,
        cause: RedeliveryCause? = nil, reason: String = ""
    ) {
        self.topic = topic
        self.sequence = sequence
        self.timestamp = timestamp
        self.key = key
        self.headers = headers
        self.omittedHeaders = omittedHeaders
        self.payload = payload
        self.length = length
        self.number = number
        self.connection = connection
        self.attempt = attempt
        self.cause = cause
        self.reason = reason
        found = length == payload.count ? Self.find(payload) : .text
    }

    private static func find(_ payload: [UInt8]) -> PayloadFormat {
        if JSONText.isDocument(payload) { return .json }
        guard let first = payload.first, MessagePackText.isContainer(first),
            String(validating: payload, as: UTF8.self) == nil, MessagePackText.json(payload) != nil
        else { return .text }
        return .messagePack
    }

    /// The format in which the payload is shown if this one is chosen: what is not JSON as a whole, nor MessagePack, is text.
    func format(_ chosen: PayloadFormat) -> PayloadFormat {
        switch chosen {
        case .json, .messagePack: found
        case .text, .hex: chosen
        }
    }

    var isJSON: Bool { found == .json }
}
