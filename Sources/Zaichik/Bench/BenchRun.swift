import NIOCore
import ZaichikClient
import ZaichikProtocol

/// One run: topics, connections, warm-up, measurement, and the wait for what is under way.
struct BenchRun: Sendable {
    let shape: BenchShape
    let setup: LoadSetup
    let showsProgress: Bool

    private var plan: BenchPlan { setup.plan }

    /// - Parameter prefix: What the topics' names begin with; a level of this run alone follows.
    init(shape: BenchShape, plan: BenchPlan, name: String?, prefix: String, showsProgress: Bool) {
        self.shape = shape
        self.showsProgress = showsProgress
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let own = String((0..<6).map { _ in letters[Int.random(in: letters.indices)] })
        setup = LoadSetup(name: name, prefix: "\(prefix).\(own)", plan: plan)
    }

    /// Runs against a broker inside of this process.
    func runPrivately() async throws -> BenchReport {
        let broker = try await PrivateBroker.start()
        do {
            let report = try await run(at: broker.address, isBrokerPrivate: true)
            await broker.stop()
            return report
        } catch {
            await broker.stop()
            throw error
        }
    }

    func run(at address: BrokerAddress, isBrokerPrivate: Bool = false) async throws -> BenchReport {
        let client = try await ZaichikClient.connect(
            to: address, configuration: ClientConfiguration(name: "\(setup.name)-control", program: "zaichik"))
        guard setup.template.size <= client.welcome.maximumFrame else {
            let most = Int(client.welcome.maximumFrame) - (setup.template.size - plan.size)
            await client.close()
            throw CommandFailure(ExitStatus.usage, "--size is at most \(most) bytes at \(address)")
        }
        for topic in 0..<plan.topics {
            _ = try await client.createTopic(setup.topicName(topic), settings: plan.topicSettings)
        }
        let generator = try await LoadGenerator(setup)
        var report: BenchReport
        do {
            try await generator.connect(to: address, isBrokerPrivate: isBrokerPrivate)
            report = try await measure(generator, client)
        } catch {
            await generator.shutdown()
            await tidy(client)
            throw error
        }
        await generator.shutdown()
        await tidy(client)
        report.isBrokerPrivate = isBrokerPrivate
        return report
    }

    /// Leaves no topics behind, or no history where topics cannot be deleted; in a task of its own, which nobody cancels.
    private func tidy(_ client: ZaichikClient) async {
        await Task {
            var change = TopicSettingsChange()
            change[.historyBytes] = 0
            for topic in 0..<plan.topics {
                let name = setup.topicName(topic)
                do {
                    if client.welcome.has(.deleteTopic) {
                        try await client.deleteTopic(name)
                    } else {
                        _ = try await client.createTopic(name, settings: change)
                    }
                } catch {
                    break
                }
            }
            await client.close()
        }.value
    }

    private func measure(_ generator: LoadGenerator, _ client: ZaichikClient) async throws -> BenchReport {
        var progress = ProgressLine(isShown: showsProgress)
        let started = LoadLoop.now()
        try await generator.start(now: started)
        var begin = started
        if plan.warmUp.milliseconds > 0 {
            try await generator.publish(nil, now: started)
            let end = started + plan.warmUp.milliseconds * 1_000_000
            try await wait(generator, "warming up", &progress, until: end) { _ in false }
            begin = LoadLoop.now()
        }
        let before = try await generator.measure(from: begin)
        var count: UInt64?
        var deadline: UInt64?
        switch plan.extent {
        case .messages(let messages): count = messages
        case .time(let time): deadline = begin + time.milliseconds * 1_000_000
        }
        try await generator.publish(count, now: begin)
        try await wait(generator, "measuring", &progress, until: deadline) { count != nil && !$0.isPublishing }
        let after = try await generator.stopPublishing()
        let wasCut = Task.isCancelled
        progress.clear()
        let measurement = BenchMeasurement(begin: begin, before: before, after: after, wasCut: wasCut)
        // A task of its own: what was measured is told, interrupted or not.
        return try await Task { try await conclude(generator, client, measurement) }.value
    }

    /// Waits for what is under way and for the broker's word on the slow ones, and puts everything together.
    private func conclude(
        _ generator: LoadGenerator, _ client: ZaichikClient, _ measurement: BenchMeasurement
    ) async throws -> BenchReport {
        let totals = try await generator.totals
        let settled = try await settle(generator, totals.expectedDeliveries, wasCut: measurement.wasCut)
        // What was refused since counts as told.
        let isSettled = !measurement.wasCut && settled.failure == nil
        let result = try await generator.result(try await generator.totals, isSettled: isSettled)
        var report = BenchReport(shape: shape, setup: setup, measurement, settled: settled, result)
        report.broker = "\(client.address)"
        report.brokerVersion = client.welcome.version
        if plan.slow > 0 {
            let query = ClientQuery(limit: .max, filter: "\(setup.name)-slow")
            let clients = (try? await client.clients(query))?.rows.filter { result.slowIDs.contains($0.id) } ?? []
            report.slowLags = clients.map { $0[.lagMessages] }
            report.slowOldestAge = clients.map { $0[.oldestAge] }.max() ?? 0
        }
        return report
    }

    /// Waits until everything published is confirmed and delivered, as long as there is progress.
    private func settle(_ generator: LoadGenerator, _ expected: UInt64, wasCut: Bool) async throws -> LoadSample {
        var patience = Patience(limit: wasCut ? Self.shortPatience : Self.patience, now: LoadLoop.now())
        while true {
            let sample = try await generator.sample
            let isComplete = sample.confirmed >= sample.sent && sample.delivered + sample.gaps >= expected
            // Who interrupts does not want to wait for progress either.
            let progress = wasCut ? 0 : sample.progress
            if isComplete || sample.failure != nil || patience.isOver(progress, now: LoadLoop.now()) { return sample }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Between two looks at where the run stands.
    private static let interval = Duration.milliseconds(20)
    /// How long nothing may happen before what is missing is given up.
    private static let patience = Duration.seconds(10)
    /// The same after an interruption.
    private static let shortPatience = Duration.seconds(1)

    /// Waits until it is done, the time is up, something failed, or the task is cancelled.
    ///
    /// - Parameter deadline: In ns; nothing: as long as there is progress.
    private func wait(
        _ generator: LoadGenerator, _ phase: String, _ progress: inout ProgressLine, until deadline: UInt64?,
        isDone: (LoadSample) -> Bool
    ) async throws {
        var patience = Patience(limit: Self.patience, now: LoadLoop.now())
        while true {
            let sample = try await generator.sample
            let now = LoadLoop.now()
            progress.show(sample, phase: phase, now: now)
            if isDone(sample) || sample.failure != nil || Task.isCancelled { return }
            var pause = Self.interval
            if let deadline {
                if now >= deadline { return }
                pause = min(pause, .nanoseconds(Int64(deadline - now)))
            } else if plan.rate == 0, patience.isOver(sample.progress, now: now) {
                return
            }
            try? await Task.sleep(for: pause)
        }
    }
}
