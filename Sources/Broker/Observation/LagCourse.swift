/// What is remembered of a queue that is not idle, besides the last second. It exists from the first lag or loss until
/// nothing has happened for some seconds, so that idle clients pay for nothing but the reference.
final class LagCourse {
    var trend = LagTrend()
    private var pending = RecentValues()
    private var deliverRates = RecentValues()
    var window = WindowWatch()
    private var repetition = RepetitionWatch()
    /// Seconds without a lag or a loss.
    private var emptySeconds = 0
    /// Messages that were lost before those which are being lost now.
    var lostBefore: UInt64 = 0

    /// Seconds without a lag or a loss after which it ends.
    private static let memory = 10

    /// The message that is delivered again and again; nil if there is none.
    var repeated: RepeatedMessage? { repetition.message }
    /// Whether none of the queue's messages had to wait for room in the window lately.
    var isAllInFlight: Bool { pending.highest == 0 }
    /// Whether the queue was empty at one of the last looks.
    var wasEmptyLately: Bool { trend.low == 0 }
    /// Whether what waits came within a second, or fits into the window.
    func isRecent(window: UInt32) -> Bool { pending.lowest <= max(deliverRates.highest, UInt64(min(window, 1))) }

    func secondPassed(_ sample: ClientHealth.Sample, delivered: UInt64, committed: UInt64, lost: UInt64, now: UInt64) {
        trend.add(sample.lag.messages, noise: max(committed, delivered) / 4)
        pending.add(sample.lag.pending)
        deliverRates.add(delivered)
        window.secondPassed(sample, now: now)
        repetition.secondPassed(sample.repeated)
        emptySeconds = sample.lag.messages == 0 && lost == 0 ? emptySeconds + 1 : 0
    }

    /// Whether it may be forgotten.
    var isOver: Bool { emptySeconds >= Self.memory }
}

/// A message that was delivered several times, and no other as often.
struct RepeatedMessage: Equatable {
    /// The slot of its topic in the queue.
    var slot: UInt32
    var sequence: UInt64
    /// How often it was delivered.
    var attempts: UInt32
}

/// Watches for one message that comes again and again.
struct RepetitionWatch {
    private(set) var message: RepeatedMessage?
    /// Seconds since it was last seen.
    private var unseen = 0

    /// As often it may be delivered before it counts.
    static let patience: UInt32 = 3
    /// Between two deliveries it may not be seen for a moment.
    private static let memory = 3

    mutating func secondPassed(_ seen: RepeatedMessage?) {
        if let seen, seen.attempts >= Self.patience {
            message = seen
            unseen = 0
        } else if message != nil {
            unseen += 1
            if unseen >= Self.memory { message = nil }
        }
    }
}
