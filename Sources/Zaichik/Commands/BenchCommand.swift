import ArgumentParser
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure a broker: messages a second, latency, and whether every message arrives.",
        discussion: """
            Publishes and reads at the same time, and reports the throughput, the latency, and whether every message came \
            once and in order to every subscriber: if not, the exit code is 1.

            EXAMPLES
              zaichik bench --serve                     no broker needed: one inside
              zaichik bench fan-out --size 1k           a shape, with another size
              zaichik bench latency --rate 50000        latency under a steady load
              zaichik bench --messages 1000000          a million, however long it takes
              zaichik bench many-to-many --all-topics   everybody reads everything
              zaichik bench --slow 5 --commit-delay 1s  the slow ones delay nobody
              zaichik bench --duration 1m --json | jq .published_messages_per_second

            SHAPES
            \(BenchShape.list)

            Options override a shape. Publishers and subscribers are spread over the topics: with ten of them \
            and two topics there are five to each; a publisher with several topics takes them in turn.

            Latency counts from publishing to delivery. With --rate it counts from when a message was due: a broker \
            that stalls delays those that follow, and their wait is counted too. Without, publishers fill their window, \
            and latency is mostly the wait in that queue.

            Topics are named PREFIX.RUN.NUMBER with letters of the run's own in the middle, and deleted when the run \
            ends. Slow subscribers hold messages back until then, in the broker's memory, up to the topic's limit of \
            1 GiB; then the oldest go, and gaps tell.

            With --serve broker and generator share the processors, and figures are lower than from two machines.
            """)

    @Argument(help: ArgumentHelp("The shape of the load; see SHAPES.", valueName: "shape"))
    var shape = BenchShape.oneToOne

    @Flag(help: "Measure a broker of its own, inside this process, on a free port.")
    var serve = false

    @Flag(help: "Print JSON, one object.")
    var json = false

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp(
            "Give up after this time, such as 30s, with exit code 75; a bare number is seconds.", valueName: "time"),
        transform: TimeSpan.patience)
    var patience: TimeSpan?

    @Option(help: ArgumentHelp("The beginning of the names of topics.", valueName: "text"))
    var prefix = "bench"

    @OptionGroup(title: "Load") var load: BenchOptions

    @OptionGroup var connection: ConnectOptions

    func validate() throws {
        if let problem = load.applied(to: shape.plan).problem { throw ValidationError(problem) }
        if load.messages != nil, load.duration != nil {
            throw ValidationError("--messages and --duration exclude each other.")
        }
        if serve, connection.address != nil {
            throw ValidationError("--serve measures a broker of its own, --connect another one: give only one of them.")
        }
    }

    func run() async throws {
        let run = BenchRun(
            shape: shape, plan: load.applied(to: shape.plan), name: connection.name, prefix: prefix,
            showsProgress: StandardError.isTerminal)
        let address = try connection.resolved()
        let isInTime = try await TimeLimit.run(patience?.duration) {
            do {
                try tell(serve ? await run.runPrivately() : await run.run(at: address))
            } catch let error as ClientError where error.code == .cancelled {
                throw CancellationError()
            }
        }
        guard isInTime else {
            let time = FigureText.duration(milliseconds: patience?.milliseconds ?? 0)
            throw CommandFailure(ExitStatus.timedOut, "the time (\(time)) is up, and that was not all")
        }
    }

    private func tell(_ report: BenchReport) throws {
        var output = StandardOutput()
        if json {
            output.object { report.write(to: &$0) }
        } else {
            for line in report.lines { output.line(line) }
        }
        try output.flush()
        if let problem = report.problem { throw CommandFailure(problem) }
    }
}
