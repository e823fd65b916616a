import Logging
import NIOCore
import ZaichikProtocol

// The control plane: topics and subscriptions.
extension ConnectionHandler {
    // MARK: Topics

    func findOrCreate(
        _ name: TopicName, settings: TopicSettings = TopicSettings(), request: UInt32
    ) throws(FrameError) -> Topic {
        if let topic = core.registry.topic(named: name) { return topic }
        return try create(name, settings: settings, request: request).topic
    }

    private func create(
        _ name: TopicName, settings: TopicSettings, request: UInt32
    ) throws(FrameError) -> TopicRegistry.Found {
        do {
            let found = try core.registry.findOrCreate(name, settings: settings)
            if found.isNew {
                core.logger.debug(
                    "topic created", metadata: ["topic": "\(name.string.debugDescription)", "id": "\(found.topic.id)"])
            }
            return found
        } catch {
            var error = error
            error.request = request
            throw error
        }
    }

    /// Creates a topic with settings, or changes those it has.
    func change(
        _ name: TopicName, _ change: TopicSettingsChange, request: UInt32 = 0
    ) throws(FrameError) -> TopicCreated {
        let wanted = change.applied(to: TopicSettings())
        let found = try create(name, settings: wanted, request: request)
        if found.isNew { return TopicCreated(id: found.topic.id, outcome: .created) }
        guard !name.isReserved else {
            throw FrameError(.reservedName, request: request, "'\(name)' is the broker's own")
        }
        let now = shard.now
        let outcome: TopicOutcome = found.topic.locked { state in
            let settings = change.applied(to: state.settings)
            guard settings != state.settings else { return .unchanged }
            state.change(to: settings, now: now)
            state.wakeBlocked(&shard.wakes)
            return .changed
        }
        return TopicCreated(id: found.topic.id, outcome: outcome)
    }

    func createTopic(_ name: TopicName, _ settings: TopicSettingsChange, request: UInt32) throws(FrameError) {
        let created = try change(name, settings, request: request)
        send(.ok(request: request, detail: created.detail))
    }

    // MARK: Subscriptions

    func subscribe(_ pattern: TopicPattern, from start: StartPosition, request: UInt32) throws(FrameError) {
        if let name = pattern.nameToCreate {
            let topic = try findOrCreate(name, request: request)
            guard queue.subscribe(topic, from: start, now: shard.now) else { return }
        } else {
            guard queue.add(pattern) else { return }
            let now = shard.now
            for topic in core.registry.subscribe(handle, to: pattern) { queue.attach(topic, from: start, now: now) }
        }
        shard.markDirty(self)
    }

    func unsubscribe(_ pattern: TopicPattern) {
        guard let name = pattern.nameToCreate else {
            if queue.remove(pattern, wakes: &shard.wakes) { core.registry.unsubscribe(handle, from: pattern) }
            return
        }
        if let topic = core.registry.topic(named: name) { _ = queue.unsubscribe(topic.id, wakes: &shard.wakes) }
    }
}
