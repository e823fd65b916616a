import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Reads the broker's own topics, over a connection of its own: what they have is neither in this program's queue nor in
/// its session, and is never to be committed by hand.
final class ReportFeed: Sendable {
    private struct State {
        /// Those that are wanted, in the order in which they were.
        var topics: [TopicName] = []
        var client: ZaichikClient?
        var run: Task<Void, Never>?
        var tell: (@Sendable (ReportNews) -> Void)?
    }

    private let address: BrokerAddress
    private let configuration: ClientConfiguration
    private let state = Mutex(State())

    /// - Parameter configuration: That of the program's own connection, of which this one is an addition.
    init(address: BrokerAddress, configuration: ClientConfiguration) {
        self.address = address
        var own = ClientConfiguration(name: configuration.name + " (events)", program: configuration.program)
        own.reconnect = configuration.reconnect
        self.configuration = own
    }

    /// - Parameter tell: Called for whatever comes, from any thread.
    func tell(_ tell: @escaping @Sendable (ReportNews) -> Void) { state.withLock { $0.tell = tell } }

    private func tell(_ news: ReportNews) { state.withLock { $0.tell }?(news) }

    /// Reads a topic from the earliest message that it keeps, and goes on until the end.
    func read(_ topic: TopicName) {
        let client = state.withLock { state -> ZaichikClient? in
            guard !state.topics.contains(topic) else { return nil }
            state.topics.append(topic)
            if state.run == nil { state.run = Task { await self.run() } }
            return state.client
        }
        if let client { Task { await self.subscribe(client, to: topic) } }
    }

    func end() {
        let (client, run) = state.withLock { state in (state.client, state.run) }
        run?.cancel()
        if let client { Task { await client.close() } }
    }

    // MARK: The connection

    private func run() async {
        guard let client = await connect() else { return }
        let topics = state.withLock { state in
            state.client = client
            return state.topics
        }
        for topic in topics { await subscribe(client, to: topic) }
        var arrivals = client.arrivals.makeAsyncIterator()
        do throws(ClientError) {
            while let arrival = try await arrivals.next() { take(arrival, client) }
        } catch {
            tell(.unreadable(error.message))
        }
    }

    private func connect() async -> ZaichikClient? {
        let policy = configuration.reconnect ?? ReconnectPolicy()
        var attempt = 1
        while !Task.isCancelled {
            do throws(ClientError) {
                return try await ZaichikClient.connect(to: address, configuration: configuration)
            } catch {
                tell(.unreadable(error.message))
                if error.forbidsReconnecting { return nil }
                attempt += 1
                try? await Task.sleep(for: policy.delay(attempt: attempt, chance: 0))
            }
        }
        return nil
    }

    private func subscribe(_ client: ZaichikClient, to topic: TopicName) async {
        do throws(ClientError) {
            try await client.subscribe(to: topic.string, from: .earliest)
        } catch {
            tell(.unreadable(error.message))
        }
    }

    private func take(_ arrival: Arrival, _ client: ZaichikClient) {
        switch arrival {
        case .gap(let gap): tell(.missed(gap.count))
        case .delivery(let delivery):
            client.commit(delivery)
            guard let report = Report(delivery.content.readableBytesView) else { return }
            tell(delivery.topic == .trace ? .step(report) : .event(report))
        }
    }
}

/// What is told of the broker's own topics.
enum ReportNews: Equatable, Sendable {
    case event(Report)
    /// A step of a message that was published with a trace.
    case step(Report)
    /// So many reports were gone before they were read.
    case missed(UInt64)
    /// Why they cannot be read, for the moment or at all.
    case unreadable(String)
}
