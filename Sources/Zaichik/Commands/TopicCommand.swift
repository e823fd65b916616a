import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TopicCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic",
        abstract: "Create topics, set what they keep, look at them, pause, purge and delete them.",
        subcommands: [
            TopicCreateCommand.self, TopicSetCommand.self, TopicListCommand.self, TopicInfoCommand.self,
            TopicPeekCommand.self, TopicPauseCommand.self, TopicResumeCommand.self, TopicPurgeCommand.self,
            TopicRemoveCommand.self,
        ])
}

struct TopicCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a topic, or change settings of one that exists.",
        discussion: """
            A new topic has the defaults for settings that are not named; one that exists keeps what it has. Says what it did.

            EXAMPLES
              zaichik topic create orders --retention 1h
              zaichik topic create orders --dedup-window 2m --dedup-scope topic
              zaichik topic create metrics --limit 64MiB --overflow block

            Times: 500ms, 30s, 2m, 1h30m, 7d. Sizes: 65536, 64k, 16MiB, 1GB.
            """)

    @Argument(help: "The topic's name.", completion: .topics)
    var name: String

    @OptionGroup var settings: SettingOptions

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        try await SettingsRequest(name: name, change: settings.change, mustExist: false).run(connection)
    }
}

struct TopicSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change settings of a topic that exists.",
        discussion: """
            Settings that are not named keep what they have. What is queued follows the new ones at once. Says what it did; \
            a topic that does not exist is an error.

            EXAMPLES
              zaichik topic set orders --retention 1h
              zaichik topic set metrics --limit 256MiB --overflow drop

            Times: 500ms, 30s, 2m, 1h30m, 7d. Sizes: 65536, 64k, 16MiB, 1GB.
            """)

    @Argument(help: "The topic's name.", completion: .topics)
    var name: String

    @OptionGroup var settings: SettingOptions

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if settings.change.values.isEmpty {
            throw ValidationError("Name at least one setting to change, such as --limit 64MiB.")
        }
    }

    func run() async throws {
        try await SettingsRequest(name: name, change: settings.change, mustExist: true).run(connection)
    }
}

struct TopicListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the topics.",
        discussion: """
            Aligned on a terminal, tab-separated numbers otherwise, all figures with --json.

            EXAMPLES
              zaichik topic ls
              zaichik topic ls orders --sort retained_bytes
              zaichik topic ls --json | jq -r .name
            """)

    @OptionGroup var list: ListOptions<TopicFigure>

    @OptionGroup var connection: ConnectOptions

    private static let columns: [TopicFigure] = [
        .headSequence, .retainedMessages, .retainedBytes, .publishRate, .subscribers, .heldBytes, .dropRate,
        .droppedMessages, .rejectedMessages, .expiredMessages,
    ]

    /// The columns that a narrow terminal shows first.
    private static let important =
        ["name"]
        + [TopicFigure.publishRate, .droppedMessages, .dropRate, .subscribers, .heldBytes, .retainedMessages].map(
            \.name)

    func run() async throws {
        let client = try await connection.connect("topic")
        let page = try await client.topics(list.query)
        await client.close()
        var output = StandardOutput()
        if list.json {
            for row in page.rows { output.object { row.write(to: &$0) } }
        } else {
            var table = Table(head: ["name"] + Self.columns.map(\.name), important: Self.important)
            table.rows = page.rows.map { row in
                [.text(row.name)] + Self.columns.map { .figure(row[$0], $0) }
            }
            output.table(table)
        }
        try output.flush()
        list.tellOmitted(page.matching - page.rows.count)
    }
}

struct TopicInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show one topic: who reads it, how far behind, who holds it back, who publishes, its settings.",
        discussion: """
            EXAMPLES
              zaichik topic info orders
              zaichik topic info orders --history       its last ten minutes, drawn
              zaichik topic info orders --json | jq '.readers[] | select(.holding)'
            """)

    @Argument(help: "The topic's name.", completion: .topics)
    var name: String

    @Option(
        help: "The most readers, and the most publishers, to list. Default: 20, at most \(PeerLimits.detailRows).",
        transform: NumberText.whole(0...UInt32(PeerLimits.detailRows)))
    var limit: UInt32 = 20

    @Flag(help: "What it kept and its rates at each of the last seconds, ten minutes at most.")
    var history = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect("topic")
        guard let detail = try await client.detail(ofTopic: name, rows: limit) else {
            throw CommandFailure.unknownTopic(name, client)
        }
        let past = history ? try await client.history(HistoryQuery(.topic(name))) : nil
        await client.close()
        var output = StandardOutput()
        if json {
            output.object { buffer in
                detail.write(to: &buffer)
                if let past { buffer.writeField("history", object: past.write) }
            }
        } else {
            let blocks = TopicBlocks(detail: detail, hasColours: StandardOutput.hasColours, time: zone.text)
            let width = StandardOutput.width
            let lines =
                past.map { blocks.head(width: width) + HistoryBlocks(history: $0, time: zone.text).lines(width: width) }
                ?? blocks.lines(width: width)
            for line in lines { output.line(line) }
        }
        try output.flush()
    }
}

extension CommandFailure {
    static func unknownTopic(_ name: String, _ client: ZaichikClient) -> CommandFailure {
        CommandFailure(
            "there is no topic '\(SafeText.escaped(name))' at \(client.address); 'zaichik topic ls' lists the topics")
    }
}
