import ZaichikProtocol

// What connections and sessions tell of themselves when they are asked why.
extension Connection {
    func evidence(for state: ClientState, _ tally: QueueTally, now: UInt64) -> Evidence {
        let queue = reader.queue
        // Others share the queue: what is in flight here is all that is this client's.
        let lag = isLaggingAlone ? tally.lag : attachment.lag
        var facts = EvidenceFacts(state: state, health: health, lag: lag, window: attachment.window)
        facts.unsentBytes = UInt64(channel?.unsentBytes ?? 0)
        facts.stuck = attachment.stuck(in: queue)
        facts.blocked = gate.blocked(now: now)
        if isLaggingAlone { facts.take(queue, tally) { reader.topicRow(at: $0, now: now) } }
        return facts.evidence(now: now)
    }
}

extension Session {
    func evidence(for state: ClientState, _ tally: QueueTally, now: UInt64) -> Evidence {
        var facts = EvidenceFacts(
            state: state, health: health, lag: tally.lag,
            window: UInt32(clamping: owners.reduce(0) { $0 + UInt64($1.attachment.window) }))
        if absentSince > 0 { facts.absence = (absentSince, expiresAt) }
        switch holding {
        case .awake(let reader):
            facts.take(reader.queue, tally) { reader.topicRow(at: $0, now: now) }
            facts.stuck = stuck(in: reader.queue, now: now)
        case .folded(let queue):
            guard let slot = tally.worst?.slot, let row = topicRow(at: slot, now: now),
                let topic = queue.topic(at: slot)
            else { break }
            facts.worst = (row, topic.locked { $0.settings.overflow })
        }
        return facts.evidence(now: now)
    }

    /// The message that one of its connections has had for longest.
    private func stuck(in queue: ClientQueue, now: UInt64) -> StuckMessage? {
        let members = members
        let slowest = members.max { left, right in left.oldestAge(now: now) < right.oldestAge(now: now) }
        guard let slowest, var stuck = slowest.attachment.stuck(in: queue) else { return nil }
        guard members.count > 1 else { return stuck }
        stuck.client = slowest.id
        stuck.clientName = slowest.name
        return stuck
    }
}

extension SessionMember {
    /// How long its first delivery in flight has been so, in µs; 0 if there is none.
    fileprivate func oldestAge(now: UInt64) -> UInt64 { attachment.inFlight.runs.first?.age(now: now) ?? 0 }
}

extension EvidenceFacts {
    /// Takes what the queue itself knows.
    fileprivate mutating func take(
        _ queue: ClientQueue, _ tally: QueueTally, row: (Int) -> ClientTopicStatistics?
    ) {
        lost = queue.lost(tally.lag)
        if let slot = tally.worst?.slot, let topic = queue.topic(at: slot), let row = row(slot) {
            worst = (row, topic.locked { $0.settings.overflow })
        }
        if let message = health.course?.repeated {
            repeatedTopic = queue.topic(at: Int(message.slot))?.name.string
        }
        if let (slot, topicID, cause) = queue.losses.worst, let topic = queue.topic(at: slot),
            topic.id == topicID
        {
            loss = (topic.name.string, cause)
        }
    }
}

extension PublishGate {
    /// The topic that publishes wait for; nil if none wait.
    func blocked(now: UInt64) -> EvidenceFacts.Blocked? {
        guard let topic = waitsFor else { return nil }
        return EvidenceFacts.Blocked(
            topic: topic.name.string, waiting: waitingCount, holder: topic.locked { $0.holder(now: now) })
    }
}
