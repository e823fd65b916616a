import ZaichikProtocol

@testable import ZaichikBroker

// How connections come and go, and how time passes.
extension SessionRun {
    func perform(_ step: SessionHistory.Step) throws {
        expected = Expected(since: clock.now)
        for connection in connections.values { connection.earlierWindow = connection.window }
        switch step {
        case .connect(let client, let session, let window, let producer):
            try connect(client, session, window, producer)
        case .advance(let seconds):
            for _ in 0..<seconds {
                expected.since = clock.now
                try pass()
                try judge()
            }
        case .close(let client): try leave(client) { try $0.client.send(.close) }
        case .vanish(let client): try leave(client) { $0.client.close() }
        case .publish(let client, let publishes): try publish(client, publishes)
        case .cut(let client, let publishes, let percent): try cut(client, publishes, percent)
        case .subscribe(let client, let topic, let start, let options):
            try subscribe(client, topic, start, options)
        case .unsubscribe(let client, let topic): try unsubscribe(client, topic)
        case .window(let client, let window, let kibibytes): try setWindow(client, window, kibibytes)
        case .commit(let client, let percent): try commit(client, percent)
        case .settle(let client, let action, let picks, let delay): try settle(client, action, picks, delay)
        case .transaction(let client, let picks, let publishes): try transaction(client, picks, publishes)
        case .seek(let client, let topic, let start): try seek(client, topic, start)
        case .settleParked(let client, let action, let all): try settleParked(client, action, all: all)
        case .createTopic(let client, let topic): try create(client, topic: topic)
        case .deleteTopic(let client, let topic): try delete(client, topic: topic)
        case .deleteSession(let client, let session): try delete(client, session: session)
        case .inspect(let client): try inspect(client)
        case .act(let client, let act, let other, let way):
            guard way != .rehearsed else {
                return try rehearse(client) { .act(client: client, act, of: other, $0) }
            }
            try self.act(client, act, of: other, way.isDryRun)
        case .actOnTopic(let client, let act, let topic, let way):
            guard way != .rehearsed else {
                return try rehearse(client) { .actOnTopic(client: client, act, topic: topic, $0) }
            }
            try self.act(client, act, onTopic: topic, way.isDryRun)
        case .actOnBroker(let client, let act, let way):
            guard way != .rehearsed else { return try rehearse(client) { .actOnBroker(client: client, act, $0) } }
            try self.act(client, act, way.isDryRun)
        case .setTopic(let client, let topic, let settings): try set(client, topic: topic, settings)
        case .peek(let client, let other): try peek(client, of: other)
        }
        try judge()
    }

    // MARK: Coming

    private func connect(_ slot: Int, _ session: Int?, _ window: UInt32, _ producer: Int?) throws {
        if connections[slot] != nil {
            try leave(slot) { $0.client.close() }
            try judge()
            expected = Expected(since: clock.now)
        }
        connectionsMade += 1
        var hello = Hello(window: window, name: "c\(connectionsMade)")
        if let session {
            hello.session = try SessionName("s\(session)")
            for (tag, value) in history.sessions[session].settings { hello.settings[tag] = value }
        }
        if let producer { hello.producer = try SessionName("p\(producer)") }
        // Somebody has to be there who can have the broker take connections again.
        hello.administers = connections.isEmpty
        let client = try bench.connect(hello, loop: Int.random(in: bench.loops.indices, using: &random))
        guard !isNotAccepting || hello.administers else { return try checkNotAccepted(client) }
        var queue = QueueModel(session: nil, settings: hello.settings.applied(to: SessionSettings()))
        if let producer { guard try mayClaim(client, producer) else { return } }
        if let session {
            guard try mayAttach(client, session) else { return }
            queue = queues[session] ?? QueueModel(session: session, settings: queue.settings)
        }
        // What the queue of the connection's own has of earlier takeovers.
        let holder = queue.settings.mode == .exclusive ? queue.attached.first : nil
        let connection = ConnectionModel(
            number: connectionsMade, client: client, queue: queue, producer: producer, window: window)
        queue.attached.append(connection.number)
        queue.publishers.insert(connection.number)
        queue.absentSince = nil
        if let holder { end(holder, .takenOver) }
        connections[slot] = connection
        try claim(producer, by: connection)
        // WELCOME waits until the connection before has ended.
        if client.welcome == nil {
            try settle()
            try client.greeted()
        }
        try greet(connection)
    }

    /// Whether a connection may have a session: clients that fight for one may not.
    private func mayAttach(_ client: EmbeddedClient, _ session: Int) throws -> Bool {
        guard let queue = queues[session] else {
            takeovers[session] = nil
            return true
        }
        guard queue.settings.mode == .exclusive, !queue.attached.isEmpty else { return true }
        guard isContended(takeovers[session] ?? []) else {
            takeovers[session, default: []].append(clock.now)
            return true
        }
        try checkRefused(client)
        return false
    }

