import DequeModule
import HeapModule
import ZaichikProtocol

/// Looks at the messages of a queue, in steps, and changes nothing: what is in flight, what comes again, what comes next,
/// what is parked.
struct QueuePeek {
    /// The next message of a topic.
    private struct Head: Comparable {
        let stamp: UInt64
        let slot: Int
        let serial: UInt32
        let sequence: UInt64
        /// The first message that the cursor has not come to.
        let next: UInt64

        static func == (left: Head, right: Head) -> Bool { left.stamp == right.stamp && left.slot == right.slot }
        static func < (left: Head, right: Head) -> Bool {
            (left.stamp, left.slot, left.sequence) < (right.stamp, right.slot, right.sequence)
        }
    }

    /// The most of each state.
    private let limit: Int
    private var rows: [PeekedMessage] = []
    private var tally = QueueTally()
    private var heads = Heap<Head>()
    private var taken: UInt64 = 0
    private var stage = Stage.inFlight
    /// Messages that come again, so far.
    private var returned = 0

    private enum Stage {
        case inFlight
        case returned(next: Int)
        case measuring(nextSlot: Int)
        case merging
    }

    private static let slotsPerStep = 64
    private static let rowsPerStep = 16
    private static let runsPerStep = 256

    init(limit: Int) { self.limit = limit }

    /// - Returns: nil if another step is needed.
    mutating func step(_ reader: Reader, now: UInt64) -> RowPage<PeekedMessage>? {
        switch stage {
        case .inFlight:
            addInFlight(reader, now: now)
            stage = .returned(next: 0)
        case .returned(let first):
            let next = addReturned(reader, from: first)
            stage = next.map { .returned(next: $0) } ?? .measuring(nextSlot: 0)
        case .measuring(let first):
            let end = min(first + Self.slotsPerStep, reader.queue.cursors.slots.count)
            reader.tally(first..<max(end, first), into: &tally, now: now)
            for slot in first..<max(end, first) { addHead(slot, reader.queue, now: now) }
            stage = end < reader.queue.cursors.slots.count ? .measuring(nextSlot: end) : .merging
        case .merging:
            for _ in 0..<Self.rowsPerStep {
                guard taken < limit, let head = heads.popMin() else {
                    addParked(reader, now: now)
                    return RowPage(rows: rows, matching: Int(clamping: tally.lag.messages + tally.lag.parked))
                }
                add(head, reader.queue, now: now)
            }
        }
        return nil
    }

    // MARK: Begun

    private mutating func addInFlight(_ reader: Reader, now: UInt64) {
        var left = limit
        for owner in reader.owners {
            let client = (owner as? Connection)?.id ?? 0
            for run in owner.attachment.inFlight.runs where left > 0 {
                guard let topic = reader.queue.cursors[Int(run.slot)]?.topic else { continue }
                for (number, sequence) in zip(run.numbers, run.sequences).prefix(left) {
                    guard var row = PeekedMessage(.inFlight, sequence, of: topic) else { continue }
                    row.client = client
                    row.message.number = number
                    row.message.parkedAt = min(run.since, now)
                    row.message.attempts = run.attempt
                    rows.append(row)
                }
                left -= min(Int(run.count), left)
            }
        }
    }

    /// - Returns: The run to continue with; nil after the last one.
    private mutating func addReturned(_ reader: Reader, from first: Int) -> Int? {
        guard let work = reader.queue.work else { return nil }
        let end = min(first + Self.runsPerStep, work.returned.count)
        for place in first..<max(end, first) where returned < limit {
            let run = work.returned[place]
            guard reader.queue.cursors.isReading(run.slot, serial: run.serial),
                let cursor = reader.queue.cursors[Int(run.slot)]
            else { continue }
            for range in cursor.outstanding?.returned.intersection(run.range) ?? [] {
                for sequence in range.prefix(limit - returned) {
                    returned += 1
                    guard var row = PeekedMessage(.returned, sequence, of: cursor.topic) else { continue }
                    row.message.parkedAt = run.due
                    row.message.attempts = run.attempt.number - 1
                    row.message.reason = run.attempt.reason
                    rows.append(row)
                }
            }
        }
        return returned < limit && end < work.returned.count ? end : nil
    }

    private mutating func addParked(_ reader: Reader, now: UInt64) {
        for message in reader.parkedPage(after: 0, most: UInt32(limit), now: now).rows {
            rows.append(PeekedMessage(.parked, message: message))
        }
    }

    // MARK: To come

    private mutating func addHead(_ slot: Int, _ queue: ClientQueue, now: UInt64) {
        guard let cursor = queue.cursors[slot], !cursor.isDetached else { return }
        let next = cursor.topic.locked { state in
            max(state.nextPosition(of: cursor).sequence, state.floor(of: cursor, now: now).sequence)
        }
        addHead(0, next: next, slot, cursor)
    }

    /// - Parameter sequence: The first message that may be it: what was put aside comes before what is ahead of the cursor.
    private mutating func addHead(_ sequence: UInt64, next: UInt64, _ slot: Int, _ cursor: Cursor) {
        let outstanding = cursor.outstanding
        var sequence = sequence
        if sequence < next { sequence = min(outstanding?.aside.next(from: sequence)?.lowerBound ?? next, next) }
        while sequence >= next, let range = outstanding?.next(from: sequence), range.lowerBound == sequence,
            outstanding?.aside.contains(sequence) != true
        {
            sequence = range.upperBound + 1
        }
        let stamp = cursor.topic.locked { state in
            sequence <= state.log.headSequence ? state.log.stamp(at: state.log.position(of: sequence)) : nil
        }
        guard let stamp else { return }
        heads.insert(Head(stamp: stamp, slot: slot, serial: cursor.serial, sequence: sequence, next: next))
    }

    private mutating func add(_ head: Head, _ queue: ClientQueue, now: UInt64) {
        guard queue.cursors.isReading(UInt32(head.slot), serial: head.serial), let cursor = queue.cursors[head.slot]
        else { return }
        if var row = PeekedMessage(.pending, head.sequence, of: cursor.topic, now: now) {
            taken += 1
            row.place = taken
            rows.append(row)
        }
        addHead(head.sequence + 1, next: head.next, head.slot, cursor)
    }
}

extension PeekedMessage {
    /// The row of one message.
    ///
    /// - Parameter now: Of messages to come, those that are too old for what they asked for themselves are not found.
    /// - Returns: nil if the message is not stored any more, or is to come and an operator has removed it.
    init?(_ state: State, _ sequence: UInt64, of topic: Topic, now: UInt64 = 0) {
        let found = topic.locked { topic in
            state == .pending ? topic.log.message(sequence, now: now) : topic.log.begun(sequence)
        }
        guard let message = found else { return nil }
        self.init(state, message, of: topic)
    }

    init(_ state: State, _ message: TakenRun, of topic: Topic) {
        self.init(state, size: UInt32(clamping: message.size), message: message.row)
        self.message.topicID = topic.id
        self.message.topic = topic.name.string
    }
}
