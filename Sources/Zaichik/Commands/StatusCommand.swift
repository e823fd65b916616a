import ArgumentParser
import Synchronization
import ZaichikClient
import ZaichikProtocol

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how a broker is: what it holds and serves, and what it drops or refuses right now.",
        discussion: """
            EXIT CODES
              0   it serves, and has dropped and refused nothing in the last seconds
              2   it serves, but drops messages that queues need, refuses publishes,
                  requests or connections, or its memory is used up: see TROUBLE
              69  it cannot be reached, or what listens there is not zaichik
              75  it did not answer within the time of -W

            EXAMPLES
              zaichik status
              zaichik status --connect 10.0.0.5 -W 2s || alert
              zaichik status --json | jq .troubles
              zaichik status --history                  its last ten minutes, drawn
            """)

    @Flag(help: "Its lag, its rates and its connections at each of the last seconds, ten minutes at most.")
    var history = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp(
            "Give up after this time, such as 500ms or 5s, with exit code 75; a bare number is seconds. Default: 10s.",
            valueName: "time"), transform: TimeSpan.patience)
    var patience = TimeSpan(milliseconds: 10_000)

    @OptionGroup var zone: ZoneOption

    @OptionGroup var connection: ConnectOptions

    func run() async throws {
        let gathered = Mutex<StatusReport?>(nil)
        let deadline = ContinuousClock.now + patience.duration
        let client = try await connect()
        let isInTime = try await TimeLimit.run(ContinuousClock.now.duration(to: deadline)) {
            var report = try await StatusReport.gathered(from: client)
            if history { report.history = try await client.history(HistoryQuery(.broker)) }
            gathered.withLock { [report] in $0 = report }
        }
        await client.close()
        guard isInTime, let report = gathered.withLock({ $0 }) else {
            throw CommandFailure(
                ExitStatus.timedOut, "the broker at \(client.address) did not say how it is within \(patience)")
        }
        var output = StandardOutput()
        if json {
            output.object { report.write(to: &$0) }
        } else {
            for line in report.lines(aligned: StandardOutput.isTerminal) { output.line(line) }
            if let past = report.history {
                let blocks = HistoryBlocks(history: past, time: zone.text)
                for line in blocks.lines(width: StandardOutput.width) { output.line(line) }
            }
        }
        try output.flush()
        if !report.troubles.isEmpty { throw ExitCode(ExitStatus.inTrouble) }
    }

    private func connect() async throws -> ZaichikClient {
        do {
            return try await connection.connect("status", within: patience.duration)
        } catch let error as ClientError where error.code == .refused(.tooManyConnections) {
            // It can be reached, and this is what is wrong with it.
            throw CommandFailure(ExitStatus.inTrouble, error.message)
        }
    }
}
