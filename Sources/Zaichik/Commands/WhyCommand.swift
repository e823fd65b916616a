import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say how a client or a session does, why, and what would help; without a name, of all in trouble.",
        discussion: """
            The broker's verdict in one word, what it is founded on, what follows if it goes on like this, and what would help, with the \
            command to type. A name that is exactly that of a client comes first, then that of a session; else it is read as \
            NAME#ID, #ID or ID.

            EXAMPLES
              zaichik why alice                         in sentences
              zaichik why                               of all in trouble, the worst first
              zaichik why --json | jq '.queues[].verdict'
              zaichik why 'alice#17' --json | jq .evidence
            """)

    @Argument(
        help: ArgumentHelp(
            "Name of a client or a session, NAME#ID, #ID or ID. Default: all in trouble, the worst first.",
            valueName: "name"), completion: .clients)
    var given: String?

    @Option(
        help: ArgumentHelp(
            "Without a name: how many at most. Default: 20, at most \(WhyCommand.most).", valueName: "queues"),
        transform: NumberText.whole(1...WhyCommand.most))
    var top: UInt32 = 20

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    private static let most: UInt32 = 1000

    func run() async throws {
        let connected = try await connection.connect("why")
        var output = StandardOutput()
        if let given {
            let report = try await found(given, connected)
            if json {
                output.object { report.write(to: &$0) }
            } else {
                for line in report.lines(width: StandardOutput.width) { output.line(line) }
            }
        } else {
            tell(try await inTrouble(connected), to: &output)
        }
        await connected.close()
        try output.flush()
    }

    private func report(
        _ detail: ClientDetail, _ label: String, _ settings: SessionSettings? = nil
    ) -> WhyReport {
        WhyReport(
            detail: detail, label: label, reach: connection.address.map { " --connect " + ShellText.quoted($0) } ?? "",
            hasColours: StandardOutput.hasColours, settings: settings)
    }

    private func tell(_ reports: [WhyReport], to output: inout StandardOutput) {
        if json {
            output.object { $0.writeField("queues", list: reports) { $0.write(to: &$1) } }
        } else if reports.isEmpty {
            output.line("no queue is in trouble")
        } else {
            for (place, report) in reports.enumerated() {
                if place > 0 { output.line("") }
                for line in report.lines(width: StandardOutput.width) { output.line(line) }
            }
        }
    }

    /// All that somebody should look at, the worst first.
    private func inTrouble(_ client: ZaichikClient) async throws -> [WhyReport] {
        var reports: [WhyReport] = []
        for row in try await client.clients(ClientQuery(sort: .severity, limit: Self.most)).rows
        where StateText.isTrouble(row.state) && reports.count < top {
            // One that has left meanwhile is in no trouble any more.
            guard var report = try await report(row, client) else { continue }
            // What was judged and what is shown are of the same moment.
            report.detail.client = row
            reports.append(report)
        }
        return reports
    }

    private func report(_ row: ClientStatistics, _ client: ZaichikClient) async throws -> WhyReport? {
        guard row.isSession else {
            return try await client.detail(ofClient: row.id).map { report($0, "\(row.name)#\(row.id)") }
        }
        return try await client.detail(ofSession: row.session, rows: .max).map { report($0) }
    }

    private func report(_ session: SessionDetail) -> WhyReport {
        report(ClientDetail(of: session), session.session.name, session.session.settings)
    }

    private func found(_ name: String, _ client: ZaichikClient) async throws -> WhyReport {
        // An exclusive session with a connection has no row of its own among the clients.
        if try await ClientSearch.rows(named: name, client).isEmpty,
            let session = try? await client.detail(ofSession: name, rows: .max)
        {
            return report(session)
        }
        let (detail, label) = try await ClientSearch(name).detail(client)
        guard detail.client.isSession,
            let session = try await client.detail(ofSession: detail.client.session, rows: .max)
        else { return report(detail, label) }
        return report(session)
    }
}
