// Delayed messages.
extension LoopShard {
    /// Appends the delayed messages of topics that are due now, and watches for the next ones.
    ///
    /// - Parameter time: That of the timer.
    func delaysAreOver(_ time: UInt64) {
        guard core != nil else { return }
        beginStep()
        while let id = delays.next(time, now: now) {
            guard let topic = topic(id), appendDue(in: topic) else { continue }
            background.add { [unowned self] _ in appendDue(in: topic) }
        }
        flush()
    }

    /// - Returns: Whether more of its messages are due.
    private func appendDue(in topic: Topic) -> Bool {
        let appended = topic.locked { $0.appendDue(now: now, stamp: { stamp() }, wakes: &wakes) }
        totals.duplicates += UInt64(appended.duplicates)
        tellAccepted(appended.traced, in: topic)
        if let time = appended.look { delays.look(at: topic.id, at: time, now: now) }
        return appended.hasMore
    }
}
