import NIOCore
import TestSupport
import ZaichikProtocol

// What the broker sends, frame by frame, held against what it may send.
extension ConnectionModel {
    func take(_ frame: BrokerFrame) throws {
        switch frame {
        case .confirm(let count): try confirm(Int(count))
        case .reject(let code, let number, _): try reject(code, Int(number))
        case .receipt(let outcome, let number, let id, let sequence, _):
            try receipt(outcome, Int(number), id, sequence)
        case .deliver(let message): try deliver(message)
        case .gap(let reason, let id, let first, let last): try gap(reason, id, first, last)
        case .topic(request: 0, let id, let name, _):
            guard world.topics[try world.topic(id: id)].name == name else {
                throw fail("an id has one name", "\(id) is not \(name)")
            }
            announced.insert(id)
        case .topic(let request, let id, _, _): try answer(request, id: id)
        case .ok(let request, _): try answer(request)
        case .topics(let request, _, let isLast), .clients(let request, _, let isLast):
            if isLast { try answer(request) }
        case .error(let code, let request, _): try error(ErrorCode(rawValue: code), request)
        case .goodbye(let code, _):
            guard phase == .closing, ErrorCode(rawValue: code) == .closedByClient else {
                throw fail("GOODBYE answers CLOSE", "code \(code) came")
            }
        case .ping, .pong, .blocked, .statistics, .topicDetail: break
        case .welcome, .client, .aborted, .topicGone, .redelivery, .sessions, .sessionDetail, .parked, .acted,
            .retryAfter, .peeked, .observed:
            throw fail("answers are to requests", "\(frame) came")
        }
    }

    private func answer(_ request: UInt32, id: UInt32? = nil) throws {
        guard let asked = requests.removeValue(forKey: request) else {
            throw fail("a request has one answer", "\(request) was answered, and had none to come")
        }
        switch asked {
        case .subscribe(let filter, let start): subscribe(filter, start)
        case .unsubscribe(let filter): unsubscribe(filter)
        case .topic(let topic):
            guard world.topics[topic].id == id else {
                throw fail(
                    "a topic has one id", "\(topic) is \(String(describing: world.topics[topic].id)) and \(id ?? 0)")
            }
        case .list, .watch, .barrier: break
        }
    }

    private func error(_ code: ErrorCode?, _ request: UInt32) throws {
        if code == .commitBeyondDelivered, request == 0, errorsOwed > 0 {
            errorsOwed -= 1
            return
        }
        guard case .subscribe(let filter, .sequence)? = requests.removeValue(forKey: request),
            code == .badArgument, filter == .all || filter == .level
        else { throw fail("errors are for what was wrong", "\(code.map { "\($0)" } ?? "one") to request \(request)") }
    }

    // MARK: Answers to publishes

    private func confirm(_ count: Int) throws {
        guard count > confirmed, count <= published else {
            throw fail("CONFIRM counts what was published", "\(count) of \(published), after \(confirmed)")
        }
        for number in confirmed + 1...count { try pass(number) }
        confirmed = count
    }

    /// A publish is behind the answers: it was accepted, if nothing else was said.
    func pass(_ number: Int) throws {
        let name = PublishName(connection: self.number, number: number)
        let publish = world.publishes[name]!
        guard publish.outcome == .open else { return }
        guard !publish.wantsReceipt else { throw fail("a RECEIPT comes if it is wanted", "none came for \(number)") }
        try world.answer(name, .accepted)
    }

    private func next(_ number: Int) throws -> PublishName {
        guard number > max(answered, confirmed) else {
            throw fail("answers come in order", "one to \(number) after \(answered) and CONFIRM \(confirmed)")
        }
        answered = number
        return PublishName(connection: self.number, number: number)
    }

    private func reject(_ code: UInt16, _ number: Int) throws {
        let name = try next(number)
        try world.answer(name, .rejected)
        let topic = world.topics[world.publishes[name]!.topic]
        if ErrorCode(rawValue: code) == .topicPaused, topic.acts.wasPaused, topic.settings.overflow != .block {
            return world.topics[world.publishes[name]!.topic].refusedInRound -= 1
        }
        guard ErrorCode(rawValue: code) == .topicFull, topic.settings.overflow == .reject else {
            throw fail("a publish is refused for a reason", "\(number) to \(topic.name) by code \(code)")
        }
    }

    private func receipt(_ outcome: PublishOutcome, _ number: Int, _ id: UInt32, _ sequence: UInt64) throws {
        let name = try next(number)
        try world.answer(name, outcome == .accepted ? .accepted : .duplicate)
        let publish = world.publishes[name]!
        let index = try world.topic(id: id)
        guard publish.topic == index else { throw fail("a RECEIPT names the topic", "\(number) has topic \(id)") }
        guard outcome == .duplicate else { return try world.topics[index].learn(sequence, is: name) }
        ownDuplicates += 1
        let topic = world.topics[index]
        let age = topic.now - topic.time(of: sequence)
        guard topic.settings.deduplicationScope == .topic, age < topic.settings.deduplicationWindow * 1000,
            let key = publish.key, world.key(of: sequence, in: index).map({ $0 == key }) ?? true
        else { throw fail("a duplicate has the key of a message in the window", "\(number) is none of \(sequence)") }
    }

