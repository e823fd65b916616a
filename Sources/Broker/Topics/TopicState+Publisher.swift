import ZaichikProtocol

// Who published the messages.
extension TopicState {
    /// When a message was accepted, in µs since 1970, and who published it.
    ///
    /// - Returns: nil if the message is not kept.
    func origin(of sequence: UInt64, now: UInt64) -> (timestamp: UInt64, publisher: Publisher)? {
        guard sequence >= earliest(now: now), let message = log.message(sequence) else { return nil }
        return (message.firstTimestamp, message.segment.stretch(of: sequence).publisher)
    }

    /// What it counts to pass over a stretch of messages in a turn, in bytes.
    static let echoBytes = 256

    /// Has a cursor without echo pass over a stretch of messages that its own client has published, and otherwise bounds
    /// what it reads next to the messages before such a stretch.
    ///
    /// - Parameter reader: That of the cursor.
    /// - Returns: Whether it has passed over a stretch.
    mutating func passEcho(_ cursor: inout Cursor, _ limit: inout ReadLimit, of reader: ReaderHandle) -> Bool {
        guard let stretch = log.stretch(of: cursor.position.sequence) else { return false }
        guard stretch.publisher.reader == reader else {
            limit.messages = min(limit.messages, Int(clamping: stretch.end - cursor.position.sequence))
            return false
        }
        cursor.position = log.position(of: stretch.end)
        cursor.hasBreaks = true
        return true
    }
}
