import Foundation
import ProgramSupport
import Testing
import ZaichikProtocol

@testable import Zaichik
@testable import ZaichikClient

/// Where `zaichik sub` starts, what it prints, and what it does when the connection is lost.
@Suite("What sub prints", .serialized, .timeLimit(.minutes(2)))
struct SubscribeTests {
    private func publish(_ topic: String, _ lines: ClosedRange<Int>, _ broker: ServedBroker) async throws {
        let input = lines.map { "\($0)\n" }.joined()
        #expect(try await broker.run("pub", topic, "-l", input: input).status == 0)
    }

    @Test("last:N is the last messages of each topic that there is, and all of those that keep fewer")
    func last() async throws {
        let broker = try await ServedBroker.start()
        try await publish("l.many", 1...9, broker)
        try await publish("l.few", 1...2, broker)
        try await publish("other", 1...9, broker)
        let named = try await broker.run("sub", "l.many", "--from", "last:3", "-e")
        #expect(named.status == 0 && named.lines == ["7", "8", "9"], "\(named)")
        let some = try await broker.run("sub", "l.*", "--from", "last:3", "-e", "-F", "%t %p\\n")
        #expect(some.status == 0 && some.errors.isEmpty, "\(some)")
        #expect(Set(some.lines) == ["l.few 1", "l.few 2", "l.many 7", "l.many 8", "l.many 9"], "\(some)")
        #expect(try await broker.run("sub", "l.many", "--from", "last:0", "-e").output.isEmpty)
        #expect(try await broker.run("sub", "l.many", "--from", "last:99", "-e").lines.count == 9)
        #expect(try await broker.run("sub", "l.new", "--from", "last:5", "-e").output.isEmpty)
    }

    @Test("after the last messages those come that are published then, to topics that are new, too")
    func lastAndOn() async throws {
        let broker = try await ServedBroker.start()
        try await publish("l.a", 1...3, broker)
        let reader = try broker.begin("sub", "l.*", "--from", "last:1", "-n", "4", "-F", "%t %p\\n", "--name", "reader")
        try await eventually("it has read the last one") { reader.output == "l.a 3\n" }
        try await publish("l.b", 1...2, broker)
        try await publish("l.a", 4...4, broker)
        let read = await reader.finished()
        #expect(read.status == 0 && read.lines == ["l.a 3", "l.b 1", "l.b 2", "l.a 4"], "\(read)")
    }

    @Test("the last messages of a topic begin where it keeps them, without a gap")
    func lastStart() {
        func start(head: UInt64, earliest: UInt64, last: UInt64) -> StartPosition {
            var row = TopicStatistics()
            row[.headSequence] = head
            row[.earliestSequence] = earliest
            return SubscriptionPlan.start(of: row, last: last)
        }
        #expect(start(head: 10, earliest: 1, last: 3) == .sequence(8))
        #expect(start(head: 10, earliest: 8, last: 3) == .earliest)
        #expect(start(head: 10, earliest: 9, last: 3) == .earliest)
        #expect(start(head: 10, earliest: 1, last: 10) == .earliest)
        #expect(start(head: 10, earliest: 1, last: .max) == .earliest)
        #expect(start(head: 0, earliest: 1, last: 1) == .earliest)
        #expect(start(head: 10, earliest: 11, last: 1) == .earliest)
        #expect(start(head: 10, earliest: 1, last: 0) == .new)
    }

    @Test("how long ago is told by the broker's clock")
    func ago() async throws {
        let broker = try await ServedBroker.start()
        try await publish("a", 1...2, broker)
        let all = try await broker.run("sub", "a", "--from", "time:1h", "-e")
        #expect(all.status == 0 && all.lines == ["1", "2"])
        #expect(SubscriptionPlan.time(TimeSpan(milliseconds: 3), before: 10_000) == 7000)
        #expect(SubscriptionPlan.time(TimeSpan(milliseconds: .max), before: 10_000) == 0)
        let future = try await broker.runInVain("sub", "a", "--from", "time:2100-01-01", "-n1")
        #expect(future.status == 75 && future.output.isEmpty, "\(future)")
    }

