import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What operators do to topics and to the broker.
extension SessionRun {
    // MARK: Topics

    /// - Parameter index: nil for the pattern that matches all topics.
    func act(_ slot: Int, _ act: SessionHistory.TopicAct, onTopic index: Int?, _ isDryRun: Bool) throws {
        guard let connection = connections[slot] else { return }
        var request = ActRequest(.purgeTopic, name: Self.text(index), isDryRun: isDryRun)
        let meant = (index.map { [topics[$0]] } ?? topics).compactMap(\.self)
        switch act {
        case .pause(let seconds):
            request.act = .pausePublishes
            // Half a second before a whole one, as for a queue.
            request.values.duration = seconds.map { UInt64($0) * 1000 - 500 }
            expectActed(on: meant.count)
            guard !isDryRun else { break }
            for topic in meant { topic.pausedUntil = request.values.end(now: clock.now) ?? .max }
        case .resume:
            request.act = .resumePublishes
            expectActed(on: meant.count { $0.isPaused(now: clock.now) })
            guard !isDryRun else { break }
            for topic in meant { topic.pausedUntil = nil }
        case .purge: purge(meant, isByName: index != nil, isDryRun) { _ in .max }
        case .purgeBelow(let percent):
            request.values.sequence = (meant.first?.head ?? 0) * UInt64(percent) / 100 + 1
            purge(meant, isByName: true, isDryRun) { _ in request.values.sequence! }
        case .purgeKey(let key):
            request.values.key = ByteBuffer(string: "k\(key)")
            purge(key: key, of: meant, isByName: index != nil, isDryRun)
        }
        if index != nil, meant.isEmpty { expected.answer = .error(.unknownTopic) }
        try connection.client.send(.act(request: connection.nextRequest(), request))
        // It asks all loops twice whose queues need what goes.
        try settle()
    }

    private func expectActed(on count: Int) {
        expected.answer = .acted { [self] acted in
            guard acted.count == count else { throw fail("an act says what it concerns", "\(acted), not \(count)") }
        }
    }

    private func purge(_ meant: [TopicModel], isByName: Bool, _ isDryRun: Bool, below end: (TopicModel) -> UInt64) {
        let parts = meant.map { topic in
            let end = min(end(topic), topic.head + 1)
            let first = topic.mayLose ? earliest(topic) : 1
            return Purge(topic, topic.left(of: stride(from: first, to: max(first, end), by: 1)))
        }
        expectPurged(parts, isByName: isByName)
        guard !isDryRun else { return }
        for part in parts {
            let end = min(end(part.topic), part.topic.head + 1)
            part.topic.purge(below: end)
            for queue in allQueues { queue.readings[part.topic.id]?.lose(below: end) }
        }
    }

    private func purge(key: Int, of meant: [TopicModel], isByName: Bool, _ isDryRun: Bool) {
        let parts = meant.map { topic in
            let first = topic.mayLose ? earliest(topic) : 1
            let all = stride(from: first, through: topic.head, by: 1)
            return Purge(topic, topic.left(of: all).filter { topic.message($0).key == key })
        }
        expectPurged(parts, isByName: isByName)
        guard !isDryRun else { return }
        for part in parts {
            part.topic.purge(part.gone)
            for queue in allQueues { queue.readings[part.topic.id]?.mark(Set(part.gone)) }
        }
    }

    /// What a purge takes from a topic.
    private struct Purge {
        let topic: TopicModel
        let gone: [UInt64]

        init(_ topic: TopicModel, _ gone: [UInt64]) {
            self.topic = topic
            self.gone = gone
        }

        var messages: UInt64 { UInt64(gone.count) }
        var bytes: UInt64 { gone.reduce(0) { $0 + topic.message($1).size } }
    }

    // MARK: What a purge says

    private func expectPurged(_ parts: [Purge], isByName: Bool) {
        let sum = (messages: parts.reduce(0) { $0 + $1.messages }, bytes: parts.reduce(0) { $0 + $1.bytes })
        let lost: [Loss]? = isByName ? parts.first.map { losses(by: $0) } : nil
        let concerned = parts.count { !$0.gone.isEmpty }
        expected.answer = .acted { [self] acted in
            guard acted.messages == sum.messages, acted.bytes == sum.bytes else {
                throw fail("a purge says what went", "\(acted), not \(sum)")
            }
            guard let lost else {
                guard acted.count == concerned else { throw fail("a purge says of which topics", "\(acted)") }
                return
            }
            try check(acted, lost)
        }
    }

