import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// Subscriptions, seeks, parked messages, deletions.
extension SessionRun {
    private func first(_ start: SessionHistory.Start, _ topic: TopicModel) -> (StartPosition, UInt64) {
        switch start {
        case .new, .connection: (.new, topic.head + 1)
        case .earliest, .session: (.earliest, earliest(topic))
        case .sequence: (.sequence(topic.head / 2 + 1), topic.head / 2 + 1)
        case .last: (.last(3), max(earliest(topic), topic.head > 3 ? topic.head - 2 : 1))
        }
    }

    func subscribe(_ slot: Int, _ index: Int, _ start: SessionHistory.Start, _ options: SubscribeOptions) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        let request = connection.nextRequest()
        let (position, first) = first(start, topic)
        let queue = connection.queue
        expected.answer = .ok { _ in }
        if queue.readings[topic.id] == nil {
            // Deliveries of an earlier subscription may be in flight, and the same messages come anew.
            let isMixed = connections.values.contains { other in
                other.queue === queue && other.inFlight.values.contains { $0.topicID == topic.id }
            }
            if isMixed { throw Unknowable() }
            queue.readings[topic.id] = ReadingModel(topic, options: options, from: first, for: queue)
        }
        let isContinued = start == .session
        try connection.client.send(
            .subscribe(
                request: request, pattern: "t\(index)", from: isContinued ? .session : position, options: options,
                fallback: isContinued ? position : nil))
    }

    func unsubscribe(_ slot: Int, _ index: Int) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        let request = connection.nextRequest()
        expected.answer = .ok { _ in }
        remove(topic.id, from: connection.queue, keepsFlight: true)
        try connection.client.send(.unsubscribe(request: request, pattern: "t\(index)"))
    }

    /// Ends the reading of a topic. What is in flight stays in flight at its connections.
    private func remove(_ topicID: UInt32, from queue: QueueModel, keepsFlight: Bool) {
        guard queue.readings.removeValue(forKey: topicID) != nil else { return }
        for connection in connections.values where connection.queue === queue {
            for (number, place) in connection.inFlight where place.topicID == topicID {
                guard !keepsFlight else { continue }
                connection.inFlight[number] = nil
                connection.orphans.insert(number)
            }
        }
    }

    func seek(_ slot: Int, _ index: Int, _ start: SessionHistory.Start) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        let request = connection.nextRequest()
        let (position, first) = first(start, topic)
        let reading = connection.queue.readings[topic.id]
        // Messages in flight behind the new place may come once more.
        let isMixed = reading?.entries.contains { $0.key >= first && $0.value.state != .pending }
        // What waits for its key stays, and which messages do is not known.
        if isMixed == true || connection.queue.settings.mode == .sharedByKey { throw Unknowable() }
        reading?.begin(from: first, for: connection.queue)
        reading?.keys = [:]
        expected.answer =
            reading == nil
            ? .error(.unknownTopic)
            : .ok { detail in
                guard detail.getInteger(at: detail.readerIndex, endianness: .little) == UInt32(1) else {
                    throw connection.fail("SEEK says how many topics were moved", "not one")
                }
            }
        try connection.client.send(.seek(request: request, Seek("t\(index)", to: position)))
    }

    // MARK: Parked messages

    func settleParked(_ slot: Int, _ action: ParkedAction, all: Bool) throws {
        guard let connection = connections[slot] else { return }
        let rows = try parked(of: connection)
        let chosen = all ? rows : Array(rows.prefix(1))
        guard all || !chosen.isEmpty else { return }
        let request = connection.nextRequest()
        let queue = connection.queue
        for row in chosen {
            guard let reading = queue.readings[row.topicID] else { continue }
            switch action {
            case .drop: reading.entries[row.sequence] = nil
            case .release:
                reading.entries[row.sequence]?.state = .returned(
                    mayCome: clock.now, mustCome: clock.now + 1_000_000, .released)
            }
        }
        expected.answer = .ok { detail in
            guard detail.getInteger(at: detail.readerIndex, endianness: .little) == UInt32(chosen.count) else {
                throw connection.fail("SETTLE PARKED says how many there were", "not \(chosen.count)")
            }
        }
        try connection.client.send(
            .settleParked(
                request: request, ParkedSettlement(action, all ? [] : chosen.map { $0.number...$0.number })))
    }

    /// The parked messages of a connection's queue, which are those of the model.
    private func parked(of connection: ConnectionModel) throws -> [ParkedMessage] {
        let request = connection.nextRequest()
        try connection.client.send(.listParked(request: request, session: "", limit: 1000, after: 0))
        try settle()
        var rows: [ParkedMessage] = []
        for frame in try connection.client.receive() {
            guard case .parked(request, let page, _) = frame else {
                try take(frame, connection)
                continue
            }
            rows += page.rows
        }
        let certain = rows.filter { topicsByID[$0.topicID]?.mayLose == false }
        let told = Set(certain.map { "\($0.topicID):\($0.sequence) \($0.attempts)" })
        var known: Set<String> = []
        for (id, reading) in connection.queue.readings {
            guard !reading.topic.mayLose else { continue }
            for (sequence, entry) in reading.entries where entry.state == .parked {
                known.insert("\(id):\(sequence) \(entry.attempts)")
            }
        }
        guard told == known else { throw connection.fail("parked messages are listed", "\(told), not \(known)") }
        return rows
    }

    /// Whether a message may be lost to a queue: it is too old, or the limit takes it, to a frame or two.
    func mayBeLost(_ sequence: UInt64, _ topic: TopicModel) -> Bool {
        let (settings, time) = (topic.settings, topic.message(sequence).time)
        if settings.retention > 0, clock.now - time >= settings.retention * 1000 { return true }
        return topic.mayLose && (topic.head + 3 - sequence) * Self.frameSize >= settings.limit
    }

    /// The bytes of a DELIVER frame with a key, at the most.
    static let frameSize: UInt64 = 70

    // MARK: Deletions

    func delete(_ slot: Int, topic index: Int) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        let request = connection.nextRequest()
        expected.answer = .ok { _ in }
        expected.gone.insert(topic.id)
        for queue in allQueues { remove(topic.id, from: queue, keepsFlight: false) }
        topics[index] = nil
        try connection.client.send(.deleteTopic(request: request, name: "t\(index)"))
    }

    func delete(_ slot: Int, session: Int) throws {
        guard let connection = connections[slot] else { return }
        let request = connection.nextRequest()
        guard let queue = queues[session] else {
            expected.answer = .error(.unknownSession)
            return try connection.client.send(.deleteSession(request: request, name: "s\(session)"))
        }
        // A client that is attached itself gets GOODBYE instead.
        if connection.queue !== queue { expected.answer = .ok { _ in } }
        queues[session] = nil
        for number in queue.attached { expected.goodbyes[number] = .sessionDeleted }
        try connection.client.send(.deleteSession(request: request, name: "s\(session)"))
    }
}
