import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct PublishCommand: AsyncParsableCommand, TakesBytes {
    static let configuration = CommandConfiguration(
        commandName: "pub",
        abstract: "Publish messages.",
        discussion: """
            Returns when the broker has accepted everything. A topic that does not exist is created, and that is said.

            EXAMPLES
              zaichik pub orders 'one hare'             one message
              zaichik pub orders -k eu '{"n":1}'        with a key
              zaichik pub orders -- -5                  what begins with a dash
              seq 1000000 | zaichik pub orders -l       each line of standard input
              zaichik pub orders -l -K'\\t' < pairs      lines: the key, a tab, the message
              find . -print0 | zaichik pub files -0     what NUL bytes end
              zaichik pub pictures -f a.png -f b.png    files, a message each
              date | zaichik pub orders -               all of standard input as one
              zaichik pub orders tick --count 60 --rate 1  once a second for a minute
              zaichik pub orders --delay 30s 'a hare'   delivered in 30 s
              zaichik pub orders --expire 1h 'a hare'   for readers in time
              zaichik pub orders -H color:grey 'a hare' with a header
              tail -F app.log | zaichik pub log -l --producer app  nothing lost or twice
              zaichik pub orders -l --receipts < new    what became of each line
              zaichik pub orders --trace --receipts 'a hare'  for 'zaichik trace'

            Messages, keys, separators and files' names are bytes, UTF-8 or not. A MESSAGE or FILE that is just - is \
            standard input.

            Messages that the broker refuses are counted on standard error, with the first reason; the exit code is 1. A \
            command that is interrupted, or loses the connection, tells which messages were not answered or not sent. It \
            does not connect again: those that were not answered may have been accepted, and would come twice.

            With --producer it does: the broker remembers how far the producer's messages were answered, and exactly the \
            others are sent again. Each name is one command's at a time; the newest takes it from the one before.

            RECEIPTS (--receipts), a line for each message, in order
              SEQUENCE accepted QUEUES    stored, and in so many queues
              SEQUENCE duplicate QUEUES   dropped: its key came before, with this sequence
              0 delayed QUEUES            it gets its sequence when its time has come
              0 refused CODE              not stored
            """)

    static let byteArguments: Set<String> = ["message", "key", "key-separator", "file"]

    /// How long an interrupted command waits for confirmations.
    private static let patience = Duration.seconds(2)

    @Argument(help: "Where to publish, such as orders.eu.", completion: .topics)
    var topic: String

    @Argument(help: "The message; - is all of standard input.")
    var message: ArgumentBytes?

    @Option(name: .shortAndLong, help: "The key of every message.")
    var key: ArgumentBytes?

    @Flag(name: .shortAndLong, help: "Publish each line of standard input.")
    var lines = false

    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: "Publish what standard input has, each message ended by a NUL byte.")
    var null = false

    @Option(
        name: [.customShort("K"), .customLong("key-separator")],
        help: ArgumentHelp(
            "With -l or -0: the text between key and message, with \(EscapedText.forms). A line without it is an error.",
            valueName: "separator"))
    var separator: ArgumentBytes?

    @Flag(help: "With -K: a line without the separator has no key.")
    var keyOptional = false

    @Option(
        name: .shortAndLong, help: "Publish the contents of a file, or of several in their order; - is standard input.")
    var file: [ArgumentBytes] = []

    @Option(
        name: [.customShort("n"), .customLong("count")], help: "Publish the message this many times.",
        transform: NumberText.whole(1...Int.max))
    var count: Int?

    @Option(
        help: ArgumentHelp("The most messages to publish in a second.", valueName: "messages"),
        transform: NumberText.real(1e-6...1e9, "from 0.000001 to 1000000000 messages a second"))
    var rate: Double?

    @Option(
        help: ArgumentHelp("Have it delivered no earlier than this from now, such as 30s or 1h.", valueName: "time"),
        transform: HeaderText.delay)
    var delay: Headers.Field?

    @Option(
        help: ArgumentHelp(
            "Keep it from readers that come to it later than this from now, or from when it is due with --delay; such as 30s or 1h.",
            valueName: "time"),
        transform: HeaderText.expiry)
    var expire: Headers.Field?

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: ArgumentHelp("A header of every message; several are possible.", valueName: "name:value"),
        transform: HeaderText.read)
    var header: [Headers.Field] = []

    @Option(help: "Publish under this name, and connect again when the connection is lost.")
    var producer: String?

    @Flag(help: "Print what became of each message; each waits for the one before. See RECEIPTS.")
    var receipts = false

    @Flag(help: "With --receipts: print JSON, one object a line.")
    var json = false
    @Flag(help: "Have the broker tell each message's way; see 'zaichik trace'.")
    var trace = false

    @OptionGroup var presence: ExistingOption

    @OptionGroup var connection: ConnectOptions

    private var headers: Headers { Headers(header + [delay, expire].compactMap(\.self)) }

    private var readsRecords: Bool { lines || null }

    func validate() throws {
        let sources = [message != nil, readsRecords, !file.isEmpty].filter { $0 }.count
        guard sources == 1 else {
            throw ValidationError(
                sources == 0
                    ? "What is to be published? Give a MESSAGE, -l for the lines of standard input, or -f FILE."
                    : "Give only one of MESSAGE, -l (or -0) and -f FILE.")
        }
        if separator != nil, !readsRecords { throw ValidationError("-K divides lines, so it goes with -l or -0.") }
        if let separator, separator.bytes.isEmpty { throw ValidationError("-K needs a separator, for example -K:") }
        if separator != nil, key != nil {
            throw ValidationError("Give the key with -k or in the lines with -K, not both.")
        }
        if json, !receipts { throw ValidationError("--json is how receipts are printed, so it goes with --receipts.") }
        if keyOptional, separator == nil { throw ValidationError("--key-optional goes with -K.") }
        if count != nil, readsRecords || file.count > 1 {
            throw ValidationError("--count repeats one message; with -l, -0 and several files there are more.")
        }
        if file.count(where: \.isDash) > 1 {
            throw ValidationError("Standard input can be read only once: give one -f -")
        }
    }

    func run() async throws {
        let name: TopicName
        do throws(NameError) {
            name = try TopicName(topic)
        } catch {
            throw CommandFailure(ExitStatus.usage, ErrorText.topicName(topic, error))
        }
        let keys = try keys
        for file in file where !file.isDash { try InputReader.check(file.bytes) }
        let client = try await connection.connect(
            "pub", reconnect: producer != nil, producer: producer, administers: false)
        let loss = WakePipe()
        let events = Task { await Self.follow(client, loss, reconnects: producer != nil) }
        defer { events.cancel() }
        if presence.existing { try await presence.ensure(name, client) }
        var source = MessageSource(
            origin(loss), keys: keys, count: count ?? 1,
            limit: Int(client.welcome.maximumFrame) - MessageLayout.keyOffset - (headers.isEmpty ? 0 : headers.size),
            unit: unit)
        var enqueued = 0
        var failure: (any Error)?
        var receipts = PublishReceipts(json: json)
        do {
            try await send(&source, to: name, client, enqueued: &enqueued, receipts: &receipts)
        } catch {
            // The messages enqueued before are still to be confirmed.
            failure = error
        }
        var (result, lossError) = await Self.settle(client)
        if self.receipts { result = receipts.result }
        if lossError == nil, result.unanswered == 0 { await client.close() }
        let report = PublishReport(
            result: result, unit: unit, taken: source.taken, enqueued: enqueued + Int(receipts.result.unanswered),
            total: total)
        try tell(report, failure, lossError)
    }

    private var unit: String { lines && !null ? "line" : file.count > 1 ? "file" : "message" }

    /// How many messages there are; nil if only the end of the input tells.
    private var total: Int? { readsRecords ? nil : message == nil && file.count > 1 ? file.count : count ?? 1 }

    private var keys: MessageSource.Keys {
        get throws {
            if let key { return .fixed(key.buffer) }
            guard let separator else { return .none }
            let bytes = try EscapedText.bytes(separator.text, option: "-K")
            if bytes.contains(delimiter) {
                throw CommandFailure(
                    ExitStatus.usage,
                    null
                        ? "no message has a NUL byte with -0, so -K cannot have one"
                        : "no line has a line feed, so -K cannot have one")
            }
            return .separated(by: bytes, isOptional: keyOptional)
        }
    }

    private var delimiter: UInt8 { null ? 0 : UInt8(ascii: "\n") }

    private func origin(_ loss: WakePipe) -> MessageSource.Origin {
        if let message { return message.isDash ? .files([message]) : .message(message.buffer) }
        return readsRecords ? .records(InputReader(delimiter: delimiter, end: loss)) : .files(file)
    }

    /// Sends everything, until the task is cancelled.
    ///
    /// - Parameter enqueued: How many messages were enqueued when it ends, by an error too.
    private func send(
        _ source: inout MessageSource, to name: TopicName, _ client: ZaichikClient, enqueued: inout Int,
        receipts: inout PublishReceipts
    ) async throws {
        var pace = Pace(rate: rate)
        let headers = headers
        while true {
            if pace.isLimited { await pace.wait() }
            guard !Task.isCancelled, var message = try source.next() else { return }
            message.headers = headers
            // With the first message, so that an empty input makes no topic.
            if enqueued == 0, !presence.existing { try await presence.ensure(name, client) }
            if self.receipts {
                try await receipts.publish(message, to: name, traced: trace, client)
            } else {
                try await client.enqueue(
                    message.payload, to: name, key: message.key, headers: headers, traced: trace)
            }
            enqueued += 1
        }
    }

    /// Waits until everything is answered; after Ctrl-C not for long, and then gives up what is not.
    ///
    /// - Returns: Along with the fates, the error if the connection was lost.
    private static func settle(_ client: ZaichikClient) async -> (FlushResult, ClientError?) {
        let flushing = Task { try await client.flush() }
        let flushed = await withTaskCancellationHandler {
            await flushing.result
        } onCancel: {
            Task {
                try? await Task.sleep(for: patience)
                flushing.cancel()
            }
        }
        switch flushed {
        case .success(let result): return (result, nil)
        case .failure(let error):
            let loss = error as? ClientError
            return (client.withdraw(), loss?.code == .cancelled ? nil : loss)
        }
    }

    private func tell(_ report: PublishReport, _ failure: (any Error)?, _ loss: ClientError?) throws {
        if let text = report.duplicates { StandardError.say(text) }
        // The command's error is not told when it is interrupted.
        guard !Task.isCancelled else { return StandardError.say(loss.map(report.loss) ?? report.interruption) }
        if let loss { throw CommandFailure(CommandFailure.status(of: loss.code), report.loss(loss)) }
        if let text = report.unanswered { StandardError.say(text) }
        if let failure {
            throw CommandFailure(CommandFailure.status(of: failure), report.failure(failure))
        }
        if let refusals = report.refusals { throw CommandFailure(refusals) }
    }

    /// Tells when publishers are held back, and ends the reading of input when the connection is lost for good.
    private static func follow(_ client: ZaichikClient, _ loss: WakePipe, reconnects: Bool) async {
        var isLost = false
        for await event in client.events {
            switch event {
            case .blocked(let isBlocked): StandardError.say(ErrorText.publishing(isBlocked: isBlocked))
            case .disconnected(let error) where reconnects && !error.forbidsReconnecting:
                isLost = error.code != .closed
                if isLost { StandardError.say("\(error.message); connecting again") }
            case .disconnected: loss.set()
            case .connected where isLost:
                isLost = false
                StandardError.say(ConnectionNews.again(client.address))
            default: break
            }
        }
    }
}
