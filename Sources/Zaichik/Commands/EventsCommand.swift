import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what has happened in the broker.",
        discussion: """
            The broker keeps its last 1,000 events: who came and went and why, what was created, changed and deleted, what \
            queues have lost, verdicts that changed, messages that were parked, and what operators did. The topic \
            $zaichik.events has them for every client.

            EXAMPLES
              zaichik events                            what is kept, then end
              zaichik events -f                         that, and on until Ctrl-C
              zaichik events -f --last 0                only what is to come
              zaichik events --type gap --type drops-begun   some events only
              zaichik events --type gap,verdict-changed      the same with commas
              zaichik events -f --client alice          only those of a client
              zaichik events --except client-connected,client-disconnected
              zaichik events --json | jq .data.client   one JSON object a line

            A LINE has the time, the level, the event's name, what it says, and its data. Of more than 100 events of a name \
            in a second the others are counted: 'and N more'. A changed verdict is told in the sentence that 'zaichik why' has \
            for it. docs/EVENTS.md lists names and data; \
            docs/schema/events.schema.json describes the JSON.
            """)

    @Flag(name: .shortAndLong, help: "Go on with what is to come.")
    var follow = false

    @Option(
        name: [.customShort("n"), .customLong("last")],
        help: ArgumentHelp("Begin with the last so many events.", valueName: "events"),
        transform: NumberText.whole(0...UInt64.max))
    var last: UInt64?

    @Option(
        help: ArgumentHelp("Only events of this name; several are possible, also with commas.", valueName: "name"))
    var type: [String] = []

    @Option(
        help: ArgumentHelp("Only events of this client or session: its name, NAME#ID or #ID.", valueName: "client"),
        completion: .clients)
    var client: String?

    @Option(
        help: ArgumentHelp("No events of this name; several are possible, also with commas.", valueName: "name"))
    var except: [String] = []

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if last == 0, !follow { throw ValidationError("--last 0 shows what is to come, so it goes with -f.") }
    }

    func run() async throws {
        let filter = EventFilter(types: type, except: except, client: self.client)
        let client = try await connection.connect("events", reconnect: follow)
        let news = ConnectionNews(client, reconnects: follow)
        let telling = Task { await news.follow() }
        defer { telling.cancel() }
        OutputWatch.begin { Task { await client.close() } }
        let start: StartPosition = last.map { $0 == 0 ? .new : .last($0) } ?? .earliest
        var reader = try await ReportReader(client, .events, from: start)
        var output = StandardOutput()
        var shown = 0
        while follow || !reader.isAtHead, let delivery = try await reader.next() {
            if let event = Report(delivery.content), filter.wants(event) {
                if json { output.report(delivery.content) } else { output.line(text(event)) }
                shown += 1
            }
            // What is kept comes in one go, what follows at once.
            if reader.isAtHead { try output.flush() } else { _ = try output.flushIfFull() }
        }
        try output.flush()
        await client.close()
        if let failure = news.failure { throw failure }
        if shown == 0, !follow, let wanted = filter.wanted { StandardError.say("no event that is kept \(wanted)") }
    }

    /// Such as `12:00:00.123 info client-connected: client connected client=7 name="hare"`.
    private func text(_ event: Report) -> String {
        let time = zone.text(event.time)
        var what = SafeText.escaped(event.text)
        if event.more == 0 {
            let verdict = event.verdict
            what += " " + event.shownData(without: verdict?.names ?? [])
            if let verdict { what += ": " + SafeText.escaped(verdict.sentence) }
        }
        return "\(time) \(SafeText.escaped(event.level)) \(SafeText.escaped(event.name)): \(what)"
    }
}

extension StandardOutput {
    /// A report as it came, with what could harm a terminal escaped.
    mutating func report(_ json: ByteBuffer) {
        buffer.writeJSON(valid: json)
        buffer.writeInteger(UInt8(ascii: "\n"))
    }
}

extension Report {
    /// The content of a message of one of the broker's own topics.
    init?(_ content: ByteBuffer) { self.init(content.readableBytesView) }
}
