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
            """)

    @OptionGroup var list: ListOptions<ClientFigure>

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect("client")
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
            """)

    @Argument(help: "Name, NAME#ID, #ID or ID.", completion: .clients)
    var client: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let connected = try await connection.connect("client")
        let (detail, label) = try await ClientSearch(client).detail(connected)
        await connected.close()
        var output = StandardOutput()
        if json {
            output.object { detail.write(label: label, to: &$0) }
        } else {
            let blocks = ClientBlocks(detail: detail, hasColours: StandardOutput.hasColours, time: zone.text)
            for line in blocks.lines(width: StandardOutput.width) { output.line(line) }
        }
        try output.flush()
    }
}
