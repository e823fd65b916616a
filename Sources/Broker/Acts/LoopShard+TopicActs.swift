import NIOCore
import ZaichikProtocol

// Acts on topics.
extension LoopShard {
    /// - Parameter pattern: The topics that are meant.
    func act(_ errand: ActErrand, onTopics pattern: TopicPattern) {
        guard let name = pattern.name else { return actInSteps(errand, on: pattern) }
        guard let topic = core.registry.topic(named: name) else {
            return errand.refuse(.unknownTopic, "there is no topic '\(name)'")
        }
        guard !topic.isReserved else {
            return errand.refuse(
                .reservedName, "'\(name)' belongs to the broker, and \(errand.order.act) is for others")
        }
        if let incarnation = errand.order.values.incarnation, incarnation != topic.incarnation {
            return errand.refuse(
                .otherIncarnation,
                "'\(name)' has the incarnation \(topic.incarnation), not \(incarnation); nothing was done")
        }
        switch errand.order.act {
        case .pausePublishes, .resumePublishes:
            errand.done(pauseOrResume(topic, errand) ? [Acted.Row(id: UInt64(topic.id), name: topic.name.string)] : [])
        case .purgeTopic: purge(topic, errand)
        default: preconditionFailure("\(errand.order.act) is not about topics")
        }
    }

    /// - Returns: Whether anything changes.
    private func pauseOrResume(_ topic: Topic, _ errand: ActErrand) -> Bool {
        let (order, values) = (errand.order, errand.order.values)
        guard order.act == .pausePublishes else {
            return topic.locked { order.isDryRun ? $0.pause != nil : $0.resumePublishes(&wakes) }
        }
        let pause = OperatorPause(
            by: errand.asker.introduction, reason: values.reason, since: now, until: values.end(now: now) ?? 0)
        if !order.isDryRun { topic.locked { $0.pausePublishes(pause) } }
        return true
    }

    // MARK: Purging one topic

    /// Removes messages of a topic, and says whose queues need them: those that are there now, not those that are published
    /// meanwhile.
    private func purge(_ topic: Topic, _ errand: ActErrand) {
        let values = errand.order.values
        let end = topic.locked { min(values.sequence ?? .max, $0.log.headSequence + 1) }
        gatherings.holders(of: topic, below: end, rows: Acted.mostRows) { [unowned self] holders, count in
            if let key = values.key {
                purge(Array(key.readableBytesView), of: topic, below: end, errand, holders)
            } else {
                purge(topic, below: end, errand, holders, count: count)
            }
        }
    }

    private func purge(_ topic: Topic, below end: UInt64, _ errand: ActErrand, _ holders: [TopicHolder], count: Int) {
        let isDryRun = errand.order.isDryRun
        let (gone, rows) = topic.locked { state in
            let earliest = state.earliest(now: now)
            let rows = holders.map { holder in
                let lost = state.kept(from: max(holder.needed, earliest), below: end)
                return Acted.Row(id: holder.id, name: holder.name, messages: lost.messages, bytes: lost.bytes)
            }
            let gone = isDryRun ? state.kept(below: end, now: now) : state.purge(below: end, now: now, wakes: &wakes)
            return (gone, rows)
        }
        dropRest(of: topic)
        errand.reply(
            .success(
                Acted(
                    messages: gone.messages, bytes: gone.bytes, count: UInt32(clamping: count),
                    rows: rows.sorted { ($1.messages, $0.id) < ($0.messages, $1.id) }, isDryRun: isDryRun)))
    }

    /// Gives back the memory of what was purged, in steps.
    private func dropRest(of topic: Topic) {
        guard topic.locked({ $0.hasMoreToDrop }) else { return }
        background.add { now in topic.locked { $0.dropMore(now: now) } }
    }

    private func purge(
        _ key: [UInt8], of topic: Topic, below end: UInt64, _ errand: ActErrand, _ holders: [TopicHolder]
    ) {
        var search = TopicKeySearch(key, from: topic.locked { $0.earliest(now: now) }, below: end)
        var tally = PurgeTally(holders)
        background.add { [unowned self] now in
            if purgeNext(&search, of: topic, isDryRun: errand.order.isDryRun, into: &tally, now: now) { return true }
            guard tally.messages > 0 else {
                errand.reply(.success(Acted(count: 0, rows: [], isDryRun: errand.order.isDryRun)))
                return false
            }
            // Those that need the last of them: all that need an earlier one do.
            let found = tally
            gatherings.holders(of: topic, below: found.last + 1, rows: 0) { _, count in
                errand.reply(
                    .success(
                        Acted(
                            messages: found.messages, bytes: found.bytes,
                            count: UInt32(clamping: max(count, found.rows.count)), rows: found.rows,
                            isDryRun: errand.order.isDryRun)))
            }
            return false
        }
    }

