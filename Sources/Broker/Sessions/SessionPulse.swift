import ZaichikProtocol

/// How the queue of a session fares while connections are attached: its state and its rates, judged once a second.
///
/// An exclusive session is judged with its connection; this is for one that several connections share.
final class SessionPulse {
    private(set) var health = ClientHealth()
    var verdict = VerdictWatch()
    /// Of the last look.
    private(set) var lag = QueueLag()
    private(set) var lost: UInt64 = 0
    private var committed: UInt64 = 0

    func secondPassed(
        _ lag: QueueLag, lost: UInt64, _ reader: Reader, stood: UInt64, traffic: Session.Traffic, window: UInt64,
        now: UInt64
    ) {
        self.lag = lag
        self.lost = lost
        if traffic.committed > committed { health.commitReceived(now: now) }
        committed = traffic.committed
        health.secondPassed(
            ClientHealth.Sample(
                lag: lag, window: UInt32(clamping: window), subscriptions: reader.queue.subscriptions.count,
                published: 0,
                delivered: traffic.delivered, committed: traffic.committed, lost: lost, unsentBytes: 0,
                isBlocked: false, isWritable: true, isHeld: reader.isPaused, moves: reader.queue.counters.moves,
                repeated: reader.repeated, stood: stood),
            now: now)
    }
}
