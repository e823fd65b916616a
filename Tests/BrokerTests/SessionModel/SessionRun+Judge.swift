import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What the broker sends, frame by frame, held against what it may send.
extension SessionRun {
    func judge() throws {
        try settle()
        for connection in connections.values.sorted(by: { $0.number < $1.number }) { try judge(connection) }
        guard expected.answer == nil else {
            throw SessionModelFailure(rule: "a request has one answer", detail: "none came")
        }
        guard !expected.isLate else {
            throw SessionModelFailure(rule: "a commit that comes too late is an error", detail: "none came")
        }
        for number in expected.goodbyes.keys {
            for (slot, connection) in connections where connection.number == number { connections[slot] = nil }
        }
        for queue in allQueues { try checkRest(queue) }
    }

    func judge(_ connection: ConnectionModel) throws {
        for frame in try connection.client.receive() {
            do { try take(frame, connection) } catch let failure as SessionModelFailure {
                throw SessionModelFailure(
                    rule: failure.rule, detail: "connection \(connection.number), \(frame): \(failure.detail)")
            }
        }
    }

    private func fail(_ rule: String, _ detail: String = "") -> SessionModelFailure {
        SessionModelFailure(rule: rule, detail: detail)
    }

    func take(_ frame: BrokerFrame, _ connection: ConnectionModel) throws {
        switch frame {
        case .welcome, .ping, .pong, .confirm: break
        case .topic(request: 0, let id, _, _): connection.announced.insert(id)
        case .receipt(.duplicate, _, _, _, _): expected.duplicates -= 1
        case .deliver(let message): try deliver(message, to: connection)
        case .redelivery(let redelivery): connection.redelivery = redelivery
        case .gap(_, let id, let first, let last): try gap(id, first, last, connection)
        case .topicGone(let id):
            guard topicsByID[id] != nil, !topics.contains(where: { $0?.id == id }) else {
                throw fail("TOPIC GONE is for topics that were deleted")
            }
        case .ok(_, let detail):
            switch expected.answer {
            case .ok(let check)?: try check(detail)
            default: throw fail("a request that cannot be done is refused", "\(String(describing: expected.answer))")
            }
            expected.answer = nil
        case .error(let code, request: 0, _):
            guard ErrorCode(rawValue: code) == .commitTooLate, expected.isLate else {
                throw fail("errors are for faults")
            }
            expected.isLate = false
        case .error(let code, _, _):
            switch expected.answer {
            case .error(let wanted)? where wanted.rawValue == code: expected.answer = nil
            default: throw fail("errors are for what was wrong")
            }
        case .aborted(let code, _, _, _, _):
            switch expected.answer {
            case .aborted(let wanted)? where wanted.rawValue == code: expected.answer = nil
            default: throw fail("a transaction that can be done is done")
            }
        case .goodbye(let code, _):
            guard expected.goodbyes[connection.number]?.rawValue == code else { throw fail("GOODBYE has a reason") }
        default: throw fail("answers are to requests")
        }
    }

    // MARK: Deliveries

    private func deliver(_ message: Message, to connection: ConnectionModel) throws {
        let (id, sequence) = (message.topicID, message.sequence)
        let redelivery = connection.redelivery
        connection.redelivery = nil
        guard connection.announced.contains(id) else { throw fail("TOPIC comes ahead of the first message of a topic") }
        guard let reading = connection.queue.readings[id], let entry = reading.entries[sequence] else {
            throw fail("what is done, lost or not subscribed to does not come")
        }
        switch entry.state {
        case .pending:
            guard redelivery == nil else { throw fail("a first delivery is none again") }
            try passOver(upTo: sequence, reading, connection)
            if reading.isDuplicate(sequence), connection.queue.settings.mode == .exclusive {
                throw fail("a duplicate within the window is withheld")
            }
            if let key = reading.topic.message(sequence).key {
                reading.keys[key] = reading.topic.message(sequence).time
            }
        case .returned(let mayCome, _, let cause):
            guard let redelivery, redelivery.topicID == id, redelivery.sequence == sequence else {
                throw fail("REDELIVERY comes ahead of what comes again", "\(String(describing: redelivery))")
            }
            guard Int(redelivery.attempt) == entry.attempts + 1, redelivery.cause == cause else {
                throw fail("REDELIVERY says the attempt and why", "\(redelivery), \(entry)")
            }
            guard clock.now >= mayCome else { throw fail("a delay is waited for") }
        case .inFlight, .parked: throw fail("a message is in one place at a time", "\(entry)")
        }
        connection.delivered += 1
        connection.inFlight[connection.delivered] = ConnectionModel.Delivery(
            topicID: id, sequence: sequence, since: clock.now)
        reading.entries[sequence] = EntryModel(
            state: .inFlight(connection: connection.number, number: connection.delivered),
            attempts: entry.attempts + 1)
        guard connection.outstanding <= Int(connection.largestWindow) else {
            throw fail("the window is never exceeded")
        }
    }

    /// In a queue of one connection, messages that are passed over are withheld as duplicates.
    private func passOver(upTo sequence: UInt64, _ reading: ReadingModel, _ connection: ConnectionModel) throws {
        guard connection.queue.settings.mode == .exclusive else { return }
        for earlier in reading.pending.prefix(while: { $0 < sequence }) {
            guard reading.isDuplicate(earlier) else {
                throw fail("messages come in order", "\(earlier) was passed over")
            }
            reading.entries[earlier] = nil
        }
    }

    private func gap(_ id: UInt32, _ first: UInt64, _ last: UInt64, _ connection: ConnectionModel) throws {
        guard first <= last else { throw fail("a gap is not empty") }
        guard topics.contains(where: { $0?.id == id }) else { return }
        guard let reading = connection.queue.readings[id] else { throw fail("a gap is of what is subscribed to") }
        // What a seek passed over is in no entry any more.
        for sequence in first...last {
            switch reading.entries[sequence]?.state {
            case .pending?, .returned?:
                guard mayBeLost(sequence, reading.topic) else { throw fail("what is kept is not lost", "\(sequence)") }
                reading.entries[sequence] = nil
            case nil, .inFlight?, .parked?: break
            }
        }
    }

    // MARK: Rest

    /// With room in a window, nothing waits.
    private func checkRest(_ queue: QueueModel) throws {
        let ready = connections.values.filter { $0.queue === queue && $0.hasRoom }
        guard !ready.isEmpty else { return }
        for reading in queue.readings.values {
            for (sequence, entry) in reading.entries.sorted(by: { $0.key < $1.key }) {
                switch entry.state {
                case .inFlight, .parked: continue
                case .returned(_, let mustCome, _): if clock.now < mustCome { continue }
                case .pending:
                    if reading.isDuplicate(sequence) {
                        reading.entries[sequence] = nil
                        continue
                    }
                    if queue.settings.mode != .exclusive, reading.topic.withholds { continue }
                }
                if waitsForKey(sequence, reading, queue) { continue }
                throw fail(
                    "what is there is delivered while a window has room",
                    "\(sequence) of topic \(reading.topic.index) is not: \(entry), queue of \(queue.attached)")
            }
        }
    }

    /// Whether a message waits because another one of its topic and key is in flight.
    private func waitsForKey(_ sequence: UInt64, _ reading: ReadingModel, _ queue: QueueModel) -> Bool {
        guard queue.settings.mode == .sharedByKey, let key = reading.topic.message(sequence).key else { return false }
        return connections.values.contains { connection in
            connection.queue === queue
                && connection.inFlight.values.contains {
                    $0.topicID == reading.topic.id && reading.topic.message($0.sequence).key == key
                }
        }
    }
}
