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

    /// The row of this client in lists.
    func statistics(now: UInt64) -> ClientStatistics {
        var row = ClientStatistics()
        row.id = id
        row.name = identity.name
        row.program = identity.program
        row.version = identity.version
        row.host = identity.host
        row.pid = identity.pid
        row.address = identity.address
        row.dialect = dialect ?? .native
        let lag = queue.lag(now: now)
        row.state = health.state(with: lag)
        row[.lagMessages] = lag.messages
        row[.lagBytes] = lag.bytes
        row[.oldestAge] = lag.oldest.map { now > $0 ? now - $0 : 0 } ?? 0
        row[.pendingMessages] = lag.pending
        row[.inFlightMessages] = lag.inFlight
        row[.window] = UInt64(queue.window)
        row[.publishRate] = health.publishRate
        row[.deliverRate] = health.deliverRate
        row[.commitRate] = health.commitRate
        row[.subscriptions] = UInt64(queue.subscriptions.count)
        row[.topics] = UInt64(queue.topicCount)
        row[.publishedMessages] = counters.published
        row[.publishedBytes] = counters.publishedBytes
        row[.deliveredMessages] = queue.delivered
        row[.deliveredBytes] = counters.deliveredBytes
        row[.committedMessages] = queue.committed
        row[.gapMessages] = queue.gapMessages
        row[.duplicateMessages] = queue.duplicates + counters.duplicates
        row[.rejectedMessages] = counters.rejected
        row[.connectedAt] = identity.connectedAt
        row[.roundTrip] = silence.roundTrip
        row[.lastCommitAge] = health.lastCommit > 0 && now > health.lastCommit ? now - health.lastCommit : 0
        row[.unsentBytes] = unsentBytes
        return row
    }

    var unsentBytes: UInt64 {
        guard let context else { return 0 }
        let buffered = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return UInt64(buffered ?? 0)
    }

    var detail: ClientDetail {
        let now = core.now()
        return ClientDetail(
            client: statistics(now: now), subscriptions: queue.subscribed,
            topics: queue.topics(now: now))
    }
}
