import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What a step sends, and what it does to the model.
extension SessionRun {
    func perform(_ step: SessionHistory.Step) throws {
        expected = Expected()
        for connection in connections.values { connection.largestWindow = connection.window }
        switch step {
        case .connect(let client, let session, let window): try connect(client, session, window)
        case .advance(let seconds):
            for _ in 0..<seconds {
                try pass()
                try judge()
            }
        case .close(let client): try leave(client) { try $0.client.send(.close) }
        case .vanish(let client): try leave(client) { $0.client.close() }
        case .publish(let client, let publishes): try publish(client, publishes)
        case .subscribe(let client, let topic, let start, let options):
            try subscribe(client, topic, start, options)
        case .unsubscribe(let client, let topic): try unsubscribe(client, topic)
        case .window(let client, let window):
            guard let connection = connections[client] else { return }
            connection.window = window
            connection.largestWindow = max(connection.largestWindow, window)
            try connection.client.send(.window(window))
        case .commit(let client, let percent): try commit(client, percent)
        case .settle(let client, let action, let picks, let delay): try settle(client, action, picks, delay)
        case .transaction(let client, let picks, let publishes): try transaction(client, picks, publishes)
        case .seek(let client, let topic, let start): try seek(client, topic, start)
        case .settleParked(let client, let action, let all): try settleParked(client, action, all: all)
        case .deleteTopic(let client, let topic): try delete(client, topic: topic)
        case .deleteSession(let client, let session): try delete(client, session: session)
        }
        try judge()
    }

    // MARK: Connecting

    private func settings(of session: Int?) -> SessionSettings {
        var settings = SessionSettings()
        guard let session else { return settings }
        for (tag, value) in history.sessions[session].settings { _ = settings.set(tag, to: value) }
        return settings
    }

    private func connect(_ slot: Int, _ session: Int?, _ window: UInt32) throws {
        if connections[slot] != nil { try leave(slot) { $0.client.close() } }
        connectionsMade += 1
        var hello = Hello(window: window, name: "c\(connectionsMade)")
        if let session {
            hello.session = try SessionName("s\(session)")
            for (tag, value) in history.sessions[session].settings { hello.settings[tag] = value }
        }
        let client = try bench.connect(hello, loop: Int.random(in: bench.loops.indices, using: &random))
        guard let session else {
            return add(client, to: QueueModel(session: nil, settings: SessionSettings()), slot, window)
        }
        let queue = queues[session] ?? QueueModel(session: session, settings: settings(of: session))
        if queue.settings.mode == .exclusive, let holder = queue.attached.first {
            let recent = (takeovers[session] ?? []).filter { clock.now - $0 < 10_000_000 }
            if recent.count >= 4 {
                guard client.welcome == nil else {
                    throw SessionModelFailure(
                        rule: "clients that fight for a name do not spin", detail: "a fifth one took over")
                }
                return
            }
            takeovers[session] = recent + [clock.now]
            expected.goodbyes[holder] = .takenOver
            end(holder, isTakeover: true)
        }
        guard let attached = client.welcome?.session, attached.isResumed == (queues[session] != nil) else {
            throw SessionModelFailure(
                rule: "WELCOME says whether the session was there",
                detail: "\(String(describing: client.welcome?.session)), there: \(queues[session] != nil)")
        }
        if queues[session] == nil { takeovers[session] = nil }
        queues[session] = queue
        add(client, to: queue, slot, window)
    }

    private func add(_ client: EmbeddedClient, to queue: QueueModel, _ slot: Int, _ window: UInt32) {
        let connection = ConnectionModel(number: connectionsMade, client: client, queue: queue, window: window)
        connections[slot] = connection
        queue.attached.append(connection.number)
        queue.publishers.insert(connection.number)
        queue.absentSince = nil
    }

    private func leave(_ slot: Int, _ how: (ConnectionModel) throws -> Void) throws {
        guard let connection = connections[slot] else { return }
        try how(connection)
        expected.goodbyes[connection.number] = .closedByClient
        end(connection.number)
        try settle()
        try judge(connection)
        connections[slot] = nil
    }

    /// What was in flight at a connection is returned.
    func end(_ number: Int, isTakeover: Bool = false) {
        guard let connection = connections.values.first(where: { $0.number == number }) else { return }
        let queue = connection.queue
        queue.attached.removeAll { $0 == number }
        for place in connection.inFlight.sorted(by: { $0.key < $1.key }).map(\.value) {
            queue.giveBack(place.sequence, of: place.topicID, now: clock.now, .connectionEnded)
        }
        connection.inFlight = [:]
        guard queue.attached.isEmpty, !isTakeover, let session = queue.session else { return }
        queue.absentSince = clock.now
        if queue.settings.expiry == 0 { queues[session] = nil }
    }

    // MARK: Time

