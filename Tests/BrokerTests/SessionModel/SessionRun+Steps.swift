import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// Publishing and settling: what a step sends, and what it does to the model.
extension SessionRun {
    // MARK: Publishing

    private func frame(_ publish: SessionHistory.Publish) -> Message {
        var payload = ByteBuffer()
        let isPlain = publish.expireAfter == nil && publish.delay == nil
        switch (publish.expireAfter, publish.delay) {
        case (nil, nil): break
        case (let time?, nil): payload = Publishes.headers(["$expire-after": "\(time)"])
        case (nil, let time?): payload = Publishes.headers(["$delay": "\(time)"])
        case (let time?, let delay?): payload = Publishes.headers(["$expire-after": "\(time)", "$delay": "\(delay)"])
        }
        payload.writeRepeatingByte(UInt8(ascii: "x"), count: publish.payload)
        return Message(
            topicID: topics[publish.topic]!.id, flags: isPlain ? [] : .headers,
            key: publish.key.map { ByteBuffer(string: "k\($0)") }, payload: payload)
    }

    /// Takes a publish, with the frame that was made of it.
    private func accept(
        _ publish: SessionHistory.Publish, _ frame: Message, by connection: ConnectionModel
    ) -> TopicModel.Outcome {
        let topic = topics[publish.topic]!
        let size = MessageLayout.keyOffset + (frame.key?.readableBytes ?? 0) + frame.payload.readableBytes
        let message = TopicModel.Message(
            key: publish.key, publisher: connection.number, size: UInt64(size), lifetime: publish.expireAfter)
        if let delay = publish.delay {
            topic.delay(message, until: clock.now + delay * 1000)
            return .delayed
        }
        return append(message, to: topic, arrival: nextArrival())
    }

    func publish(_ slot: Int, _ publishes: [SessionHistory.Publish]) throws {
        guard let connection = connections[slot], publishes.allSatisfy({ topics[$0.topic] != nil }) else { return }
        try publish(publishes, by: connection)
    }

    func publish(_ publishes: [SessionHistory.Publish], by connection: ConnectionModel) throws {
        let frames = publishes.map { frame($0) }
        for (publish, frame) in zip(publishes, frames) { count(publish, frame, connection) }
        appendDue(publishes)
        try connection.client.send(frames.map { .publish($0) })
    }

    private func count(_ publish: SessionHistory.Publish, _ frame: Message, _ connection: ConnectionModel) {
        connection.published += 1
        let refusal = refusal(of: publish)
        if let producer = connection.producer { producers[producer]!.answer(connection, refusal) }
        if let refusal { return expected.refusals[[connection.number, Int(connection.published)]] = refusal }
        if case .duplicate = accept(publish, frame, by: connection) { expected.duplicates += 1 }
    }

    /// Messages that were due while their topic was paused come when another one is delayed, if the second is not over before.
    private func appendDue(_ publishes: some Sequence<SessionHistory.Publish>) {
        let arrival = nextArrival()
        for publish in publishes where publish.delay != nil {
            guard let topic = topics[publish.topic], !topic.isPaused(now: clock.now), !isDraining else { continue }
            for message in topic.takeDue(now: clock.now) { _ = append(message, to: topic, arrival: arrival) }
        }
    }

    /// Why a publish is refused; nil if it is not.
    private func refusal(of publish: SessionHistory.Publish) -> ErrorCode? {
        if isDraining { return .draining }
        return topics[publish.topic]!.isPaused(now: clock.now) ? .topicPaused : nil
    }

