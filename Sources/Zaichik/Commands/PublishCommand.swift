import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pub",
        abstract: "Publish messages.",
        discussion: """
            Returns when the broker has accepted everything. A topic that does not exist is created.

            EXAMPLES
              zaichik pub orders 'one hare'             one message
              zaichik pub orders -k eu '{"n":1}'        with a key
              seq 1000000 | zaichik pub orders -l       each line of standard input
              zaichik pub orders -l -K: < pairs         lines such as KEY:MESSAGE
              zaichik pub pictures -f hare.png          a file; - is standard input
              zaichik pub orders tick --count 60 --rate 1  once a second for a minute

            Messages that the broker refuses are counted on standard error, with the first reason; the exit code is 1. A \
            command that is interrupted tells which messages were not answered or not sent.
            """)

    /// How long an interrupted command waits for confirmations.
    private static let patience = Duration.seconds(2)

    @Argument(help: "Where to publish, such as orders.eu.")
    var topic: String

    @Argument(help: "The message.")
    var message: String?

    @Option(name: .shortAndLong, help: "The key of every message.")
    var key: String?

    @Flag(name: .shortAndLong, help: "Publish each line of standard input.")
    var lines = false

    @Option(
        name: [.customShort("K", allowingJoined: true), .customLong("key-separator")],
        help: ArgumentHelp("With -l: the text between key and message on a line.", valueName: "separator"))
    var separator: String?

    @Option(name: .shortAndLong, help: "Publish the contents of a file; - is standard input.")
    var file: String?

    @Option(help: "Publish the message this many times.")
    var count: Int?

    @Option(help: ArgumentHelp("The most messages to publish in a second.", valueName: "messages"))
    var rate: Double?

    @OptionGroup var connection: ConnectOptions

    private static let rates = 1e-6...1e9

    func validate() throws {
        let sources = [message != nil, lines, file != nil].filter { $0 }.count
        guard sources == 1 else {
            throw ValidationError(
                sources == 0
                    ? "What is to be published? Give a MESSAGE, -l for the lines of standard input, or -f FILE."
                    : "Give only one of MESSAGE, -l and -f FILE.")
        }
        if separator != nil, !lines { throw ValidationError("-K divides lines, so it goes with -l.") }
        if let separator, separator.isEmpty { throw ValidationError("-K needs a separator, for example -K:") }
        if separator != nil, key != nil {
            throw ValidationError("Give the key with -k or in the lines with -K, not both.")
        }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
        if count != nil, lines { throw ValidationError("--count repeats one message; with -l each line is one.") }
        if let rate, !Self.rates.contains(rate) {
            throw ValidationError(
                "--rate must be a number of messages a second, from 0.000001 to 1000000000.")
        }
    }

    func run() async throws {
        let name: TopicName
        do throws(NameError) {
            name = try TopicName(topic)
        } catch {
            throw CommandFailure(ExitStatus.usage, ErrorText.topicName(topic, error))
        }
        let payload = try payload()
        let client = try await connection.connect("pub")
        let blocked = Task { await Self.tellBlocked(client) }
        defer { blocked.cancel() }
        var enqueued = 0
        var failure: (any Error)?
        do {
            try await send(payload, to: name, client, enqueued: &enqueued)
        } catch {
            // The messages enqueued before are still to be confirmed.
            failure = error
        }
        let result = try await Self.settle(client)
        if result.unanswered == 0 { await client.close() }
        let report = PublishReport(result: result, unit: lines ? "line" : "message", enqueued: enqueued)
        if let text = report.duplicates { StandardError.say(text) }
        if let text = report.unanswered { StandardError.say(text) }
        if let failure, !Task.isCancelled {
            throw CommandFailure(report.failure(failure))
        }
        if let refusals = report.refusals { throw CommandFailure(refusals) }
    }

    /// Sends everything, until the task is cancelled.
    ///
    /// - Parameter enqueued: How many messages were enqueued when it ends, by an error too.
    private func send(
        _ payload: ByteBuffer?, to name: TopicName, _ client: ZaichikClient, enqueued: inout Int
    ) async throws {
        var pace = Pace(rate: rate)
        let fixedKey = key.map { ByteBuffer(string: $0) }
        var reader = LineReader()
        while true {
            var message = (key: fixedKey, payload: payload ?? ByteBuffer())
            if payload != nil {
                guard enqueued < count ?? 1 else { return }
            } else {
                guard let line = try reader.next() else { return }
                let (key, value) = divide(line)
                message = (key ?? fixedKey, value)
            }
            if pace.isLimited { await pace.wait() }
            if Task.isCancelled { return }
            try await client.enqueue(message.payload, to: name, key: message.key)
            enqueued += 1
        }
    }

    /// Waits until everything is answered; after Ctrl-C not for long, and then gives up what is not.
    private static func settle(_ client: ZaichikClient) async throws -> FlushResult {
        let flushing = Task { try await client.flush() }
        return try await withTaskCancellationHandler {
            do {
                return try await flushing.value
            } catch let error as ClientError where error.code == .cancelled {
                return client.withdraw()
            }
        } onCancel: {
            Task {
                try? await Task.sleep(for: patience)
                flushing.cancel()
            }
        }
    }

    /// The one message; nil if each line is one.
    private func payload() throws -> ByteBuffer? {
        if let message { return ByteBuffer(string: message) }
        guard let file else { return nil }
        if file == "-" {
            var reader = LineReader()
            return try reader.rest()
        }
        return try LineReader.contents(of: file)
    }

    private func divide(_ line: ByteBuffer) -> (key: ByteBuffer?, payload: ByteBuffer) {
        guard let separator, let range = line.readableBytesView.firstRange(of: Array(separator.utf8)) else {
            return (nil, line)
        }
        var payload = line
        let key = payload.readSlice(length: range.lowerBound - line.readerIndex)
        payload.moveReaderIndex(to: range.upperBound)
        return (key, payload)
    }

    private static func tellBlocked(_ client: ZaichikClient) async {
        for await event in client.events {
            guard case .blocked(let isBlocked) = event else { continue }
            StandardError.say(ErrorText.publishing(isBlocked: isBlocked))
        }
    }
}

/// Spreads messages evenly over time.
struct Pace {
    let rate: Double?
    private var due: ContinuousClock.Instant?

    init(rate: Double?) { self.rate = rate }

    var isLimited: Bool { rate != nil }

    /// Returns when the next message is due, or when the task is cancelled.
    mutating func wait() async {
        guard let rate else { return }
        // Delays are not made up for: the rate is a maximum, not a mean.
        let due = max(due ?? .now, .now)
        self.due = due + .seconds(1 / rate)
        if due > .now { try? await Task.sleep(until: due, clock: .continuous) }
    }
}
