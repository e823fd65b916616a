import ZaichikProtocol

/// What a run found out.
struct BenchReport: Sendable {
    /// Messages of one direction.
    struct Flow: Equatable, Sendable {
        var messages: UInt64
        /// Of payload.
        var bytes: UInt64
        /// In ns.
        var duration: UInt64

        var messagesPerSecond: Double { perSecond(messages) }
        var bytesPerSecond: UInt64 { UInt64(perSecond(bytes)) }

        private func perSecond(_ count: UInt64) -> Double {
            duration > 0 ? Double(count) * 1e9 / Double(duration) : 0
        }

        /// Whether messages came at a rate, or at most one too few, which chance may keep out of the time measured.
        func hasReached(_ rate: Double) -> Bool {
            Double(messages) + 1 >= rate * 0.99 * Double(duration) / 1e9
        }
    }

    let shape: BenchShape
    let plan: BenchPlan
    /// Of the topics' names.
    let prefix: String
    var broker = ""
    var brokerVersion = ""
    var isBrokerPrivate = false
    let wasInterrupted: Bool
    let published: Flow
    /// To subscribers that are not slow.
    let delivered: Flow
    let deliveryLatency: LatencySummary?
    let confirmLatency: LatencySummary?
    let outcome: DeliveryLedger.Outcome
    let refused: UInt64
    let slowOutcome: DeliveryLedger.Outcome
    let slowCommitted: UInt64
    /// Of each slow subscriber, at the end, in messages.
    var slowLags: [UInt64] = []
    /// Of their oldest uncommitted messages, in µs.
    var slowOldestAge: UInt64 = 0
    private let failure: String?
    private let refusal: String?

    /// - Parameter settled: Where the run stood when everything had arrived.
    init(
        shape: BenchShape, setup: LoadSetup, _ measurement: BenchMeasurement, settled: LoadSample, _ result: LoadResult
    ) {
        self.shape = shape
        plan = setup.plan
        prefix = setup.prefix
        wasInterrupted = measurement.wasCut
        deliveryLatency = result.deliveryLatency.summary
        confirmLatency = result.confirmLatency.summary
        let (begin, before, after) = (measurement.begin, measurement.before, measurement.after)
        let size = UInt64(plan.size)
        switch plan.extent {
        case .time:
            let duration = after.time - before.time
            let confirmed = after.confirmed - before.confirmed
            published = Flow(messages: confirmed, bytes: confirmed * size, duration: duration)
            delivered = Flow(
                messages: after.delivered - before.delivered, bytes: after.deliveredBytes - before.deliveredBytes,
                duration: duration)
        case .messages:
            // From the first message to the last answer; what came of the warm-up in between is not in it.
            let confirmed =
                plan.publishesUnconfirmed ? settled.confirmed - before.confirmed : confirmLatency?.count ?? 0
            let received = deliveryLatency?.count ?? 0
            published = Flow(
                messages: confirmed, bytes: confirmed * size, duration: max(settled.lastConfirm, begin) - begin)
            delivered = Flow(
                messages: received, bytes: received * size, duration: max(settled.lastDelivery, begin) - begin)
        }
        outcome = result.outcome
        slowOutcome = result.slowOutcome
        slowCommitted = result.slowCommitted
        refused = settled.refused
        failure = settled.failure
        refusal = settled.refusal
    }

    /// Why the run is no success; nothing, if it is one.
    var problem: String? {
        if let failure { return failure }
        if refused > 0 { return "\(refused) messages were refused, the first because: \(refusal ?? "")" }
        if !outcome.isFlawless { return "not every message was delivered once and in its order: \(Self.text(outcome))" }
        if !slowOutcome.isFlawless {
            return
                "not every message was delivered once and in its order to slow subscribers: \(Self.text(slowOutcome))"
        }
        return nil
    }

    static func text(_ outcome: DeliveryLedger.Outcome) -> String {
        var text =
            "\(outcome.lost) lost, \(outcome.duplicated) duplicated, \(outcome.reordered) reordered, "
            + "\(outcome.gaps) in gaps told"
        if outcome.foreign > 0 { text += ", \(outcome.foreign) of somebody else" }
        return text
    }
}
