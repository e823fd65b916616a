import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "List the clients again and again, the worst first.",
        discussion: """
            The table of 'client ls', on a terminal always in the same place, with as many rows as fit; else one block \
            after the other, each with a line about the broker, a head and tab-separated rows. The broker sends the \
            figures; nobody polls. 'zaichik-tui' shows more.

            EXAMPLES
              zaichik top                               until Ctrl-C
              zaichik top --sort commits_per_second --limit 5
              zaichik top worker --interval 5s          those with 'worker' in their names
              zaichik top --count 1 | tail -n +2        the table once
              zaichik top --json | jq '.clients[0]'     an object for each time
            """)

    @OptionGroup var list: ListOptions<ClientFigure>

    @Option(
        help: ArgumentHelp(
            "Time from one list to the next, such as 500ms or 5s; a bare number is seconds. Default: 1s, at least 100ms.",
            valueName: "time"),
        transform: TimeSpan.inSeconds)
    var interval = TimeSpan(milliseconds: 1000)

    @Option(
        name: [.customShort("C"), .customLong("count")], help: "End after this many lists.",
        transform: NumberText.whole(1...Int.max))
    var count: Int?

    @Flag(help: "End when the connection is lost, with exit code 69.")
    var noReconnect = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        guard LagCommand.intervals.contains(interval.milliseconds) else {
            throw ValidationError("--interval must be between 100ms and 1h.")
        }
    }

    func run() async throws {
        let client = try await connection.connect("top", reconnect: !noReconnect)
        let news = Task { await LagCommand.follow(client, !noReconnect) }
        defer { news.cancel() }
        let request = WatchRequest(interval: UInt32(interval.milliseconds), clients: list.query)
        var output = StandardOutput()
        var printed = 0
        for try await update in try await client.watch(request) {
            if list.json {
                output.object { update.writeTop(to: &$0) }
            } else if let height = StandardOutput.height {
                let screen = TopScreen(update, time: zone.text, hasColours: StandardOutput.hasColours)
                output.buffer.writeString(
                    screen.redrawn(width: StandardOutput.width ?? 80, height: height, isFirst: printed == 0))
            } else {
                if printed > 0 { output.line("") }
                for line in TopScreen(update, time: zone.text).block { output.line(line) }
            }
            try output.flush()
            printed += 1
            if printed == count { break }
        }
        await client.close()
    }
}

/// One look at the clients, for a plain terminal.
struct TopScreen {
    private static let home = "\u{1B}[H"
    private static let clear = "\u{1B}[2J"
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    private let update: StatisticsUpdate
    private let time: (UInt64) -> String
    private let hasColours: Bool

    /// - Parameter time: Writes a time in µs since 1970 UTC.
    init(_ update: StatisticsUpdate, time: @escaping (UInt64) -> String, hasColours: Bool = false) {
        self.update = update
        self.time = time
        self.hasColours = hasColours
    }

    private var rows: [ClientStatistics] { update.clients?.rows ?? [] }

    private var summary: String {
        let broker = update.broker
        let clients = update.clients?.matching ?? 0
        var text = "\(time(update.time)): \(clients == 1 ? "1 client" : "\(clients) clients"), "
        text += "\(broker[.publishRate])/s in, \(broker[.deliverRate])/s out, \(broker[.lagMessages]) messages behind"
        return text + (broker[.losingClients] > 0 ? ", \(broker[.losingClients]) LOSING" : "")
    }

    private func table(_ rows: [ClientStatistics]) -> Table {
        // Labels as of all rows, so that they stay the same in a lower window.
        let labels = ClientLabel.labels(of: self.rows)
        var table = ClientTable.make(rows, labels: Array(labels.prefix(rows.count)), time: time)
        table.hasColours = hasColours
        return table
    }

    /// The lines for what is not a terminal.
    var block: [String] { ["# \(summary)"] + table(rows).lines(aligned: false) }

    /// What draws it over what was drawn before. It scrolls nothing, so the last line of the terminal has no line feed.
    func redrawn(width: Int, height: Int, isFirst: Bool) -> String {
        let head = TextWidth.cut(summary, to: max(width, 1))
        let shown = rows.prefix(max(height - 3, 0))
        var lines = [head] + table(Array(shown)).lines(aligned: true, width: width)
        let hidden = (update.clients?.matching ?? 0) - shown.count
        if hidden > 0, lines.count < height { lines.append(TextWidth.cut("\(hidden) more", to: max(width, 1))) }
        let text = lines.prefix(max(height, 1)).map { $0 + Self.clearLine }.joined(separator: "\r\n")
        return (isFirst ? Self.clear : "") + Self.home + text + Self.clearBelow
    }
}

extension StatisticsUpdate {
    /// The time, the number of clients that match, and the rows.
    func writeTop(to buffer: inout ByteBuffer) {
        let rows = clients?.rows ?? []
        buffer.writeField("time_us", time)
        buffer.writeField("matching", UInt64(clients?.matching ?? 0))
        buffer.writeField("clients", list: Array(zip(rows, ClientLabel.labels(of: rows)))) { row, buffer in
            row.0.write(label: row.1, to: &buffer)
        }
    }
}
