import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct SubscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sub",
        abstract: "Print the messages of topics.",
        discussion: """
            Prints each message on a line and commits it when it is written. Patterns: '*' is one level of a name, a last \
            '>' all that follow; quote them.

            EXAMPLES
              zaichik sub orders                        from now on, until Ctrl-C
              zaichik sub 'metrics.*' --json            one JSON object a line
              zaichik sub orders --from first -e        everything that is kept, then end
              zaichik sub 'log.>' --from last:10        the last ten of each topic, and on
              zaichik sub orders -n 10 -W 5s            ten messages, or code 75 after 5 s
              zaichik sub orders -F '%t/%s %k=%p\\n'     your own format
              zaichik sub files -0 | xargs -0 ls        NUL bytes between messages
              zaichik sub pics --raw -n 1 > hare.png    one payload, byte for byte
              zaichik sub orders --commit-delay 200ms   be a slow client on purpose
              zaichik sub orders --no-commit            look at one window of messages

            START (--from)
              new      what comes from now on
              first    all that is kept
              last:N   the last N messages of each topic, or fewer if it keeps fewer;
                       topics that a pattern meets later from their first message
              seq:N    from this sequence on, for names
              time:T   from a date, perhaps with a time of day, or from so long ago
                       (10m) by the broker's clock; a number is the time since 1970,
                       in s up to 11 digits, then in ms, µs and ns
              connect  what was published since the connection began

            FORMAT (-F)
              %t topic  %s sequence  %k key  %p payload  %l bytes of the payload
              %x payload in hex  %b in base64  %X key in hex  %B in base64
              %u time in µs since 1970  %T time, ISO 8601 with its zone  %% a percent sign
              \(EscapedText.forms)

            JSON (--json)
              topic, sequence, timestamp (µs since 1970), key (or null), payload;
              a payload that is an object or an array in JSON is one here, others are text;
              keys and payloads that are not UTF-8 come as key_base64 and payload_base64.

            A lost connection is made again, and reading goes on after the last message that came; standard error tells. \
            Not with --no-reconnect, -e or --no-commit: then the exit code is 69.

            On a terminal, characters that could harm it are spelled out, unless --raw. Gaps (messages that were lost to \
            retention or a limit before they could be delivered) are reported on standard error.
            """)

    @Argument(help: ArgumentHelp("Names or patterns.", valueName: "topic"))
    var topics: [String]

    @Option(
        name: [.customShort("n"), .customShort("C"), .customLong("count")], help: "End after this many messages.",
        transform: NumberText.whole(1...Int.max))
    var count: Int?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @Flag(help: "Print payloads as they are, with nothing between them.")
    var raw = false

    @Option(name: [.customShort("F"), .customLong("format")], help: "Print in this format; see FORMAT.")
    var format: String?

    @Flag(
        name: [.customShort("0"), .customLong("null")], help: "End each message with a NUL byte instead of a line feed."
    )
    var null = false

    @Option(
        help: ArgumentHelp("Where to start: \(StartText.forms). Default: new.", valueName: "start"),
        transform: StartText.read)
    var from = StartText.position(.new)

    @Option(
        help: ArgumentHelp(
            "How many messages may be in flight; 1 is stop and wait. Default: 1024.", valueName: "messages"),
        transform: NumberText.whole(1...UInt32(FrameLimits.window)))
    var window: UInt32 = 1024

    @Flag(help: "Never commit: print the messages of one window, and no more.")
    var noCommit = false

    @Option(
        help: ArgumentHelp(
            "How long to wait before each commit, such as 200ms or 1s; a bare number is milliseconds.",
            valueName: "time"),
        transform: TimeSpan.inMilliseconds)
    var commitDelay: TimeSpan?

    @Flag(name: [.customShort("e"), .customLong("end")], help: "End when caught up.")
    var end = false

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp(
            "Give up after this time, such as 500ms or 5s, with exit code 75; a bare number is seconds.",
            valueName: "time"), transform: TimeSpan.patience)
    var patience: TimeSpan?

    @Flag(help: "End when the connection is lost, with exit code 69.")
    var noReconnect = false

    @OptionGroup var presence: ExistingOption

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if topics.isEmpty { throw ValidationError("Give at least one topic or pattern.") }
        if [json, raw, format != nil].filter({ $0 }).count > 1 {
            throw ValidationError("Give only one of --json, --raw and -F.")
        }
        if null, raw { throw ValidationError("--raw puts nothing between messages, so -0 does not go with it.") }
        if null, format != nil {
            throw ValidationError("-F says what ends a message: write \\0 at its end instead of -0.")
        }
        if noCommit, commitDelay != nil { throw ValidationError("--no-commit and --commit-delay exclude each other.") }
    }

    func run() async throws {
        let format = try messageFormat
        let plan = try plan
        for warning in plan.warnings { StandardError.say(warning) }
        let deadline = patience.map { ContinuousClock.now + $0.duration }
        let client = try await connection.connect(
            "sub", window: plan.mustPause ? 0 : window, reconnect: reconnects, within: patience?.duration)
        let news = ConnectionNews(client, reconnects: reconnects)
        let telling = Task { await news.follow() }
        defer { telling.cancel() }
        let printer = MessagePrinter(
            format: format, count: count, endsWhenCaughtUp: end,
            commits: noCommit ? .never : commitDelay.map { .after($0.duration) } ?? .atOnce)
        OutputWatch.begin { Task { await client.close() } }
        let window = window
        let isInTime = try await TimeLimit.run(deadline.map { ContinuousClock.now.duration(to: $0) }) {
            try await plan.subscribe(client)
            if plan.mustPause { client.setWindow(window) }
            try await printer.run(client)
        }
        await client.close()
        if let failure = news.failure { throw failure }
        guard isInTime else {
            let time = FigureText.duration(milliseconds: patience?.milliseconds ?? 0)
            let isWhole = count == nil && !end
            throw CommandFailure(
                ExitStatus.timedOut, "the time (\(time)) is up" + (isWhole ? "" : ", and that was not all"))
        }
    }

    /// With ``end`` and ``noCommit`` what is to be printed has an end that another connection would move.
    private var reconnects: Bool { !noReconnect && !end && !noCommit }

    private var messageFormat: MessageFormat {
        get throws {
            let layout: MessageFormat.Layout =
                if json { .json } else if raw { .raw } else if let format { try .init(pattern: format) } else { .line }
            let zone = zone
            return MessageFormat(
                layout: layout, escapes: StandardOutput.isTerminal && !raw, terminator: null ? 0 : UInt8(ascii: "\n"),
                time: { zone.text($0) })
        }
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
            if case .position(.sequence) = from, let pattern = patterns.first(where: { $0.name == nil }) {
                throw CommandFailure(
                    ExitStatus.usage,
                    """
                    --from seq:N needs a topic's name, since each topic has sequences of its own; for '\(pattern)' use \
                    first, last:N or time:T
                    """)
            }
            return SubscriptionPlan(patterns: patterns, from: from, presence: presence, zone: zone)
        }
    }
}
