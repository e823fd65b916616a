import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag",
        abstract: "Show how far behind clients are: one line a second, like vmstat.",
        discussion: """
            Rates are of the last second. WORST is the client that is furthest behind, with its lag and the age of its \
            oldest uncommitted message. The broker sends the figures; nobody polls.

            EXAMPLES
              zaichik lag                               until Ctrl-C
              zaichik lag --interval 5s -C 12           a minute in twelve lines
              zaichik lag --json --top 10 | jq .        and the ten furthest behind
            """)

    @Option(
        help: ArgumentHelp(
            "Time between two lines, such as 500ms or 5s; a bare number is seconds. Default: 1s, at least 100ms.",
            valueName: "time"),
        transform: TimeSpan.inSeconds)
    var interval = TimeSpan(milliseconds: 1000)

    @Option(name: [.customShort("C"), .customLong("count")], help: "End after this many lines.")
    var count: Int?

    @Option(help: ArgumentHelp("How many of the clients furthest behind to list with --json.", valueName: "clients"))
    var top: UInt32 = 5

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    /// How many lines there are from one head to the next.
    private static let headInterval = 25

    func validate() throws {
        if let count, count < 1 { throw ValidationError("-C must be at least 1.") }
        guard (100...3_600_000).contains(interval.milliseconds) else {
            throw ValidationError("--interval must be between 100ms and 1h.")
        }
    }

    func run() async throws {
        let client = try await connection.connect("lag")
        let query = ClientQuery(sort: .lagMessages, descending: true, limit: json ? top : 1)
        let request = WatchRequest(interval: UInt32(interval.milliseconds), clients: query)
        var output = StandardOutput()
        var printed = 0
        for try await update in try await client.watch(request) {
            if json {
                output.object { Self.write(update, to: &$0) }
            } else {
                let width = StandardOutput.width
                if printed % Self.headInterval == 0 { output.line(LagLine.head(width: width)) }
                output.line(LagLine.text(update, width: width))
            }
            try output.flush()
            printed += 1
            if printed == count { break }
        }
        await client.close()
    }

    private static func write(_ update: StatisticsUpdate, to buffer: inout ByteBuffer) {
        buffer.writeField("time_us", update.time)
        update.broker.write(to: &buffer)
        let rows = update.clients?.rows ?? []
        buffer.writeField("furthest_behind", list: Array(zip(rows, ClientLabel.labels(of: rows)))) { row, buffer in
            row.0.write(label: row.1, to: &buffer)
        }
    }
}

/// One line of `zaichik lag`.
enum LagLine {
    private static let columns: [(head: String, width: Int)] = [
        ("TIME", 8), ("CLIENTS", 7), ("PUB/S", 9), ("DELIV/S", 9), ("COMMIT/S", 9), ("LAG", 11), ("GAPS", 9),
        ("RETAINED", 9), ("WORST", 0),
    ]
    /// The columns that are left out first where a line has too little room.
    private static let dispensable = ["RETAINED", "GAPS", "CLIENTS", "DELIV/S"]
    /// The width that the worst client gets before columns are left out.
    private static let worstWidth = 28

    static func head(width: Int?) -> String { join(columns.map(\.head), width) }

    /// - Parameter width: The columns of a terminal's line; nil for as many as it needs.
    static func text(_ update: StatisticsUpdate, width: Int?) -> String {
        let broker = update.broker
        let time = TimeText.text(update.time).split(separator: "T").last.map { String($0.prefix(8)) } ?? ""
        var worst = "-"
        if let client = update.clients?.rows.first, client[.lagMessages] > 0 {
            let label = SafeText.escaped(ClientLabel.labels(of: [client])[0])
            let age = FigureText.text(client[.oldestAge], ClientFigure.oldestAge)
            worst = "\(label)#\(client.id) \(client[.lagMessages]), \(age), \(client.state)"
        }
        return join(
            [
                time, String(broker[.connections]), String(broker[.publishRate]), String(broker[.deliverRate]),
                String(broker[.commitRate]), String(broker[.lagMessages]), String(broker[.gapMessages]),
                FigureText.bytes(broker[.retainedBytes]), worst,
            ], width)
    }

    private static func join(_ texts: [String], _ width: Int?) -> String {
        var shown = Array(zip(columns, texts))
        if let width {
            var room = width - columns.reduce(-1) { $0 + $1.width + 1 }
            for name in dispensable where room < worstWidth {
                guard let index = shown.firstIndex(where: { $0.0.head == name }) else { continue }
                room += shown.remove(at: index).0.width + 1
            }
        }
        let line = shown.map { TextWidth.padded($1, to: $0.width, isNumber: true) }.joined(separator: " ")
        return width.map { TextWidth.cut(line, to: $0) } ?? line
    }
}
