import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Look at the clients, their queues, their lag and their losses; pause, purge or disconnect them.",
        subcommands: [
            ClientListCommand.self, ClientInfoCommand.self, PauseCommand<ClientTarget>.self,
            ResumeCommand<ClientTarget>.self, WindowCommand<ClientTarget>.self, SkipCommand<ClientTarget>.self,
            PurgeCommand<ClientTarget>.self, KickCommand<ClientTarget>.self,
            PeekCommand<ClientTarget>.self,
        ])
}

struct ClientListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the clients.",
        discussion: """
            Clients that lose messages come first, then those that are furthest behind. Aligned on a terminal, with the columns that fit; \
            tab-separated numbers otherwise, all figures with --json. Clients of one name are told apart as NAME#ID. A text selects clients by \
            name, program, host or address. A session without a client is one, too: absent, with the time at which it ends.

            EXAMPLES
              zaichik client ls --sort oldest_age_us
              zaichik client ls --json | jq 'select(.lag_messages > 1000)'
              zaichik client ls --closed                those that are gone, and why
            """)

    @OptionGroup var list: ListOptions<ClientFigure>

    @Flag(help: "The clients that were connected, the last 1,000, the last one first.")
    var closed = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if closed, list.sort != nil || list.ascending {
            throw ValidationError("--closed lists the last one first; leave out --sort and --ascending.")
        }
    }

    func run() async throws {
        let client = try await connection.connect("client")
        if closed { return try await listClosed(client) }
        let page = try await client.clients(list.query)
        await client.close()
        let labels = ClientLabel.labels(of: page.rows)
        var output = StandardOutput()
        if list.json {
            for (row, label) in zip(page.rows, labels) { output.object { row.write(label: label, to: &$0) } }
        } else {
            output.table(ClientTable.make(page.rows, labels: labels, time: zone.text))
        }
        try output.flush()
        list.tellOmitted(page.matching - page.rows.count)
    }

    private func listClosed(_ client: ZaichikClient) async throws {
        let page = try await client.closedClients(limit: list.limit, filter: list.filter)
        await client.close()
        var output = StandardOutput()
        if list.json {
            for row in page.rows { output.object(row.write) }
        } else {
            output.table(ClosedTable.make(page.rows, time: zone.text))
        }
        try output.flush()
        list.tellOmitted(page.matching - page.rows.count)
    }
}

struct ClientInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show one client: why it is behind or what it loses, what it subscribes to, its lag in each topic.",
        discussion: """
            A name that is exactly the one given comes first; if there is none, it is read as NAME#ID, #ID or ID.

            EXAMPLES
              zaichik client info alice                 by name, if only one client has it
              zaichik client info 'alice#17'            by name and id
              zaichik client info '#17'                 by id
              zaichik client info alice --history       its last ten minutes, drawn
              zaichik client info alice --publishers    whose messages it is behind on
              zaichik client info alice --closed        why it is gone, its last minute
            """)

    @Argument(help: "Name, NAME#ID, #ID or ID.", completion: .clients)
    var client: String

    @Flag(help: "Its lag and its rates at each of the last seconds, ten minutes at most.")
    var history = false

    @Flag(help: "Who published what it is behind on, as far as it is kept.")
    var publishers = false

    @Flag(help: "The last client of this name that is gone: why, its last figures and its last minute.")
    var closed = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if closed, history || publishers {
            throw ValidationError("--closed shows all that is known of a client that is gone; give it alone.")
        }
    }

    func run() async throws {
        let connected = try await connection.connect("client")
        var output = StandardOutput()
        if closed {
            let row = try await ClientSearch(client).closed(connected)
            if json {
                output.object(row.write)
            } else {
                for line in row.lines(width: StandardOutput.width, time: zone.text) { output.line(line) }
            }
        } else {
            try await show(connected, &output)
        }
        await connected.close()
        try output.flush()
    }

    private func show(_ connected: ZaichikClient, _ output: inout StandardOutput) async throws {
        let (detail, label) = try await ClientSearch(client).detail(connected)
        let id = detail.client.id
        let past = history ? try await connected.history(HistoryQuery(.client(id))) : nil
        let shares = publishers ? try await connected.lagShares(of: .client(id)) : nil
        guard !json else {
            return output.object { buffer in
                detail.write(label: label, to: &buffer)
                if let past { buffer.writeField("history", object: past.write) }
                if let shares { buffer.writeField("lag_shares", object: shares.write) }
            }
        }
        let width = StandardOutput.width
        let blocks = ClientBlocks(detail: detail, hasColours: StandardOutput.hasColours, time: zone.text)
        // What was asked for comes right after the verdict.
        var lines = past == nil && shares == nil ? blocks.lines(width: width) : blocks.head(width: width)
        if let shares { lines += shares.lines(width: width) }
        if let past { lines += HistoryBlocks(history: past, time: zone.text).lines(width: width) }
        for line in lines { output.line(line) }
    }
}
