import NIOConcurrencyHelpers
import ZaichikProtocol

/// What the broker tells in topics of its own: events, and the ways of traced messages.
final class Reports: Sendable {
    let events: ReportStream
    let traces: ReportStream
    private let waiting = WaitingReports()
    private let limits = NIOLockedValueBox(Limits())

    private struct Limits {
        var messages = LogLimiter(most: PeerLimits.tracedMessages)
        var steps = LogLimiter(most: PeerLimits.traceSteps)
    }

    /// Memory for both, which is not that of clients' messages: reports are wanted most when that has run out.
    private static let memory = 64 << 20

    init(_ registry: TopicRegistry) {
        let budget = MemoryBudget(limit: Self.memory)
        let waiting = waiting
        events = ReportStream(
            registry.addOwn(.events, settings: .events, budget: budget), budget: budget, areWaiting: waiting
        ) { EventReport(LogEntry(.eventsLeftOut, more: Int($0)), time: Machine.wallTime()) }
        traces = ReportStream(
            registry.addOwn(.trace, settings: .traces, budget: budget), budget: budget, areWaiting: waiting
        ) { TraceStep(.leftOut, time: Machine.wallTime(), topic: "", sequence: 0, [("steps", .number($0))]) }
    }

    var topics: [Topic] { [events.topic, traces.topic] }
    var areWaiting: Bool { waiting.isSet }

    /// Appends some of what waits.
    func append(now: UInt64, stamp: () -> UInt64, wakes: inout WakeList) {
        guard waiting.take() else { return }
        let more = events.append(now: now, stamp: stamp, wakes: &wakes)
        if traces.append(now: now, stamp: stamp, wakes: &wakes) || more { waiting.set() }
    }

    // MARK: Traces

    /// Whether one more message may be traced in this second.
    func mayTrace() -> Bool {
        limits.withLockedValue { $0.messages.happened(now: Machine.steadyTime()) != .leaveOut }
    }

    /// Tells a step of a message, unless there are too many in this second: then it is counted.
    func trace(_ step: TraceStep) {
        switch limits.withLockedValue({ $0.steps.happened(now: Machine.steadyTime()) }) {
        case .leaveOut: return
        case .tell(untold: 0): break
        case .tell(let untold): traces.add(leftOut(untold, time: step.time))
        }
        traces.add(step)
    }

    /// Tells how many steps were left out in a second that is over.
    func secondPassed() {
        let untold = limits.withLockedValue { limits in
            _ = limits.messages.timePassed(now: Machine.steadyTime())
            return limits.steps.timePassed(now: Machine.steadyTime())
        }
        if untold > 0 { traces.add(leftOut(untold, time: Machine.wallTime())) }
    }

    private func leftOut(_ steps: Int, time: UInt64) -> TraceStep {
        TraceStep(.leftOut, time: time, topic: "", sequence: 0, [("steps", .number(UInt64(steps)))])
    }
}

extension TopicSettings {
    /// The last 1,000 events, and what subscribers that are slow hold back of them.
    fileprivate static var events: TopicSettings {
        var settings = own
        settings.historyCount = UInt64(PeerLimits.keptEvents)
        return settings
    }

    fileprivate static var traces: TopicSettings { own }

    private static var own: TopicSettings {
        var settings = TopicSettings()
        settings.historyBytes = UInt64(PeerLimits.keptReports)
        settings.limit = 4 * UInt64(PeerLimits.keptReports)
        settings.overflow = .drop
        return settings
    }
}
