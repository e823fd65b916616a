import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Have a broker take no publishes, so that its queues run empty.",
        discussion: """
            Publishers are refused with draining; delayed messages still come. Says what would be lost if the broker ended now, \
            and with --wait waits until nothing is left: exit code 75 if the time is up first. 'zaichik broker undrain' takes \
            publishes again. Asks first; without a terminal, that takes --yes.

            EXAMPLES
              zaichik drain --dry-run
              zaichik drain --for 5m --wait --yes && zaichik stop
            """)

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long the queues have, such as 30s or 5m. Default: 1m.", valueName: "time"),
        transform: TimeSpan.withUnit)
    var span = TimeSpan(milliseconds: 60_000)

    @Flag(help: "Wait until nothing is left, or the time is up.")
    var wait = false

    @OptionGroup var options: OperatorOptions

    func validate() throws {
        if wait, options.act.dryRun { throw ValidationError("Give only one of --wait and --dry-run.") }
    }

    func run() async throws {
        var values = ActValues()
        values.duration = span.milliseconds
        guard wait else { return try await options.run(.drain, nil, values, Self.text) }
        let client = try await options.connection.connect("drain")
        var left = try await options.perform(.drain, nil, values, client)
        let deadline = ContinuousClock.now + span.duration
        var told: UInt64?
        while left.messages > 0 || left.count > 0, ContinuousClock.now < deadline {
            if told != left.messages { StandardError.say(Self.text(left)) }
            told = left.messages
            try await Task.sleep(for: .milliseconds(500))
            left = try await client.act(ActRequest(.drain, values: values, isDryRun: true))
        }
        await client.close()
        guard left.messages == 0, left.count == 0 else {
            throw CommandFailure(ExitStatus.timedOut, "the time is up, and \(Self.text(left))")
        }
        var output = StandardOutput()
        output.line(Self.text(left))
        try output.flush()
    }

    static func text(_ acted: Acted) -> String {
        guard acted.messages > 0 || acted.count > 0 else { return "nothing is left in the queues" }
        return "left: \(OperatorOptions.messages(acted))\(OperatorOptions.queues(acted))"
    }
}
