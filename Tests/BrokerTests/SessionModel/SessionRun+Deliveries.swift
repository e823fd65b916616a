import ZaichikProtocol

// Deliveries, and what must have been delivered.
extension SessionRun {
    func deliver(_ message: Message, to connection: ConnectionModel) throws {
        let (id, sequence, queue) = (message.topicID, message.sequence, connection.queue)
        let redelivery = connection.redelivery
        connection.redelivery = nil
        guard connection.announced.contains(id) else { throw fail("TOPIC comes ahead of the first message of a topic") }
        guard !queue.isPaused(now: clock.now) else { throw fail("a paused queue delivers nothing") }
        guard let reading = queue.readings[id] else { throw fail("what is not subscribed to does not come") }
        guard sequence > 0, sequence <= reading.topic.head else {
            throw fail("what was not published yet does not come")
        }
        let attempts = try judge(sequence, of: reading, redelivery, connection)
        let size = reading.topic.message(sequence).size
        guard
            connection.allows(size, under: connection.window)
                || connection.allows(size, under: connection.earlierWindow)
        else { throw fail("the window is never exceeded", "\(size) bytes, \(connection.inFlight.count) in flight") }
        connection.delivered += 1
        queue.delivered += 1
        if redelivery != nil { queue.redelivered += 1 }
        reading.entries[sequence] = nil
        if reading.options.contains(.autoCommit) { return }
        connection.inFlight[connection.delivered] = ConnectionModel.Delivery(
            reading: reading, sequence: sequence, since: clock.now, isBounded: connection.window.bytes > 0)
        if reading.uncertain.contains(sequence) { return }
        reading.entries[sequence] = EntryModel(
            state: .inFlight(connection: connection.number, number: connection.delivered), attempts: attempts + 1)
    }

    /// Judges whether a message may come now.
    ///
    /// - Returns: How many times it was delivered before.
    private func judge(
        _ sequence: UInt64, of reading: ReadingModel, _ redelivery: Redelivery?, _ connection: ConnectionModel
    ) throws -> Int {
        if reading.topic.message(sequence).isOutlived(now: clock.now) {
            throw fail("what has outlived its time does not come")
        }
        if reading.topic.purged.contains(sequence) { throw fail("what was purged from its topic does not come") }
        if reading.uncertain.contains(sequence) {
            guard redelivery == nil else { return 0 }
            // Read at its place: what is earlier was judged before its key was noted.
            if connection.queue.settings.mode == .exclusive {
                reading.pending.removeAll { $0 < sequence && reading.isWithheld($0, now: clock.now) }
            }
            note(sequence, of: reading)
            return 0
        }
        guard let entry = reading.entries[sequence] else {
            guard reading.pending.contains(sequence) else { throw fail("what is done or lost does not come") }
            guard redelivery == nil else { throw fail("a first delivery is none again") }
            if connection.queue.settings.mode == .exclusive { try judgeOrder(sequence, of: reading, connection.queue) }
            reading.removePending(sequence)
            note(sequence, of: reading)
            return 0
        }
        guard case .returned(let mayCome, _, let cause) = entry.state else {
            throw fail("a message is in one place at a time", "\(entry)")
        }
        guard let redelivery, redelivery.topicID == reading.topic.id, redelivery.sequence == sequence else {
            throw fail("REDELIVERY comes ahead of what comes again", "\(String(describing: redelivery))")
        }
        guard Int(redelivery.attempt) == entry.attempts + 1, redelivery.cause == cause else {
            throw fail("REDELIVERY says the attempt and why", "\(redelivery), \(entry)")
        }
        guard clock.now >= mayCome else { throw fail("a delay is waited for") }
        return entry.attempts
    }

    private func note(_ sequence: UInt64, of reading: ReadingModel) {
        let message = reading.topic.message(sequence)
        if let key = message.key { reading.keys[key] = message.time }
    }

