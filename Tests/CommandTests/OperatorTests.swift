import Foundation
import Testing
import ZaichikClient
import ZaichikProtocol

@testable import Zaichik

@Suite("Acts on topics and on the broker from the command line", .serialized, .timeLimit(.minutes(2)))
struct OperatorTests {
    /// A broker with a session that has so many messages of `orders` to get, and nobody attached to it.
    private func scene(_ count: Int) async throws -> ServedBroker {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("sub", "orders", "--session", "billing", "-W", "300ms").status == 75)
        let input = (1...count).map { "\($0)\n" }.joined()
        #expect(try await broker.run("pub", "orders", "-l", "-k", "k", input: input).status == 0)
        return broker
    }

    private func object(_ finished: Finished) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [String: Any], "\(finished)")
    }

    // MARK: Topics

    @Test("a topic that is paused refuses publishes and says by whom and why; resume ends it")
    func pause() async throws {
        let broker = try await scene(1)
        let paused = try await broker.run("topic", "pause", "orders", "--reason", "wrong prices")
        #expect(paused.status == 0 && paused.lines == ["paused: orders"], "\(paused)")
        let refused = try await broker.run("pub", "orders", "2")
        #expect(refused.status == 1 && refused.errors.contains("wrong prices"), "\(refused)")
        let info = try await broker.run("topic", "info", "orders")
        #expect(info.output.contains("wrong prices"), "\(info)")
        #expect(try await broker.run("topic", "resume", "orders").lines == ["resumed: orders"])
        #expect(try await broker.run("topic", "resume", "orders").lines == ["nothing to do"])
        #expect(try await broker.run("pub", "orders", "2").status == 0)
    }

    @Test("a dry run of a pause pauses nothing, and one of a pattern names the topics")
    func rehearsedPause() async throws {
        let broker = try await scene(1)
        _ = try await broker.run("pub", "orders.eu", "1")
        let dry = try await broker.run("topic", "pause", "orders.>", "--dry-run")
        #expect(dry.lines == ["would be paused: orders.eu"], "\(dry)")
        #expect(try await broker.run("pub", "orders.eu", "2").status == 0)
        #expect(try await broker.run("topic", "pause", "orders.>").lines == ["paused: orders.eu"])
        #expect(try await broker.run("pub", "orders.eu", "3").status == 1)
        #expect(try await broker.run("pub", "orders", "2").status == 0, "the pattern does not mean it")
        let unknown = try await broker.run("topic", "pause", "nothing")
        #expect(unknown.status == 1 && unknown.errors.contains("'zaichik topic ls' lists the topics"), "\(unknown)")
    }

    @Test(
        "a purge of a topic says whose queues need it, takes nothing in a dry run, and needs --yes without a terminal")
    func purge() async throws {
        let broker = try await scene(5)
        let refused = try await broker.run("topic", "purge", "orders")
        #expect(
            refused.status == 1 && refused.errors.contains("5 messages")
                && refused.errors.contains("needed by 1 queue: billing") && refused.errors.contains("--yes"),
            "\(refused)")
        let dry = try await broker.run("topic", "purge", "orders", "--below", "3", "--dry-run")
        #expect(dry.status == 0 && dry.output.hasPrefix("would be purged: 2 messages ("), "\(dry)")
        #expect(try await broker.run("topic", "peek", "orders").lines.count == 6, "a head and five messages")
        let below = try await broker.run("topic", "purge", "orders", "--below", "3", "--yes")
        #expect(below.status == 0 && below.output.hasPrefix("purged: 2 messages ("), "\(below)")
        _ = try await broker.run("pub", "orders", "6", "-k", "other")
        let key = try object(try await broker.run("topic", "purge", "orders", "--key", "k", "-y", "--json"))
        #expect(key["messages"] as? Int == 3 && key["act"] as? String == "purge-topic")
        let read = try await broker.run("sub", "--session", "billing", "-n", "1", "-W", "20s")
        #expect(read.lines == ["6"] && read.errors.contains("gap in orders"), "\(read)")
        let all = try await broker.run("topic", "purge", "orders", "--yes")
        #expect(all.output.hasPrefix("purged: 1 message ("), "\(all)")
        #expect(try await broker.run("topic", "purge", "orders").status == 0, "nothing is left to ask about")
    }

    // MARK: The broker

    @Test("a drain needs --yes without a terminal, refuses publishes, and undrain takes them again")
    func drain() async throws {
        let broker = try await scene(2)
        let refused = try await broker.run("drain")
        #expect(
            refused.status == 1 && refused.errors.contains("2 messages") && refused.errors.contains("billing")
                && refused.errors.contains("--yes"), "\(refused)")
        let dry = try await broker.run("drain", "--dry-run")
        #expect(dry.status == 0 && dry.output.hasPrefix("left: 2 messages ("), "\(dry)")
        #expect(try await broker.run("pub", "orders", "3").status == 0, "neither has begun it")
        let drained = try await broker.run("drain", "--for", "1m", "--yes", "--reason", "a new machine")
        #expect(drained.status == 0 && drained.output.hasPrefix("left: 3 messages ("), "\(drained)")
        let publish = try await broker.run("pub", "orders", "4")
        #expect(publish.status == 1 && publish.errors.contains("a new machine"), "\(publish)")
        #expect(try await broker.run("broker", "undrain").lines == ["the broker takes publishes"])
        #expect(try await broker.run("pub", "orders", "4").status == 0)
    }

    @Test("drain --wait ends with 75 if the time is up before the queues are empty, and with 0 once they are")
    func waiting() async throws {
        let broker = try await scene(2)
        let short = try await broker.run("drain", "--wait", "--for", "200ms", "--yes")
        #expect(short.status == 75 && short.errors.contains("the time is up, and left: 2 messages"), "\(short)")
        let waiting = try broker.begin("drain", "--wait", "--for", "10m", "--yes")
        try await eventually("it says what is left") { waiting.errors.contains("left: 2 messages") }
        #expect(try await broker.run("sub", "--session", "billing", "-n", "2", "-W", "20s").lines == ["1", "2"])
        let ended = await waiting.finished()
        #expect(ended.status == 0 && ended.lines == ["nothing is left in the queues"], "\(ended)")
        let both = try await broker.run("drain", "--wait", "--dry-run")
        #expect(both.status == 64, "\(both)")
    }

    @Test("a drain until a point in time waits until then")
    func waitingUntil() async throws {
        let broker = try await scene(1)
        let soon = String(UInt64(Date().timeIntervalSince1970 * 1000) + 1500)
        let short = try await broker.run("drain", "--wait", "--until", soon, "--yes")
        #expect(short.status == 75 && short.errors.contains("left: 1 message"), "\(short)")
    }

    @Test("a broker that takes no new connections still lets operators in, and takes them again")
    func accepting() async throws {
        let broker = try await ServedBroker.start()
        let dry = try await broker.run("broker", "stop-accepting", "--dry-run")
        #expect(dry.status == 0, "\(dry)")
        #expect(try await broker.run("pub", "orders", "1").status == 0)
        let stopped = try await broker.run("broker", "stop-accepting", "--reason", "moving")
        #expect(stopped.lines == ["the broker takes no new connections"], "\(stopped)")
        let refused = try await broker.run("pub", "orders", "2")
        #expect(refused.status != 0 && refused.errors.contains("moving"), "\(refused)")
        #expect(try await broker.run("broker", "accept").lines == ["the broker takes new connections"])
        #expect(try await broker.run("pub", "orders", "2").status == 0)
    }

    @Test(
        "the level of the log can be set in the running broker; one that there is not is refused with those there are")
    func logLevel() async throws {
        let broker = try await ServedBroker.start(["--log-level", "warning"])
        _ = try await broker.run("topic", "create", "quiet")
        let set = try await broker.run("broker", "log-level", "debug", "--reason", "to look")
        #expect(set.status == 0 && set.lines == ["the broker logs from debug on"], "\(set)")
        _ = try await broker.run("topic", "create", "loud")
        try await eventually("it logs more") { broker.running.errors.contains("loud") }
        #expect(!broker.running.errors.contains("quiet"))
        let wrong = try await broker.run("broker", "log-level", "chatty")
        #expect(wrong.status == 1 && wrong.errors.contains("warning"), "\(wrong)")
    }

    // MARK: Until when

    @Test("an act can hold until a point in time: a date, with or without a zone, or a number")
    func until() async throws {
        let broker = try await scene(1)
        for time in ["2100-01-31T12:00:00Z", "2100-01-31 12:00", "4104994800"] {
            #expect(try await broker.run("session", "pause", "billing", "--until", time).status == 0, "\(time)")
            #expect(try await broker.run("topic", "pause", "orders", "--until", time, "--utc").status == 0, "\(time)")
        }
        _ = try await broker.run("session", "pause", "billing", "--until", "2100-01-31T12:00:00Z")
        let paused = try object(try await broker.run("session", "info", "billing", "--json"))
        #expect(paused["paused_until_us"] as? Int == 4_105_080_000_000_000, "\(paused)")
        let hare = try broker.begin("sub", "orders", "--name", "hare", "--no-reconnect")
        try await broker.waitForSubscriber("hare")
        let kick = try await broker.run("client", "kick", "hare", "--until", "2100-01-01", "--yes")
        #expect(kick.status == 0, "\(kick)")
        _ = await hare.finished()
        let banned = try await broker.run("sub", "orders", "--name", "hare", "-W", "20s", "--no-reconnect")
        #expect(banned.status == 69, "\(banned)")
    }

    @Test("an end that has passed is refused, whatever the act")
    func pastUntil() async throws {
        let broker = try await scene(1)
        for act in [
            ["session", "pause", "billing"], ["session", "kick", "billing", "--yes"], ["topic", "pause", "orders"],
            ["topic", "pause", "orders.>"], ["drain", "--yes"],
        ] {
            let past = try await broker.run(act + ["--until", "2001-01-01"])
            #expect(past.status == 1 && past.errors.contains("not in the future"), "\(act): \(past)")
        }
        #expect(try await broker.run("pub", "orders", "2").status == 0)
    }

    @Test(
        "a wrong end says what would be right",
        arguments: [
            ("10m", "give it with --for"), ("tomorrow", "2026-01-31T12:00:00Z"), ("2026-02-30", "has no day 30"),
        ])
    func wrongUntil(time: String, problem: String) async throws {
        for command in [["client", "pause", "x"], ["session", "kick", "x"], ["topic", "pause", "x"], ["drain"]] {
            let finished = await (try Running(command + ["--until", time])).finished()
            #expect(finished.status == 64 && finished.errors.contains(problem), "\(finished)")
        }
        let both = await (try Running(["drain", "--until", "2100-01-01", "--for", "1m"])).finished()
        #expect(both.status == 64 && both.errors.contains("only one of --for and --until"), "\(both)")
    }
}
