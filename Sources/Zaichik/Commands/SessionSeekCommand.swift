import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct SessionSeekCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seek",
        abstract: "Move a session to another place in its topics.",
        discussion: """
            Moved back, what was done comes again; moved ahead, what is passed over is lost to the session, which is told. \
            What is in flight, returned or parked stays as it is. Says in how many topics the session was moved.

            EXAMPLES
              zaichik session seek billing orders --to first     all that is kept, again
              zaichik session seek billing '>' --to new          give up all that waits
              zaichik session seek billing orders --to last:10   the last ten again
              zaichik session seek billing orders --to time:1h   what came in the last hour
              zaichik session seek billing orders --to seq:500   from message 500 on
            """)

    static let forms = "new, first, last:N, seq:N or time:T"

    @Argument(help: "The session's name.", completion: .sessions)
    var name: String

    @Argument(
        help: "A topic, or a pattern for those of the session's topics that it matches.", completion: .topics)
    var topic: String

    @Option(
        help: ArgumentHelp("Where to: \(SessionSeekCommand.forms), as for 'zaichik sub --from'.", valueName: "start"),
        transform: StartText.readSeek)
    var to: StartText

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let pattern: TopicPattern
        do throws(NameError) {
            pattern = try TopicPattern(topic)
        } catch {
            throw CommandFailure(ExitStatus.usage, ErrorText.topicPattern(topic, error))
        }
        if case .position(.sequence) = to, pattern.name == nil {
            throw CommandFailure(
                ExitStatus.usage,
                """
                --to seq:N needs a topic's name, since each topic has sequences of its own; for '\(pattern)' use new, \
                first, last:N or time:T
                """)
        }
        let client = try await connection.connect("session")
        let position = try await to.position(client, zone)
        let count: Int
        do {
            count = try await client.seek(pattern, to: position, session: name)
        } catch {
            if error.code == .refused(.unknownSession) { throw CommandFailure.unknownSession(name, client) }
            guard error.code == .refused(.unknownTopic) else { throw error }
            count = 0
        }
        await client.close()
        guard count > 0 else {
            throw CommandFailure(
                "the session '\(SafeText.escaped(name))' reads no topic that '\(SafeText.escaped(topic))' names")
        }
        var output = StandardOutput()
        output.line("moved in \(count) \(count == 1 ? "topic" : "topics")")
        try output.flush()
    }
}

extension StartText {
    /// The start as the broker takes it.
    func position(_ client: ZaichikClient, _ zone: ZoneOption) async throws -> StartPosition {
        switch self {
        case .position(let position): return position
        case .last(let count): return .last(count)
        case .ago(let span): return .time(SubscriptionPlan.time(span, before: try await client.brokerTime()))
        case .time(let time): return .time(Moment.civil(time).time(zone))
        }
    }
}

extension ZaichikClient {
    /// The broker's time, in µs since 1970 UTC.
    func brokerTime() async throws -> UInt64 {
        for try await update in try await watch(WatchRequest(interval: 3_600_000)) { return update.time }
        throw ClientError(.closed, "the connection was closed while the broker was asked for its time")
    }
}
