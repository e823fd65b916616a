import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What the broker sends, frame by frame, held against what it may send.
extension SessionRun {
    func judge() throws {
        try settle()
        for connection in connections.values.sorted(by: { $0.number < $1.number }) {
            try judge(connection)
            guard connection.confirmed == connection.published || expected.goodbyes[connection.number] != nil else {
                throw connection.fail("publishes are answered", "\(connection.confirmed) of \(connection.published)")
            }
        }
        guard expected.answer == nil else { throw fail("a request has one answer", "none came") }
        guard !expected.isLate else { throw fail("a commit that comes too late is an error", "none came") }
        guard expected.refusals.isEmpty else {
            throw fail("a publish that is not taken is refused", "\(expected.refusals) were not")
        }
        guard expected.duplicates == 0 else {
            throw fail("the publisher of a duplicate is told", "\(expected.duplicates)")
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

    func fail(_ rule: String, _ detail: String = "") -> SessionModelFailure {
        SessionModelFailure(rule: rule, detail: detail)
    }

    func take(_ frame: BrokerFrame, _ connection: ConnectionModel) throws {
        switch frame {
        case .ping, .pong: break
        case .confirm(let count):
            guard count > connection.confirmed, count <= connection.published else {
                throw fail("CONFIRM answers what was published", "\(connection.published)")
            }
            guard !expected.refusals.keys.contains(where: { $0[0] == connection.number && $0[1] <= count }) else {
                throw fail("a refusal comes ahead of the CONFIRM", "\(expected.refusals)")
            }
            connection.confirmed = count
        case .reject(let code, let number, _):
            let refusal = expected.refusals.removeValue(forKey: [connection.number, Int(number)])
            guard refusal?.rawValue == code else {
                throw fail("a publish is refused for a reason", "\(String(describing: refusal)) was expected")
            }
        case .topic(request: 0, let id, _, _): connection.announced.insert(id)
        case .receipt(.duplicate, _, _, _, _): expected.duplicates -= 1
        case .deliver(let message): try deliver(message, to: connection)
        case .redelivery(let redelivery): connection.redelivery = redelivery
        case .gap(let reason, let id, let first, let last): try gap(reason, id, first, last, connection)
        case .topicGone(let id):
            guard topicsByID[id] != nil, !topics.contains(where: { $0?.id == id }) else {
                throw fail("TOPIC GONE is for topics that were deleted")
            }
        case .goodbye(let code, _):
            guard expected.goodbyes[connection.number]?.rawValue == code else { throw fail("GOODBYE has a reason") }
        default: try takeAnswer(frame)
        }
    }

    private func takeAnswer(_ frame: BrokerFrame) throws {
        switch (frame, expected.answer) {
        case (.ok(_, let detail), .ok(let check)?): try check(detail)
        case (.acted(_, let acted), .acted(let check)?):
            lastActed = acted
            try check(acted)
        case (.ok, _):
            throw fail("a request that cannot be done is refused", "\(String(describing: expected.answer))")
        case (.error(let code, request: 0, _), _):
            guard ErrorCode(rawValue: code) == .commitTooLate, expected.isLate else {
                throw fail("errors are for faults")
            }
            return expected.isLate = false
        case (.error(let code, _, _), .error(let wanted)?) where wanted.rawValue == code: break
        case (.error, _): throw fail("errors are for what was wrong")
        case (.aborted(let code, _, _, _, _), .aborted(let wanted)?) where wanted.rawValue == code: break
        case (.aborted, _): throw fail("a transaction that can be done is done")
        default: throw fail("answers are to requests")
        }
        expected.answer = nil
    }

    private func gap(
        _ reason: GapReason, _ id: UInt32, _ first: UInt64, _ last: UInt64, _ connection: ConnectionModel
    ) throws {
        guard first <= last else { throw fail("a gap is not empty") }
        guard topics.contains(where: { $0?.id == id }) else { return }
        guard let reading = connection.queue.readings[id] else { throw fail("a gap is of what is subscribed to") }
        guard connection.announced.contains(id) else { throw fail("TOPIC comes ahead of the first gap of a topic") }
        try judge(reason, first...last, of: reading)
        // What a seek passed over is not in the queue any more.
        let lost =
            reading.pending.filter { (first...last).contains($0) }
            + reading.entries.filter { (first...last).contains($0.key) && $0.value.isWaiting }.keys
        for sequence in lost {
            let mayBeGone =
                reading.topic.purged.contains(sequence)
                || reading.topic.mayLose(sequence, now: clock.now, largestFrame: largestFrame)
            guard mayBeGone else { throw fail("what is kept is not lost", "\(sequence)") }
            reading.entries[sequence] = nil
        }
        reading.pending.removeAll { (first...last).contains($0) }
        guard reading.tell(first...last) else { throw fail("a loss is told once", "some of \(first) to \(last) again") }
    }

    /// What operators have removed is told as such, and nothing else is.
    private func judge(_ reason: GapReason, _ range: ClosedRange<UInt64>, of reading: ReadingModel) throws {
        guard reason != .moved, reading.uncertain.isEmpty, !reading.hasHidden, !reading.wasSought else { return }
        let other = range.filter { !reading.purged.contains($0) && !reading.topic.purged.contains($0) }
        if reason == .purged {
            guard other.isEmpty else { throw fail("a purge is told where there was one", "\(other) were not purged") }
        } else if !reading.topic.mayLose {
            // What was gone before the reading began has expired for it.
            guard reading.beganBelow, other.isEmpty else { throw fail("a gap has the reason of the loss") }
        }
    }
}
