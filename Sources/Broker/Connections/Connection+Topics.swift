import NIOCore
import ZaichikProtocol

// Requests about topics and subscriptions.
extension Connection {
    // MARK: Topics

    func findOrCreate(
        _ name: TopicName, request: UInt32
    ) throws(FrameError) -> Topic {
        while true {
            let existing = core.registry.topic(named: name)
            let topic = if let existing { existing } else { try createByUse(name, request: request) }
            if topic.locked({ $0.noteUse() }) { return topic }
            // It is being deleted: its name is free.
            core.registry.remove([topic], loops: core.shards.count)
        }
    }

    /// Creates a topic that is published or subscribed to, if this broker does that.
    private func createByUse(_ name: TopicName, request: UInt32) throws(FrameError) -> Topic {
        let current = core.current
        guard current.createsTopicsByUse || name.isReserved else {
            throw FrameError(
                .unknownTopic, request: request,
                """
                there is no topic '\(name)', and this broker creates none by use; create it with CREATE TOPIC, such as \
                'zaichik topic create \(name)'
                """)
        }
        let settings = current.topicTemplates.settings(of: name)
        return try create(name, settings, isMadeByUse: true, request: request).topic
    }

    private func create(
        _ name: TopicName, _ settings: TopicSettings, isMadeByUse: Bool, request: UInt32
    ) throws(FrameError) -> TopicRegistry.Found {
        core.findMemory(for: Topic.footprint, now: shard.now, wakes: &shard.wakes)
        // Announced until the readers by pattern are told: see ``TopicRegistry/findOrCreate(_:settings:isBroker:)``.
        _ = shard.stamp()
        do {
            let found = try core.registry.findOrCreate(
                name, settings: settings, isMadeByUse: isMadeByUse)
            for reader in found.readers { shard.wakes.add(.topicCreated(reader, topicID: found.topic.id)) }
            if found.isNew {
                core.log.tell(.topicCreated) {
                    LogEntry(created: name.string, id: found.topic.id, settings, by: metadata)
                }
            }
            return found
        } catch {
            var error = error
            error.request = request
            throw error
        }
    }

    /// Creates a topic with settings, or changes those it has. A new one has those of its template that are not named.
    func change(
        _ name: TopicName, _ change: TopicSettingsChange, request: UInt32 = 0
    ) throws(FrameError) -> TopicCreated {
        while true {
            let wanted = change.applied(to: core.current.topicTemplates.settings(of: name))
            let found = try create(name, wanted, isMadeByUse: false, request: request)
            let topic = found.topic
            if found.isNew { return TopicCreated(id: topic.id, outcome: .created, incarnation: topic.incarnation) }
            guard !name.isReserved else {
                throw FrameError(.reservedName, request: request, "'\(name)' belongs to the broker")
            }
            if let changed = self.change(topic, change) { return changed }
            // It is being deleted: its name is free.
            core.registry.remove([topic], loops: core.shards.count)
        }
    }

    /// - Returns: nil if the topic was deleted.
    private func change(_ topic: Topic, _ change: TopicSettingsChange) -> TopicCreated? {
        let now = shard.now
        let settings = topic.locked { state -> (old: TopicSettings, new: TopicSettings)? in
            guard state.noteUse() else { return nil }
            state.isMadeByUse = false
            let old = state.settings
            let new = change.applied(to: old)
            if new != old { state.change(to: new, now: now, wakes: &shard.wakes) }
            return (old, new)
        }
        guard let (old, new) = settings else { return nil }
        let outcome: TopicOutcome = new == old ? .unchanged : .changed
        if outcome == .changed {
            core.log.tell(.settingsChanged) { LogEntry(changed: topic.name.string, from: old, to: new, by: metadata) }
        }
        return TopicCreated(id: topic.id, outcome: outcome, incarnation: topic.incarnation)
    }

