import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record the messages of topics with their times, for 'zaichik replay'.",
        discussion: """
            Writes JSON lines to standard output: one about the recording, then one for each message. Messages are \
            committed when they are written. A lost connection is made again, and the recording goes on after the last \
            message that came; standard error tells.

            EXAMPLES
              zaichik record orders > orders.jsonl      from now on, until Ctrl-C
              zaichik record '>' --from first -e        everything that is kept, then end
              zaichik record 'metrics.*' -W 10m         ten minutes of it
              zaichik record jobs | gzip > jobs.gz

            LINES
              at_us      µs since the first message, by the broker's clock
              topic, sequence, timestamp (µs since 1970)
              key (or null), headers (a list, if there are any), payload; what is not
              UTF-8 comes as key_base64, value_base64 and payload_base64
              gap        in place of those: first and last sequence of messages that were
                         lost before they could be delivered, and the reason
            """)

    @Argument(help: ArgumentHelp("Names or patterns.", valueName: "topic"), completion: .topics)
    var topics: [String]

    @Option(
        name: [.customShort("n"), .customShort("C"), .customLong("count")], help: "End after this many messages.",
        transform: NumberText.whole(1...Int.max))
    var count: Int?

    @Option(
        help: ArgumentHelp("Where to start: \(StartText.forms). Default: new.", valueName: "start"),
        transform: StartText.read)
    var from = StartText.position(.new)

    @Flag(name: [.customShort("e"), .customLong("end")], help: "End when caught up.")
    var end = false

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp("End after this time, such as 30s or 10m; a bare number is seconds.", valueName: "time"),
        transform: TimeSpan.patience)
    var patience: TimeSpan?

    @OptionGroup var presence: ExistingOption

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    private static let window: UInt32 = 1024

    func run() async throws {
        let plan = try plan
        let client = try await connection.connect("record", window: plan.mustPause ? 0 : Self.window, reconnect: !end)
        let news = ConnectionNews(client, reconnects: !end)
        let telling = Task { await news.follow() }
        defer { telling.cancel() }
        OutputWatch.begin { Task { await client.close() } }
        var output = StandardOutput()
        output.object { Recording.writeHead(topics, broker: client.address.description, to: &$0) }
        try output.flush()
        let printer = MessagePrinter(
            format: MessageFormat(layout: .recording(Recording.Clock())), count: count, endsWhenCaughtUp: end,
            commits: .atOnce, session: nil)
        _ = try await TimeLimit.run(patience?.duration) {
            try await plan.subscribe(client)
            if plan.mustPause { client.setWindow(Self.window) }
            try await printer.run(client)
        }
        await client.close()
        if let failure = news.failure { throw failure }
    }

    private var plan: SubscriptionPlan {
        get throws {
            let patterns = try topics.map { topic in
                do throws(NameError) {
                    return try TopicPattern(topic)
                } catch {
                    throw CommandFailure(ExitStatus.usage, ErrorText.topicPattern(topic, error))
                }
            }
            return SubscriptionPlan(patterns: patterns, from: from, presence: presence, zone: zone)
        }
    }
}
