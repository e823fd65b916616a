import ArgumentParser
import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag",
        abstract: "Show how far behind clients are, and what they lose: one line a second, like vmstat.",
        discussion: """
            Rates are of the last second. LOST is what queues have lost, DROPPED what topics have dropped; a message that \
            two queues lose is lost twice and dropped once. WORST is the client that loses most, else the one that is \
            furthest behind. The broker sends the figures; nobody polls.

            With -1 the worst clients are listed once, each with the reason in a sentence.

            EXAMPLES
              zaichik lag                               until Ctrl-C
              zaichik lag -1                            who is slowest, why, what is lost
              zaichik lag --interval 5s -C 12           a minute in twelve lines
              zaichik lag --json --top 10 | jq .        and the ten worst clients
            """)

    @Flag(
        name: [.customShort("1"), .customLong("once")],
        help: "List the clients that lose messages or are behind, the worst first, and end.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "Time between two lines, such as 500ms or 5s; a bare number is seconds. Default: 1s, at least 100ms.",
            valueName: "time"),
        transform: TimeSpan.inSeconds)
    var interval = TimeSpan(milliseconds: 1000)

    @Option(
        name: [.customShort("C"), .customLong("count")], help: "End after this many lines.",
        transform: NumberText.whole(1...Int.max))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "How many of the worst clients to list with -1 and --json. Default: 5, at most \(LagCommand.mostTop).",
            valueName: "clients"), transform: NumberText.whole(0...LagCommand.mostTop))
    var top: UInt32 = 5

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @Flag(help: "End when the connection is lost, with exit code 69.")
    var noReconnect = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    private static let mostTop: UInt32 = 1000
    /// The intervals that a watch may have, in ms.
    static let intervals: ClosedRange<UInt64> = 100...3_600_000
    /// How many lines there are from one head to the next.
    private static let headInterval = 25

    func validate() throws {
        guard Self.intervals.contains(interval.milliseconds) else {
            throw ValidationError("--interval must be between 100ms and 1h.")
        }
        if once, count != nil { throw ValidationError("-1 ends after one list; give it without -C.") }
    }

    func run() async throws {
        let reconnects = !noReconnect && !once
        let client = try await connection.connect("lag", reconnect: reconnects)
        let news = Task { await Self.follow(client, reconnects) }
        defer { news.cancel() }
        let query = ClientQuery(sort: .severity, descending: true, limit: json || once ? top : 1)
        let request = WatchRequest(interval: UInt32(interval.milliseconds), clients: query)
        var output = StandardOutput()
        var printed = 0
        for try await update in try await client.watch(request) {
            if json {
                let worst = try await WorstClients(update, client)
                output.object { worst.write(to: &$0) }
            } else if once {
                let worst = try await WorstClients(update, client)
                let time = zone.text(update.time)
                for line in worst.lines(time: time, width: StandardOutput.width) { output.line(line) }
            } else {
                let line = LagLine(width: StandardOutput.width, zone: zone.offset(at: update.time))
                if printed % Self.headInterval == 0 { output.line(line.head) }
                output.line(line.text(update, isLoud: StandardOutput.hasColours))
            }
            try output.flush()
            printed += 1
            if once || printed == count { break }
        }
        await client.close()
    }

    /// Tells what happens to the connection.
    static func follow(_ client: ZaichikClient, _ reconnects: Bool) async {
        var connections = 0
        for await event in client.events {
            switch event {
            case .connected:
                connections += 1
                if connections > 1 { StandardError.say("connected to \(client.address) again") }
            case .disconnected(let error):
                if reconnects, error.code != .closed { StandardError.say("\(error.message); connecting again") }
            case .refused(let error): StandardError.say(error.message)
            case .brokerReplaced: StandardError.say(ReplacedText.figures)
            default: break
            }
        }
    }
}
