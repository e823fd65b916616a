import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Look at the clients, their queues and their lag.",
        subcommands: [ClientListCommand.self, ClientInfoCommand.self])
}

struct ClientListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the clients.",
        discussion: """
            The client that is furthest behind comes first. Aligned on a terminal, with the columns that fit; tab-separated numbers \
            otherwise, all figures with --json. Clients of one name are told apart as NAME#ID. A text selects clients by name, program, host or address.

            EXAMPLES
              zaichik client ls --sort oldest_age_us
              zaichik client ls --json | jq 'select(.lag_messages > 1000)'
            """)

    @OptionGroup var list: ListOptions<ClientFigure>

    @OptionGroup var connection: ConnectOptions

    private static let columns: [ClientFigure] = [
        .lagMessages, .lagBytes, .oldestAge, .inFlightMessages, .window, .publishRate, .deliverRate, .commitRate,
        .gapMessages,
    ]

    /// The columns that a narrow terminal shows first.
    private static let important: [String] = {
        let figures: [ClientFigure] = [
            .lagMessages, .oldestAge, .commitRate, .deliverRate, .publishRate, .inFlightMessages, .window, .lagBytes,
            .gapMessages,
        ]
        return ["name", "state"] + figures.map(\.name) + ["id", "host", "address", "pid", "program"]
    }()

    func run() async throws {
        let client = try await connection.connect("client")
        let page = try await client.clients(list.query)
        await client.close()
        let labels = ClientLabel.labels(of: page.rows)
        var output = StandardOutput()
        if list.json {
            for (row, label) in zip(page.rows, labels) { output.object { row.write(label: label, to: &$0) } }
        } else {
            var table = Table(
                head: ["id", "name", "state"] + Self.columns.map(\.name) + ["program", "pid", "host", "address"],
                important: Self.important)
            for (row, label) in zip(page.rows, labels) {
                table.rows.append(
                    [.number(row.id), .text(label), .text(row.state.description)]
                        + Self.columns.map { .figure(row[$0], $0) }
                        + [.text(row.program), .text(row.pid), .text(row.host), .text(row.address)])
            }
            output.table(table)
        }
        try output.flush()
        list.tellOmitted(page.matching - page.rows.count)
    }
}

struct ClientInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show one client: why it is behind, what it subscribes to, its lag in each topic.",
        discussion: """
            EXAMPLES
              zaichik client info alice                 by name, if only one client has it
              zaichik client info 'alice#17'            by name and id
              zaichik client info 17                    by id
            """)

    @Argument(help: "Name, NAME#ID or id.")
    var client: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    private static let columns: [ClientTopicFigure] = [
        .lagMessages, .lagBytes, .oldestAge, .pendingMessages, .inFlightMessages, .nextSequence, .committedSequence,
        .headSequence, .gapMessages,
    ]

    func run() async throws {
        let connected = try await connection.connect("client")
        let detail = try await connected.client(id: try await id(connected))
        let growth = json || !StandardOutput.isTerminal ? 0 : try await Self.growth(of: detail, connected)
        await connected.close()
        var output = StandardOutput()
        if json {
            output.object { buffer in
                detail.client.write(label: detail.client.name, to: &buffer)
                buffer.writeField("subscribed_to", texts: detail.subscriptions)
                buffer.writeField("in_topics", list: detail.topics) { $0.write(to: &$1) }
            }
        } else if StandardOutput.isTerminal {
            let blocks = ClientBlocks(detail: detail, growth: growth)
            for line in blocks.lines(width: StandardOutput.width) { output.line(line) }
        } else {
            for table in tables(detail) { output.table(table) }
        }
        try output.flush()
    }

    /// How fast the client's lag grows, in messages a second: the rate of its topics less its commits.
    private static func growth(of detail: ClientDetail, _ connected: ZaichikClient) async throws -> Double {
        let names = Set(detail.topics.map(\.topic))
        let topics = try await connected.topics(TopicQuery(limit: .max)).rows.filter { names.contains($0.name) }
        return topics.reduce(-Double(detail.client[.commitRate])) { $0 + Double($1[.publishRate]) }
    }

    private func tables(_ detail: ClientDetail) -> [Table] {
        let row = detail.client
        var facts = Table(head: ["name", "value", "meaning"])
        let texts = [
            ("id", String(row.id)), ("name", row.name), ("state", row.state.description), ("program", row.program),
            ("version", row.version), ("pid", row.pid), ("host", row.host), ("address", row.address),
            ("dialect", row.dialect.description),
        ]
        facts.rows = texts.map { [.text($0), .text($1), .text("")] }
        for figure in ClientFigure.allCases {
            facts.rows.append([
                .text(figure.name), .text(FigureText.text(row[figure], figure)), .text(figure.summary),
            ])
        }
        facts.rows += detail.subscriptions.map { [.text("subscribed to"), .text($0), .text("")] }
        var topics = Table(head: ["topic"] + Self.columns.map(\.name))
        topics.rows = detail.topics.map { topic in
            [.text(topic.topic)] + Self.columns.map { .figure(topic[$0], $0) }
        }
        return detail.topics.isEmpty ? [facts] : [facts, topics]
    }

    /// Finds the client that is meant.
    private func id(_ connected: ZaichikClient) async throws -> UInt64 {
        let parts = client.split(separator: "#", omittingEmptySubsequences: false)
        if parts.count == 2, let id = UInt64(parts[1]) { return id }
        let rows = try await connected.clients(ClientQuery(limit: .max, filter: client)).rows.filter {
            $0.name == client
        }
        switch rows.count {
        case 1: return rows[0].id
        case 0:
            if let id = UInt64(client) { return id }
            throw CommandFailure(
                "no client is called '\(SafeText.escaped(client))' at \(connected.address); 'zaichik client ls' lists the clients"
            )
        default:
            let labels = ClientLabel.labels(of: rows).joined(separator: ", ")
            throw CommandFailure("\(rows.count) clients have that name; use one of \(SafeText.escaped(labels))")
        }
    }
}
