import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Look at sessions, create, change, move, pause, purge and delete them.",
        discussion: """
            A session is a queue with a name, which stays while its clients are away. 'zaichik sub --session NAME' attaches to \
            one, and creates it if there is none.
            """,
        subcommands: [
            SessionListCommand.self, SessionInfoCommand.self, SessionCreateCommand.self, SessionSetCommand.self,
            SessionSeekCommand.self, SessionRemoveCommand.self, PauseCommand<SessionTarget>.self,
            ResumeCommand<SessionTarget>.self, WindowCommand<SessionTarget>.self, SkipCommand<SessionTarget>.self,
            PurgeCommand<SessionTarget>.self, KickCommand<SessionTarget>.self,
            PeekCommand<SessionTarget>.self,
        ])
}

struct SessionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the sessions, absent ones too.",
        discussion: """
            Sessions that lose messages come first, then those that are furthest behind. Aligned on a terminal, with the \
            columns that fit; tab-separated numbers otherwise, all figures with --json.

            EXAMPLES
              zaichik session ls
              zaichik session ls --sort parked_messages
              zaichik session ls --json | jq -r 'select(.state == "absent") | .name'
            """)

    @OptionGroup var list: ListOptions<SessionFigure>

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    private static let columns: [SessionFigure] = [
        .connections, .lagMessages, .oldestAge, .inFlightMessages, .returnedMessages, .parkedMessages, .gapMessages,
        .lostRate, .deliverRate, .commitRate, .absentSince, .expiresAt,
    ]

    /// The columns that a narrow terminal shows first.
    private static let important: [String] = {
        let figures: [SessionFigure] = [.lagMessages, .parkedMessages, .connections, .gapMessages, .expiresAt]
        return ["name", "state"] + figures.map(\.name)
    }()

    func run() async throws {
        let client = try await connection.connect("session")
        let page = try await client.sessions(list.query)
        await client.close()
        var output = StandardOutput()
        if list.json {
            for row in page.rows { output.object { row.write(to: &$0) } }
        } else {
            var table = Table(
                head: ["name", "mode", "state"] + Self.columns.map(\.name), important: Self.important)
            table.rows = page.rows.map { row in
                [.text(row.name), .text(row.settings.mode.description), .state(row.state)]
                    + Self.columns.map { .figure(row[$0], $0, zone.text) }
            }
            output.table(table)
        }
        try output.flush()
        list.tellOmitted(page.matching - page.rows.count)
    }
}

struct SessionInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show one session: its settings, its subscriptions, its clients, its lag in each topic.",
        discussion: """
            EXAMPLES
              zaichik session info billing
              zaichik session info billing --history    its last ten minutes, drawn
              zaichik session info billing --json | jq '.connections[].name'
            """)

    @Argument(help: "The session's name.", completion: .sessions)
    var name: String

    @Flag(help: "Its lag and its rates at each of the last seconds, ten minutes at most.")
    var history = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect("session")
        guard let detail = try await client.detail(ofSession: name, rows: .max) else {
            throw CommandFailure.unknownSession(name, client)
        }
        let past = history ? try await client.history(HistoryQuery(.session(name))) : nil
        await client.close()
        var output = StandardOutput()
        if json {
            output.object { buffer in
                detail.write(to: &buffer)
                if let past { buffer.writeField("history", object: past.write) }
            }
        } else {
            let blocks = SessionBlocks(detail: detail, hasColours: StandardOutput.hasColours, time: zone.text)
            let width = StandardOutput.width
            let lines =
                past.map { blocks.head(width: width) + HistoryBlocks(history: $0, time: zone.text).lines(width: width) }
                ?? blocks.lines(width: width)
            for line in lines { output.line(line) }
        }
        try output.flush()
    }
}

struct SessionCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a session without attaching to it, or change settings of one that exists.",
        discussion: """
            A new session has the defaults for settings that are not named, and no subscriptions; one that exists keeps what \
            it has. Says what it did.

            EXAMPLES
              zaichik session create billing --shared --deadline 30s --attempts 5
              zaichik session create reports --expiry 7d --lag-messages 100000

            Times: 500ms, 30s, 2m, 1h30m, 7d. Sizes: 65536, 64k, 16MiB, 1GB.
            """)

    @Argument(help: "The session's name.", completion: .sessions)
    var name: String

    @OptionGroup var settings: SessionSettingOptions

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        try await SessionSettingsRequest(name: name, change: settings.change, mustExist: false).run(connection)
    }
}

struct SessionSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change settings of a session that exists.",
        discussion: """
            Settings that are not named keep what they have. The mode changes only while no more than one client is attached. \
            Says what it did; a session that does not exist is an error.

            EXAMPLES
              zaichik session set billing --deadline 1m
              zaichik session set reports --lag-messages 0

            Times: 500ms, 30s, 2m, 1h30m, 7d. Sizes: 65536, 64k, 16MiB, 1GB.
            """)

    @Argument(help: "The session's name.", completion: .sessions)
    var name: String

    @OptionGroup var settings: SessionSettingOptions

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if settings.change.isEmpty {
            throw ValidationError("Name at least one setting to change, such as --deadline 30s.")
        }
    }

    func run() async throws {
        try await SessionSettingsRequest(name: name, change: settings.change, mustExist: true).run(connection)
    }
}

struct SessionRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Delete a session, with all that it has not done.",
        discussion: """
            Clients that are attached are told and disconnected. Says how many messages it had not done.

            EXAMPLES
              zaichik session rm billing
            """)

    @Argument(help: "The session's name.", completion: .sessions)
    var name: String

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect("session")
        guard let row = try await client.detail(ofSession: name, rows: 0)?.session else {
            throw CommandFailure.unknownSession(name, client)
        }
        try await client.deleteSession(name)
        await client.close()
        var output = StandardOutput()
        output.line(Self.text(row))
        try output.flush()
    }

    /// - Parameter row: As it was before.
    static func text(_ row: SessionStatistics) -> String {
        let (left, parked) = (row[.lagMessages], row[.parkedMessages])
        guard left > 0 || parked > 0 else { return "deleted; everything was done" }
        return "deleted; \(left) messages were not done" + (parked > 0 ? ", and \(parked) were parked" : "")
    }
}

extension CommandFailure {
    static func unknownSession(_ name: String, _ client: ZaichikClient) -> CommandFailure {
        CommandFailure(
            "there is no session '\(SafeText.escaped(name))' at \(client.address); 'zaichik session ls' lists the sessions"
        )
    }
}
