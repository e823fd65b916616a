import NIOCore
import ZaichikProtocol

/// What the broker spends on judging queues once a second, and on pushing the worst of them to somebody who watches.
struct JudgingBenchmark {
    static let name = "judging"

    let options: GrowthOptions
    let report: Report

    private static let topics = 100
    private static let worst: UInt32 = 100
    private static let seconds = 10
    /// In ms of processor time a second: 5 % of a core.
    private static let allowed = 50.0

    /// How many of the topics each client is behind in.
    private enum Lag: Int, CaseIterable {
        case nowhere = 0
        case inOne = 1
        case everywhere = 100

        var text: String {
            switch self {
            case .nowhere: "nowhere"
            case .inOne: "in one topic"
            case .everywhere: "in every topic"
            }
        }
    }

    func run() throws {
        let clients = options.count(10_000)
        var table = Table(
            "judging \(FigureText.count(clients * Self.topics)) pairs of client and topic, \(FigureText.count(clients)) clients",
            ["behind", "judging, CPU ms/s", "and pushing the worst \(Self.worst)"])
        var goals: [Goal] = []
        for lag in Lag.allCases {
            let (judging, pushing) = try measure(clients, lag)
            table.add(.text(lag.text), .number(judging, decimals: 1), .number(pushing, decimals: 1))
            goals.append(
                Goal(
                    name: "judging and pushing, behind \(lag.text)", measured: pushing, limit: Self.allowed,
                    unit: "ms/s",
                    decimals: 1))
        }
        report.print(Self.name, table, facts: options.facts("windows of 1, nothing is committed"), goals: goals)
    }

    private func measure(_ clients: Int, _ lag: Lag) throws -> (judging: Double, pushing: Double) {
        try BrokerProcess.with(loops: options.loops) { broker in
            let publisher = try Peer(port: broker.port)
            let topics = try (0..<Self.topics).map { try publisher.createTopic("judged.\($0)") }
            let crowd = try Crowd(clients, port: broker.port, window: 1) { _ in "judged.*" }
            for topic in topics.prefix(lag.rawValue) { try PublishLoad(count: 2).run(publisher, topicID: topic) }
            // Fresh connections settle, and a few verdicts are found.
            Monotonic.sleep(milliseconds: 5000)
            let judging = load(of: broker)
            let request = WatchRequest(
                interval: 1000, clients: ClientQuery(sort: .severity, limit: Self.worst))
            let watcher = try Peer(port: broker.port)
            try watcher.ask(count: 1) { .watch(request: $1, request) }
            let pushing = load(of: broker)
            withExtendedLifetime(crowd) {}
            return (judging, pushing)
        }
    }

    /// Processor time, in ms a second.
    private func load(of broker: BrokerProcess) -> Double {
        let before = broker.processorTime
        Monotonic.sleep(milliseconds: UInt64(Self.seconds) * 1000)
        return Double(broker.processorTime - before) / 1e6 / Double(Self.seconds)
    }
}
