import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// One run of the load generator, with clients of its own.
struct LoadRun: Sendable {
    /// Between two looks at what is due.
    private static let step = Duration.milliseconds(5)
    /// Between two reports.
    private static let reportInterval = Duration.milliseconds(500)
    /// What is due for longer is not sent any more, in seconds.
    private static let patience = 1.0

    let address: BrokerAddress
    let plan: LoadPlan
    let tell: @Sendable (LoadReport) -> Void
    private let tally = LoadTally()

    init(address: BrokerAddress, plan: LoadPlan, tell: @escaping @Sendable (LoadReport) -> Void) {
        (self.address, self.plan, self.tell) = (address, plan, tell)
    }

    /// Until its time is over or the task is cancelled.
    func run() async {
        let start = ContinuousClock.now
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.reportInterval)
                    tell(tally.report(after: start.duration(to: .now)))
                }
            }
            let publishers = Task {
                await withDiscardingTaskGroup { publishers in
                    for number in 0..<plan.publishers { publishers.addTask { await publish(number, start) } }
                }
            }
            await withTaskCancellationHandler {
                await publishers.value
            } onCancel: {
                publishers.cancel()
            }
            group.cancelAll()
        }
        var last = tally.report(after: start.duration(to: .now))
        last.isOver = true
        tell(last)
    }

    private func publish(_ number: Int, _ start: ContinuousClock.Instant) async {
        var configuration = ClientConfiguration(name: "load-\(number + 1)", program: "zaichik-tui")
        configuration.measureRoundTrip = false
        do throws(ClientError) {
            let client = try await ZaichikClient.connect(to: address, configuration: configuration)
            tally.connected(1)
            await withDiscardingTaskGroup { group in
                group.addTask { await watchBlocks(client) }
                group.addTask { await confirm(client) }
                await send(client, number, start)
                group.cancelAll()
            }
            await settle(client)
            await client.close()
            tally.connected(-1)
        } catch {
            tally.fail(error.message)
        }
    }

    /// Sends what is due, until the run is over.
    private func send(_ client: ZaichikClient, _ number: Int, _ start: ContinuousClock.Instant) async {
        let end = plan.duration.map { Double($0) / 1000 } ?? .infinity
        let probe = Probe()
        var sent = 0
        while !Task.isCancelled {
            let elapsed = start.duration(to: .now) / .seconds(1)
            let due = plan.due(after: min(elapsed, end))
            let late = plan.due(after: max(0, min(elapsed, end) - Self.patience)) - sent
            if late > 0 {
                tally.miss(late)
                sent += late
            }
            while sent < due, !Task.isCancelled {
                let index = sent * plan.publishers + number
                sent += 1
                let (payload, key) = (ByteBuffer(bytes: plan.payload(index)), plan.key(index))
                do throws(ClientError) {
                    try await put(payload, key.map { ByteBuffer(string: $0) }, client, probe)
                    tally.sent()
                } catch {
                    if !Task.isCancelled { tally.fail(error.message) }
                    return
                }
            }
            if elapsed >= end { return }
            try? await Task.sleep(for: Self.step)
        }
    }

    /// One message at a time is measured, from its publish to the answer.
    private func put(
        _ payload: ByteBuffer, _ key: ByteBuffer?, _ client: ZaichikClient, _ probe: Probe
    ) async throws(ClientError) {
        guard probe.begin() else { return try await client.enqueue(payload, to: plan.topic, key: key) }
        let (topic, tally) = (plan.topic, tally)
        Task {
            defer { probe.end() }
            let start = ContinuousClock.now
            do throws(ClientError) {
                try await client.publish(payload, to: topic, key: key)
                tally.answered(after: start.duration(to: .now))
            } catch {
                if case .refused = error.code { tally.refuse(1, error.message) }
            }
        }
    }

    private func watchBlocks(_ client: ZaichikClient) async {
        for await event in client.events {
            switch event {
            case .blocked(let isBlocked): tally.blocked(isBlocked)
            case .disconnected(let error) where error.code != .closed: tally.fail(error.message)
            default: break
            }
        }
    }

    /// Asks again and again what became of the messages.
    private func confirm(_ client: ZaichikClient) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.reportInterval)
            guard !Task.isCancelled, let result = try? await client.flush() else { continue }
            tally.add(result)
        }
    }

    /// Waits for the last answers, not for long.
    private func settle(_ client: ZaichikClient) async {
        let flush = Task { try? await client.flush() }
        let patience = Task {
            try? await Task.sleep(for: .seconds(2))
            flush.cancel()
        }
        if let result = await flush.value { tally.add(result) }
        patience.cancel()
        let left = client.withdraw()
        tally.add(left)
        if left.unanswered > 0 {
            tally.fail("of \(left.unanswered) messages it is not known whether the broker has them")
        }
    }
}

/// Whether a message is being measured.
private final class Probe: Sendable {
    private let isBusy = Mutex(false)

    func begin() -> Bool {
        isBusy.withLock { busy in
            defer { busy = true }
            return !busy
        }
    }

    func end() { isBusy.withLock { $0 = false } }
}

/// What the clients of a run have done, together.
private final class LoadTally: Sendable {
    private struct State {
        var report = LoadReport()
        var blocked = 0
        /// At the last report: the time, and how many were sent.
        var last: (time: UInt64, sent: UInt64) = (0, 0)
    }

    private let state = Mutex(State())

    func connected(_ change: Int) { state.withLock { $0.report.connected += change } }
    func sent() { state.withLock { $0.report.sent += 1 } }
    func miss(_ count: Int) { state.withLock { $0.report.missed += UInt64(count) } }

    func blocked(_ isBlocked: Bool) { state.withLock { $0.blocked = max(0, $0.blocked + (isBlocked ? 1 : -1)) } }

    func fail(_ problem: String) {
        state.withLock { if $0.report.problem == nil { $0.report.problem = problem } }
    }

    func refuse(_ count: UInt64, _ problem: String?) {
        state.withLock { state in
            state.report.refused += count
            if state.report.problem == nil { state.report.problem = problem }
        }
    }

    func answered(after time: Duration) {
        state.withLock { state in
            state.report.confirmed += 1
            state.report.latency.record(UInt64(max(0, time / .microseconds(1))))
        }
    }

    func add(_ result: FlushResult) {
        state.withLock { $0.report.confirmed += result.confirmed }
        if result.refused > 0 { refuse(result.refused, result.firstRefusal?.message) }
    }

    func report(after elapsed: Duration) -> LoadReport {
        state.withLock { state in
            let now = UInt64(max(0, elapsed / .microseconds(1)))
            if now > state.last.time {
                let span = Double(now - state.last.time) / 1_000_000
                state.report.rate = UInt64(Double(state.report.sent - state.last.sent) / span)
                state.last = (now, state.report.sent)
            }
            state.report.elapsed = now
            state.report.isBlocked = state.blocked > 0
            return state.report
        }
    }
}
