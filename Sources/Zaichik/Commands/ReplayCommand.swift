import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct ReplayCommand: AsyncParsableCommand, TakesBytes {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publish what 'zaichik record' recorded, in its own time.",
        discussion: """
            Returns when the broker has answered everything, and says how many messages it accepted and refused. It never \
            connects again: what was not answered may have been accepted, and would come twice.

            EXAMPLES
              zaichik replay orders.jsonl               as fast as it was
              zaichik replay orders.jsonl --speed 2x    twice as fast
              zaichik replay orders.jsonl --speed 0     as fast as it goes
              zaichik replay orders.jsonl --dry-run     what would be published
              zaichik replay orders.jsonl --to test --connect other:8889
              gunzip < jobs.gz | zaichik replay -

            A line that cannot be read, such as a last one that is cut off, ends it with exit code 1; what came before is \
            published, and that is said. Sequences and timestamps are the broker's new ones. A delay is not repeated: it is \
            in the times of the recording.
            """)

    static let byteArguments: Set<String> = ["file"]

    @Argument(help: "The recording; - is standard input.", completion: .file())
    var file: ArgumentBytes

    @Option(
        help: ArgumentHelp(
            "How much faster, such as 2x or 0.5x; 0: as fast as it goes. Default: 1x.", valueName: "speed"),
        transform: ReplayCommand.speed)
    var speed = 1.0

    @Option(help: "Publish all of it to this topic.", completion: .topics)
    var to: String?

    @Flag(help: "Say what would be published, and publish nothing.")
    var dryRun = false

    @OptionGroup var presence: ExistingOption

    @OptionGroup var connection: ConnectOptions

    static func speed(_ text: String) throws -> Double {
        let number = text.hasSuffix("x") ? text.dropLast() : text[...]
        guard let speed = Double(number), speed == 0 || (1e-3...1e6).contains(speed) else {
            throw ValidationError("a speed is such as 2x or 0.5x, or 0 for as fast as it goes.")
        }
        return speed
    }

    func run() async throws {
        let target = try to.map { name in
            do throws(NameError) {
                return try TopicName(name)
            } catch {
                throw CommandFailure(ExitStatus.usage, ErrorText.topicName(name, error))
            }
        }
        let loss = WakePipe()
        var source = try RecordingSource(file, end: loss)
        guard !dryRun else { return try tellDryRun(&source, target) }
        let client = try await connection.connect("replay")
        let events = Task { await Self.follow(client, loss) }
        defer { events.cancel() }
        var run = ReplayRun(client: client, target: target, speed: speed, presence: presence)
        var failure: (any Error)?
        do {
            try await run.publish(&source)
        } catch {
            // What was sent before is still to be answered.
            failure = error
        }
        let (result, lost) = await run.settle()
        if lost == nil { await client.close() }
        let done = ReplayReport(result: result, sent: run.sent, gaps: source.missed)
        // The command's error is not told when it is interrupted.
        if Task.isCancelled { return StandardError.say("interrupted in line \(source.line); \(done.text)") }
        if let error = lost ?? failure {
            let message = (error as? CommandFailure)?.message ?? (error as? ClientError)?.message ?? "\(error)"
            throw CommandFailure(CommandFailure.status(of: error), "\(message); \(done.text)")
        }
        StandardError.say(done.text)
        if result.refused > 0 { throw ExitCode(ExitStatus.failure) }
    }

    private func tellDryRun(_ source: inout RecordingSource, _ target: TopicName?) throws {
        var plan = ReplayPlan()
        var failure: (any Error)?
        do {
            while let message = try source.next() { plan.add(message, target) }
        } catch {
            failure = error
        }
        var output = StandardOutput()
        for line in plan.lines(speed: speed, missed: source.missed) { output.line(line) }
        try output.flush()
        if let failure { throw failure }
    }

    /// Tells when publishes are held back, and ends the reading of input when the connection is lost.
    private static func follow(_ client: ZaichikClient, _ loss: WakePipe) async {
        for await event in client.events {
            switch event {
            case .blocked(let isBlocked): StandardError.say(ErrorText.publishing(isBlocked: isBlocked))
            case .disconnected: loss.set()
            default: break
            }
        }
    }
}

/// The messages of a recording, one after the other.
struct RecordingSource {
    /// The longest line, in bytes: a payload of a frame's length in base64.
    private static let longest = 2 << 30

    private var reader: InputReader
    private let name: String
    /// The number of the line that was read last.
    private(set) var line = 0
    /// Messages that the recording itself misses.
    private(set) var missed: UInt64 = 0

    /// - Throws: A ``CommandFailure`` if the file cannot be read.
    init(_ file: ArgumentBytes, end: WakePipe) throws {
        name = file.isDash ? "standard input" : "'\(SafeText.escaped(file.text))'"
        reader = file.isDash ? InputReader(end: end) : try InputReader(path: file.bytes, end: end)
    }

