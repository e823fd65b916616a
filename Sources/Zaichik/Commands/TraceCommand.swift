import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct TraceCommand: AsyncParsableCommand, TakesBytes {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show a message's way through every queue.",
        discussion: """
            Only messages that were published with a trace leave one: 'pub --trace', or --message here. The broker keeps the \
            last steps of them in the topic $zaichik.trace.

            EXAMPLES
              zaichik trace orders 42                   the steps so far
              zaichik trace orders 42 -f                and on, until every queue is done with it
              zaichik trace orders --message test       publish one, and follow it
              zaichik trace orders --message test -k eu with a key
              zaichik trace orders 42 --json            one JSON object a line

            STEPS
              accepted   it is in the log, and in so many queues
              queued     in whose queue, and at which place of its topic's there
              delivered  to whom, for which time
              committed  its queue is done with it
              returned, touched, parked, released, dropped   what its client, or the
                         broker, did instead, and why
              lost       the queue will not get it: limit, expired, purged, moved
              withheld   it is not for this queue: duplicate, expired, superseded, echo
              refused, duplicate, waiting, delayed   what became of its publish
              ended      its queue ended with it in flight

            Times are from the publish on. docs/EVENTS.md has more.
            """)

    static let byteArguments: Set<String> = ["message", "key"]

    @Argument(help: "The topic of the message.")
    var topic: String

    @Argument(help: "Its sequence, as receipts and 'sub' have it.", transform: NumberText.whole(1...UInt64.max))
    var sequence: UInt64?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Publish this message with a trace, and follow it.", valueName: "message"))
    var message: ArgumentBytes?

    @Option(name: .shortAndLong, help: "The key of the message that is published.")
    var key: ArgumentBytes?

    @Flag(name: .shortAndLong, help: "Go on until every queue is done with it.")
    var follow = false

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp(
            "Give up after this time, such as 500ms or 5s, with exit code 75; a bare number is seconds.",
            valueName: "time"), transform: TimeSpan.patience)
    var patience: TimeSpan?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        guard (sequence == nil) != (message == nil) else {
            throw ValidationError("Which message? Give its SEQUENCE, or one to publish with --message.")
        }
        if key != nil, message == nil { throw ValidationError("-k is the key of what --message publishes.") }
    }

    func run() async throws {
        let name: TopicName
        do throws(NameError) {
            name = try TopicName(topic)
        } catch {
            throw CommandFailure(ExitStatus.usage, ErrorText.topicName(topic, error))
        }
        let client = try await connection.connect("trace")
        OutputWatch.begin { Task { await client.close() } }
        let isInTime = try await TimeLimit.run(patience?.duration) { try await show(name, client) }
        await client.close()
        guard isInTime else {
            throw CommandFailure(ExitStatus.timedOut, "the time is up, and not every queue is done with the message")
        }
    }

    private func show(_ name: TopicName, _ client: ZaichikClient) async throws {
        var reader = try await ReportReader(client, .trace, from: message == nil ? .earliest : .new)
        let sequence = try await published(to: name, client) ?? sequence ?? 0
        var table = TraceTable(topic: name.string, sequence: sequence)
        var output = StandardOutput()
        // What is kept is put in order first: loops tell their steps each in its own.
        var kept: [(step: Report, content: ByteBuffer)] = []
        while !reader.isAtHead, let delivery = try await reader.next() {
            if let step = Report(delivery.content), table.isAbout(step) { kept.append((step, delivery.content)) }
        }
        for (step, content) in TraceTable.ordered(kept, by: \.step) {
            write(table.take(step), content, to: &output)
        }
        try output.flush()
        guard message != nil || follow else {
            guard !table.isEmpty else {
                throw CommandFailure(
                    "no step of message \(sequence) of '\(name)' is kept: was it published with a trace? 'pub --trace' does that"
                )
            }
            return
        }
        while !table.isDone, let delivery = try await reader.next() {
            guard let step = Report(delivery.content), table.isAbout(step) else { continue }
            write(table.take(step), delivery.content, to: &output)
            try output.flush()
        }
    }

    private func write(_ lines: [String], _ content: ByteBuffer, to output: inout StandardOutput) {
        if json { return output.report(content) }
        for line in lines { output.line(line) }
    }

    /// Publishes the message, if there is one to publish.
    ///
    /// - Returns: Its sequence; nil if there is none to publish.
    private func published(to name: TopicName, _ client: ZaichikClient) async throws -> UInt64? {
        guard let message else { return nil }
        let receipt = try await client.publishWithReceipt(message.buffer, to: name, key: key?.buffer, traced: true)
        return receipt.sequence
    }
}