    /// In a queue of one connection, what is new comes in the order of its arrival, behind what comes again.
    private func judgeOrder(_ sequence: UInt64, of reading: ReadingModel, _ queue: QueueModel) throws {
        while let earlier = reading.pending.first, earlier < sequence {
            guard reading.isWithheld(earlier, now: clock.now) else {
                throw fail("messages come in order", "\(earlier) was passed over")
            }
            reading.removePending(earlier)
        }
        if reading.isWithheld(sequence, now: clock.now) { throw fail("a duplicate within the window is withheld") }
        let arrival = reading.topic.message(sequence).arrival
        for other in queue.readings.values {
            for (again, entry) in other.entries {
                guard case .returned(_, let mustCome, _) = entry.state, mustCome <= expected.since,
                    !other.topic.message(again).isOutlived(now: clock.now), !other.topic.purged.contains(again)
                else { continue }
                throw fail("what comes again comes ahead of what is new", "\(again) of topic \(other.topic.index)")
            }
            // What is lost is told at its place, or when its topic is read next.
            let next = other.pending.first { next in
                !other.isWithheld(next, now: clock.now)
                    && !other.topic.mayLose(next, now: clock.now, largestFrame: largestFrame)
            }
            guard other !== reading, let next else { continue }
            guard other.topic.message(next).arrival >= arrival else {
                throw fail("topics are in the order of arrival", "\(next) of topic \(other.topic.index) was earlier")
            }
        }
    }

    // MARK: Rest

    /// With room in a window, nothing waits.
    func checkRest(_ queue: QueueModel) throws {
        if queue.settings.mode == .sharedByKey { try checkKeys(queue) }
        let isReady = connections.values.contains { $0.queue === queue && $0.hasRoom(for: largestFrame) }
        guard isReady, !queue.isPaused(now: clock.now) else { return }
        for reading in queue.readings.values {
            for (sequence, entry) in reading.entries {
                guard case .returned(_, let mustCome, _) = entry.state, clock.now >= mustCome,
                    !reading.topic.message(sequence).isOutlived(now: clock.now),
                    !reading.topic.purged.contains(sequence),
                    !waitsForKey(sequence, reading, queue)
                else { continue }
                throw waits(sequence, reading, queue, "\(entry)")
            }
            if queue.settings.mode == .exclusive {
                reading.pending.removeAll { reading.isWithheld($0, now: clock.now) }
            }
            for sequence in reading.pending where mustCome(sequence, reading, queue) {
                throw waits(sequence, reading, queue, "pending")
            }
        }
    }

    private func mustCome(_ sequence: UInt64, _ reading: ReadingModel, _ queue: QueueModel) -> Bool {
        // Which of several messages of a key comes first is known if one connection gets them.
        if queue.settings.mode != .exclusive, reading.topic.withholds { return false }
        return !reading.isWithheld(sequence, now: clock.now) && !waitsForKey(sequence, reading, queue)
    }

    private func waits(_ sequence: UInt64, _ reading: ReadingModel, _ queue: QueueModel, _ state: String) -> any Error {
        fail(
            "what is there is delivered while a window has room",
            "\(sequence) of topic \(reading.topic.index) is not: \(state), queue of \(queue.attached)")
    }

    /// Whether a message waits because another one of its topic and key is in flight.
    private func waitsForKey(_ sequence: UInt64, _ reading: ReadingModel, _ queue: QueueModel) -> Bool {
        guard queue.settings.mode == .sharedByKey, let key = reading.topic.message(sequence).key else { return false }
        return connections.values.contains { connection in
            connection.queue === queue
                && connection.inFlight.values.contains {
                    $0.reading.topic === reading.topic && reading.topic.message($0.sequence).key == key
                }
        }
    }

    /// Of messages of a topic with equal keys, only one connection has some in flight.
    private func checkKeys(_ queue: QueueModel) throws {
        var owners: [[Int]: Int] = [:]
        for connection in connections.values where connection.queue === queue {
            for delivery in connection.inFlight.values {
                guard queue.live(delivery) != nil, let key = delivery.reading.topic.message(delivery.sequence).key
                else { continue }
                let owner = owners.updateValue(connection.number, forKey: [delivery.reading.topic.index, key])
                guard owner == nil || owner == connection.number else {
                    throw connection.fail("a key is at one connection at a time", "\(key)")
                }
            }
        }
    }
}