    // MARK: Deliveries

    private func reading(_ id: UInt32, _ what: String) throws -> Int {
        let topic = try world.topic(id: id)
        guard announced.contains(id) else {
            throw fail("TOPIC comes ahead of the first message of a topic", "none came for \(id)")
        }
        if readings[topic] == nil, world.created.contains(topic) { meet(topic) }
        guard readings[topic] != nil else {
            throw fail("nothing comes from what is not subscribed to", "\(what) of \(world.topics[topic].name)")
        }
        return topic
    }

    private func deliver(_ message: Message) throws {
        let index = try reading(message.topicID, "a delivery")
        let name = try publish(in: message)
        let topic = world.topics[index]
        try world.topics[index].learn(message.sequence, is: name)
        let publish = world.publishes[name]!
        guard publish.topic == index, message.key.map({ String(buffer: $0) }) == publish.key.map(History.key) else {
            throw fail("a message comes as it was published", "\(name) has another topic or key")
        }
        guard publish.outcome != .rejected, publish.outcome != .duplicate else {
            throw fail("what was refused is not delivered", "\(name) was \(publish.outcome)")
        }
        guard message.timestamp == topic.time(of: message.sequence) else {
            throw fail("a timestamp says when it was accepted", "\(message.sequence) of \(topic.name) has another")
        }
        guard message.sequence >= topic.firstAlive else {
            throw fail("nothing is delivered that is too old", "\(message.sequence) of \(topic.name)")
        }
        guard message.sequence >= topic.acts.purgedBefore else {
            throw fail("what was purged does not come", "\(message.sequence) of \(topic.name)")
        }
        try checkDuplicate(message.sequence, in: index)
        var reading = readings[index]!
        try reading.deliver(message.sequence, key: publish.key) { mayWithhold($0, in: index) }
        readings[index] = reading
        let place = ArrivalOrderCheck.Message(topic: index, sequence: message.sequence)
        deliveries.append(place)
        order.messages.append(place)
        let isInWindow = windows.contains { window in
            inFlight <= Int(window.messages) && (window.bytes == 0 || inFlight == 1 || bytesInFlight <= window.bytes)
        }
        guard isInWindow else {
            throw fail(
                "the window is never exceeded", "\(inFlight) of \(bytesInFlight) bytes in flight, windows \(windows)")
        }
    }

    private func publish(in message: Message) throws -> PublishName {
        guard let name = PublishName(payload: message.text), world.publishes[name] != nil
        else { throw fail("a message comes as it was published", "nobody published \(message.text.prefix(20))") }
        return name
    }

    /// A key that this reading got within the window is not delivered again.
    private func checkDuplicate(_ sequence: UInt64, in topic: Int) throws {
        guard world.mayWithhold(sequence, in: topic, keys: readings[topic]!.keys) else { return }
        throw fail("a duplicate within the window is withheld", "\(sequence) of \(world.topics[topic].name)")
    }

    private func gap(_ reason: GapReason, _ id: UInt32, _ first: UInt64, _ last: UInt64) throws {
        let index = try reading(id, "a gap")
        var reading = readings[index]!
        try reading.gap(first, last) { mayWithhold($0, in: index) }
        readings[index] = reading
        let topic = world.topics[index]
        let text = "\(first) to \(last) of \(topic.name), \(reason), kept from \(topic.earliest), head \(topic.head)"
        guard last <= topic.head else { throw fail("a gap is of what was published", text) }
        toldLost += last - first + 1
        switch reason {
        case .expired:
            guard last < max(topic.firstAlive, topic.earliest) else { throw fail("what is kept has not expired", text) }
        case .limit:
            // What was too old besides, or gone before the reading began, no limit has taken.
            let floor = max(reading.start.earliest.upperBound, topic.firstAlive, first)
            if floor <= last { world.topics[index].droppedFromQueues.formUnion(floor...last) }
            let slack = 2 * topic.frameSize
            guard topic.settings.overflow == .drop, topic.bytes(from: last + 1) + slack >= topic.settings.limit else {
                throw fail("a limit takes no more than it must", text)
            }
        case .purged:
            guard last < topic.acts.purgedBelow.upperBound else {
                throw fail("a purge is told where there was one", text)
            }
        case .moved: throw fail("a gap has a reason", text)
        }
    }
}

extension History {
    /// A key on the wire: one of them is the empty one.
    static func key(_ key: Int) -> String { key == 0 ? "" : "k\(key)" }
}