    /// Whether a connection may have a producer's name. It is judged before a session is.
    private func mayClaim(_ client: EmbeddedClient, _ producer: Int) throws -> Bool {
        guard let known = producers[producer], isContended(known.takeovers),
            connections.values.contains(where: { $0.number == known.holder })
        else { return true }
        try checkRefused(client)
        return false
    }

    private func isContended(_ takeovers: [UInt64]) -> Bool {
        takeovers.count { clock.now - $0 < 10_000_000 } >= 4
    }

    private func checkRefused(_ client: EmbeddedClient) throws {
        guard client.welcome == nil else {
            throw fail("clients that fight for a name do not spin", "a fifth one took over")
        }
    }

    private func checkNotAccepted(_ client: EmbeddedClient) throws {
        let codes = try client.receive().compactMap { frame in
            switch frame {
            case .goodbye(let code, _), .error(let code, _, _): ErrorCode(rawValue: code)
            default: nil
            }
        }
        guard client.welcome == nil, codes == [.notAccepting] else {
            throw fail("a broker that takes no connections says so", "\(codes)")
        }
    }

    private func claim(_ producer: Int?, by connection: ConnectionModel) throws {
        guard let producer else { return }
        guard let known = producers[producer] else {
            return producers[producer] = ProducerModel(holder: connection.number)
        }
        let isHeld = connections.values.contains { $0 !== connection && $0.number == known.holder }
        if isHeld, expected.goodbyes[known.holder] == nil { producers[producer]!.takeovers.append(clock.now) }
        end(known.holder, .producerTakenOver)
        producers[producer]!.holder = connection.number
    }

    /// Holds WELCOME against the model, and sends again what the producer's connection before could not.
    private func greet(_ connection: ConnectionModel) throws {
        guard let welcome = connection.client.welcome else { throw connection.fail("HELLO is answered", "it is not") }
        if let session = connection.queue.session {
            guard welcome.session?.isResumed == (queues[session] != nil) else {
                throw connection.fail("WELCOME says whether the session was there", "\(welcome)")
            }
            queues[session] = connection.queue
        }
        guard let producer = connection.producer, let known = producers[producer] else { return }
        guard let record = welcome.producer, record.answered == known.answered,
            record.refusals.ranges.flatMap({ Array($0.numbers) }) == known.refused
        else {
            throw connection.fail(
                "WELCOME says what is answered", "\(welcome), not \(known.answered), refused \(known.refused)")
        }
        producers[producer]!.unsent = []
        let left = known.unsent.filter { topics[$0.topic] != nil }
        if !left.isEmpty { try publish(left, by: connection) }
    }

    // MARK: Going

    func leave(_ slot: Int, _ how: (ConnectionModel) throws -> Void) throws {
        guard let connection = connections[slot] else { return }
        try how(connection)
        end(connection.number, .closedByClient)
        try settle()
        try judge(connection)
        connections[slot] = nil
    }

    /// What was in flight at a connection is returned.
    func end(_ number: Int, _ code: ErrorCode) {
        guard expected.goodbyes[number] == nil,
            let connection = connections.values.first(where: { $0.number == number })
        else { return }
        expected.goodbyes[number] = code
        let queue = connection.queue
        queue.attached.removeAll { $0 == number }
        for delivery in connection.inFlight.sorted(by: { $0.key < $1.key }).map(\.value) {
            queue.giveBack(delivery, now: clock.now, .connectionEnded)
        }
        connection.inFlight = [:]
        guard queue.attached.isEmpty, let session = queue.session else { return }
        queue.absentSince = clock.now
        if queue.settings.expiry == 0 { queues[session] = nil }
    }

    // MARK: Time

    /// A second passes.
    private func pass() throws {
        clock.pass(seconds: 1)
        let arrival = nextArrival()
        for case let topic? in topics {
            guard !topic.isPaused(now: clock.now) else { continue }
            for message in topic.takeDue(now: clock.now) { _ = append(message, to: topic, arrival: arrival) }
        }
        for connection in connections.values { takeBackOverdue(connection) }
        for (session, queue) in queues {
            guard let since = queue.absentSince, clock.now - since >= queue.settings.expiry * 1000 else { continue }
            queues[session] = nil
        }
        tick()
    }

    private func takeBackOverdue(_ connection: ConnectionModel) {
        let deadline = connection.queue.settings.commitDeadline * 1000
        guard deadline > 0 else { return }
        for (number, delivery) in connection.inFlight.sorted(by: { $0.key < $1.key }) {
            guard clock.now - delivery.since >= deadline else { continue }
            connection.inFlight[number] = nil
            connection.takenBack.insert(number)
            connection.queue.giveBack(delivery, now: clock.now, .deadline)
        }
    }
}
