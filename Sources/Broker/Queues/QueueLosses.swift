import ZaichikProtocol

/// What a queue has lost lately, by topic: how fast, and why.
///
/// Only topics with losses are here, and at most ``most`` of them: figures of the whole queue do not depend on it.
struct QueueLosses {
    private struct Loss {
        let slot: Int
        let topicID: UInt32
        /// Messages that were lost since the queue reads the topic.
        var total: UInt64
        var cause = LossCause.none
        var meter: LossMeter
    }

    private var losses: [Loss] = []
    /// Whether a topic may have lost messages before it was noted here.
    private var isIncomplete = false

    static let most = 16
    var isEmpty: Bool { losses.isEmpty }

    /// Notes what a topic has cost the queue before its cursor begins: that is not being lost.
    mutating func begin(slot: Int, topicID: UInt32, total: UInt64) {
        losses.removeAll { $0.slot == slot }
        if total > 0 { insert(Loss(slot: slot, topicID: topicID, total: total, meter: LossMeter(total: total))) }
    }

    mutating func note(slot: Int, topicID: UInt32, total: UInt64, cause: LossCause) {
        if let index = losses.firstIndex(where: { $0.slot == slot && $0.topicID == topicID }) {
            losses[index].total = total
            if cause != .none { losses[index].cause = cause }
        } else {
            let before = isIncomplete ? total : 0
            insert(Loss(slot: slot, topicID: topicID, total: total, cause: cause, meter: LossMeter(total: before)))
        }
    }

    /// Notes messages of a topic that are in gaps, but are not being lost: somebody has removed them, or has moved the queue.
    ///
    /// - Parameter count: Negative if they come again after all.
    mutating func excuse(_ count: Int, slot: Int, topicID: UInt32, total: UInt64) {
        if let index = losses.firstIndex(where: { $0.slot == slot && $0.topicID == topicID }) {
            losses[index].total = total
            losses[index].meter.excuse(count)
        } else {
            let before = isIncomplete ? total : UInt64(clamping: count)
            insert(Loss(slot: slot, topicID: topicID, total: total, meter: LossMeter(total: before)))
        }
    }

    private mutating func insert(_ loss: Loss) {
        if losses.count == Self.most {
            isIncomplete = true
            guard let quiet = losses.firstIndex(where: { $0.meter.perSecond == 0 }) else { return }
            losses.remove(at: quiet)
        }
        losses.append(loss)
    }

    mutating func secondPassed() {
        for index in losses.indices { losses[index].meter.sample(losses[index].total) }
    }

    /// The topic that has cost the queue most lately; nil if none has.
    var worst: (slot: Int, topicID: UInt32, cause: LossCause)? {
        guard let worst = losses.max(by: { $0.meter.perSecond < $1.meter.perSecond }), worst.meter.perSecond > 0 else {
            return nil
        }
        return (worst.slot, worst.topicID, worst.cause)
    }

    /// - Returns: nil if nothing was lost lately.
    func loss(slot: Int, topicID: UInt32) -> (perSecond: UInt64, cause: LossCause)? {
        guard let loss = losses.first(where: { $0.slot == slot && $0.topicID == topicID }), loss.meter.perSecond > 0
        else { return nil }
        return (loss.meter.perSecond, loss.cause)
    }
}