    /// How much one queue loses, as far as that is known.
    private struct Loss {
        /// The names under which its queue may be told: that of its session, or those of its clients.
        var names: [String]
        var messages: ClosedRange<UInt64>
    }

    /// What each queue that reads a topic loses by a purge.
    private func losses(by purge: Purge) -> [Loss] {
        allQueues.compactMap { queue in
            guard let reading = queue.readings[purge.topic.id] else { return nil }
            let session = queue.session.map { ["s\($0)"] } ?? []
            var loss = Loss(names: session + queue.attached.map { "c\($0)" }, messages: 0...purge.messages)
            if reading.isExact {
                // What is behind the first message that it needs counts, even if it is done with it.
                let lowest = reading.lowestNeeded ?? .max
                let least = UInt64(purge.gone.count { $0 >= lowest })
                // What it holds is where the last purge has put it, until it is looked at again.
                loss.messages = least...(purge.topic.purgedBelow > 1 ? purge.messages : least)
            } else if reading.uncertain.isEmpty, !purge.topic.mayLose, !purge.topic.withholds {
                let needed = Set(reading.pending).union(reading.entries.keys)
                let least = purge.gone.count { needed.contains($0) && purge.topic.message($0).lifetime == nil }
                loss.messages = UInt64(least)...purge.messages
            }
            return loss
        }
    }

    private func check(_ acted: Acted, _ losses: [Loss]) throws {
        let told = Dictionary(acted.rows.map { ($0.name, $0.messages) }) { $0 + $1 }
        for loss in losses {
            let messages = loss.names.reduce(0) { $0 + (told[$1] ?? 0) }
            guard loss.messages.contains(messages) else {
                throw fail("a purge says whose messages went", "\(acted), not \(loss)")
            }
        }
        let unknown = Set(told.keys).subtracting(losses.flatMap(\.names))
        guard unknown.isEmpty, acted.count == acted.rows.count else {
            throw fail("a purge says whose messages went", "\(acted) has \(unknown)")
        }
    }

    // MARK: The broker

    func act(_ slot: Int, _ act: SessionHistory.BrokerAct, _ isDryRun: Bool) throws {
        guard let connection = connections[slot] else { return }
        var request = ActRequest(.undrain, isDryRun: isDryRun)
        expectActed(on: 0)
        switch act {
        case .drain:
            request.act = .drain
            request.values.duration = 1500
            expectUndone()
            if !isDryRun { isDraining = true }
        case .undrain: if !isDryRun { isDraining = false }
        case .stopAccepting:
            request.act = .stopAccepting
            if !isDryRun { isNotAccepting = true }
        case .accept:
            request.act = .accept
            if !isDryRun { isNotAccepting = false }
        }
        try connection.client.send(.act(request: connection.nextRequest(), request))
    }

    /// A drain says what the queues need.
    private func expectUndone() {
        let isExact = allQueues.allSatisfy { queue in
            queue.readings.values.allSatisfy { $0.isExact && $0.topic.purgedBelow == 1 }
        }
        var needed: UInt64 = 0
        for case let topic? in topics {
            let lowest = allQueues.compactMap { $0.readings[topic.id]?.lowestNeeded }.min() ?? .max
            needed += UInt64(topic.delayedCount)
            if lowest <= topic.head { needed += UInt64(topic.left(of: lowest...topic.head).count) }
        }
        let lags = allQueues.contains { queue in
            queue.readings.values.contains { reading in
                !reading.pending.isEmpty || !reading.marked.isEmpty
                    || reading.entries.contains { $0.value.state != .parked }
            }
        }
        let lagsInFlight = connections.values.contains { !$0.inFlight.isEmpty }
        expected.answer = .acted { [self] acted in
            guard isExact else { return }
            guard acted.messages == needed, (acted.count > 0) == (lags || lagsInFlight) else {
                throw fail("a drain says what queues need", "\(acted), not \(needed)")
            }
        }
    }
}
