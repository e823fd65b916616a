import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What operators do to queues and connections.
extension SessionRun {
    func act(_ slot: Int, _ act: SessionHistory.QueueAct, of other: Int, _ isDryRun: Bool) throws {
        guard let connection = connections[slot], let target = connections[other],
            let id = target.client.welcome?.connectionID
        else { return }
        var request = ActRequest(.resume, client: id, isDryRun: isDryRun)
        expected.answer = .acted { _ in }
        let queue = target.queue
        switch act {
        case .pause(let seconds):
            request.act = .pause
            // Half a second before a whole one: it is over with the tick of that second.
            request.values.duration = seconds.map { UInt64($0) * 1000 - 500 }
            if !isDryRun { queue.pausedUntil = request.values.end(now: clock.now) ?? .max }
        case .resume: if !isDryRun { queue.pausedUntil = nil }
        case .window(let window):
            request.act = .window
            request.values.window = UInt64(window)
            if !isDryRun { target.window = ConnectionModel.Window(messages: window, bytes: 0) }
        case .disconnect:
            guard connection !== target else { return expected.answer = nil }
            request.act = .disconnect
            if !isDryRun { end(target.number, .disconnected) }
        case .skip(let count):
            request.act = .skip
            request.values.count = count
            expectCut(of: queue, isDryRun) { self.skip(count, of: queue) }
        case .skipBelow(let index, let percent):
            guard let topic = topics[index] else { return expected.answer = nil }
            let sequence = topic.head * UInt64(percent) / 100 + 1
            request.act = .skip
            request.values.topic = "t.\(index)"
            request.values.sequence = sequence
            try cut(queue, topic, isDryRun) { $0 < sequence ? .pending : nil }
        case .purge(let index):
            request.act = .purge
            guard let index else {
                remove(from: Array(queue.readings.values), isDryRun) { _ in .all }
                break
            }
            guard let topic = topics[index] else { return expected.answer = nil }
            request.values.topic = "t.\(index)"
            try cut(queue, topic, isDryRun) { _ in .all }
        case .purgeKey(let index, let key):
            guard let topic = topics[index] else { return expected.answer = nil }
            request.act = .purge
            request.values.topic = "t.\(index)"
            request.values.key = ByteBuffer(string: "k\(key)")
            try cut(queue, topic, isDryRun) { topic.message($0).key == key ? .all : nil }
        }
        try connection.client.send(.act(request: connection.nextRequest(), request))
    }

    /// What an act takes of a message.
    private enum Extent {
        case pending
        /// It goes if it is to come again, too.
        case all
    }

    private func cut(
        _ queue: QueueModel, _ topic: TopicModel, _ isDryRun: Bool, _ extent: (UInt64) -> Extent?
    ) throws {
        guard let reading = queue.readings[topic.id] else { return expected.answer = .error(.unknownTopic) }
        remove(from: [reading], isDryRun, extent)
    }

    /// Takes messages out of the model, and expects the act to say how many they are.
    private func remove(from readings: [ReadingModel], _ isDryRun: Bool, _ extent: (UInt64) -> Extent?) {
        var (least, most): (UInt64, UInt64) = (0, 0)
        for reading in readings {
            let pending = reading.pending.filter { extent($0) != nil }
            let returned = reading.entries.filter { entry in
                if case .all? = extent(entry.key) { entry.value.isReturned } else { false }
            }.keys
            most += UInt64(pending.count + returned.count + reading.marked.count)
            // What is withheld counts until the queue comes to it.
            let isCertain = isKnown(reading) && !reading.topic.withholds
            if isCertain { least += UInt64((pending + returned).count { !reading.isWithheld($0, now: clock.now) }) }
            guard !isDryRun else { continue }
            reading.pending.removeAll { extent($0) != nil }
            reading.marked = reading.marked.filter { extent($0) == nil }
            for sequence in returned { reading.entries[sequence] = nil }
            reading.purged.formUnion(pending + returned)
        }
        if readings.contains(where: { !$0.uncertain.isEmpty || $0.hasHidden }) { most = .max }
        expected.answer = .acted { [self, least, most] acted in
            guard (least...most).contains(acted.messages) else {
                throw fail("an act says what went", "\(acted.messages), not \(least) to \(most)")
            }
        }
    }