    /// Has a part of the bytes reach the broker, and ends the connection.
    func cut(_ slot: Int, _ publishes: [SessionHistory.Publish], _ percent: Int) throws {
        guard let connection = connections[slot], publishes.allSatisfy({ topics[$0.topic] != nil }) else { return }
        let frames = publishes.map { frame($0) }
        var bytes = ByteBuffer()
        var ends: [Int] = []
        for frame in frames {
            ClientFrame.publish(frame).write(to: &bytes)
            ends.append(bytes.readableBytes)
        }
        let length = bytes.readableBytes * percent / 100
        let whole = ends.count { $0 <= length }
        for (publish, frame) in zip(publishes, frames).prefix(whole) { count(publish, frame, connection) }
        appendDue(publishes.prefix(whole))
        if let producer = connection.producer { producers[producer]!.unsent = Array(publishes[whole...]) }
        try connection.client.send(bytes: Array(bytes.readableBytesView.prefix(length)))
        try judge()
        try leave(slot) { $0.client.close() }
    }

    func transaction(_ slot: Int, _ picks: [Int], _ publishes: [SessionHistory.Publish]) throws {
        guard let connection = connections[slot], publishes.allSatisfy({ topics[$0.topic] != nil }) else { return }
        let ranges = connection.ranges(picks)
        let frames = publishes.map { frame($0) }
        expected.answer = .aborted(.notInFlight)
        if let refusal = publishes.lazy.compactMap({ self.refusal(of: $0) }).first {
            if connection.areInFlight(ranges) { expected.answer = .aborted(refusal) }
        } else if connection.areInFlight(ranges) {
            for number in ranges.flatMap({ Array($0) }) { connection.finish(number) }
            let outcomes = zip(publishes, frames).map { accept($0, $1, by: connection) }
            appendDue(publishes)
            expected.answer = .ok { detail in
                let done = TransactionDone(detail: detail)?.publishes ?? []
                guard done.map({ Self.outcome($0) }) == outcomes else {
                    throw connection.fail("a transaction says its sequences", "\(done), not \(outcomes)")
                }
            }
        }
        try connection.client.send(
            .transaction(request: connection.nextRequest(), Transaction(commits: ranges, publishes: frames)))
    }

    private static func outcome(_ publish: TransactionDone.Publish) -> TopicModel.Outcome? {
        switch publish.outcome {
        case .accepted: .accepted(publish.sequence)
        case .duplicate: .duplicate(of: publish.sequence)
        case .delayed: .delayed
        }
    }

    // MARK: Settling

    func setWindow(_ slot: Int, _ window: UInt32, _ kibibytes: UInt32) throws {
        guard let connection = connections[slot] else { return }
        connection.window = ConnectionModel.Window(messages: window, bytes: UInt64(kibibytes) << 10)
        try connection.client.send(.window(window, kibibytes: kibibytes))
    }

    func commit(_ slot: Int, _ percent: Int) throws {
        guard let connection = connections[slot] else { return }
        let count = connection.delivered * UInt64(percent) / 100
        expected.isLate = connection.takenBack.contains { $0 <= count }
        connection.takenBack = connection.takenBack.filter { $0 > count }
        for number in connection.inFlight.keys where number <= count { connection.finish(number) }
        try connection.client.send(.commit(count))
    }

    func settle(_ slot: Int, _ action: SettleAction, _ picks: [Int], _ delay: UInt32) throws {
        guard let connection = connections[slot] else { return }
        let ranges = connection.ranges(picks)
        let delay = action == .return ? delay : 0
        expected.answer = .error(.notInFlight)
        if connection.areInFlight(ranges) {
            expected.answer = .ok { _ in }
            for number in ranges.flatMap({ Array($0) }) { settle(number, of: connection, action, delay) }
        }
        let settlement = Settlement(action, ranges, delay: delay, reason: "r")
        try connection.client.send(.settle(request: connection.nextRequest(), settlement))
    }

    private func settle(_ number: UInt64, of connection: ConnectionModel, _ action: SettleAction, _ delay: UInt32) {
        let delivery = connection.inFlight[number]!
        switch action {
        case .touch: connection.inFlight[number]!.since = clock.now
        case .commit: connection.finish(number)
        case .return:
            connection.inFlight[number] = nil
            connection.queue.giveBack(delivery, now: clock.now, delay: UInt64(delay) * 1000, .returned)
        case .park:
            connection.inFlight[number] = nil
            connection.queue.live(delivery)?.put(delivery.sequence, .parked)
        }
    }
}
