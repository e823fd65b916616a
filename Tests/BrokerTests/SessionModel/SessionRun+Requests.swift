import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// Subscriptions, seeks, parked messages, deletions.
extension SessionRun {
    static func text(_ topic: Int?) -> String { topic.map { "t.\($0)" } ?? "t.*" }

    // MARK: Subscriptions

    private func position(_ start: SessionHistory.Start, _ topic: TopicModel?) -> StartPosition {
        switch start {
        case .new: .new
        case .earliest, .session: .earliest
        case .sequence: topic.map { .sequence($0.head / 2 + 1) } ?? .earliest
        case .last: .last(3)
        case .latestOfKeys: .lastOfEachKey
        }
    }

    private func first(_ position: StartPosition, _ topic: TopicModel) -> UInt64 {
        switch position {
        case .sequence(let sequence): sequence
        case .last(let count): max(earliest(topic), topic.head > count ? topic.head + 1 - count : 1)
        case .earliest, .lastOfEachKey: earliest(topic)
        case .new, .connection, .time, .session: topic.head + 1
        }
    }

    func subscribe(_ slot: Int, _ index: Int?, _ start: SessionHistory.Start, _ options: SubscribeOptions) throws {
        guard let connection = connections[slot], index.map({ topics[$0] != nil }) ?? true else { return }
        let position = position(start, index.flatMap { topics[$0] })
        let queue = connection.queue
        expected.answer = .ok { _ in }
        if !queue.subscriptions.contains(where: { $0.topic == index }) {
            let subscription = QueueModel.Subscription(topic: index, options: options)
            queue.subscriptions.append(subscription)
            for case let topic? in topics where subscription.matches(topic.index) && queue.readings[topic.id] == nil {
                queue.readings[topic.id] = ReadingModel(
                    topic, options: options, from: first(position, topic), onlyLatest: position == .lastOfEachKey,
                    for: queue)
            }
        }
        let isContinued = start == .session
        try connection.client.send(
            .subscribe(
                request: connection.nextRequest(), pattern: Self.text(index), from: isContinued ? .session : position,
                options: options, fallback: isContinued ? position : nil))
    }

    func unsubscribe(_ slot: Int, _ index: Int?) throws {
        guard let connection = connections[slot] else { return }
        let queue = connection.queue
        expected.answer = .ok { _ in }
        queue.subscriptions.removeAll { $0.topic == index }
        // What is in flight stays in flight at its connections.
        queue.readings = queue.readings.filter { queue.options(of: $0.value.topic.index) != nil }
        try connection.client.send(.unsubscribe(request: connection.nextRequest(), pattern: Self.text(index)))
    }

