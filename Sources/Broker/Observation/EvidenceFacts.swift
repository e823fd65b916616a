import ZaichikProtocol

/// What a connection or a session knows when it is asked why its verdict is what it is. ``evidence(now:)`` is what follows.
struct EvidenceFacts {
    let state: ClientState
    let health: ClientHealth
    let lag: QueueLag
    let window: UInt32
    var unsentBytes: UInt64 = 0
    /// The topic with the largest part of the lag; nil if there is no lag.
    var worst: (row: ClientTopicStatistics, overflow: TopicSettings.Overflow)?
    /// nil if nothing is in flight.
    var stuck: StuckMessage?
    /// The topic of the message that is delivered again and again.
    var repeatedTopic: String?
    var blocked: Blocked?
    /// The topic that costs the queue most.
    var loss: (topic: String, cause: LossCause)?
    /// Messages that the queue has lost.
    var lost: UInt64 = 0
    /// Of a session without a connection, in µs since 1970.
    var absence: (since: UInt64, until: UInt64)?

    /// A full topic that publishes wait for, and the queue that holds it back.
    struct Blocked {
        var topic: String
        var waiting: UInt64
        var holder: HoldingQueue?
    }

    func evidence(now: UInt64) -> Evidence {
        var evidence = Evidence()
        let since = absence?.since ?? health.since
        if since > 0 {
            evidence[.since] = since
            evidence[.heldFor] = now > since ? now - since : 0
        }
        switch state {
        case .idle, .publishing, .keepingUp: return evidence
        case .blocked:
            evidence[text: .topic] = blocked?.topic
            evidence[.waitingMessages] = blocked?.waiting
            evidence[.client] = blocked?.holder?.id
            evidence[text: .clientName] = blocked?.holder?.name
            return evidence
        case .losing:
            evidence[.lostMessages] = lost - min(health.course?.lostBefore ?? 0, lost)
            evidence[text: .topic] = loss?.topic
            evidence[.lossCause] = loss?.cause.rawValue
            return evidence
        case .commitsStopped: add(stuck, to: &evidence)
        case .poisoned:
            evidence[text: .topic] = repeatedTopic
            evidence[.sequence] = health.course?.repeated?.sequence
            evidence[.attempts] = (health.course?.repeated?.attempts).map(UInt64.init)
            return evidence
        case .notReading: evidence[.unsentBytes] = unsentBytes
        case .absent: evidence[.until] = absence?.until
        case .draining, .fallingBehind, .windowTooSmall, .paused: break
        }
        addCourse(to: &evidence)
        addForecast(to: &evidence)
        return evidence
    }

    private func add(_ stuck: StuckMessage?, to evidence: inout Evidence) {
        guard let stuck else { return }
        evidence[text: .topic] = stuck.topic
        evidence[.sequence] = stuck.sequence
        evidence[.attempts] = stuck.attempts > 1 ? UInt64(stuck.attempts) : nil
        guard stuck.client > 0 else { return }
        evidence[.client] = stuck.client
        evidence[text: .clientName] = stuck.clientName
    }

    // MARK: Where the lag goes

    private var slope: RobustSlope? { health.course.flatMap { RobustSlope($0.trend.samples) } }

    /// How fast the lag changes, when it will be gone, and whether the window is in the way.
    private func addCourse(to evidence: inout Evidence) {
        if let slope {
            let thousandths = Self.whole(abs(slope.slope) * 1000)
            evidence[slope.slope < 0 ? .shrinkage : .growth] = thousandths
            evidence[.rateError] = Self.whole(slope.error * 1000)
            if state == .draining, slope.slope < 0 {
                let seconds = Double(lag.messages) / -slope.slope
                evidence[.timeLeft] = Self.microseconds(seconds)
                evidence[.timeLeftError] = Self.microseconds(seconds * min(slope.error / -slope.slope, 1))
            }
        }
        guard let course = health.course, course.window.isTooSmall else { return }
        evidence[.roundTrip] = course.window.roundTrip
        let arrivals = Double(health.commitRate) + (slope?.slope ?? 0)
        evidence[.windowWanted] = UInt64(course.window.wanted(window: window, arrivals: arrivals))
    }

    /// What becomes of the largest part of the lag.
    private func addForecast(to evidence: inout Evidence) {
        guard let (row, overflow) = worst else { return }
        if evidence[text: .topic] == nil { evidence[text: .topic] = row.topic }
        let arrivals = Double(row[.publishRate])
        let share = lag.messages > 0 ? min(Double(row[.lagMessages]) / Double(lag.messages), 1) : 1
        // Without samples nobody reads it.
        let growth = (slope?.slope).map { $0 * share } ?? arrivals
        let forecast = LossForecast(
            LossForecast.Backlog(
                messages: Double(row[.lagMessages]), bytes: Double(row[.lagBytes]),
                age: Double(row[.oldestAge]) / 1_000_000, arrivals: max(arrivals, growth), growth: growth,
                limit: Double(row[.limit]), retention: Double(row[.retention]) / 1000, overflow: overflow))
        guard let forecast, evidence[text: .topic] == row.topic else { return }
        evidence.threat = forecast.threat
        evidence[.threatIn] = Self.microseconds(forecast.seconds)
        evidence[.lossesThen] = Self.whole(forecast.lossesThen * 1000)
        evidence[.backlogLoss] = forecast.backlogLoss >= 1 ? Self.whole(forecast.backlogLoss) : nil
    }

    private static func microseconds(_ seconds: Double) -> UInt64 { whole(seconds * 1_000_000) }
    private static func whole(_ value: Double) -> UInt64 { UInt64(exactly: value.rounded()) ?? 0 }
}
