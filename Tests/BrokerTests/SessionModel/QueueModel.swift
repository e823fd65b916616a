import ZaichikProtocol

/// A queue of a history: of a connection, or of a session.
final class QueueModel {
    struct Subscription {
        /// The topic that it names; nil for the pattern that matches all of them.
        var topic: Int?
        var options: SubscribeOptions

        func matches(_ index: Int) -> Bool { topic == nil || topic == index }
    }

    /// nil for the queue of a connection.
    let session: Int?
    let settings: SessionSettings
    var subscriptions: [Subscription] = []
    /// By the topic's id.
    var readings: [UInt32: ReadingModel] = [:]
    /// Numbers of the connections attached to it, and of all that ever were.
    var attached: [Int] = []
    var publishers: Set<Int> = []
    /// nil while a connection is attached.
    var absentSince: UInt64?
    var delivered: UInt64 = 0
    var redelivered: UInt64 = 0
    /// Until when it delivers nothing; nil if it delivers, `.max` until it is resumed.
    var pausedUntil: UInt64?

    init(session: Int?, settings: SessionSettings) {
        self.session = session
        self.settings = settings
    }

    func isPaused(now: UInt64) -> Bool { pausedUntil.map { now < $0 } ?? false }

    /// What the first subscription that matches a topic asks for; nil if none does.
    func options(of index: Int) -> SubscribeOptions? { subscriptions.first { $0.matches(index) }?.options }

    /// Takes back a delivery that is in flight no more: it comes again, or is parked if it was delivered often enough. One of
    /// a subscription that has ended is done.
    func giveBack(_ delivery: ConnectionModel.Delivery, now: UInt64, delay: UInt64 = 0, _ cause: RedeliveryCause) {
        guard let reading = live(delivery), let attempts = reading.entries[delivery.sequence]?.attempts else { return }
        if settings.attempts > 0, attempts >= settings.attempts {
            return reading.put(delivery.sequence, .parked)
        }
        // A message that a client returns again and again waits for a while, at most a second.
        let mustCome = max(now + delay, attempts > 1 && cause == .returned ? now + 1_000_000 : now)
        reading.put(delivery.sequence, .returned(mayCome: now + delay, mustCome: mustCome, cause))
    }

    /// The reading to which a delivery belongs; nil if that has ended.
    func live(_ delivery: ConnectionModel.Delivery) -> ReadingModel? {
        readings[delivery.reading.topic.id] === delivery.reading ? delivery.reading : nil
    }
}
