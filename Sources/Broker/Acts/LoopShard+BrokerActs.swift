import Logging
import ZaichikProtocol

// Acts on the broker itself.
extension LoopShard {
    func actOnBroker(_ errand: ActErrand) {
        let (order, operations) = (errand.order, core.operations)
        let isReal = !order.isDryRun
        switch order.act {
        case .stopAccepting:
            if isReal { operations.stopAccepting(decision(errand)) }
            errand.done([])
        case .accept:
            if isReal { operations.stopAccepting(nil) }
            errand.done([])
        case .drain:
            if isReal { operations.drain(decision(errand)) }
            lookForUndone { errand.reply(.success($0.acted(isDryRun: order.isDryRun))) }
        case .undrain:
            if isReal { operations.drain(nil) }
            errand.done([])
        case .logLevel: setLogLevel(errand)
        default: preconditionFailure("\(order.act) is not about the broker")
        }
    }

    private func decision(_ errand: ActErrand) -> Operations.Decision {
        let values = errand.order.values
        return Operations.Decision(
            by: errand.asker.introduction, reason: values.reason, since: now, until: values.end(now: now) ?? 0)
    }

    private func setLogLevel(_ errand: ActErrand) {
        let text = errand.order.values.level ?? ""
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            return errand.refuse(.badArgument, "'\(text)' is no level of the log; there are \(levels)")
        }
        if !errand.order.isDryRun { core.log.level = level }
        errand.done([])
    }

    /// Logs what the queues still need when the time to drain them is over.
    func tellDrainOver() {
        lookForUndone { [core] undone in
            core!.log.tell(.drainOver, undone.metadata)
        }
    }

    /// Looks for what would be lost if the broker ended now: messages that a queue has yet to get or to commit, and those
    /// whose delay is not over. In steps.
    private func lookForUndone(then body: @escaping (Undone) -> Void) {
        var topics = core.registry.all.makeIterator()
        var undone = Undone()
        background.add { [unowned self] now in
            for _ in 0..<Undone.topicsAStep {
                guard let topic = topics.next() else { return look(among: undone, then: body) }
                topic.locked { undone.add($0, now: now) }
            }
            return true
        }
    }

    /// Adds whose queues these are.
    private func look(among undone: Undone, then body: @escaping (Undone) -> Void) -> Bool {
        let query = ClientQuery(sort: .lagMessages, limit: UInt32(Acted.mostRows))
        gatherings.clients(query, isUrgent: true) { answer in
            var undone = undone
            undone.queues = answer.sums.lagging
            undone.rows = answer.listing.rows.map(\.row).filter { $0[.lagMessages] > 0 }.map { row in
                Acted.Row(id: row.id, name: row.name, messages: row[.lagMessages], bytes: row[.lagBytes])
            }
            body(undone)
        }
        return false
    }
}

/// What the queues of a broker are not done with.
struct Undone: Sendable {
    /// Each message counts once, however many queues need it.
    private(set) var messages: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    var queues: UInt64 = 0
    /// Those that need most.
    var rows: [Acted.Row] = []

    static let topicsAStep = 64

    mutating func add(_ state: TopicState, now: UInt64) {
        guard !state.isGone else { return }
        let lowest = state.readersToCome > 0 ? 1 : state.holds.lowest
        let kept = state.kept(
            from: max(min(lowest, state.log.headSequence + 1), state.earliest(now: now)),
            below: state.log.headSequence + 1)
        messages += kept.messages + UInt64(state.delayed?.count ?? 0)
        bytes += kept.bytes + state.delayedBytes
    }

    func acted(isDryRun: Bool) -> Acted {
        Acted(messages: messages, bytes: bytes, count: UInt32(clamping: queues), rows: rows, isDryRun: isDryRun)
    }

    /// For the log.
    var metadata: Logger.Metadata {
        ["messages": "\(messages)", "bytes": "\(bytes)", "queues": "\(queues)"]
    }
}
