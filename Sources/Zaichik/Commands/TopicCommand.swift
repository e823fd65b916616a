import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TopicCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic",
        abstract: "Create topics and look at them.",
        subcommands: [TopicCreateCommand.self, TopicListCommand.self, TopicInfoCommand.self])
}

struct TopicCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a topic, or change settings of one that exists.",
        discussion: """
            Settings that are not named keep what they have; a new topic has the defaults. Prints created, changed or \
            unchanged.

            EXAMPLES
              zaichik topic create orders --retention 1h
              zaichik topic create orders --dedup-window 2m --dedup-scope topic
              zaichik topic create metrics --limit 64MiB --overflow block

            Times: 500ms, 30s, 2m, 1h30m, 7d. Sizes: 65536, 64k, 16MiB, 1GB.
            """)

    @Argument(help: "The topic's name.")
    var name: String

    // One option for each row of TopicSettings.Tag; a test compares them.
    @Option(help: .setting(.retention, "time"), transform: TimeSpan.withUnit)
    var retention: TimeSpan?

    @Option(help: .setting(.historyBytes, "size"), transform: ByteSize.read)
    var historyBytes: ByteSize?

    @Option(help: .setting(.historyCount, "messages"))
    var historyCount: UInt64?

    @Option(help: .setting(.limit, "size"), transform: ByteSize.read)
    var limit: ByteSize?

    @Option(help: .setting(.overflow, "drop|reject|block"))
    var overflow: TopicSettings.Overflow?

    @Option(help: .setting(.deduplicationWindow, "time"), transform: TimeSpan.withUnit)
    var dedupWindow: TimeSpan?

    @Option(help: .setting(.deduplicationScope, "consumer|topic"))
    var dedupScope: TopicSettings.DeduplicationScope?

    @OptionGroup var connection: ConnectOptions

    /// The settings that were named.
    var change: TopicSettingsChange {
        var change = TopicSettingsChange()
        for tag in TopicSettings.Tag.allCases {
            switch tag {
            case .retention: change[tag] = retention?.milliseconds
            case .historyBytes: change[tag] = historyBytes?.bytes
            case .historyCount: change[tag] = historyCount
            case .limit: change[tag] = limit?.bytes
            case .overflow: change[tag] = overflow.map { UInt64($0.rawValue) }
            case .deduplicationWindow: change[tag] = dedupWindow?.milliseconds
            case .deduplicationScope: change[tag] = dedupScope.map { UInt64($0.rawValue) }
            }
        }
        return change
    }

    func run() async throws {
        let client = try await connection.connect("topic")
        let outcome = try await client.createTopic(name, settings: change)
        await client.close()
        var output = StandardOutput()
        output.line("\(outcome)")
        try output.flush()
    }
}

extension ArgumentHelp {
    static func setting(_ tag: TopicSettings.Tag, _ value: String) -> ArgumentHelp {
        ArgumentHelp("\(tag.summary.prefix(1).uppercased())\(tag.summary.dropFirst()).", valueName: value)
    }
}

// The values are written as in the settings' own descriptions.
extension TopicSettings.Overflow: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map(\.description) }

    public init?(argument: String) {
        guard let value = Self.allCases.first(where: { $0.description == argument }) else { return nil }
        self = value
    }
}

extension TopicSettings.DeduplicationScope: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map(\.description) }

    public init?(argument: String) {
        guard let value = Self.allCases.first(where: { $0.description == argument }) else { return nil }
        self = value
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
        .headSequence, .retainedMessages, .retainedBytes, .publishRate, .subscribers, .heldBytes, .droppedMessages,
        .expiredMessages,
    ]

    func run() async throws {
        let client = try await connection.connect("topic")
        let page = try await client.topics(list.query)
        await client.close()
        var output = StandardOutput()
        if list.json {
            for row in page.rows { output.object { row.write(to: &$0) } }
        } else {
            var table = Table(head: ["name"] + Self.columns.map(\.name))
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
        commandName: "info", abstract: "Show one topic: its settings and all its figures.")

    @Argument(help: "The topic's name.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect("topic")
        let page = try await client.topics(TopicQuery(limit: .max, filter: name))
        await client.close()
        guard let topic = page.rows.first(where: { $0.name == name }) else {
            throw CommandFailure(
                "there is no topic '\(SafeText.escaped(name))' at \(client.address); 'zaichik topic ls' lists the topics"
            )
        }
        var output = StandardOutput()
        if json {
            output.object { topic.write(to: &$0) }
        } else {
            var table = Table(head: ["name", "value", "meaning"])
            table.rows = [[.text("name"), .text(topic.name), .text("")]]
            for tag in TopicSettings.Tag.allCases {
                table.rows.append([.text(tag.name), .text(topic.settings.text(tag)), .text(tag.summary)])
            }
            for figure in TopicFigure.allCases {
                table.rows.append([
                    .text(figure.name), .text(FigureText.text(topic[figure], figure)), .text(figure.summary),
                ])
            }
            output.table(table)
        }
        try output.flush()
    }
}
