import DequeModule
import ZaichikWords

/// A message whose way is, or may be, told.
struct TracedMessage: Hashable, Sendable {
    var topic: String
    var sequence: UInt64
}

/// The steps of traced messages, in bounded memory, as they came.
struct TraceLog: Equatable {
    static let most = 4096

    private(set) var steps: Deque<Report> = []
    /// The broker was asked for them.
    var isAsked = false
    private(set) var problem: String?

    mutating func append(_ step: Report) {
        problem = nil
        steps.append(step)
        if steps.count > Self.most { steps.removeFirst() }
    }

    mutating func fail(_ problem: String) { self.problem = problem }

    /// The steps of one message in the order of its way.
    func steps(of message: TracedMessage) -> [Report] {
        TraceTable.ordered(steps.filter { $0.topic == message.topic && $0.sequence == message.sequence }) { $0 }
    }

    /// The messages that were traced last, the newest first.
    func messages(_ most: Int) -> [TracedMessage] {
        var seen: Set<TracedMessage> = []
        var messages: [TracedMessage] = []
        for step in steps.reversed() where messages.count < most && step.sequence > 0 {
            let message = TracedMessage(topic: step.topic, sequence: step.sequence)
            if seen.insert(message).inserted { messages.append(message) }
        }
        return messages
    }
}