    /// - Returns: Whether there is more to look at.
    private func purgeNext(
        _ search: inout TopicKeySearch, of topic: Topic, isDryRun: Bool, into tally: inout PurgeTally, now: UInt64
    ) -> Bool {
        var left = Self.lookedAtAStep
        while left > 0 {
            guard let found = search.step(topic) else { return false }
            left -= max(found.looked, Self.leastLooked)
            guard !found.offsets.isEmpty else { continue }
            for gone in topic.locked({ $0.purge(found, isDryRun: isDryRun, now: now) }) {
                tally.note(gone.sequence, bytes: gone.bytes)
            }
        }
        return true
    }

    /// Messages that are looked at in one step, and how many of them the look at a segment takes at least.
    private static let lookedAtAStep = 1024
    private static let leastLooked = 16

    // MARK: By pattern

    /// Topics that are acted on in one step.
    private static let topicsAStep = 32

    /// Does something to all topics that a pattern matches, the broker's own left out. The answer tells the topics.
    private func actInSteps(_ errand: ActErrand, on pattern: TopicPattern) {
        var search = TopicSearch(core.registry.all, pattern)
        var left: [Topic] = []
        var keys: TopicKeySearch?
        var sum = TopicActSum()
        let (order, key) = (errand.order, errand.order.values.key.map { Array($0.readableBytesView) })
        background.add { [unowned self] now in
            if left.isEmpty { left = search.next(most: Self.topicsAStep).filter { !$0.isReserved }.reversed() }
            guard let key, order.act == .purgeTopic else {
                for topic in left.reversed() { act(errand, on: topic, into: &sum) }
                left = []
                guard search.isDone else { return true }
                errand.reply(.success(sum.acted(isDryRun: order.isDryRun)))
                return false
            }
            guard let topic = left.last else {
                guard search.isDone else { return true }
                errand.reply(.success(sum.acted(isDryRun: order.isDryRun)))
                return false
            }
            var next =
                keys
                ?? TopicKeySearch(
                    key, from: topic.locked { $0.earliest(now: now) }, below: topic.locked { $0.log.headSequence + 1 })
            var tally = PurgeTally([])
            let hasMore = purgeNext(&next, of: topic, isDryRun: order.isDryRun, into: &tally, now: now)
            sum.note(topic, tally.messages, tally.bytes)
            keys = hasMore ? next : nil
            if !hasMore { left.removeLast() }
            return true
        }
    }

    private func act(_ errand: ActErrand, on topic: Topic, into sum: inout TopicActSum) {
        guard errand.order.act == .purgeTopic else {
            if pauseOrResume(topic, errand) { sum.note(topic) }
            return
        }
        let isDryRun = errand.order.isDryRun
        let gone = topic.locked { state in
            isDryRun ? state.kept(below: .max, now: now) : state.purge(below: .max, now: now, wakes: &wakes)
        }
        dropRest(of: topic)
        sum.note(topic, gone.messages, gone.bytes)
    }
}

/// What an act has come to in several topics.
struct TopicActSum {
    private var messages: UInt64 = 0
    private var bytes: UInt64 = 0
    private var count: UInt32 = 0
    private var rows: [Acted.Row] = []
    private var last: UInt32?

    /// Notes a topic that is changed.
    mutating func note(_ topic: Topic) {
        count += 1
        if rows.count < Acted.mostRows { rows.append(Acted.Row(id: UInt64(topic.id), name: topic.name.string)) }
    }

    /// Notes what goes from a topic, if anything does; for one topic maybe several times, one after the other.
    mutating func note(_ topic: Topic, _ messages: UInt64, _ bytes: UInt64) {
        guard messages > 0 else { return }
        self.messages += messages
        self.bytes += bytes
        if last != topic.id { note(topic) }
        last = topic.id
        guard let row = rows.lastIndex(where: { $0.id == UInt64(topic.id) }) else { return }
        rows[row].messages += messages
        rows[row].bytes += bytes
    }

    func acted(isDryRun: Bool) -> Acted {
        Acted(messages: messages, bytes: bytes, count: count, rows: rows, isDryRun: isDryRun)
    }
}
