import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TopicPeekCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peek",
        abstract: "Look at the messages that a topic keeps.",
        discussion: """
            Nothing is taken, changed or subscribed to. Shows the beginning of each payload; what was purged or has expired is \
            not shown. Aligned on a terminal, tab-separated otherwise, everything with --json.

            EXAMPLES
              zaichik topic peek orders                      the last ten
              zaichik topic peek orders --last 100
              zaichik topic peek orders --from first         the first ten that are kept
              zaichik topic peek orders --from seq:500 --limit 3
              zaichik topic peek orders --from time:10m --limit 1000 --json | jq .payload
            """)

    static let forms = "first, last:N, seq:N or time:T"

    @Argument(help: "The topic's name.", completion: .topics)
    var name: String

    @Option(
        help: ArgumentHelp(
            "The first message: \(TopicPeekCommand.forms), as for 'zaichik sub --from'. Default: the last ones.",
            valueName: "start"), transform: StartText.readKept)
    var from: StartText?

    @Option(help: "The last so many.", transform: NumberText.whole(1...UInt64.max))
    var last: UInt64?

    @Option(
        help: "The most messages. Default: 10, or as many as --last says.", transform: NumberText.whole(1...UInt64.max))
    var limit: UInt64?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if from != nil, last != nil { throw ValidationError("Give only one of --from and --last.") }
    }

    func run() async throws {
        let client = try await connection.connect("topic")
        let most = limit ?? last ?? 10
        let start = try await from?.position(client, zone) ?? .last(last ?? most)
        let now = try await client.brokerTime()
        var output = StandardOutput()
        var rows: [PeekedMessage] = []
        let omitted = try await pages(client, from: start, most: most) { page in
            guard json else { return rows += page }
            for row in page { output.object { row.write(now: now, to: &$0) } }
            try output.flush()
        }
        await client.close()
        if !json { output.table(KeptTable.make(rows, now: now, time: zone.text)) }
        try output.flush()
        if omitted > 0 { StandardError.say("\(omitted) more are kept after these; --limit shows more") }
    }

    /// Asks for messages, a bounded number at a time.
    ///
    /// - Returns: How many are kept after those.
    private func pages(
        _ client: ZaichikClient, from start: StartPosition, most: UInt64, _ show: ([PeekedMessage]) throws -> Void
    ) async throws -> UInt64 {
        var (start, left) = (start, most)
        while true {
            let asked = UInt32(min(left, UInt64(PeerLimits.peekedMessages)))
            let page = try await page(client, from: start, limit: asked)
            try show(page.rows)
            left -= UInt64(page.rows.count)
            guard left > 0, page.rows.count == asked, let last = page.rows.last else {
                // With fewer than were asked for, there are no others: what is counted and not shown has expired.
                return page.rows.count == asked ? UInt64(max(page.matching - page.rows.count, 0)) : 0
            }
            start = .sequence(last.message.sequence + 1)
        }
    }

    private func page(
        _ client: ZaichikClient, from start: StartPosition, limit: UInt32
    ) async throws -> RowPage<PeekedMessage> {
        do {
            return try await client.peek(topic: name, from: start, limit: limit)
        } catch  where error.code == .refused(.unknownTopic) {
            throw CommandFailure.unknownTopic(name, client)
        }
    }
}

/// The table of messages that a topic keeps.
enum KeptTable {
    private static let head = ["sequence", "time", "age_us", "bytes", "key", "payload"]
    /// The columns that a narrow terminal shows first.
    private static let important = ["sequence", "age_us", "payload"]
    /// How much of a payload is shown, in bytes.
    private static let shown = 60

    /// - Parameter time: Writes a time in µs since 1970 UTC.
    static func make(_ rows: [PeekedMessage], now: UInt64, time: (UInt64) -> String) -> Table {
        var table = Table(head: head, important: important)
        table.rows = rows.map { row in
            let message = row.message
            let content = message.parts(of: message.payload)?.content ?? ByteBuffer()
            let age = now - min(message.timestamp, now)
            return [
                .number(message.sequence), .number(message.timestamp, shown: time(message.timestamp)),
                .number(age, shown: FigureText.age(microseconds: age)), .number(UInt64(row.size)),
                .text(SafeText.text(message.key.readableBytesView)),
                .text(SafeText.text(content.readableBytesView.prefix(shown))),
            ]
        }
        return table
    }
}

extension PeekedMessage {
    /// The fields of a message that a topic keeps.
    fileprivate func write(now: UInt64, to buffer: inout ByteBuffer) {
        buffer.writeField("topic", message.topic)
        buffer.writeField("sequence", message.sequence)
        buffer.writeField("timestamp", message.timestamp)
        buffer.writeField("age_us", now - min(message.timestamp, now))
        buffer.writeField("frame_bytes", UInt64(size))
        message.writeContent(to: &buffer)
    }
}
