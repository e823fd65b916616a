import ArgumentParser
import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct SubscribeCommand: AsyncParsableCommand, TakesBytes {
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
              zaichik sub orders --session billing      a queue that stays when you go
              zaichik sub --session billing             the same again, whatever it reads
              zaichik sub jobs --session work --shared --exec ./job  one of many workers

            START (--from)
              new      what comes from now on
              first    all that is kept
              last-per-key  the last message of each key, then what is new
              last:N   the last N messages of each topic, or fewer if it keeps fewer;
                       topics that a pattern meets later from their first message
              seq:N    from this sequence on, for names
              time:T   from a date, perhaps with a time of day, or from so long ago
                       (10m) by the broker's clock; a number is the time since 1970,
                       in s up to 11 digits, then in ms, µs and ns
              connect  what was published since the connection began

            SESSIONS (--session)
              The queue has a name and stays when the command ends: what is published
              meanwhile waits in it, and what was not committed comes again. The first
              'sub' creates it, with the settings given; later ones go on where it is,
              wherever --from says, and change the settings that they name. A second
              one takes an exclusive session over; shared ones have any number.

            COMMANDS (--exec)
              The shell runs the command for each message, with the payload at its
              standard input, --parallel at a time. If it ends with 0, the message is
              committed; if not, it is returned, with the exit code or the signal as the
              reason, and comes again ahead of what is new: --attempts limits that. While
              it runs, a deadline is begun anew. The environment has:
            \(MessageVariable.table)

            FORMAT (-F)
              %t topic  %s sequence  %a attempt  %k key  %p payload  %l its bytes
              %x payload in hex  %b in base64  %X key in hex  %B in base64
              %h headers, name:value, with spaces between them
              %u time in µs since 1970  %T time, ISO 8601 with its zone  %% a percent sign
              \(EscapedText.forms)

            JSON (--json)
              topic, sequence, timestamp (µs since 1970), attempt (from 1), key (or null),
              payload;
              a payload that is an object or an array in JSON is one here, others are text;
              headers, if there are any: a list of objects with name and value;
              keys and payloads that are not UTF-8 come as key_base64 and payload_base64.

            A lost connection is made again, and reading goes on after the last message that came; standard error tells. \
            Not with --no-reconnect, -e or --no-commit: then the exit code is 69.

            On a terminal, characters that could harm it are spelled out, unless --raw. Gaps (messages that were lost to \
            retention or a limit before they could be delivered) are reported on standard error.
            """)

    static let byteArguments: Set<String> = ["exec"]

    @Argument(
        help: ArgumentHelp(
            "Names or patterns. With --session none: what it subscribes to already.", valueName: "topic"),
        completion: .topics)
    var topics: [String] = []

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
            "How many messages may be in flight; 1 is stop and wait. Default: 1024, with --exec as --parallel.",
            valueName: "messages"),
        transform: NumberText.whole(1...UInt32(FrameLimits.window)))
    var window: UInt32?

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

    @Option(
        help: ArgumentHelp("The session to attach to; created if there is none.", valueName: "name"),
        completion: .sessions)
    var session: String?

    @OptionGroup(title: "The session's settings") var settings: SessionSettingOptions

    @Option(help: ArgumentHelp("A command to run for each message, in place of printing it.", valueName: "command"))
    var exec: ArgumentBytes?

    @Option(
        help: ArgumentHelp(
            "How many commands may run at a time. Default: 1, at most \(CommandWorkers.mostParallel).",
            valueName: "commands"),
        transform: NumberText.whole(1...CommandWorkers.mostParallel))
    var parallel: Int?

    @OptionGroup var presence: ExistingOption

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if topics.isEmpty, session == nil { throw ValidationError("Give at least one topic or pattern.") }
        if [json, raw, format != nil].filter({ $0 }).count > 1 {
            throw ValidationError("Give only one of --json, --raw and -F.")
        }
        if null, raw { throw ValidationError("--raw puts nothing between messages, so -0 does not go with it.") }
        if null, format != nil {
            throw ValidationError("-F says what ends a message: write \\0 at its end instead of -0.")
        }
        if noCommit, commitDelay != nil { throw ValidationError("--no-commit and --commit-delay exclude each other.") }
        try validateSession()
        try validateExec()
    }

    private func validateSession() throws {
        if session == nil, !settings.change.isEmpty {
            throw ValidationError("The settings of a session go with --session NAME.")
        }
        if session != nil, noCommit {
            throw ValidationError(
                "--no-commit does not go with --session: what is not committed comes again, and counts as an attempt.")
        }
    }

    private func validateExec() throws {
        guard let exec else {
            if parallel != nil {
                throw ValidationError("--parallel says how many commands run, so it goes with --exec.")
            }
            return
        }
        guard !exec.bytes.contains(0), !exec.bytes.isEmpty else {
            throw ValidationError("--exec needs a command for the shell, such as --exec 'wc -c'.")
        }
        if json || raw || format != nil || null {
            throw ValidationError("With --exec the command has the message, and nothing is printed: give no format.")
        }
        if noCommit || commitDelay != nil {
            throw ValidationError(
                "With --exec a message is committed when its command ends with 0: give no other choice.")
        }
    }

    func run() async throws {
        let format = try messageFormat
        let plan = try await plan.continuing(topics.isEmpty ? session : nil, connection)
        for warning in plan.warnings { StandardError.say(warning) }
        let deadline = patience.map { ContinuousClock.now + $0.duration }
        let client = try await connection.connect(
            "sub", window: plan.mustPause ? 0 : flight, reconnect: reconnects, session: session.map(settings.session),
            administers: false, within: patience?.duration)
        let news = ConnectionNews(client, reconnects: reconnects)
        let telling = Task { await news.follow() }
        defer { telling.cancel() }
        OutputWatch.begin { Task { await client.close() } }
        let (printer, workers, flight) = (printer(format), workers, flight)
        let left = Mutex(0)
        let isInTime = try await TimeLimit.run(deadline.map { ContinuousClock.now.duration(to: $0) }) {
            try await plan.subscribe(client)
            if plan.mustPause { client.setWindow(flight) }
            guard let workers else { return try await printer.run(client) }
            let count = try await workers.run(client)
            left.withLock { $0 = count }
        }
        await client.close()
        if let failure = news.failure { throw failure }
        guard isInTime else { throw timeIsUp }
        let count = left.withLock { $0 }
        if count > 0 { throw CommandFailure("\(count) \(count == 1 ? "message is" : "messages are") not done") }
    }

    private func printer(_ format: MessageFormat) -> MessagePrinter {
        MessagePrinter(
            format: format, count: count, endsWhenCaughtUp: end,
            commits: noCommit ? .never : commitDelay.map { .after($0.duration) } ?? .atOnce, session: session)
    }

    /// nil if messages are printed.
    private var workers: CommandWorkers? {
        exec.map { command in
            CommandWorkers(
                command: ShellCommand(command.bytes), parallel: parallel ?? 1, count: count, endsWhenCaughtUp: end,
                session: session)
        }
    }

    private var flight: UInt32 { window ?? (exec == nil ? 1024 : UInt32(parallel ?? 1)) }

    private var timeIsUp: CommandFailure {
        let time = FigureText.duration(milliseconds: patience?.milliseconds ?? 0)
        let isWhole = count == nil && !end
        return CommandFailure(
            ExitStatus.timedOut, "the time (\(time)) is up" + (isWhole ? "" : ", and that was not all"))
    }

    /// With ``end`` and ``noCommit`` what is to be printed has an end that another connection would move, unless it is a
    /// session's.
    private var reconnects: Bool { !noReconnect && !noCommit && (!end || session != nil) }

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