    /// - Returns: nil at the end, or when the command is interrupted.
    /// - Throws: A ``CommandFailure`` that names the line.
    mutating func next() throws -> RecordedLine.Message? {
        do {
            if line == 0 {
                guard let head = try nextLine() else {
                    throw RecordedLine.Unusable(reason: "this is no recording: it is empty")
                }
                try RecordedLine.checkHead(head)
            }
            while let bytes = try nextLine() {
                switch try RecordedLine.read(bytes) {
                case .message(let message): return message
                case .gap(let count): missed += count
                }
            }
            return nil
        } catch let error as RecordedLine.Unusable {
            throw CommandFailure("line \(max(line, 1)) of \(name) cannot be replayed: \(error.reason)")
        }
    }

    private mutating func nextLine() throws -> ByteBuffer? {
        guard let bytes = try reader.next(limit: Self.longest) else { return nil }
        line += 1
        return bytes
    }
}

/// Publishes the messages of a recording when each is due.
struct ReplayRun {
    let client: ZaichikClient
    /// In place of the topics of the recording; nil for those.
    let target: TopicName?
    /// 0: as fast as it goes.
    let speed: Double
    let presence: ExistingOption
    private(set) var sent: UInt64 = 0
    private var begun: ContinuousClock.Instant?
    private var known: Set<TopicName> = []

    init(client: ZaichikClient, target: TopicName?, speed: Double, presence: ExistingOption) {
        self.client = client
        self.target = target
        self.speed = speed
        self.presence = presence
    }

    /// Publishes until the end, an error, or the cancellation of the task.
    mutating func publish(_ source: inout RecordingSource) async throws {
        while !Task.isCancelled, let message = try source.next() {
            let topic = target ?? message.topic
            if known.insert(topic).inserted { try await presence.ensure(topic, client) }
            await wait(until: message.time)
            guard !Task.isCancelled else { return }
            try await client.enqueue(message.payload, to: topic, key: message.key, headers: message.headers)
            sent += 1
        }
    }

    private mutating func wait(until time: UInt64) async {
        guard speed > 0 else { return }
        let start = begun ?? .now
        begun = start
        // Ten years at most: a longer wait has no instant.
        let due = start + .microseconds(Int64(min(Double(time) / speed, 3e14)))
        if due > .now { try? await Task.sleep(until: due, clock: .continuous) }
    }

    /// Waits until everything is answered; when the task is cancelled, gives up what is not.
    ///
    /// - Returns: Along with the fates, the error if the connection was lost.
    func settle() async -> (FlushResult, ClientError?) {
        do {
            return (try await client.flush(), nil)
        } catch {
            return (client.withdraw(), error.code == .cancelled ? nil : error)
        }
    }
}

/// What became of a replay, in words.
struct ReplayReport {
    var result: FlushResult
    var sent: UInt64
    var gaps: UInt64

    var text: String {
        var text = "\(sent) \(sent == 1 ? "message" : "messages") replayed: \(result.confirmed) accepted"
        if result.duplicates > 0 { text += ", of them \(result.duplicates) dropped as duplicates" }
        if result.refused > 0 {
            text += ", \(result.refused) refused" + (result.firstRefusal.map { " (\($0.message))" } ?? "")
        }
        if result.unanswered > 0 { text += ", \(result.unanswered) not answered, which may have been accepted" }
        if result.unsent > 0 { text += ", \(result.unsent) not sent" }
        if gaps > 0 { text += "; the recording misses \(gaps) that were lost before" }
        return text
    }
}

/// What a replay would publish.
struct ReplayPlan {
    private struct Sum {
        var messages: UInt64 = 0
        var bytes: UInt64 = 0
    }

    private var sums: [TopicName: Sum] = [:]
    private var duration: UInt64 = 0

    mutating func add(_ message: RecordedLine.Message, _ target: TopicName?) {
        sums[target ?? message.topic, default: Sum()].messages += 1
        sums[target ?? message.topic, default: Sum()].bytes += UInt64(message.payload.readableBytes)
        duration = max(duration, message.time)
    }

    func lines(speed: Double, missed: UInt64) -> [String] {
        let messages = sums.values.reduce(0) { $0 + $1.messages }
        let time =
            speed > 0
            ? "in \(FigureText.duration(microseconds: UInt64(min(Double(duration) / speed, 1e18))))"
            : "as fast as it goes"
        let head = "would publish \(messages) \(messages == 1 ? "message" : "messages") \(time)"
        let topics = sums.sorted { $0.key.string < $1.key.string }.map { name, sum in
            "  \(SafeText.escaped(name.string)): \(sum.messages), \(FigureText.bytes(sum.bytes)) of payload"
        }
        return [head] + topics + (missed > 0 ? ["  the recording misses \(missed) that were lost before"] : [])
    }
}
