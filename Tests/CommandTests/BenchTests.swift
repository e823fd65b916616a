import Foundation
import Testing

/// Real runs, with small counts.
@Suite("bench", .serialized, .timeLimit(.minutes(2)))
struct BenchTests {
    private struct Report: Decodable {
        var shape: String
        var brokerInProcess: Bool
        var topicPrefix: String
        var publishedMessages: UInt64
        var deliveredMessages: UInt64
        var deliveryLatencyP50Us: UInt64?
        var confirmLatencyP999Us: UInt64?
        var latencyFrom: String
        var lostMessages: UInt64
        var duplicatedMessages: UInt64
        var reorderedMessages: UInt64
        var slowMostLagMessages: UInt64
        var interrupted: Bool
        var problem: String?
    }

    private func decode(_ text: String) throws -> Report {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Report.self, from: Data(text.utf8))
    }

    @Test(
        "every message arrives once and in its order, whatever the shape",
        arguments: [
            (["one-to-one", "--messages", "3000"], 3000, 3000), (["publish-only", "--messages", "500"], 500, 0),
            (["fan-out", "--messages", "200"], 200, 2000), (["fan-in", "--messages", "200"], 2000, 2000),
            (["many-to-many", "--messages", "100"], 1000, 2000),
            (["many-to-many", "--messages", "100", "--all-topics"], 1000, 10_000),
            (["--messages", "100", "--topics", "7", "--subscribers", "3"], 100, 100),
            (["queue", "--messages", "3000"], 3000, 3000),
            (["queue", "--messages", "500", "--publishers", "3", "--subscribers", "16", "--topics", "2"], 1500, 1500),
            (["relay", "--messages", "20"], 20, 20),
            (["large", "--messages", "9"], 9, 9), (["round-trip", "--messages", "20"], 20, 20),
            (["latency", "--messages", "100", "--rate", "20000"], 100, 100),
            (["--messages", "200", "--keys", "--dedup-window", "1m", "--dedup-scope", "topic"], 200, 200),
            (["idle", "--messages", "50", "--idle", "40", "--loops", "2", "--rate", "0"], 50, 50),
            (
                ["--publishers", "4", "--subscribers", "4", "--messages", "50", "--size", "16", "--loops", "3"], 200,
                800
            ),
        ])
    func arrives(options: [String], published: UInt64, delivered: UInt64) async throws {
        let broker = try await ServedBroker.start()
        let finished = await (try Running(["bench", "--json"] + options, environment: broker.environment)).finished()
        #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished)")
        let report = try decode(finished.output)
        #expect(report.publishedMessages == published && report.deliveredMessages == delivered)
        #expect(report.lostMessages + report.duplicatedMessages + report.reorderedMessages == 0)
        #expect(!report.brokerInProcess && report.problem == nil && !report.interrupted)
        #expect((report.deliveryLatencyP50Us != nil) == (delivered > 0))
        #expect((report.confirmLatencyP999Us != nil) == !options.contains("relay"))
        #expect(report.latencyFrom == (options.contains("latency") ? "due" : "publish"))
    }

    @Test("with a broker of its own it needs nobody, and says so")
    func privateBroker() async throws {
        let finished = await (try Running(["bench", "--serve", "--messages", "100", "--warm-up", "10ms"])).finished()
        #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished)")
        #expect(finished.output.contains("in this process: broker and generator share its processors"))
        #expect(finished.output.contains("0 lost, 0 duplicated, 0 reordered, 0 in gaps told"))
        #expect(finished.output.contains("p99.9"))
    }

    @Test("a time ends a run too; subscribers and idle connections alone are a run")
    func time() async throws {
        let broker = try await ServedBroker.start()
        let timed = try await broker.run("bench", "--duration", "50ms", "--warm-up", "10ms", "--json")
        #expect(timed.status == 0)
        #expect(try decode(timed.output).publishedMessages > 0)
        let silent = try await broker.run("bench", "--publishers", "0", "--idle", "3", "--duration", "10ms", "--json")
        #expect(silent.status == 0)
        #expect(try decode(silent.output).publishedMessages == 0)
    }

    @Test("slow subscribers are behind at the end, and hold nothing up")
    func slow() async throws {
        let broker = try await ServedBroker.start()
        let finished = try await broker.run(
            "bench", "slow", "--messages", "300", "--commit-delay", "1h", "--slow", "2", "--json")
        #expect(finished.status == 0, "\(finished)")
        let report = try decode(finished.output)
        #expect(report.deliveredMessages == 300 && report.slowMostLagMessages == 300)
    }

    @Test("two runs do not see each other, and leave no topics behind")
    func topics() async throws {
        let broker = try await ServedBroker.start()
        let first = try decode(try await broker.run("bench", "--messages", "2000", "--size", "1k", "--json").output)
        let second = try decode(try await broker.run("bench", "--messages", "10", "--prefix", "mine", "--json").output)
        #expect(first.topicPrefix.hasPrefix("bench.") && second.topicPrefix.hasPrefix("mine."))
        #expect(try await broker.run("topic", "ls", "--json").output.isEmpty)
        #expect(try await broker.run("client", "ls", "bench", "--json").output.isEmpty)
    }

    @Test("an interruption ends it with what was measured so far")
    func interruption() async throws {
        let broker = try await ServedBroker.start()
        let running = try broker.begin("bench", "--rate", "1000", "--warm-up", "0", "--duration", "1h", "--json")
        try await eventually("it publishes") {
            try await broker.run("topic", "ls", "bench.").lines.contains { line in
                let fields = line.split(separator: "\t")
                return fields.count > 1 && UInt64(fields[1]) ?? 0 > 0
            }
        }
        running.signal(SIGINT)
        let finished = await running.finished()
        #expect(finished.status == 130)
        let report = try decode(finished.output)
        #expect(report.interrupted && report.lostMessages == 0)
    }

    @Test("the time given with -W ends it with code 75, and what was measured")
    func timeLimit() async throws {
        let finished = await
            (try Running(
                ["bench", "--serve", "--duration", "1h", "--warm-up", "0", "--rate", "100", "-W", "1500ms", "--json"]))
            .finished()
        #expect(finished.status == 75 && finished.errors.contains("the time (1.5 s) is up"), "\(finished)")
        #expect(try decode(finished.output).interrupted)
    }

    @Test("a time that is up before anything is measured is code 75 too")
    func timeLimitAtOnce() async throws {
        let finished = await (try Running(["bench", "--serve", "--topics", "100000", "-W", "1ms"])).finished()
        #expect(finished.status == 75 && finished.errors.contains("the time (1 ms) is up"), "\(finished)")
    }

    @Test("a broker that goes away ends it with code 1, and says so")
    func lostBroker() async throws {
        let broker = try await ServedBroker.start()
        let running = try broker.begin("bench", "--rate", "100", "--warm-up", "0", "--duration", "1h")
        try await eventually("it is there") { try await broker.run("client", "ls", "bench").output.contains("-sub-0") }
        broker.running.signal(SIGTERM)
        let finished = await running.finished()
        #expect(finished.status == 1 && finished.errors.contains("shutting-down"), "\(finished)")
    }

    @Test(
        "wrong usage is 64, with what would be right",
        arguments: [
            (["--size", "15"], "at least 16"), (["--publishers", "0", "--subscribers", "0"], "nothing to do"),
            (["--publishers", "0", "--messages", "5"], "--duration"), (["--dedup-window", "1m"], "--keys"),
            (["--messages", "5", "--duration", "5s"], "exclude"), (["sideways"], "fan-out"),
            (["--rate", "-1"], "--rate"),
            (["--window", "0"], "1 or more"), (["--serve", "--connect", "h:1"], "only one"),
            (["--topics", "0"], "--topics"),
            (["latency", "--backlog", "5"], "--rate 0"),
            (["--serve", "--prefix", "a..b", "--messages", "1"], "no empty levels"),
            (["--serve", "--size", "9MiB", "--messages", "1"], "--size is at most 8388580"),
        ])
    func usage(options: [String], remedy: String) async throws {
        let failed = await (try Running(["bench"] + options)).finished()
        #expect(failed.status == 64 && failed.errors.contains(remedy), "\(failed)")
    }
}