    @Test("work whose time is up is not an error, wherever it waits")
    func timeIsUp() async throws {
        let isInTime = try await TimeLimit.run(.zero) {
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                throw ClientError.cancelled
            }
        }
        #expect(!isInTime)
    }

    @Test("payloads and keys are printed in hex and base64, and JSON payloads nest when they are one as a whole")
    func spellings() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("pub", "s", "{\"a\": [1, 2.50, \"\u{202E}\\n\"] }", "-k", "key")
        let read = try await broker.run("sub", "s", "--from", "first", "-e", "-F", "%b %B %X\\n")
        #expect(read.output == "eyJhIjogWzEsIDIuNTAsICLigK5cbiJdIH0= a2V5 6b6579\n", "\(read)")
        for payload in ["[1] x", "5", "{", "[\"\u{7}\"]"] { _ = try await broker.run("pub", "s", payload) }
        let json = try await broker.run("sub", "s", "--from", "first", "-e", "--json")
        let ends = ["{\"a\":[1,2.50,\"\\u202e\\n\"]}}", "\"[1] x\"}", "\"5\"}", "\"{\"}", "\"[\\\"\\u0007\\\"]\"}"]
        #expect(json.lines.count == ends.count)
        for (line, end) in zip(json.lines, ends) { #expect(line.hasSuffix("\"payload\":\(end)"), "\(line)") }
    }

    @Test("times are local with their zone, and UTC with --utc")
    func zones() async throws {
        let broker = try await ServedBroker.start()
        try await publish("z", 1...1, broker)
        let environment = broker.environment.merging(["TZ": "Asia/Kolkata"]) { $1 }
        func time(_ options: [String]) async throws -> String {
            let words = ["sub", "z", "--from", "first", "-e", "-F", "%u %T"] + options
            return await (try Running(words, environment: environment)).finished().output
        }
        let local = try await time([]).split(separator: " ")
        let microseconds = try #require(UInt64(local[0]))
        #expect(local[1].hasSuffix("+05:30"), "\(local)")
        let read = try Date(
            String(local[1]),
            strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .colon))
        #expect(UInt64(read.timeIntervalSince1970 * 1000 + 0.5) == microseconds / 1000)
        #expect(try await time(["--utc"]).hasSuffix("Z"))
    }

    @Test("a wildcard within a level is said to be none")
    func wildcards() async throws {
        let broker = try await ServedBroker.start()
        let read = try await broker.run("sub", "ord*", "--from", "first", "-e")
        #expect(read.status == 0 && read.errors.contains("'ord*' is a name as it stands"), "\(read)")
        #expect(read.errors.contains("'orders.*'") && read.errors.contains("created topic 'ord*'"))
        #expect(try await broker.run("sub", "ord.*", "--from", "first", "-e").errors.isEmpty)
    }

    @Test("a topic that did not exist is told; --existing creates none; a pattern creates nothing")
    func existing() async throws {
        let broker = try await ServedBroker.start()
        let refused = try await broker.run("sub", "e", "--existing", "-e")
        #expect(refused.status == 1 && refused.errors.contains("there is no topic 'e'"), "\(refused)")
        #expect(try await broker.run("sub", "e.*", "--existing", "-e").status == 0)
        #expect(try await broker.run("topic", "ls", "--json").output.isEmpty)
        let created = try await broker.run("sub", "e", "-e")
        #expect(created.status == 0 && created.errors == "zaichik: created topic 'e'; it did not exist\n")
        #expect(try await broker.run("sub", "e", "--existing", "-e").errors.isEmpty)
    }

    @Test("a reader of the output that leaves ends sub, although nothing more comes")
    func readerLeaves() async throws {
        let broker = try await ServedBroker.start()
        try await publish("p", 1...3, broker)
        let program = BuiltPrograms.directory.appending(path: "zaichik").path()
        let script = "{ '\(program)' sub p --from first -n 9; echo $? >&2; } | head -n 1"
        let ended = await (try Running(["-c", script], program: "/bin/sh", environment: broker.environment)).finished()
        #expect(ended.output == "1\n" && ended.errors == "0\n", "\(ended)")
    }

    @Test("a lost connection is told and made again, and reading goes on; --no-reconnect ends with 69")
    func reconnects() async throws {
        let broker = try await ServedBroker.start()
        try await publish("r", 1...2, broker)
        let reader = try broker.begin("sub", "r", "--from", "first", "-n", "3")
        let ending = try broker.begin("sub", "r", "--from", "first", "--no-reconnect")
        for read in [reader, ending] { try await eventually("both have come") { read.output == "1\n2\n" } }
        broker.running.signal(SIGKILL)
        let ended = await ending.finished()
        #expect(ended.status == 69 && ended.errors.contains("was lost"), "\(ended)")
        try await eventually("the loss is told") { reader.errors.contains("was lost") }
        #expect(reader.errors.contains("connecting again"))
        let next = try Running(["serve", "--listen", broker.address], environment: broker.environment)
        try await eventually("it is told that the broker is another one") {
            reader.errors.contains("connected to \(broker.address) again\nzaichik: the broker is another process")
        }
        try await publish("r", 3...3, broker)
        let read = await reader.finished()
        #expect(read.status == 0 && read.output == "1\n2\n3\n", "\(read)")
        next.signal(SIGTERM)
        _ = await next.finished()
    }

    @Test("-e and --no-commit do not connect again, since what they print has an end")
    func endings() async throws {
        let broker = try await ServedBroker.start()
        try await publish("e", 1...2, broker)
        let reader = try broker.begin("sub", "e", "--from", "first", "--no-commit")
        try await eventually("it has read") { reader.output == "1\n2\n" }
        broker.running.signal(SIGKILL)
        #expect(await reader.finished().status == 69)
    }
}
