import DequeModule
import NIOCore
import ZaichikProtocol

/// What one publisher has published and may publish next. A value: the connection is elsewhere.
struct LoadPublisher {
    /// Messages that were published in one go.
    private struct Batch {
        /// How many publishes of the connection there were with it.
        var end: UInt64
        /// When they were published or due, in ns.
        var time: UInt64
    }

    let index: Int
    /// Indices of topics, taken in turn.
    let topics: [Int]
    /// The broker's numbers for them, as they become known.
    var topicIDs: [UInt32]
    /// How many publishes may be unconfirmed.
    let window: UInt64
    /// Whether it asks for no confirmation, so that what is sent needs none.
    let isUnconfirmed: Bool
    /// How many to publish in all.
    private(set) var limit: UInt64 = 0
    /// How many are due; without a rate all are.
    private(set) var due: UInt64
    /// Publishes before the schedule began.
    private var scheduled: UInt64 = 0
    private(set) var sent: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private var unconfirmed: Deque<Batch> = []
    /// By place in `topics`.
    private(set) var refused: [UInt64]
    /// Subscribers, by place in `topics`.
    private let readers: [Int]

    init(index: Int, spread: TopicSpread, window: UInt64, isPaced: Bool, isUnconfirmed: Bool = false) {
        self.index = index
        topics = spread.topics(ofPublisher: index)
        readers = topics.map { spread.readers(of: $0) }
        self.window = window
        self.isUnconfirmed = isUnconfirmed
        topicIDs = Array(repeating: 0, count: topics.count)
        refused = Array(repeating: 0, count: topics.count)
        due = isPaced ? 0 : .max
    }

    /// Allows so many more from now on; nothing: any number.
    mutating func allow(_ count: UInt64?) { limit = count.map { sent + $0 } ?? .max }

    /// Takes the next message for the first one of the schedule.
    mutating func restart() {
        scheduled = sent
        due = sent
    }

    /// Looks at what has become due.
    mutating func becomeDue(_ schedule: PublishSchedule, now: UInt64) {
        due = scheduled + schedule.count(by: now, of: index)
    }

    /// How many may be published now. The window is none of those that nobody confirms: the rate or the backlog holds them.
    var room: UInt64 {
        let wanted = min(limit, due)
        guard wanted > sent else { return 0 }
        if isUnconfirmed { return wanted - sent }
        return min(wanted - sent, window - min(sent - confirmed, window))
    }

    var isDone: Bool { sent >= limit && confirmed >= sent }

    /// Appends the frames of the next messages.
    ///
    /// - Parameters:
    ///   - now: In ns; the time of those that are not on a schedule.
    mutating func write(
        _ count: UInt64, now: UInt64, schedule: PublishSchedule?, template: FrameTemplate, to buffer: inout ByteBuffer
    ) {
        let turns = UInt64(topics.count)
        var (number, turn) = sent.quotientAndRemainder(dividingBy: turns)
        template.write(Int(count), to: &buffer) { place in
            var time = now
            if let schedule {
                time = schedule.due(sent - scheduled + UInt64(place), of: index)
                if !isUnconfirmed { unconfirmed.append(Batch(end: sent + UInt64(place) + 1, time: time)) }
            }
            defer {
                turn += 1
                if turn == turns { (number, turn) = (number + 1, 0) }
            }
            return (topicIDs[Int(turn)], MessageStamp(time: time, publisher: index, number: number))
        }
        sent += count
        if isUnconfirmed { return confirmed = sent }
        if schedule == nil { unconfirmed.append(Batch(end: sent, time: now)) }
    }

    /// Takes a CONFIRM.
    ///
    /// - Parameters:
    ///   - count: The first so many publishes are answered for.
    ///   - now: In ns.
    /// - Returns: Whether it can be: not, if it confirms what was not published.
    mutating func confirm(_ count: UInt64, now: UInt64, _ latency: inout LatencyRecorder) -> Bool {
        guard count <= sent else { return false }
        while confirmed < count, let batch = unconfirmed.first {
            let end = min(batch.end, count)
            latency.record(from: batch.time, to: now, count: end - confirmed)
            confirmed = end
            if end == batch.end { unconfirmed.removeFirst() }
        }
        return true
    }

    /// Takes a REJECT. The CONFIRM that follows passes it.
    ///
    /// - Parameter publish: Which one, from 1.
    /// - Returns: How many deliveries of it will never come.
    mutating func refuse(_ publish: UInt64) -> Int {
        guard publish > 0, publish <= sent else { return 0 }
        let turn = Int((publish - 1) % UInt64(topics.count))
        refused[turn] += 1
        return readers[turn]
    }

    /// How many deliveries the next messages cause.
    func deliveries(ofNext count: Int) -> Int {
        let (rounds, rest) = count.quotientAndRemainder(dividingBy: topics.count)
        let first = Int(sent % UInt64(topics.count))
        let partial = (0..<rest).reduce(0) { $0 + readers[(first + $1) % topics.count] }
        return rounds * readers.reduce(0, +) + partial
    }

    /// How many of the next messages cause at most so many deliveries; one does if any may.
    func messages(causing deliveries: Int) -> UInt64 {
        let most = max(readers.max() ?? 0, 1)
        return UInt64((deliveries + most - 1) / most)
    }
}
