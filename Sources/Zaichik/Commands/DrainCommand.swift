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
            and with --wait waits until nothing is left: exit code 75 if the time is up first. Without --for and --until the \
            queues have a minute. 'zaichik broker undrain' takes publishes again. Asks first; without a terminal, that takes \
            --yes.

            EXAMPLES
              zaichik drain --dry-run
              zaichik drain --for 5m --wait --yes && zaichik stop
            """)

    @OptionGroup var until: UntilOptions

    @Flag(help: "Wait until nothing is left, or the time is up.")
    var wait = false

    @OptionGroup var options: OperatorOptions

    /// In ms.
    private static let minute: UInt64 = 60_000

    func validate() throws {
        if wait, options.act.dryRun { throw ValidationError("Give only one of --wait and --dry-run.") }
    }

    func run() async throws {
        var values = until.values
        if values.until == nil, values.duration == nil { values.duration = Self.minute }
        guard wait else { return try await options.run(.drain, nil, values, Self.text) }
        let client = try await options.connection.connect("drain")
        // Counted from before the act, whose question may take its time.
        let began = ContinuousClock.now
        let now = try await client.brokerTime()
        var left = try await options.perform(.drain, nil, values, client)
        let deadline =
            values.until.map { began + .microseconds(Int64(clamping: $0 - min($0, now))) }
            ?? .now + .milliseconds(Int64(clamping: values.duration ?? 0))
        // A look has to name an end that lies ahead.
        var look = ActValues()
        look.duration = Self.minute
        var told: UInt64?
        while left.messages > 0 || left.count > 0, ContinuousClock.now < deadline {
            if told != left.messages { StandardError.say(Self.text(left)) }
            told = left.messages
            try await Task.sleep(for: .milliseconds(500))
            left = try await client.act(ActRequest(.drain, values: look, isDryRun: true))
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
        return "left: \(ActText.messages(acted))\(OperatorOptions.queues(acted))"
    }
}
