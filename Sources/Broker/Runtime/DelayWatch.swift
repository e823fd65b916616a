import HeapModule
import NIOCore

/// The times at which a loop looks at topics whose delayed messages are due. There is a timer only while there is such
/// a time.
///
/// Topics are watched for the next few seconds only (``TopicState/watchedDelay``), so the number of times is bounded by
/// the milliseconds in them, for each topic.
final class DelayWatch {
    private struct Entry: Comparable {
        /// In µs since 1970.
        var time: UInt64
        var topicID: UInt32

        static func < (left: Entry, right: Entry) -> Bool { left.time < right.time }
    }

    private var waiting = Heap<Entry>()
    /// The earliest time for which a timer is set; `.max` if there is none. Later timers of earlier times are ignored: to
    /// cancel a timer, NIO looks through all.
    private var set = UInt64.max
    private let eventLoop: any EventLoop
    private let isOver: (UInt64) -> Void

    /// - Parameter isOver: Called with a time when it has come.
    init(eventLoop: any EventLoop, isOver: @escaping (_ time: UInt64) -> Void) {
        self.eventLoop = eventLoop
        self.isOver = isOver
    }

    /// Looks at a topic at a time.
    ///
    /// - Parameters:
    ///   - time: In µs since 1970.
    ///   - now: The loop's time.
    func look(at topicID: UInt32, at time: UInt64, now: UInt64) {
        waiting.insert(Entry(time: time, topicID: topicID))
        setTimer(now: now)
    }

    /// The next topic to look at now.
    ///
    /// - Parameter time: The time of the timer.
    /// - Returns: nil if there is none: then the timer is set for the next time.
    func next(_ time: UInt64, now: UInt64) -> UInt32? {
        if time == set { set = .max }
        guard let first = waiting.min, first.time <= now else {
            setTimer(now: now)
            return nil
        }
        waiting.removeMin()
        return first.topicID
    }

    private func setTimer(now: UInt64) {
        guard let first = waiting.min, first.time < set else { return }
        set = first.time
        // The loop's clock may be a little slower than the timer's; if it is, the timer is set again.
        let wait = first.time > now ? first.time - now : 0
        eventLoop.assumeIsolated().scheduleTask(in: .microseconds(Int64(wait))) { [self] in isOver(first.time) }
    }
}
