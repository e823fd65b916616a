import NIOCore
import ZaichikProtocol

// What the clock asks for, once a second.
extension ConnectionHandler {
    func tick(now: UInt64) {
        guard ending != .shut else { return }
        if publishes.isParked {
            publishes.wantsRetry = true
            shard.markDirty(self)
            if now >= publishes.parkedSince + PublishProgress.parkedPatience {
                giveUpParked("the topic stayed full for \(PublishProgress.parkedPatience / 1_000_000) s")
            }
        }
        checkSilence(now: now)
        tellGap(now: now)
        queue.forgetKeys(now: now, steps: &shard.forgettingSteps)
        health.secondPassed(sample(now: now), now: now)
    }

    private func checkSilence(now: UInt64) {
        let isGreeted = dialect == .classic || session.state != .awaitingPreface && session.state != .awaitingHello
        guard isGreeted else {
            if silence.isHandshakeOverdue(now: now) || !isWelcome {
                end(.handshakeTooSlow, "the preface and HELLO were not complete within 10 s")
            }
            return
        }
        guard ending == .none else {
            if lastProgress.isStuck(left: unsentBytes, now: now) { context?.close(promise: nil) }
            return
        }
        guard dialect == .native else { return }
        switch silence.judge(now: now) {
        case .fine: break
        case .ask: send(.ping(now))
        case .giveUp: end(.idleTooLong, "nothing came for 90 s, and two pings went unanswered")
        }
    }

    private func sample(now: UInt64) -> ClientHealth.Sample {
        ClientHealth.Sample(
            lag: queue.lag(now: now), window: queue.window, isSubscribed: !queue.subscriptions.isEmpty,
            published: counters.published, delivered: queue.delivered, committed: queue.committed,
            isBlocked: publishes.isParked, isWritable: context?.channel.isWritable ?? true)
    }

    var unsentBytes: UInt64 {
        guard let context else { return 0 }
        let buffered = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return UInt64(buffered ?? 0)
    }

    /// The row of this client in lists.
    func statistics(now: UInt64) -> ClientStatistics { snapshot(queue.tally(now: now)).statistics(now: now) }
}

extension ConnectionHandler: ObservedClient {
    var slotCount: Int { queue.cursors.count }
    var subscriptionCount: Int { queue.subscriptions.count }

    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        queue.tally(slots, into: &tally, now: now)
    }

    func snapshot(_ tally: QueueTally) -> ClientSnapshot {
        ClientSnapshot(
            id: id, identity: identity, dialect: dialect, tally: tally, window: queue.window,
            subscriptions: queue.subscriptions.count, delivered: queue.delivered, committed: queue.committed,
            gapMessages: queue.gapMessages, earlierDuplicates: queue.duplicatesBefore, health: health,
            counters: counters, roundTrip: silence.roundTrip, unsentBytes: unsentBytes)
    }

    func subscriptions(_ places: Range<Int>) -> [String] { queue.subscribed(places) }
    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? { queue.topicRow(at: slot, now: now) }
}
