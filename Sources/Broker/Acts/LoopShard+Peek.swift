import ZaichikProtocol

// Looking at the messages of a queue or of a topic.
extension LoopShard {
    /// Gathers the messages of a queue of this loop, in steps.
    ///
    /// - Parameter limit: The most of each state.
    func peek(
        _ subject: ActSubject, limit: Int,
        reply: @escaping @Sendable (Result<RowPage<PeekedMessage>, FrameError>) -> Void
    ) {
        beginStep()
        let reader = reader(of: subject)
        var peek = QueuePeek(limit: limit)
        background.add { now in
            guard !reader.isAbandoned else {
                reply(.failure(FrameError(.unknownClient, "the queue ended while it was looked at")))
                return false
            }
            guard let page = peek.step(reader, now: now) else { return true }
            reply(.success(page))
            return false
        }
    }

    /// Gathers messages that a topic keeps, in steps.
    ///
    /// - Parameters:
    ///   - start: Of the first one.
    ///   - limit: The most of them.
    func peek(
        _ name: TopicName, from start: StartPosition, limit: Int,
        reply: @escaping @Sendable (Result<RowPage<PeekedMessage>, FrameError>) -> Void
    ) {
        guard let topic = core.registry.topic(named: name) else {
            return reply(.failure(FrameError(.unknownTopic, "there is no topic '\(name)'")))
        }
        var peek = TopicPeek(topic, from: start, limit: limit)
        background.add { now in
            guard let page = peek.step(now: now) else { return true }
            reply(.success(page))
            return false
        }
    }
}
