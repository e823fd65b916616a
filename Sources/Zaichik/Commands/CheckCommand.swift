import ArgumentParser
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a broker or its clients for a monitoring system: one line, and an exit code.",
        discussion: """
            The line has the figures behind a bar, as plugins of Nagios, Icinga and others have.

            EXIT CODES
              0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: the broker could not be asked,
              64 wrong usage

            EXAMPLES
              zaichik check lag --warn 1000 --crit 10000
              zaichik check lag --client billing --crit 500
              zaichik check age --warn 30s --crit 5m
              zaichik check broker --warn 80 --crit 95
            """,
        subcommands: [CheckLagCommand.self, CheckAgeCommand.self, CheckBrokerCommand.self])
}

/// Asks a broker, and says what was found. Whatever keeps it from asking is UNKNOWN.
struct CheckRun {
    var subject: String
    var options: CheckOptions

    /// - Parameter judge: Asks the broker and judges the answer.
    /// - Throws: The exit code, if that is not 0.
    func run(_ judge: @escaping @Sendable (ZaichikClient) async throws -> CheckResult) async throws {
        let result = await result(judge)
        var output = StandardOutput()
        if options.json { output.object { result.write(to: &$0) } } else { output.line(result.line) }
        try output.flush()
        if result.level > .ok { throw ExitCode(result.level.rawValue) }
    }

    private func result(_ judge: @escaping @Sendable (ZaichikClient) async throws -> CheckResult) async -> CheckResult {
        let found = Mutex<CheckResult?>(nil)
        let deadline = ContinuousClock.now + options.patience.duration
        do {
            let client = try await options.connection.connect("check", within: options.patience.duration)
            _ = try await TimeLimit.run(ContinuousClock.now.duration(to: deadline)) {
                let result = try await judge(client)
                found.withLock { $0 = result }
            }
            await client.close()
            return found.withLock { $0 }
                ?? unknown("the broker at \(client.address) did not answer within \(options.patience)")
        } catch let error as ClientError {
            return unknown(error.message)
        } catch {
            return unknown("\(error)")
        }
    }

    private func unknown(_ text: String) -> CheckResult {
        CheckResult(subject: subject, level: .unknown, text: text)
    }
}

struct CheckLagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "Check how many messages clients are behind: the worst of all, or those named.")

    @Option(help: "Say WARNING above so many messages.", transform: NumberText.whole(0...UInt64.max))
    var warn: UInt64?
    @Option(help: "Say CRITICAL above so many messages.", transform: NumberText.whole(0...UInt64.max))
    var crit: UInt64?
    @OptionGroup var clients: CheckedClients
    @OptionGroup var options: CheckOptions

    private func limits() throws -> CheckLimits { try CheckLimits.checked(warn: warn, crit: crit) { "\($0)" } }

    func validate() throws { _ = try limits() }

    func run() async throws {
        let check = ClientCheck(subject: .lag, limits: try limits())
        try await CheckRun(subject: check.subject.rawValue, options: options).run { [names = clients.names] client in
            try await check.result(names: names, sort: .lagMessages, client)
        }
    }
}

struct CheckAgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "age",
        abstract:
            "Check how old the oldest message is that a client is not done with: the worst of all, or those named.")

    @Option(
        help: "Say WARNING above this age, such as 30s or 5m; a bare number is seconds.", transform: TimeSpan.inSeconds)
    var warn: TimeSpan?
    @Option(help: "Say CRITICAL above this age.", transform: TimeSpan.inSeconds)
    var crit: TimeSpan?
    @OptionGroup var clients: CheckedClients
    @OptionGroup var options: CheckOptions

    private func limits() throws -> CheckLimits {
        try CheckLimits.checked(warn: warn?.milliseconds, crit: crit?.milliseconds) {
            "\(TimeSpan(milliseconds: $0))"
        }
    }

    func validate() throws { _ = try limits() }

    func run() async throws {
        let check = ClientCheck(subject: .age, limits: try limits())
        try await CheckRun(subject: check.subject.rawValue, options: options).run { [names = clients.names] client in
            try await check.result(names: names, sort: .oldestAge, client)
        }
    }
}

struct CheckBrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Check whether the broker drops or refuses anything now, and how much of its limits is used.")

    @Option(
        help: "Say WARNING above this much of a limit, in percent. Default: 80.",
        transform: NumberText.whole(0...UInt64(100)))
    var warn: UInt64 = 80
    @Option(
        help: "Say CRITICAL above this much of a limit, in percent. Default: 95.",
        transform: NumberText.whole(0...UInt64(100)))
    var crit: UInt64 = 95
    @OptionGroup var options: CheckOptions

    private func limits() throws -> CheckLimits { try CheckLimits.checked(warn: warn, crit: crit) { "\($0)" } }

    func validate() throws { _ = try limits() }

    func run() async throws {
        let check = BrokerCheck(limits: try limits())
        try await CheckRun(subject: "broker", options: options).run { client in
            check.result(try await StatusReport.gathered(from: client))
        }
    }
}

extension ClientCheck {
    /// How many clients are looked at if none is named: the worst.
    private static let most: UInt32 = 1000

    /// Asks for the clients, and judges them.
    ///
    /// - Parameters:
    ///   - names: Those that are meant; none: all.
    ///   - sort: The figure that is judged.
    fileprivate func result(
        names: [String], sort: ClientFigure, _ client: ZaichikClient
    ) async throws -> CheckResult {
        guard !names.isEmpty else {
            let page = try await client.clients(ClientQuery(sort: sort, descending: true, limit: Self.most))
            return try await explained(result(page.rows, all: UInt64(page.matching)), page.rows, client)
        }
        var found: [ClientStatistics] = []
        var missing: [String] = []
        for name in names {
            let rows = try await ClientSearch.rows(named: name, client)
            if rows.isEmpty { missing.append(name) }
            found += rows
        }
        return try await explained(
            result(found, missing: missing, all: UInt64(found.count)), found, client)
    }

    /// The most topics of a client that is asked why.
    private static let mostTopics: UInt64 = 1000

    /// Adds the broker's verdict on the worst client to a result that is not OK.
    private func explained(
        _ result: CheckResult, _ clients: [ClientStatistics], _ client: ZaichikClient
    ) async throws -> CheckResult {
        guard result.level > .ok, let worst = worst(of: clients), worst[.lagMessages] > 0,
            worst[.topics] <= Self.mostTopics, let detail = try await client.detail(ofClient: worst.id)
        else { return result }
        var result = result
        result.text += ". " + ClientVerdict.sentence(detail)
        return result
    }
}
