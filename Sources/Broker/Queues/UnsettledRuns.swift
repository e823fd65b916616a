import DequeModule
import ZaichikProtocol

/// What becomes of deliveries that are not in flight any more.
enum RunFate {
    case done
    /// They come again.
    ///
    /// - after: How long they wait at least, in µs.
    case comesAgain(RedeliveryCause, reason: String, after: UInt64)
    case parked(reason: String)
}

/// Many deliveries that are in flight nowhere, and that their queue has not dealt with yet; or many parked messages that
/// are not parked any more. Both is done in steps, so that no other client waits for all of them.
enum UnsettledRuns {
    case runs(Deque<InFlight.Run>, RunFate)
    case parked(Deque<ParkedEntry>, ParkedAction)
}

// Settling many deliveries, in steps.
extension ClientQueue {
    /// So many runs are dealt with at once; more take steps.
    static let fewRuns = 16
    /// What a step may take, in units of about 0.6 µs: a run whose ranges are at hand takes one.
    private static let effortAStep = 1024
    /// So many ranges of a cursor are moved in one such unit.
    private static let rangesAUnit = 512

    /// Whether steps are left to do: meanwhile nothing is delivered.
    var isSettling: Bool { work?.isSettling == true }

    /// Deals with deliveries that their attachment has settled: with a few at once, with more in steps.
    mutating func settled(_ runs: Deque<InFlight.Run>, _ fate: RunFate, now: UInt64) {
        guard !isSettling, runs.count <= Self.fewRuns else {
            return beginWork().unsettled.append(.runs(runs, fate))
        }
        for run in runs { settled(run, fate, now: now) }
    }

    /// Deals with messages that are not parked any more.
    mutating func unparked(_ messages: Deque<ParkedEntry>, _ action: ParkedAction, now: UInt64) {
        guard let work else { return }
        guard !isSettling, messages.count <= Self.fewRuns else {
            return work.unsettled.append(.parked(messages, action))
        }
        for message in messages { settle(message, action, work, now: now) }
    }

    /// Does the next step.
    mutating func settleMore(now: UInt64) {
        guard let work else { return }
        var effort = Self.effortAStep
        while effort > 0, let next = work.unsettled.popFirst() {
            switch next {
            case .runs(var runs, let fate):
                while effort > 0, let run = runs.popFirst() {
                    settled(run, fate, now: now)
                    effort -= self.effort(Int(run.slot))
                }
                if !runs.isEmpty { work.unsettled.prepend(.runs(runs, fate)) }
            case .parked(var messages, let action):
                while effort > 0, let message = messages.popFirst() {
                    settle(message, action, work, now: now)
                    effort -= self.effort(Int(message.slot))
                }
                if !messages.isEmpty { work.unsettled.prepend(.parked(messages, action)) }
            }
        }
        guard effort > 0 else { return }
        work.becomeDue(now: now)
        endWorkIfDone()
    }

    /// What settling a delivery of a slot takes: more, the more ranges there are to be moved.
    private func effort(_ slot: Int) -> Int {
        guard cursors.slots.contains(slot), let ranges = cursors[slot]?.outstanding?.rangeCount else { return 1 }
        return 1 + ranges / Self.rangesAUnit
    }

    private mutating func settled(_ run: InFlight.Run, _ fate: RunFate, now: UInt64) {
        switch fate {
        case .done:
            leaveFlight(run)
            cursors[Int(run.slot)]!.outstanding?.done(run.sequences)
            keysSettled(Int(run.slot), run.sequences)
            if traces != nil { traceDone(cursors[Int(run.slot)]!.topic.id, run.sequences) }
            wasSettled(Int(run.slot))
        case .comesAgain(let cause, let reason, var delay):
            if cause == .returned { delay = max(delay, Attempt.leastDelay(after: run.attempt)) }
            giveBack(run, as: cause, reason: reason, delay: delay, now: now)
        case .parked(let reason):
            leaveFlight(run)
            park(run, reason: reason, now: now)
            wasSettled(Int(run.slot))
        }
    }

    mutating func leaveFlight(_ run: InFlight.Run) {
        cursors[Int(run.slot)]!.settled(run)
        counters.inFlight -= Int(run.count)
    }
}