    /// Deletes a topic.
    ///
    /// - Parameter incarnation: The topic's, if no other may be deleted.
    func deleteTopic(_ name: TopicName, incarnation: UInt64?, request: UInt32) throws(FrameError) {
        guard !name.isReserved else {
            throw FrameError(.reservedName, request: request, "'\(name)' belongs to the broker; it cannot be deleted")
        }
        while let topic = core.registry.topic(named: name) {
            if let incarnation, incarnation != topic.incarnation {
                throw FrameError(
                    .otherIncarnation, request: request,
                    "'\(name)' has the incarnation \(topic.incarnation), not \(incarnation); nothing was deleted")
            }
            guard let end = shard.delete(topic) else { continue }
            core.log.tell(.topicDeleted) { LogEntry(deleted: DeletedTopic(topic: topic, end: end), by: metadata) }
            return send(.ok(request: request, detail: ByteBuffer()))
        }
        throw FrameError(.unknownTopic, request: request, "there is no topic '\(name)'")
    }

    /// When a message was accepted, and who published it.
    func origin(of sequence: UInt64, in name: TopicName, _ request: UInt32) throws(FrameError) -> MessageOrigin {
        guard let topic = core.registry.topic(named: name) else {
            throw FrameError(.unknownTopic, request: request, "there is no topic '\(name)'")
        }
        let (origin, earliest, head) = topic.locked { state in
            (state.origin(of: sequence, now: shard.now), state.earliest(now: shard.now), state.log.headSequence)
        }
        guard let (timestamp, publisher) = origin else {
            let kept = earliest > head ? "no messages" : "\(earliest) to \(head)"
            let isRemoved = sequence >= earliest && sequence <= head
            throw FrameError(
                .unknownMessage, request: request,
                isRemoved
                    ? "an operator has removed message \(sequence) of '\(name)'"
                    : "'\(name)' does not keep message \(sequence); it keeps \(kept)")
        }
        return MessageOrigin(
            timestamp: timestamp, connectionID: publisher.connectionID, client: publisher.clientName,
            producer: publisher.producerName)
    }

    // MARK: Subscriptions

    /// Subscribes, and answers: for a pattern once all its topics are attached, for the last message of each key once it
    /// is known which these are, else at once. Until then, what follows on the connection waits.
    ///
    /// - Parameter incarnation: The topic's, if no other is wanted.
    func subscribe(
        _ pattern: TopicPattern, from start: StartPosition, _ options: SubscribeOptions = [],
        incarnation: UInt64? = nil, request: UInt32
    ) throws(FrameError) {
        if let name = pattern.name { tellGone(name) }
        if let incarnation, let name = pattern.name { try check(incarnation, of: name, request) }
        guard !isSubscribed(to: pattern) else { return subscriptionChanged(request) }
        try checkSubscriptions(request)
        if let name = pattern.name {
            let topic = try subscribe(name, from: start, options, request: request)
            if reader.isBusy { return work(answering: request, subscribing: topic) }
        } else if reader.queue.add(pattern, options) {
            let stamp = core.order.stamp()
            let topics = core.registry.subscribe(reader.handle, to: pattern)
            reader.subscribe(from: start, stamp: stamp, search: topics)
            return work(answering: request)
        }
        subscriptionChanged(request)
    }

    private func subscribe(
        _ name: TopicName, from start: StartPosition, _ options: SubscribeOptions, request: UInt32
    ) throws(FrameError) -> Topic {
        while true {
            let topic = try topicToRead(name, request: request)
            switch reader.queue.subscribe(topic, from: start, options, now: shard.now) {
            case .begun:
                shard.turns.markDue(self)
                return topic
            case .unchanged: return topic
            case .topicGone: core.registry.remove([topic], loops: core.shards.count)
            }
        }
    }

    /// Tells the client of topics of a name that are being deleted, before it hears what became of a request about the
    /// name: what it is told of the old topic must not seem to concern the new one.
    private func tellGone(_ name: TopicName) {
        for topicID in core.registry.leaving(name) {
            guard let slot = reader.queue.cursors.slot(of: topicID) else { continue }
            reader.queue.topicGone(slot, topicID: topicID, wakes: &shard.wakes)
            reader.queue.tellGone(to: attachment, &output)
            write()
        }
    }

    func isSubscribed(to pattern: TopicPattern) -> Bool {
        guard let name = pattern.name else { return reader.queue.subscriptions.contains(pattern) }
        return core.registry.topic(named: name).map { reader.queue.isSubscribed(to: $0.id) } ?? false
    }

