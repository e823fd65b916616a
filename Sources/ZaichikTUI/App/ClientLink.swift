import DequeModule
import Dispatch
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The link over the client library.
final class ClientLink: BrokerLink, Sendable {
    private struct State {
        var events: [LinkEvent] = []
        /// Arrivals after the last of the events.
        var arrivals: [LinkArrival] = []
        var client: ZaichikClient?
        /// Delivered and not committed, oldest first: at most the window.
        var uncommitted: Deque<Delivery> = []
        /// Which of the client's connections brought those.
        var connection: UInt64 = 1
        /// Why the connection was lost last.
        var lastLoss = ""
        var wake: (@Sendable () -> Void)?
        var watch: Task<Void, Never>?
        /// The load generator and the slow clients, while they run.
        var load: Task<Void, Never>?
        var slowClients: Task<Void, Never>?
        var run: Task<Void, Never>?
        /// What the broker's own topics told.
        var news: [ReportNews] = []

        var isEmpty: Bool { events.isEmpty && arrivals.isEmpty && news.isEmpty }

        /// Reports arrivals as one event, in order with the others.
        mutating func gatherArrivals() {
            guard !arrivals.isEmpty else { return }
            events.append(.arrived(arrivals))
            arrivals.removeAll()
        }
    }

    let address: BrokerAddress
    let configuration: ClientConfiguration
    private let subscriptions: [TopicPattern]
    private let state = Mutex(State())
    /// The broker's own topics, over a connection of its own.
    let reports: ReportFeed

    /// - Parameter subscriptions: Subscribed as soon as there is a connection.
    init(address: BrokerAddress, configuration: ClientConfiguration, subscriptions: [TopicPattern]) {
        self.address = address
        self.configuration = configuration
        self.subscriptions = subscriptions
        reports = ReportFeed(address: address, configuration: configuration)
    }

    func start(wake: @escaping @Sendable () -> Void) {
        reports.tell { [weak self] in self?.post($0) }
        let run = Task { await self.run() }
        state.withLock {
            $0.wake = wake
            $0.run = run
        }
    }

    func takeEvents() -> [LinkEvent] {
        state.withLock { state in
            state.gatherArrivals()
            defer {
                state.events.removeAll()
                state.news.removeAll()
            }
            return state.events + (state.news.isEmpty ? [] : [.screen(.reports(state.news))])
        }
    }

    func perform(_ request: LinkRequest) {
        switch request {
        case .commit(let number, let connection): commit(upTo: number, connection: connection)
        case .settle(let settlement): settle(settlement)
        case .window(let window): state.withLock { $0.client }?.setWindow(window)
        case .watch(let request):
            let task = Task { await self.watch(request) }
            state.withLock { state in
                state.watch?.cancel()
                state.watch = task
            }
        case .subscribe(let pattern, let start): ask { try await self.subscribe($0, pattern, start) }
        case .unsubscribe(let pattern):
            ask { client in
                try await client.unsubscribe(from: pattern)
                self.post(.unsubscribed(pattern))
            }
        case .publish(let message): publish(message)
        case .inspect(let id): inspect(id)
        case .inspectTopic(let name): inspect(name)
        case .inspectSession(let name): inspect(session: name)
        case .rehearse(let plan): act(plan, isDryRun: true)
        case .act(let plan): act(plan, isDryRun: false)
        case .screen(let request): perform(request)
        case .clients(let request): perform(request)
        case .browse(let request): browse(request)
        case .readWhole(let message): readWhole(message)
        case .load(let request): load(request)
        }
    }

    func end(patience: Duration) {
        let (client, tasks) = state.withLock { state in
            (state.client, [state.watch, state.run, state.load, state.slowClients])
        }
        for task in tasks { task?.cancel() }
        reports.end()
        guard let client else { return }
        let done = DispatchSemaphore(value: 0)
        Task {
            await client.close()
            done.signal()
        }
        _ = done.wait(timeout: .now() + patience / .seconds(1))
    }

    /// The session that this program attaches to.
    var sessionName: String? { configuration.session?.name }

    func connectedClient() -> ZaichikClient? { state.withLock { $0.client } }

    private func commit(upTo number: UInt64, connection: UInt64) {
        state.withLock { state in
            guard connection == state.connection, let client = state.client else { return }
            var last: Delivery?
            while let first = state.uncommitted.first, first.number <= number { last = state.uncommitted.popFirst() }
            if let last { client.commit(last) }
        }
    }

    private func settle(_ settlement: HandSettlement) {
        let numbers = Set(settlement.numbers)
        let deliveries = state.withLock { state in
            settlement.connection == state.connection ? state.uncommitted.filter { numbers.contains($0.number) } : []
        }
        var done: [UInt64] = []
        do throws(ClientError) {
            for delivery in deliveries {
                switch settlement.action {
                case .commit: try delivery.commit()
                case .return(let delay): try delivery.return(after: .milliseconds(delay), reason: settlement.reason)
                case .park: try delivery.park(reason: settlement.reason)
                }
                done.append(delivery.number)
            }
        } catch {
            post(.refused(error.message))
        }
        // A later commit up to them or past them must not name them.
        state.withLock { state in
            guard settlement.connection == state.connection else { return }
            let settled = Set(done)
            state.uncommitted.removeAll { settled.contains($0.number) }
        }
        if !done.isEmpty {
            var settled = settlement
            settled.numbers = done
            post(.settled(settled))
        }
        if deliveries.count < numbers.count {
            post(
                .refused(
                    numbers.count == 1
                        ? "that message is not in flight any more"
                        : "\(numbers.count - deliveries.count) of those messages are not in flight any more"))
        }
    }

