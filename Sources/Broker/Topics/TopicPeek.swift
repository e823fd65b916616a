import ZaichikProtocol

/// Looks at messages that a topic keeps, in steps, and changes nothing. What an operator has removed, and what is older than
/// it asked for itself, is not shown.
struct TopicPeek {
    private let topic: Topic
    private let start: StartPosition
    private let limit: Int
    private var rows: [PeekedMessage] = []
    /// nil before the first step.
    private var place: Place?

    private struct Place {
        var next: LogPosition
        /// The newest message that is looked at.
        let last: UInt64
        /// How many messages are kept from the start on.
        let kept: UInt64
    }

    private static let rowsPerStep = 16
    /// Messages looked at in a step, those that are not shown included.
    private static let messagesPerStep = 128

    init(_ topic: Topic, from start: StartPosition, limit: Int) {
        self.topic = topic
        self.start = start
        self.limit = limit
    }

    /// - Returns: nil if another step is needed.
    mutating func step(now: UInt64) -> RowPage<PeekedMessage>? {
        let most = min(Self.rowsPerStep, limit - rows.count)
        let (found, after, isDone) = topic.locked { state in look(state, most: most, now: now) }
        // Outside of the topic's lock, as what is written does not change.
        rows += found.map { PeekedMessage(.kept, $0, of: topic) }
        place = after
        guard isDone || rows.count >= limit else { return nil }
        return RowPage(rows: rows, matching: Int(clamping: after.kept))
    }

    /// - Returns: Messages to show, and whether there are no more.
    private func look(
        _ state: borrowing TopicState, most: Int, now: UInt64
    ) -> (found: [TakenRun], after: Place, isDone: Bool) {
        let earliest = state.earliest(now: now)
        var place = place ?? begin(state, earliest: earliest, now: now)
        // The topic may have lost its oldest messages since the last step.
        if place.next.sequence < earliest { place.next = state.log.position(of: earliest) }
        var found: [TakenRun] = []
        for _ in 0..<Self.messagesPerStep where found.count < most {
            guard place.next.sequence <= place.last else { return (found, place, true) }
            switch state.log.read(&place.next, limit: ReadLimit(messages: 1, bytes: .max), now: now) {
            case .messages(let message): found.append(message)
            case .withheld: break
            case .limited, .tooLong, .notHere: return (found, place, true)
            }
        }
        return (found, place, false)
    }

    private func begin(_ state: borrowing TopicState, earliest: UInt64, now: UInt64) -> Place {
        let progress = QueueProgress(stamp: 0)
        let first = max(state.firstSequence(from: .position(start, progress), now: now), earliest)
        let last = state.log.headSequence
        return Place(
            next: state.log.position(of: first), last: last, kept: state.kept(from: first, below: last + 1).messages)
    }
}
