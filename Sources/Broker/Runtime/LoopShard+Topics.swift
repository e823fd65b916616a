import ZaichikProtocol

/// A topic that was deleted, for the loops that have yet to forget it.
struct DeletedTopic: Sendable {
    let topic: Topic
    let end: TopicEnd
}

// What a loop does with topics besides publishing and reading: it keeps its share of them once a second, and forgets those
// that are deleted.
extension LoopShard {
    // MARK: Once a second

    /// Each loop keeps its share of the topics, some of them in each tick.
    func keepTopics() {
        if ticker.beginsSecond, index == 0 { keep(core.reports.topics) }
        let all = core.registry.all
        let share = ticker.topics(loop: index, loops: core.shards.count)
        var page = 0
        let step = { [unowned self] () -> Bool in
            var found: [Topic] = []
            while found.count < Ticker.mostTopicsAtOnce, page < all.pageCount {
                found += all.topics(inPage: page, where: share)
                page += 1
            }
            keep(found)
            return page < all.pageCount
        }
        if step() { background.add { _ in step() } }
    }

    private func keep(_ topics: [Topic]) {
        var removed: [DeletedTopic] = []
        let unusedTimes = core.current.unusedTimes
        for topic in topics {
            var end: TopicEnd?
            var due: UInt64?
            let (hasMore, look) = topic.locked { state -> (Bool, TopicLosses.Look) in
                guard !state.isGone else { return (false, TopicLosses.Look()) }
                due = state.timeToLook(now: now)
                let hasMore = state.secondPassed(now: now, wakes: &wakes, steps: &ticker.forgettingSteps)
                let look = state.lookAtLosses(now: now)
                if state.isToBeRemoved(unusedTimes, now: now) {
                    end = state.end(now: now, wakes: &wakes)
                }
                return (hasMore, look)
            }
            tell(look, of: topic)
            if let due { delays.look(at: topic.id, at: due, now: now) }
            if let end { removed.append(DeletedTopic(topic: topic, end: end)) }
            if hasMore, end == nil { background.add { now in topic.locked { $0.dropMore(now: now) } } }
        }
        guard !removed.isEmpty else { return }
        for topic in removed { core.log.tell(.unusedRemoved) { LogEntry(unused: topic) } }
        forgetEverywhere(removed)
    }

    private func tell(_ look: TopicLosses.Look, of topic: Topic) {
        totals.dropped += look.dropped
        for news in look.news {
            ticker.note(news)
            let entry = LogEntry(news, topic: topic.name.string)
            if topic.isReserved { core.log.log(entry) } else { core.log.tell(entry) }
        }
    }

    // MARK: Deleting

    /// Deletes a topic.
    ///
    /// - Returns: nil if it was deleted before.
    func delete(_ topic: Topic) -> TopicEnd? {
        guard let end = topic.locked({ $0.end(now: now, wakes: &wakes) }) else {
            core.registry.remove([topic], loops: core.shards.count)
            return nil
        }
        forgetEverywhere([DeletedTopic(topic: topic, end: end)])
        return end
    }

    /// Frees the names of topics that have ended, and has every loop forget them and tell its clients.
    private func forgetEverywhere(_ deleted: [DeletedTopic]) {
        core.registry.remove(deleted.map(\.topic), loops: core.shards.count)
        core.registry.haveBeenTold(deleted.filter { $0.end.readersToCome == 0 }.map(\.topic))
        for other in core.shards where other !== self {
            other.onLoop { other in
                other.beginStep()
                other.forget(deleted)
                other.flush()
            }
        }
        forget(deleted)
    }

    /// No reader by pattern is left that has yet to hear of a topic that has ended.
    func lastReaderHasCome(to topic: Topic) {
        // It may have ended a moment ago, on another loop that has not removed it yet.
        core.registry.remove([topic], loops: core.shards.count)
        core.registry.haveBeenTold([topic])
    }

    private func forget(_ deleted: [DeletedTopic]) {
        var told: [Topic] = []
        for deleted in deleted {
            let topic = deleted.topic
            topics.forget(topic.id, core.registry)
            if UInt32(index) == topic.id % UInt32(core.shards.count) { finish(deleted) }
            if deleted.end.readers == 0, deleted.end.blocked.isEmpty {
                told.append(topic)
            } else {
                tellClients(deleted)
            }
        }
        if !told.isEmpty { core.registry.haveBeenTold(told) }
    }

    /// Ends what this loop has kept of a topic, and gives back the memory in steps.
    private func finish(_ deleted: DeletedTopic) {
        let topic = deleted.topic
        var look = TopicLosses.Look()
        look.news = topic.locked { $0.finishLosses(now: now) }
        tell(look, of: topic)
        core.tellLost(deleted.end.delayed, delayedIn: topic)
        if topic.locked({ $0.giveBackPart() }) { background.add { _ in topic.locked { $0.giveBackPart() } } }
    }

    /// Cursors, and waiting publishers, that are told in one step: each of them has a turn.
    private static let toldAtOnce = 64

    /// Tells the clients of this loop that a topic is deleted, in steps.
    private func tellClients(_ deleted: DeletedTopic) {
        let topic = deleted.topic
        var blocked = deleted.end.blocked.filter { $0.shard == UInt16(index) }[...]
        var seat = 0
        background.add { [unowned self] _ in
            for publisher in blocked.prefix(Self.toldAtOnce) { connections[publisher]?.roomMade(in: topic.id) }
            blocked = blocked.dropFirst(Self.toldAtOnce)
            var readers: [Waiter] = []
            let isLast = topic.locked { state in
                state.holds.visit(seat..<seat + Self.toldAtOnce) { held in
                    if held.waiter.reader.shard == UInt16(index) { readers.append(held.waiter) }
                }
            }
            seat += Self.toldAtOnce
            for waiter in readers {
                reader(waiter.reader)?.topicGone(slot: waiter.slot, topicID: topic.id, wakes: &wakes)
            }
            guard isLast, blocked.isEmpty else { return true }
            core.registry.haveBeenTold([topic])
            return false
        }
    }
}