    // MARK: Reporting

    /// Reports an event, and wakes the loop if it sleeps.
    func post(_ event: LinkEvent) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            let wasEmpty = state.isEmpty
            state.gatherArrivals()
            // If nobody takes them for a while, only the newest statistics matter.
            if case .statistics = event {
                state.events.removeAll { if case .statistics = $0 { true } else { false } }
            }
            state.events.append(event)
            return wasEmpty ? state.wake : nil
        }
        wake?()
    }

    /// So many reports wait for the loop at most.
    private static let mostNews = 5000

    private func post(_ news: ReportNews) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            let wasEmpty = state.isEmpty
            state.news.append(news)
            if state.news.count > Self.mostNews {
                let gone = Self.mostNews / 4
                state.news.removeFirst(gone)
                state.news.insert(.missed(UInt64(gone)), at: 0)
            }
            return wasEmpty ? state.wake : nil
        }
        wake?()
    }

    private func post(_ arrival: Arrival) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            let told: LinkArrival
            switch arrival {
            case .delivery(let delivery):
                // What an earlier connection brought can no longer be committed.
                if delivery.connection != state.connection {
                    state.connection = delivery.connection
                    state.uncommitted.removeAll()
                }
                state.uncommitted.append(delivery)
                told = .message(ReceivedMessage(delivery, connection: state.connection))
            case .gap(let gap):
                told = .gap(topic: gap.topic.string, first: gap.first, last: gap.last, reason: gap.reason)
            }
            let wasEmpty = state.isEmpty
            state.arrivals.append(told)
            return wasEmpty ? state.wake : nil
        }
        wake?()
    }

    // MARK: Load

    private func load(_ request: LoadRequest) {
        switch request {
        case .start(let plan):
            let run = LoadRun(address: address, plan: plan) { self.post(.load(.load($0))) }
            replaceLoad(with: Task { await run.run() })
        case .stop: replaceLoad(with: nil)
        case .startSlowClients(let plan):
            let run = SlowClientRun(address: address, plan: plan) { self.post(.load(.slowClients($0))) }
            replaceSlowClients(with: Task { await run.run() })
        case .stopSlowClients: replaceSlowClients(with: nil)
        }
    }

    /// A task that is cancelled tells that it is over.
    private func replaceLoad(with task: Task<Void, Never>?) {
        state.withLock { state in
            state.load?.cancel()
            state.load = task
        }
    }

    private func replaceSlowClients(with task: Task<Void, Never>?) {
        state.withLock { state in
            state.slowClients?.cancel()
            state.slowClients = task
        }
    }

    // MARK: The connection

    private func run() async {
        guard let client = await connect() else { return }
        state.withLock { $0.client = client }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tellEvents(of: client) }
            group.addTask { await self.tellArrivals(of: client) }
            for pattern in subscriptions {
                group.addTask {
                    do throws(ClientError) {
                        try await self.subscribe(client, pattern, .new)
                    } catch {
                        self.post(.refused(error.message))
                    }
                }
            }
        }
        // The client's streams end when it does not connect again by itself.
        if !Task.isCancelled { post(.ended(state.withLock { $0.lastLoss })) }
    }

    /// Tries until it succeeds, so a broker that is started later is found.
    private func connect() async -> ZaichikClient? {
        let policy = configuration.reconnect ?? ReconnectPolicy()
        var attempt = 1
        while !Task.isCancelled {
            post(.connecting(attempt: attempt))
            do throws(ClientError) {
                return try await ZaichikClient.connect(to: address, configuration: configuration)
            } catch {
                if error.forbidsReconnecting {
                    post(.ended(error.message))
                    return nil
                }
                attempt += 1
                let delay = policy.delay(attempt: attempt, chance: 0)
                post(.lost(error.message))
                post(.retrying(attempt: attempt, delay: delay))
                try? await Task.sleep(for: delay)
            }
        }
        return nil
    }

    private func tellEvents(of client: ZaichikClient) async {
        for await event in client.events {
            switch event {
            case .connected(let welcome):
                post(.connected(welcome))
                if welcome.session?.isResumed == true { continueSubscriptions(of: client) }
            case .brokerReplaced: post(.replaced(ReplacedText.broker))
            case .topicReplaced(let name): post(.replaced(ReplacedText.topic(name)))
            case .sessionReplaced: post(.replaced(ReplacedText.session))
            case .asideLost(let count): post(.replaced(ReplacedText.aside(count)))
            case .topicDeleted(let name): post(.topicDeleted(name))
            case .disconnected(let error), .attemptFailed(let error):
                state.withLock { $0.lastLoss = error.message }
                post(.lost(error.message))
            case .reconnecting(let attempt, let delay): post(.retrying(attempt: attempt, delay: delay))
            case .goodbye(let code, let text): post(.goodbye(text.isEmpty ? code?.summary ?? "" : text))
            case .blocked(let blocked): post(.blocked(blocked))
            case .roundTrip(let duration): post(.roundTrip(duration))
            case .refused(let error), .tooLate(let error): post(.refused(error.message))
            // Comes in order with the arrivals.
            case .gap: break
            }
        }
    }

    private func tellArrivals(of client: ZaichikClient) async {
        do throws(ClientError) {
            var arrivals = client.arrivals.makeAsyncIterator()
            while let arrival = try await arrivals.next() { post(arrival) }
        } catch {
            post(.lost(error.message))
        }
    }
}