    func isKnown(_ reading: ReadingModel) -> Bool {
        reading.uncertain.isEmpty && !reading.hasHidden && !reading.topic.mayLose && reading.marked.isEmpty
    }

    // MARK: Rehearsals

    /// Does an act after its dry run, which changes nothing and says what the act then does.
    func rehearse(_ slot: Int, _ step: (SessionHistory.Way) -> SessionHistory.Step) throws {
        lastActed = nil
        try perform(step(.dryRun))
        let told = lastActed
        try perform(.inspect(client: slot))
        lastActed = nil
        try perform(step(.real))
        guard let told else { return }
        guard told.isDryRun else { throw fail("a dry run says that it is one", "\(told)") }
        guard let done = lastActed, Self.comparable(told) == Self.comparable(done) else {
            throw fail("a dry run says what the act does", "\(told), not \(String(describing: lastActed))")
        }
    }

    /// Those that lose the same are in no order.
    private static func comparable(_ acted: Acted) -> Acted {
        let rows = acted.rows.sorted { ($1.messages, $0.id) < ($0.messages, $1.id) }
        return Acted(messages: acted.messages, bytes: acted.bytes, count: acted.count, rows: rows)
    }

    // MARK: The next N

    private func expectCut(of queue: QueueModel, _ isDryRun: Bool, _ take: () -> Void) {
        guard !isDryRun else { return }
        take()
    }

    /// The next so many go. Which these are is known if nothing is withheld, and no two of them came at the same time.
    private func skip(_ count: UInt64, of queue: QueueModel) {
        let next = queue.readings.values.flatMap { reading in
            reading.pending.map { (reading, sequence: $0, message: reading.topic.message($0)) }
        }
        let arrivals = next.map(\.message.arrival)
        let isExact =
            queue.settings.mode == .exclusive
            && queue.readings.values.allSatisfy { isKnown($0) && !$0.topic.withholds }
            && next.allSatisfy { $0.message.lifetime == nil } && Set(arrivals).count == arrivals.count
        guard isExact else {
            for reading in queue.readings.values {
                reading.uncertain.formUnion(reading.pending)
                reading.pending = []
            }
            return
        }
        let gone = next.sorted { $0.message.arrival < $1.message.arrival }.prefix(Int(count))
        for (reading, sequence, _) in gone {
            reading.removePending(sequence)
            reading.purged.insert(sequence)
        }
        expected.answer = .acted { [self] acted in
            guard acted.messages == UInt64(gone.count) else {
                throw fail("an act says what went", "\(acted.messages), not \(gone.count)")
            }
        }
    }

    // MARK: Looking

    /// The messages of a queue are those of the model.
    func peek(_ slot: Int, of other: Int) throws {
        guard let asker = connections[slot], let target = connections[other],
            let id = target.client.welcome?.connectionID
        else { return }
        let ask = ClientFrame.peek(request: asker.nextRequest(), PeekRequest(client: id, limit: 128))
        let rows = try answers(to: ask, for: asker) { frame in
            if case .peeked(_, let page, _) = frame { page.rows } else { nil }
        }.flatMap(\.self)
        for reading in target.queue.readings.values where isKnown(reading) {
            func told(_ state: PeekedMessage.State) -> [UInt64] {
                rows.filter { $0.state == state && $0.message.topicID == reading.topic.id }.map(\.message.sequence)
            }
            guard rows.count < 128 else { continue }
            let pending = told(.pending)
            // What is withheld is there until the queue comes to it.
            let due = reading.pending.filter { !reading.isWithheld($0, now: clock.now) }
            let parked = reading.entries.filter { $0.value.state == .parked }.keys
            guard pending == pending.sorted(), reading.topic.withholds || Set(pending).isSuperset(of: due),
                Set(told(.parked)) == Set(parked)
            else {
                throw asker.fail("a peek shows what is in a queue", "\(pending) of \(reading.pending)")
            }
            let wrong = pending.filter { !reading.pending.contains($0) && !reading.topic.withholds }
            guard wrong.isEmpty || target.queue.settings.mode == .sharedByKey else {
                throw asker.fail("a peek shows what is in a queue", "\(wrong) is not pending")
            }
        }
    }
}
