import ZaichikProtocol

/// One line of the Messages pane.
struct MessageEntry: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case message(ReceivedMessage)
        /// Messages that the queue lost.
        case gap(topic: String, first: UInt64, last: UInt64, reason: GapReason)
        /// An event of the stream itself, such as a lost connection.
        case note(String)
    }

    /// Counts the lines from 1; never used twice.
    let id: UInt64
    let time: Moment
    let content: Content

    var bytes: Int {
        guard case .message(let message) = content else { return 64 }
        return message.payload.count + (message.key?.count ?? 0) + 96
    }
}

/// The parts of a delivery that are kept for display.
struct ReceivedMessage: Equatable, Sendable {
    /// Longer payloads are cut for display; their length is kept.
    static let maximumKept = 64 << 10

    var topic: String
    var sequence: UInt64
    /// When the broker accepted it.
    var timestamp: Moment
    var key: [UInt8]?
    var payload: [UInt8]
    /// Of the whole payload.
    var length: Int
    /// Counts the connection's deliveries, for the commit.
    var number: UInt64
    /// The connection on which it came: it can only be committed there.
    var connection: UInt64
}