    /// The topic that a subscription names. One that does not exist is created, unless only the broker may do that.
    private func topicToRead(_ name: TopicName, request: UInt32) throws(FrameError) -> Topic {
        if name.isReserved, core.registry.topic(named: name) == nil {
            throw FrameError(
                .reservedName, request: request,
                "'\(name)' is a name of the broker's own, and this broker has no such topic")
        }
        return try findOrCreate(name, request: request)
    }

    func check(_ incarnation: UInt64, of name: TopicName, _ request: UInt32) throws(FrameError) {
        guard core.registry.topic(named: name)?.incarnation != incarnation else { return }
        throw FrameError(
            .otherIncarnation, request: request,
            "'\(name)' is not the topic that the sequence was learnt under; start at the earliest message")
    }

    func unsubscribe(_ pattern: TopicPattern, request: UInt32) {
        if let name = pattern.name {
            tellGone(name)
            if let topic = core.registry.topic(named: name) {
                _ = reader.queue.unsubscribe(topic.id, wakes: &shard.wakes)
            }
        } else if reader.queue.remove(pattern) {
            core.registry.unsubscribe(reader.handle, from: pattern)
            reader.unsubscribed(from: pattern)
            return work(answering: request)
        }
        subscriptionChanged(request)
    }

    /// The number of subscriptions that a connection may make even when memory has run out.
    private static let fewSubscriptions = 16

    private func checkSubscriptions(_ request: UInt32) throws(FrameError) {
        let most = core.current.maximumSubscriptions
        guard reader.queue.subscriptions.count < most else {
            throw FrameError(
                .tooManySubscriptions, request: request,
                "a connection may have at most \(most) subscriptions; use a pattern in place of many names")
        }
        core.findMemory(for: ClientQueue.bytesPerCursor, now: shard.now, wakes: &shard.wakes)
        let isSmall = reader.queue.subscriptions.count < Self.fewSubscriptions
        guard isSmall ? !core.budget.isHalfReserveUsed : !core.budget.isExhausted else {
            throw FrameError(.memoryFull, request: request, "the broker's memory is used up")
        }
    }

    /// Does the first step of the reader's work; the loop does the others in the background.
    ///
    /// - Parameter topic: The one that a new subscription names; nil if it is by pattern, or none is being made.
    private func work(answering request: UInt32, subscribing topic: Topic? = nil) {
        reader.step(now: shard.now, wakes: &shard.wakes)
        guard reader.isBusy else { return subscriptionChanged(request) }
        // That of a session is made whether or not the connection stays.
        shard.background.add { [self, reader] now in
            guard !reader.isAbandoned else { return false }
            reader.step(now: now, wakes: &shard.wakes)
            core.findMemory(for: ClientQueue.bytesPerCursor * Reader.topicsPerStep, now: shard.now, wakes: &shard.wakes)
            if reader.isBusy, core.budget.isExhausted, giveUpSubscription(of: reader, to: topic, request) {
                return false
            }
            guard !reader.isBusy else { return true }
            subscriptionChanged(request)
            inputMayGoOn(of: reader)
            return false
        }
    }

    /// Gives up a subscription that is being made, as there is no memory for the cursors of all its topics, or for their
    /// keys: those made so far are removed.
    ///
    /// - Parameter topic: The one that it names; nil if it is by pattern.
    /// - Returns: Whether one is being made; if not, one is only being ended, which takes no memory.
    private func giveUpSubscription(of reader: Reader, to topic: Topic?, _ request: UInt32) -> Bool {
        let reason: String
        if let topic {
            _ = reader.queue.unsubscribe(topic.id, wakes: &shard.wakes)
            reason = "the broker has no memory to find the last message of each key of '\(topic.name)'"
        } else if let pattern = reader.giveUp() {
            core.registry.unsubscribe(reader.handle, from: pattern)
            reason = "the broker has no memory for all topics that '\(pattern)' matches"
        } else {
            return false
        }
        shard.finishInBackground(reader) { [self] in
            send(FrameError(.memoryFull, request: request, reason))
            inputMayGoOn(of: reader)
        }
        return true
    }

    /// Input of a connection waits while its queue is being changed. Others may have the same queue.
    func inputMayGoOn(of reader: Reader) {
        channel?.resumeInput()
        for owner in reader.owners where owner !== self { owner.readerBecameReady() }
    }

    private func subscriptionChanged(_ request: UInt32) {
        send(.ok(request: request, detail: ByteBuffer()))
        shard.turns.markDue(self)
    }
}
