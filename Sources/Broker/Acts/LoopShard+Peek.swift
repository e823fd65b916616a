import ZaichikProtocol

// Looking at the messages of a queue.
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
}
