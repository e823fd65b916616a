import Synchronization
import ZaichikClient
import ZaichikProtocol

/// Clients that are slow on purpose, while the task runs.
struct SlowClientRun: Sendable {
    let address: BrokerAddress
    let plan: SlowClientPlan
    let tell: @Sendable (SlowClientReport) -> Void
    private let tally = Tally()

    init(address: BrokerAddress, plan: SlowClientPlan, tell: @escaping @Sendable (SlowClientReport) -> Void) {
        (self.address, self.plan, self.tell) = (address, plan, tell)
    }

    func run() async {
        let start = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(500))
                    tell(tally.report(after: start.duration(to: .now)))
                }
            }
            for number in 0..<plan.clients { group.addTask { await live(number) } }
        }
        var last = tally.report(after: start.duration(to: .now))
        last.isOver = true
        tell(last)
    }

    /// Connects, is slow, and comes again after it was disconnected.
    private func live(_ number: Int) async {
        while !Task.isCancelled {
            var configuration = ClientConfiguration(
                name: "\(SlowClientReport.namePrefix)\(number + 1)", program: "zaichik-tui")
            configuration.window = plan.window
            do throws(ClientError) {
                let client = try await ZaichikClient.connect(to: address, configuration: configuration)
                tally.change { $0.connected += 1 }
                try await client.subscribe(to: plan.pattern)
                await beSlow(client)
                await client.close()
            } catch {
                tally.fail(error.message)
            }
            tally.change { $0.connected = max(0, $0.connected - 1) }
            try? await Task.sleep(for: .seconds(1))
            if !Task.isCancelled { tally.change { $0.reconnects += 1 } }
        }
    }

    /// Takes messages slowly, until it is to be disconnected.
    private func beSlow(_ client: ZaichikClient) async {
        await withTaskGroup { group in
            group.addTask { await take(client) }
            if let time = plan.reconnectEvery {
                group.addTask { try? await Task.sleep(for: .milliseconds(time)) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func take(_ client: ZaichikClient) async {
        var random = SystemRandomNumberGenerator()
        var stalled = ContinuousClock.now
        do {
            for try await arrival in client.arrivals {
                if Task.isCancelled { return }
                switch arrival {
                case .gap(let gap): tally.change { $0.lost &+= gap.count }
                case .delivery(let delivery):
                    tally.change { $0.delivered += 1 }
                    if let time = plan.stall, stalled.duration(to: .now) >= .milliseconds(plan.stallEvery) {
                        tally.change { $0.stalled += 1 }
                        defer { tally.change { $0.stalled -= 1 } }
                        try await Task.sleep(for: .milliseconds(time))
                        stalled = .now
                    }
                    let delay = plan.delay(by: &random)
                    if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
                    client.commit(delivery)
                    tally.change { $0.committed += 1 }
                }
            }
        } catch {
            if let problem = error as? ClientError, !Task.isCancelled { tally.fail(problem.message) }
        }
    }

    /// What the clients have done, together.
    private final class Tally: Sendable {
        private let state = Mutex(SlowClientReport())

        func change(_ body: (inout SlowClientReport) -> Void) { state.withLock { body(&$0) } }
        func fail(_ problem: String) { change { if $0.problem == nil { $0.problem = problem } } }

        func report(after elapsed: Duration) -> SlowClientReport {
            state.withLock { report in
                report.elapsed = UInt64(max(0, elapsed / .microseconds(1)))
                return report
            }
        }
    }
}