    /// A second passes.
    private func pass() throws {
        clock.pass(seconds: 1)
        for connection in connections.values {
            let queue = connection.queue
            guard queue.settings.commitDeadline > 0 else { continue }
            // A deadline ends those of a deleted topic, too; what a COMMIT says of them is open.
            guard connection.orphans.isEmpty else { throw Unknowable() }
            for (number, place) in connection.inFlight.sorted(by: { $0.key < $1.key }) {
                guard clock.now - place.since >= queue.settings.commitDeadline * 1000 else { continue }
                connection.inFlight[number] = nil
                connection.takenBack.insert(number)
                queue.giveBack(place.sequence, of: place.topicID, now: clock.now, .deadline)
            }
        }
        for (session, queue) in queues {
            guard let since = queue.absentSince, clock.now - since >= queue.settings.expiry * 1000 else { continue }
            queues[session] = nil
        }
        tick()
    }

    // MARK: Publishing

    private func append(_ publish: SessionHistory.Publish, by connection: ConnectionModel) -> UInt64? {
        let topic = topics[publish.topic]!
        guard let sequence = topic.publish(key: publish.key, by: connection.number, now: clock.now) else { return nil }
        for queue in allQueues { queue.readings[topic.id]?.add(sequence, for: queue) }
        return sequence
    }

    var allQueues: [QueueModel] {
        Array(queues.values) + connections.values.map(\.queue).filter { $0.session == nil }
    }

    private func messages(_ publishes: [SessionHistory.Publish]) -> [Message] {
        publishes.map { publish in
            Message(
                topicID: topics[publish.topic]!.id, key: publish.key.map { ByteBuffer(string: "k\($0)") },
                payload: ByteBuffer(string: String(repeating: "x", count: 40)))
        }
    }

    private func publish(_ slot: Int, _ publishes: [SessionHistory.Publish]) throws {
        guard let connection = connections[slot], publishes.allSatisfy({ topics[$0.topic] != nil }) else { return }
        let messages = messages(publishes)
        for publish in publishes where append(publish, by: connection) == nil { expected.duplicates += 1 }
        connection.published += UInt64(publishes.count)
        try connection.client.send(messages.map { .publish($0) })
    }

    private func transaction(_ slot: Int, _ picks: [Int], _ publishes: [SessionHistory.Publish]) throws {
        guard let connection = connections[slot], publishes.allSatisfy({ topics[$0.topic] != nil }) else { return }
        let ranges = connection.ranges(picks)
        let messages = messages(publishes)
        let request = connection.nextRequest()
        switch connection.areInFlight(ranges) {
        case nil: throw Unknowable()
        case false?: expected.answer = .aborted(.notInFlight)
        case true?:
            for number in ranges.flatMap({ Array($0) }) { finish(number, of: connection) }
            let outcomes = publishes.map { append($0, by: connection) }
            expected.answer = .ok { detail in
                let done = TransactionDone(detail: detail)?.publishes ?? []
                let isRight =
                    done.count == outcomes.count
                    && zip(done, outcomes).allSatisfy { $1 == nil ? $0.outcome == .duplicate : $0.sequence == $1 }
                guard isRight else {
                    throw connection.fail("a transaction says its sequences", "\(done), not \(outcomes)")
                }
            }
        }
        try connection.client.send(
            .transaction(request: request, Transaction(commits: ranges, publishes: messages)))
    }

    // MARK: Settling

    func finish(_ number: UInt64, of connection: ConnectionModel) {
        guard let place = connection.inFlight.removeValue(forKey: number) else { return }
        connection.queue.readings[place.topicID]?.entries[place.sequence] = nil
    }

    private func commit(_ slot: Int, _ percent: Int) throws {
        guard let connection = connections[slot] else { return }
        let count = connection.delivered * UInt64(percent) / 100
        expected.isLate = connection.takenBack.contains { $0 <= count }
        connection.takenBack = connection.takenBack.filter { $0 > count }
        connection.orphans = connection.orphans.filter { $0 > count }
        for number in connection.inFlight.keys where number <= count { finish(number, of: connection) }
        try connection.client.send(.commit(count))
    }

    private func settle(_ slot: Int, _ action: SettleAction, _ picks: [Int], _ delay: UInt32) throws {
        guard let connection = connections[slot] else { return }
        let ranges = connection.ranges(picks)
        let request = connection.nextRequest()
        switch connection.areInFlight(ranges) {
        case nil: throw Unknowable()
        case false?: expected.answer = .error(.notInFlight)
        case true?:
            expected.answer = .ok { _ in }
            for number in ranges.flatMap({ Array($0) }) { settle(number, of: connection, action, delay) }
        }
        let isDelayed = action == .return ? delay : 0
        try connection.client.send(.settle(request: request, Settlement(action, ranges, delay: isDelayed, reason: "r")))
    }

    private func settle(_ number: UInt64, of connection: ConnectionModel, _ action: SettleAction, _ delay: UInt32) {
        let place = connection.inFlight[number]!
        if action == .touch { connection.inFlight[number]!.since = clock.now }
        guard action != .touch else { return }
        guard let reading = connection.queue.readings[place.topicID] else { return finish(number, of: connection) }
        switch action {
        case .commit, .touch: finish(number, of: connection)
        case .return:
            connection.inFlight[number] = nil
            connection.queue.giveBack(
                place.sequence, of: place.topicID, now: clock.now, delay: UInt64(delay) * 1000, .returned)
        case .park:
            connection.inFlight[number] = nil
            reading.entries[place.sequence]?.state = .parked
        }
    }
}
