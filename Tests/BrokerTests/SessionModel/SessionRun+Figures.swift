import ZaichikProtocol

@testable import ZaichikBroker

// The figures of every queue, asked for by one client.
extension SessionRun {
    func inspect(_ slot: Int) throws {
        guard let asker = connections[slot] else { return }
        for (session, queue) in queues.sorted(by: { $0.key < $1.key }) {
            let ask = ClientFrame.inspectSession(request: asker.nextRequest(), name: "s\(session)", limit: 100)
            let details = try answers(to: ask, for: asker) {
                if case .sessionDetail(_, let detail, _) = $0 { detail } else { nil }
            }
            guard let detail = details.first else { throw asker.fail("INSPECT SESSION is answered", "s\(session)") }
            try check(detail.session, queue)
            try check(detail.topics, queue)
        }
        for connection in connections.values where connection.queue.session == nil {
            guard let id = connection.client.welcome?.connectionID else { continue }
            let ask = ClientFrame.inspectClient(request: asker.nextRequest(), id: id)
            let details = try answers(to: ask, for: asker) {
                if case .client(_, let detail, _) = $0 { detail } else { nil }
            }
            guard !details.isEmpty else { throw asker.fail("INSPECT CLIENT is answered", "\(connection.number)") }
            try check(details.flatMap(\.topics), connection.queue)
        }
        for case let topic? in topics { try check(topic) }
    }

    private func check(_ session: SessionStatistics, _ queue: QueueModel) throws {
        let inFlight = connections.values.filter { $0.queue === queue }.reduce(0) { $0 + $1.inFlight.count }
        let known: [SessionFigure: UInt64] = [
            .connections: UInt64(queue.attached.count), .subscriptions: UInt64(queue.subscriptions.count),
            .topics: UInt64(queue.readings.count), .absentSince: queue.absentSince ?? 0,
            .deliveredMessages: queue.delivered, .redeliveredMessages: queue.redelivered,
            .inFlightMessages: UInt64(inFlight),
        ]
        for (figure, value) in known where session.figures[figure] != value {
            throw SessionModelFailure(
                rule: "the figures of a session are true",
                detail: "\(figure) is \(session.figures[figure]), not \(value)")
        }
    }

    private func check(_ rows: [ClientTopicStatistics], _ queue: QueueModel) throws {
        for reading in queue.readings.values where reading.uncertain.isEmpty && !reading.topic.mayLose {
            guard let row = rows.first(where: { $0.topicID == reading.topic.id }) else {
                throw SessionModelFailure(rule: "every topic has a row", detail: "topic \(reading.topic.index)")
            }
            let returned = reading.entries.filter { $0.value.isReturned }.keys
            // What is withheld leaves the lag when the queue comes to it.
            let leastReturned = returned.count { !reading.topic.message($0).isOutlived(now: clock.now) }
            let mostPending = reading.pending.count + reading.marked.count
            // What had outlived its time when it was removed may have been passed over before.
            let withheld =
                reading.pending.count { reading.isWithheld($0, now: clock.now) }
                + reading.marked.count { reading.topic.message($0).isOutlived(now: clock.now) }
            let leastPending = reading.topic.withholds ? 0 : mostPending - withheld
            // Those of subscriptions to the topic that have ended are among them.
            let inFlight = connections.values.filter { $0.queue === queue }.reduce(0) {
                $0 + $1.inFlight.values.count { $0.reading.topic.id == reading.topic.id }
            }
            let bounds: [(ClientTopicFigure, ClosedRange<Int>)] = [
                (.pendingMessages, leastPending...(reading.hasHidden ? .max : mostPending)),
                (.inFlightMessages, inFlight...inFlight), (.returnedMessages, leastReturned...returned.count),
                (.parkedMessages, reading.count { $0.state == .parked }...reading.count { $0.state == .parked }),
                (.headSequence, Int(reading.topic.head)...Int(reading.topic.head)),
            ]
            for (figure, bound) in bounds where !bound.contains(Int(row[figure])) {
                throw SessionModelFailure(
                    rule: "the figures of a queue are true",
                    detail:
                        "\(figure) is \(row[figure]), not \(bound), topic \(reading.topic.index) of \(queue.attached)")
            }
            guard row[.lagMessages] == row[.pendingMessages] + row[.inFlightMessages] + row[.returnedMessages] else {
                throw SessionModelFailure(rule: "lag is the sum of its parts", detail: "\(row)")
            }
        }
    }

    private func check(_ topic: TopicModel) throws {
        guard let there = bench.core.registry.topic(id: topic.id) else {
            throw SessionModelFailure(rule: "a topic is there until it is deleted", detail: "\(topic.index)")
        }
        let (head, delayed, retained, pausedTime) = there.locked { state in
            (
                state.figure(.headSequence, now: clock.now), state.figure(.delayedMessages, now: clock.now),
                state.figure(.retainedMessages, now: clock.now), state.figure(.pausedTime, now: clock.now)
            )
        }
        guard head == topic.head, delayed == topic.delayedCount else {
            throw SessionModelFailure(
                rule: "each publish is stored once",
                detail: "\(head) and \(delayed) delayed, not \(topic.head) and \(topic.delayedCount)")
        }
        guard topic.mayLose || retained == topic.head - UInt64(topic.purged.count) else {
            throw SessionModelFailure(
                rule: "a topic keeps what was not removed",
                detail: "\(retained) of \(topic.head), \(topic.purged.count) were removed from topic \(topic.index)")
        }
        guard (pausedTime > 0) == topic.isPaused(now: clock.now) else {
            throw SessionModelFailure(
                rule: "a topic says whether it is paused", detail: "\(topic.index): \(pausedTime)")
        }
    }
}
