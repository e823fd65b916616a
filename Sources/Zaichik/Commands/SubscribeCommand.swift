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
              zaichik sub orders -C 10 -W 5s            ten messages, or code 75 after 5 s
              zaichik sub orders -F '%t/%s %k=%p\\n'     your own format
              zaichik sub pics --raw -C 1 > hare.png    one payload, byte for byte
              zaichik sub orders --commit-delay 200ms   be a slow client on purpose
              zaichik sub orders --no-commit            look at one window of messages

            FORMAT (-F)
              %t topic  %s sequence  %k key  %p payload  %l bytes of the payload
              %u time in µs since 1970  %T time, ISO 8601  %% a percent sign
              \\n \\r \\t \\0 \\\\

            JSON (--json)
              topic, sequence, timestamp (µs since 1970), key (or null), payload;
              keys and payloads that are not UTF-8 come as key_base64 and payload_base64.

            On a terminal, characters that could harm it are spelled out, unless --raw. Gaps (messages that were lost to \
            retention or a limit before they could be delivered) are reported on standard error.
            """)

    @Argument(help: ArgumentHelp("Names or patterns.", valueName: "topic"))
    var topics: [String]

    @Option(name: [.customShort("C"), .customLong("count")], help: "End after this many messages.")
    var count: Int?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @Flag(help: "Print payloads as they are, with nothing between them.")
    var raw = false

    @Option(name: [.customShort("F"), .customLong("format")], help: "Print in this format; see FORMAT.")
    var format: String?

    @Option(help: ArgumentHelp("Where to start: \(StartText.forms).", valueName: "start"))
    var from = StartText(.new)

    @Option(help: ArgumentHelp("How many messages may be in flight; 1 is stop and wait.", valueName: "messages"))
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
            valueName: "time"), transform: TimeSpan.inSeconds)
    var patience: TimeSpan?

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if topics.isEmpty { throw ValidationError("Give at least one topic or pattern.") }
        if let count, count < 1 { throw ValidationError("-C must be at least 1.") }
        if [json, raw, format != nil].filter({ $0 }).count > 1 {
            throw ValidationError("Give only one of --json, --raw and -F.")
        }
        if noCommit, commitDelay != nil { throw ValidationError("--no-commit and --commit-delay exclude each other.") }
        if let patience, patience.milliseconds == 0 { throw ValidationError("-W must be above 0.") }
        if window == 0 { throw ValidationError("--window must be at least 1.") }
    }

    func run() async throws {
        let format: MessageFormat =
            if json { .json } else if raw { .raw } else if let pattern = self.format {
                try MessageFormat(pattern: pattern)
            } else { .line }
        let patterns = try topics.map { topic in
            do throws(NameError) {
                return try TopicPattern(topic)
            } catch {
                throw CommandFailure(ExitStatus.usage, ErrorText.topicPattern(topic, error))
            }
        }
        if case .sequence = from.position, let pattern = patterns.first(where: { $0.name == nil }) {
            throw CommandFailure(
                ExitStatus.usage,
                "--from seq:N needs a topic's name, since each topic has sequences of its own; for '\(pattern)' use first or time:T"
            )
        }
        let client = try await connection.connect("sub", window: window)
        for pattern in patterns { try await client.subscribe(to: pattern, from: from.position) }
        let printer = MessagePrinter(
            format: format, escapes: StandardOutput.isTerminal && !raw, count: count, endsWhenCaughtUp: end,
            commits: noCommit ? .never : commitDelay.map { .after($0.duration) } ?? .atOnce)
        let isInTime = try await TimeLimit.run(patience?.duration) { try await printer.run(client) }
        await client.close()
        guard isInTime else {
            let time = FigureText.duration(milliseconds: patience?.milliseconds ?? 0)
            throw CommandFailure(
                ExitStatus.timedOut, count == nil && !end ? "\(time) are up" : "\(time) are up, and that was not all")
        }
    }
}
