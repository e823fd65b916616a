import ZaichikProtocol

// The limit of lag of a session's own: its oldest messages leave the queue.
extension Reader {
    /// Lets the oldest pending messages go, in arrival order, until the lag is within the limits: in steps, unless that is
    /// under way. What is in flight stays. The client is told of the gap where it is.
    func skip(to settings: SessionSettings) {
        guard !isBusy else { return }
        cut(
            QueueCut(
                .above(messages: settings.lagMessages, bytes: settings.lagBytes), of: nil, takesReturned: false,
                isDryRun: false))
    }
}