    func seek(_ slot: Int, _ index: Int, _ start: SessionHistory.Start) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        let position = start == .latestOfKeys ? .earliest : position(start, topic)
        let reading = connection.queue.readings[topic.id]
        reading?.seek(to: first(position, topic), for: connection.queue)
        expected.answer =
            reading == nil
            ? .error(.unknownTopic)
            : .ok { detail in
                guard detail.getInteger(at: detail.readerIndex, endianness: .little) == UInt32(1) else {
                    throw connection.fail("SEEK says how many topics were moved", "not one")
                }
            }
        try connection.client.send(.seek(request: connection.nextRequest(), Seek(Self.text(index), to: position)))
    }

    // MARK: Parked messages

    func settleParked(_ slot: Int, _ action: ParkedAction, all: Bool) throws {
        guard let connection = connections[slot] else { return }
        let rows = try parked(of: connection)
        let chosen = all ? rows : Array(rows.prefix(1))
        guard all || !chosen.isEmpty else { return }
        for row in chosen {
            guard let reading = connection.queue.readings[row.topicID] else { continue }
            switch action {
            case .drop: reading.entries[row.sequence] = nil
            case .release:
                reading.put(
                    row.sequence, .returned(mayCome: clock.now, mustCome: clock.now + 1_000_000, .released))
            }
        }
        expected.answer = .ok { detail in
            guard detail.getInteger(at: detail.readerIndex, endianness: .little) == UInt32(chosen.count) else {
                throw connection.fail("SETTLE PARKED says how many there were", "not \(chosen.count)")
            }
        }
        let numbers = all ? [] : chosen.map { $0.number...$0.number }
        try connection.client.send(
            .settleParked(request: connection.nextRequest(), ParkedSettlement(action, numbers)))
    }

    /// The parked messages of a connection's queue, which are those of the model.
    private func parked(of connection: ConnectionModel) throws -> [ParkedMessage] {
        let ask = ClientFrame.listParked(request: connection.nextRequest(), session: "", limit: 1000, after: 0)
        let rows = try answers(to: ask, for: connection) { frame in
            if case .parked(_, let page, _) = frame { page.rows } else { nil }
        }.flatMap(\.self)
        let readings = connection.queue.readings
        func isCertain(_ id: UInt32, _ sequence: UInt64) -> Bool {
            readings[id].map { !$0.topic.mayLose && !$0.uncertain.contains(sequence) } ?? true
        }
        let told = rows.filter { isCertain($0.topicID, $0.sequence) }.map {
            [UInt64($0.topicID), $0.sequence, UInt64($0.attempts)]
        }
        let known = readings.flatMap { id, reading in
            reading.entries.filter { $0.value.state == .parked && isCertain(id, $0.key) }
                .map { [UInt64(id), $0.key, UInt64($0.value.attempts)] }
        }
        guard Set(told) == Set(known) else {
            throw connection.fail("parked messages are listed", "\(told), not \(known)")
        }
        return rows
    }

    /// Asks something, and picks the answers from what comes.
    func answers<T>(
        to frame: ClientFrame, for connection: ConnectionModel, _ pick: (BrokerFrame) -> T?
    ) throws -> [T] {
        try connection.client.send(frame)
        try settle()
        return try connection.client.receive().compactMap { frame in
            if let answer = pick(frame) { return answer }
            try take(frame, connection)
            return nil
        }
    }

    // MARK: Deletions

    func create(_ slot: Int, topic index: Int) throws {
        guard let connection = connections[slot], topics[index] == nil else { return }
        let name = Self.text(index)
        try connection.client.send(
            .createTopic(request: connection.nextRequest(), name: name, settings: topicChange(index)))
        guard let topic = bench.core.registry.topic(named: try TopicName(name)) else {
            throw connection.fail("a topic is created", "it is not")
        }
        note(topic.id, as: index)
        for queue in allQueues {
            guard let options = queue.options(of: index) else { continue }
            queue.readings[topic.id] = ReadingModel(
                topics[index]!, options: options, from: 1, onlyLatest: false, for: queue)
        }
        expected.answer = .ok { detail in
            guard detail.getInteger(at: detail.readerIndex, endianness: .little) == topic.id else {
                throw connection.fail("CREATE TOPIC says the topic's id", "another one")
            }
        }
    }

    /// Changes settings of a topic that is in use.
    func set(_ slot: Int, topic index: Int, _ settings: [TopicSettings.Tag: UInt64]) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        var change = TopicSettingsChange()
        for (tag, value) in settings { change[tag] = value }
        topic.change(change, now: clock.now, largestFrame: largestFrame)
        expected.answer = .ok { detail in
            guard detail.getInteger(at: detail.readerIndex, endianness: .little) == topic.id else {
                throw connection.fail("CREATE TOPIC says the topic's id", "another one")
            }
        }
        try connection.client.send(
            .createTopic(request: connection.nextRequest(), name: Self.text(index), settings: change))
    }

    func delete(_ slot: Int, topic index: Int) throws {
        guard let connection = connections[slot], let topic = topics[index] else { return }
        expected.answer = .ok { _ in }
        for queue in allQueues {
            queue.readings[topic.id] = nil
            queue.subscriptions.removeAll { $0.topic == index }
        }
        topics[index] = nil
        try connection.client.send(.deleteTopic(request: connection.nextRequest(), name: Self.text(index)))
    }

    func delete(_ slot: Int, session: Int) throws {
        guard let connection = connections[slot] else { return }
        if let queue = queues[session] {
            // A client that is attached itself gets GOODBYE instead.
            if connection.queue !== queue { expected.answer = .ok { _ in } }
            queues[session] = nil
            for number in queue.attached { expected.goodbyes[number] = .sessionDeleted }
        } else {
            expected.answer = .error(.unknownSession)
        }
        try connection.client.send(.deleteSession(request: connection.nextRequest(), name: "s\(session)"))
    }
}
