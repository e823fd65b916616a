import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct PeekCommand<Target: ActTargetArgument>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "peek",
            abstract: "Look at the messages in its queue: in flight, to come again, next, parked.",
            discussion: """
                Nothing is taken or changed. 'at' is the client that has a message in flight, 'since' when it was \
                delivered, comes again, or was parked. Aligned on a terminal, tab-separated otherwise, everything with --json.

                EXAMPLES
                  zaichik \(Target.group) peek \(Target.example)
                  zaichik \(Target.group) peek \(Target.example) --limit 1 --json | jq .payload
                """)
    }

    @OptionGroup var target: Target

    @Option(
        help: "The most messages of each state. Default: 10.",
        transform: NumberText.whole(1...UInt32(PeerLimits.peekedMessages)))
    var limit: UInt32 = 10

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let client = try await connection.connect(Target.group)
        let (request, _) = try await target.request(.pause, ActValues(), client)
        let page = try await client.peek(
            client: request.client > 0 ? request.client : nil, session: request.name.isEmpty ? nil : request.name,
            limit: limit)
        let now = try await client.brokerTime()
        await client.close()
        var output = StandardOutput()
        if json {
            for row in page.rows { output.object { row.write(to: &$0) } }
        } else {
            output.table(PeekTable.make(page.rows, now: now, time: zone.text))
        }
        try output.flush()
        let omitted = page.matching - page.rows.count
        if omitted > 0 { StandardError.say("\(omitted) more are in the queue; --limit shows more") }
    }
}

/// The table of the messages of a queue.
enum PeekTable {
    private static let head = [
        "state", "place", "topic", "sequence", "age_us", "bytes", "attempts", "at", "since", "reason", "key", "payload",
    ]
    /// The columns that a narrow terminal shows first.
    private static let important = ["state", "topic", "sequence", "age_us", "payload"]
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
                .text(row.state.description), .number(row.place), .text(message.topic), .number(message.sequence),
                .number(age, shown: FigureText.age(microseconds: age)), .number(UInt64(row.size)),
                .number(UInt64(message.attempts)), .number(row.client),
                .number(message.parkedAt, shown: message.parkedAt == 0 ? "-" : time(message.parkedAt)),
                .text(message.reason), .text(SafeText.text(message.key.readableBytesView)),
                .text(SafeText.text(content.readableBytesView.prefix(shown))),
            ]
        }
        return table
    }
}

extension PeekedMessage {
    fileprivate func write(to buffer: inout ByteBuffer) {
        buffer.writeField("state", state.description)
        buffer.writeField("place", place)
        buffer.writeField("client", client)
        buffer.writeField("frame_bytes", UInt64(size))
        message.write(to: &buffer)
    }
}
