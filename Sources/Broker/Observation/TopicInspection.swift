import HeapModule
import ZaichikProtocol

/// A cursor of a topic, found among its holds.
struct HeldSeat: Comparable, Sendable {
    /// The earliest message that the cursor needs.
    var needed: UInt64
    /// Of these, the earliest that counts against the limit.
    var counted: UInt64
    var waiter: Waiter

    static func < (left: HeldSeat, right: HeldSeat) -> Bool { left.needed < right.needed }
}

/// The readers of a topic that hold most of it back, and its last publishers, as handles.
struct TopicSurvey: Sendable {
    var topic: Topic
    /// The most readers, and the most publishers, that are wanted.
    var most: Int
    /// Only readers that need a message before this one are wanted.
    var below = UInt64.max
    /// The readers, whether among those found or not.
    var matching = 0
    /// Those that need the earliest message come first.
    var readers: [HeldSeat] = []
    var publishers: [RecentPublishers.Entry] = []
    /// The lowest hold that counts against the limit; `.max` if there is none.
    var lowestCounted = UInt64.max
    var head: UInt64 = 0

    /// Whether the limit counts from what a reader needs.
    func isHolding(_ seat: HeldSeat) -> Bool { seat.counted == lowestCounted && seat.counted <= head }
}

/// Finds the readers of a topic that hold most of it back, in steps: a topic may have any number of readers.
struct TopicInspection {
    private var survey: TopicSurvey
    private var nextSeat = 0
    private var found = Heap<HeldSeat>()

    /// The seats of a step, which is done under the topic's lock: some µs.
    static let seatsPerStep = 1024

    /// - Parameter most: The most readers to find, and the most publishers.
    /// - Parameter below: Only readers that need a message before this one are wanted.
    init(_ topic: Topic, most: Int, below: UInt64 = .max) {
        survey = TopicSurvey(topic: topic, most: most, below: below)
    }

    /// - Returns: nil if another step is needed.
    mutating func step() -> TopicSurvey? {
        let (first, most, below) = (nextSeat, survey.most, survey.below)
        var matching = 0
        var found = found
        self.found = Heap()
        let isDone = survey.topic.locked { state in
            state.holds.visit(first..<first + Self.seatsPerStep) { seat in
                guard seat.needed < below else { return }
                matching += 1
                if found.count < most {
                    found.insert(seat)
                } else if let last = found.max, seat < last {
                    found.replaceMax(with: seat)
                }
            }
        }
        self.found = found
        survey.matching += matching
        nextSeat += Self.seatsPerStep
        guard isDone else { return nil }
        survey.topic.locked { state in
            survey.lowestCounted = state.holds.lowestCounted
            survey.head = state.log.headSequence
            // The broker itself, which is no client, publishes to its own.
            guard !survey.topic.isReserved else { return }
            survey.publishers = state.publishers.list(upTo: state.log.appendedSequence, time: state.log.lastTimestamp)
        }
        while let first = self.found.popMin() { survey.readers.append(first) }
        return survey
    }
}

/// The rows of a topic's readers and publishers on one loop.
struct TopicClients: Sendable {
    var readers: [TopicReader] = []
    var publishers: [TopicPublisher] = []
    var holders: [TopicHolder] = []
}

/// A reader of a topic, and from which message on it needs the topic.
struct TopicHolder: Sendable {
    /// The client's id, or the session's.
    var id: UInt64
    var name: String
    var needed: UInt64
}

/// Makes the rows of a topic's clients on one loop, in steps. Clients that have left are left out.
struct TopicClientRows {
    private let survey: TopicSurvey
    private let shard: UInt16
    private var nextReader = 0
    private var rows = TopicClients()

    init(_ survey: TopicSurvey, shard: Int) {
        self.survey = survey
        self.shard = UInt16(shard)
    }

    /// - Parameters:
    ///   - reader: Makes the row of a cursor's reader; nil if it no longer reads the topic.
    ///   - publisher: Makes the row of a publisher; nil if it has left.
    /// - Returns: nil if another step is needed.
    mutating func step(
        reader: (Waiter) -> TopicReader?, publisher: (RecentPublishers.Entry) -> TopicPublisher?
    ) -> TopicClients? {
        var budget = StepBudget()
        while nextReader < survey.readers.count {
            guard !budget.isSpent else { return nil }
            let seat = survey.readers[nextReader]
            nextReader += 1
            guard seat.waiter.reader.shard == shard else { continue }
            budget.spend(StepBudget.client + StepBudget.row)
            guard var row = reader(seat.waiter) else { continue }
            row.isHolding = survey.isHolding(seat)
            rows.readers.append(row)
            rows.holders.append(TopicHolder(id: row.id, name: row.name, needed: seat.needed))
        }
        for entry in survey.publishers where entry.publisher.handle.shard == shard {
            if let row = publisher(entry) { rows.publishers.append(row) }
        }
        return rows
    }
}

extension TopicSurvey {
    /// The loops whose clients are in it.
    var shards: Set<Int> {
        Set(readers.map { Int($0.waiter.reader.shard) } + publishers.map { Int($0.publisher.handle.shard) })
    }

    /// The detail with the rows of all loops.
    func detail(_ parts: [TopicClients], now: UInt64) -> TopicDetail {
        let readers = parts.flatMap(\.readers).sorted {
            ($1[.lagMessages], $0.name, $0.id) < ($0[.lagMessages], $1.name, $1.id)
        }
        let publishers = parts.flatMap(\.publishers).sorted {
            ($0[.lastPublishAge], $0.name, $0.id) < ($1[.lastPublishAge], $1.name, $1.id)
        }
        return TopicDetail(
            topic: topic.statistics(now: now), readers: RowPage(rows: readers, matching: max(matching, readers.count)),
            publishers: RowPage(rows: Array(publishers.prefix(most)), matching: publishers.count),
            pause: topic.locked { $0.pause })
    }
}
