import Foundation
import ProgramSupport
import Testing
import ZaichikProtocol

@testable import Zaichik
@testable import ZaichikClient

@Suite("pub and sub", .serialized, .timeLimit(.minutes(2)))
struct PublishSubscribeTests {
    private struct Printed: Decodable, Equatable {
        var topic: String
        var sequence: UInt64
        var timestamp: UInt64
        var key: String?
        var payload: String?
        var payloadBase64: String?
    }

    private func decode(_ finished: Finished) throws -> [Printed] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try finished.lines.map { try decoder.decode(Printed.self, from: Data($0.utf8)) }
    }

    @Test("a message goes from pub to sub")
    func roundTrip() async throws {
        let broker = try await ServedBroker.start()
        let reader = try broker.begin("sub", "hares", "-C", "2", "--name", "reader")
        try await broker.waitForSubscriber("reader")
        let published = try await broker.run("pub", "hares", "one hare")
        #expect(published.status == 0 && published.output.isEmpty && published.errors.isEmpty)
        #expect(try await broker.run("pub", "hares", "two hares").status == 0)
        let read = await reader.finished()
        #expect(read.status == 0 && read.output == "one hare\ntwo hares\n")
        #expect(read.errors == "zaichik: created topic 'hares'; it did not exist\n")
    }

    @Test("pub tells of duplicates that the broker dropped")
    func duplicates() async throws {
        let broker = try await ServedBroker.start()
        let settings = ["--dedup-window", "1m", "--dedup-scope", "topic"]
        _ = await (try Running(["topic", "create", "d"] + settings, environment: broker.environment)).finished()
        #expect(try await broker.run("pub", "d", "-k", "a", "x").errors.isEmpty)
        let again = try await broker.run("pub", "d", "-k", "a", "x")
        #expect(again.status == 0 && again.errors == "zaichik: 1 duplicate was dropped\n")
    }

    @Test("lines of standard input become messages, with keys where a separator is")
    func lines() async throws {
        let broker = try await ServedBroker.start()
        #expect(
            try await broker.run(
                "pub", "l", "-l", "-K:", "--key-optional", input: "a:1\nb:\nno key\n:empty key\n\nlast"
            ).status == 0)
        let read = try decode(await broker.run("sub", "l", "--from", "first", "-e", "--json"))
        #expect(read.map(\.payload) == ["1", "", "no key", "empty key", "", "last"])
        #expect(read.map(\.key) == ["a", "b", nil, "", nil, nil])
        #expect(read.map(\.sequence) == [1, 2, 3, 4, 5, 6] && read.allSatisfy { $0.topic == "l" })
        #expect(read[0].timestamp > 1_600_000_000_000_000)
    }

    @Test("JSON escapes what needs it, and takes what is not UTF-8 as base64; --raw gives it back byte for byte")
    func bytes() async throws {
        let broker = try await ServedBroker.start()
        let file = URL.temporaryDirectory.appending(path: "zaichik-\(UUID().uuidString)")
        let data = Data([0xFF, 0x00, 0x0A, 0x80])
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try await broker.run("pub", "b", "-f", file.path()).status == 0)
        #expect(try await broker.run("pub", "b", "q\"\\\u{1B}[2J заяц 🐇\u{202E}").status == 0)
        let finished = try await broker.run("sub", "b", "--from", "first", "-e", "--json")
        let read = try decode(finished)
        #expect(read[0].payloadBase64 == data.base64EncodedString() && read[0].payload == nil)
        #expect(read[1].payload == "q\"\\\u{1B}[2J заяц 🐇\u{202E}")
        #expect(!finished.output.contains("\u{1B}") && !finished.output.contains("\u{202E}"))
        let copy = URL.temporaryDirectory.appending(path: "zaichik-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        let program = BuiltPrograms.directory.appending(path: "zaichik").path()
        let script = "'\(program)' sub b --raw --from first -C 1 > '\(copy.path())'"
        let shell = try Running(["-c", script], program: "/bin/sh", environment: broker.environment)
        #expect(await shell.finished().status == 0)
        #expect(try Data(contentsOf: copy) == data)
    }

    @Test("a file that cannot be read is named, with the reason")
    func unreadableFile() async throws {
        for (path, reason) in [("/nowhere/at all", "No such file"), ("/tmp", "directory")] {
            let failed = try await Running(["pub", "t", "-f", path]).finished()
            #expect(failed.status == 1 && failed.errors.contains(path) && failed.errors.contains(reason))
        }
    }

    @Test("a format says what is printed; one that cannot be read is an error of usage")
    func format() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("pub", "f.x", "-k", "K", "payload")
        let wild = try await broker.run("sub", "f.*", "--from", "seq:1")
        #expect(wild.status == 64 && wild.errors.contains("time:T"))
        let named = try await broker.run("sub", "f.x", "--from", "seq:1", "-C", "1", "-F", "%t|%s|%k|%p|%l%%\\t.")
        #expect(named.output == "f.x|1|K|payload|7%\t.")
        let bad = try await broker.run("sub", "f.x", "-F", "%z")
        #expect(bad.status == 64 && bad.errors.contains("%z") && bad.errors.contains("%t"))
    }

    @Test("-W gives up with 75, and so does a count that is not reached")
    func timeOut() async throws {
        let broker = try await ServedBroker.start()
        let read = try await broker.runInVain("sub", "nothing", "-C", "1")
        #expect(read.status == 75 && read.output.isEmpty && read.errors.contains(") is up"), "\(read)")
    }

    @Test("an interrupted sub ends in good order with 130, having committed what it printed")
    func interrupt() async throws {
        let broker = try await ServedBroker.start()
        let reader = try broker.begin("sub", "i", "--name", "reader")
        try await broker.waitForSubscriber("reader")
        _ = try await broker.run("pub", "i", "x")
        try await eventually("it is printed") { reader.output == "x\n" }
        reader.signal(SIGINT)
        let ended = await reader.finished()
        #expect(ended.status == 130 && ended.errors.split(separator: "\n").count == 1)
        #expect(try await broker.run("lag", "-C", "1", "--json").output.contains("\"committed_messages\":1,"))
    }

    @Test("an interrupted pub publishes what it has read")
    func interruptedWriter() async throws {
        let broker = try await ServedBroker.start()
        let writer = try Running(
            ["pub", "i", "-l"], input: "one\ntwo\n", keepsInputOpen: true, environment: broker.environment)
        let reader = try broker.begin("sub", "i", "--from", "first")
        try await eventually("what it has read is published") { reader.output == "one\ntwo\n" }
        writer.signal(SIGINT)
        let ended = await writer.finished()
        #expect(
            ended.status == 130 && ended.errors.contains("interrupted; of 2 lines read 2 were accepted\n"), "\(ended)")
        reader.signal(SIGINT)
        #expect(await reader.finished().status == 130)
    }

    @Test(
        "an interrupted pub tells how many messages were accepted, and which were not sent",
        arguments: [SIGINT, SIGTERM])
    func interruptedRepetition(signal: Int32) async throws {
        let broker = try await ServedBroker.start()
        let writer = try broker.begin("pub", "i", "x", "--count", "100", "--rate", "0.001")
        let reader = try broker.begin("sub", "i", "--from", "first")
        try await eventually("the first is published") { reader.output == "x\n" }
        writer.signal(signal)
        let ended = await writer.finished()
        let told = "interrupted; of 100 messages 1 was accepted; messages 2 to 100 were not sent\n"
        #expect(ended.status == 128 + signal && ended.errors.hasSuffix(told), "\(ended)")
        reader.signal(SIGKILL)
    }

    @Test("an interrupted pub to a topic that blocks ends, and tells what was not answered and what was not sent")
    func interruptedWhileBlocked() async throws {
        let broker = try await ServedBroker.start()
        let settings = ["--limit", "64KiB", "--overflow", "block"]
        _ = await (try Running(["topic", "create", "b"] + settings, environment: broker.environment)).finished()
        let reader = try broker.begin("sub", "b", "--no-commit", "--window", "1", "--name", "reader")
        try await broker.waitForSubscriber("reader")
        let line = String(repeating: "x", count: 999) + "\n"
        let writer = try Running(
            ["pub", "b", "-l"], input: String(repeating: line, count: 10_000), environment: broker.environment)
        try await eventually("it is held back") { writer.errors.contains("a topic is full") }
        writer.signal(SIGINT)
        let ended = await writer.finished()
        #expect(ended.status == 130)
        let told = try #require(ended.errors.split(separator: "\n").last)
        #expect(told.contains("sent and not answered, so the broker may have accepted them"), "\(ended.errors)")
        reader.signal(SIGINT)
        _ = await reader.finished()
    }

    @Test("a report tells apart what was answered, what was sent and what was not, by its numbers")
    func report() {
        let refusal = ClientError(.refused(.topicFull), "full")
        let result = FlushResult(
            confirmed: 6, refused: 2, firstRefusal: refusal, duplicates: 1, unanswered: 3, unsent: 1)
        let report = PublishReport(result: result, unit: "line", taken: 12, enqueued: 12)
        #expect(report.duplicates == "1 duplicate was dropped")
        #expect(report.refusals == "2 of 8 messages were refused, the first because: full")
        #expect(
            report.unanswered
                == "lines 9 to 11 were sent and not answered, so the broker may have accepted them; line 12 was not sent"
        )
        let whole = PublishReport(
            result: FlushResult(confirmed: 12, refused: 0), unit: "line", taken: 12, enqueued: 12)
        #expect(whole.unanswered == nil && whole.refusals == nil && whole.duplicates == nil)
        var failed = whole
        failed.taken = 13
        #expect(failed.failure(refusal) == "line 13: full; 12 messages before it were accepted")
        let loss = ClientError(.connectionLost, "lost")
        #expect(
            report.loss(loss)
                == "lost; of 12 lines 6 were accepted, 2 refused, the first because: full; lines 9 to 11 were sent and not "
                + "answered, so the broker may have accepted them; line 12 was not sent")
        let early = PublishReport(result: FlushResult(confirmed: 0, refused: 0), unit: "line", taken: 0, enqueued: 0)
        #expect(early.loss(loss) == "lost" && early.interruption == "interrupted before anything was read")
    }

    @Test("a reader that has seen enough ends sub quietly")
    func closedPipe() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("pub", "p", "x", "--count", "100000")
        let program = BuiltPrograms.directory.appending(path: "zaichik").path()
        let shell = try Running(
            ["-c", "'\(program)' sub p --from first --connect \(broker.address) | head -n 2"],
            program: "/bin/sh", environment: broker.environment)
        let ended = await shell.finished()
        #expect(ended.status == 0 && ended.output == "x\nx\n" && ended.errors.isEmpty)
    }

    @Test("what was not written is not committed when the reader of the output leaves")
    func committedAfterClosedPipe() async throws {
        let broker = try await ServedBroker.start()
        let line = String(repeating: "x", count: 999) + "\n"
        _ = try await broker.run("pub", "p", "-l", input: String(repeating: line, count: 10_000))
        let program = BuiltPrograms.directory.appending(path: "zaichik").path()
        let shell = try Running(
            ["-c", "'\(program)' sub p --from first | head -n 1"], program: "/bin/sh", environment: broker.environment)
        #expect(await shell.finished().errors.isEmpty)
        let figures = try await broker.run("lag", "-C", "1", "--json").output
        let committed = try #require(figures.firstMatch(of: /"committed_messages":(\d+)/)?.1).description
        // A pipe holds 64 KiB, and head takes no more than that at once.
        #expect(try #require(Int(committed)) <= 200, "\(committed)")
    }

    @Test("--no-commit commits nothing, --commit-delay later")
    func commits() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("pub", "c", "x", "--count", "10")
        let peek = try await broker.run("sub", "c", "--from", "first", "--no-commit", "--window", "3", "-e")
        #expect(peek.status == 0 && peek.lines.count == 3)
        #expect(try await broker.run("lag", "-C", "1", "--json").output.contains("\"committed_messages\":0,"))
        let slow = try await broker.run("sub", "c", "--from", "first", "--commit-delay", "1", "--window", "1", "-e")
        #expect(slow.lines.count == 10)
        #expect(try await broker.run("lag", "-C", "1", "--json").output.contains("\"committed_messages\":10,"))
    }

    @Test("messages that are refused are counted and told, with exit code 1")
    func refusal() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("topic", "create", "full", "--limit", "1KiB", "--overflow", "reject")
        let reader = try broker.begin("sub", "full", "--window", "1", "--no-commit", "--name", "holder")
        try await broker.waitForSubscriber("holder")
        let published = try await broker.run("pub", "full", String(repeating: "x", count: 200), "--count", "2000")
        #expect(published.status == 1)
        #expect(published.errors.contains("of 2000 messages were refused"))
        reader.signal(SIGINT)
        _ = await reader.finished()
        let reserved = try await broker.run("pub", "$zaichik.x", "x")
        #expect(reserved.status == 1 && !reserved.errors.isEmpty)
    }

    @Test("a full topic that blocks its publishers is told, and waited for")
    func blocked() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run(
            "topic", "create", "full", "--limit", "64KiB", "--overflow", "block", "--history-bytes", "0")
        let holder = try broker.begin("sub", "full", "--window", "1", "--no-commit", "--name", "holder")
        try await broker.waitForSubscriber("holder")
        let writer = try broker.begin("pub", "full", String(repeating: "x", count: 200), "--count", "2000")
        try await eventually("the writer is told") { writer.errors.contains("holds publishers back") }
        holder.signal(SIGINT)
        _ = await holder.finished()
        let ended = await writer.finished()
        #expect(ended.status == 0 && ended.errors.contains("room again"))
    }

    @Test("-e ends at once where there is nothing, in time for -W, and with what one window shows")
    func caughtUp() async throws {
        let broker = try await ServedBroker.start()
        let none = try await broker.run("sub", "none", "--from", "first", "-e", "-W", "10")
        #expect(none.status == 0 && none.output.isEmpty)
        _ = try await broker.run("pub", "some", "x", "--count", "5000")
        for window in ["1", "7", "100000"] {
            let all = try await broker.run("sub", "some", "--from", "first", "-e", "-W", "30", "--window", window)
            #expect(all.status == 0 && all.lines.count == 5000, "window \(window)")
        }
    }

    @Test("a line that cannot be published is named, and what came before it was accepted")
    func badLine() async throws {
        let broker = try await ServedBroker.start()
        let key = String(repeating: "k", count: 70_000)
        let published = try await broker.run(
            "pub", "l", "-l", "-K:", "--key-optional", input: "a:1\nb:2\n\(key):3\nd:4\n")
        #expect(published.status == 1)
        #expect(published.errors.contains("line 3: a key has at most 65535 bytes"))
        #expect(published.errors.contains("2 messages before it were accepted"))
        #expect(try await broker.run("sub", "l", "--from", "first", "-e").lines == ["1", "2"])
    }

    @Test("a rate that is not a number is an error of usage", arguments: ["nan", "inf", "0", "-1", "1e300", "1e-300"])
    func badRate(rate: String) async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("pub", "l", "x", "--rate=\(rate)").status == 64)
    }

    @Test("--rate spreads messages over time")
    func rate() async throws {
        let broker = try await ServedBroker.start()
        let start = ContinuousClock.now
        #expect(try await broker.run("pub", "r", "x", "--count", "5", "--rate", "20").status == 0)
        #expect(ContinuousClock.now - start >= .milliseconds(200))
    }

    @Test("200,000 lines stream through both without piling up in memory")
    func streaming() async throws {
        let count = 200_000
        let broker = try await ServedBroker.start()
        let reader = try broker.begin("sub", "s", "--json", "-C", "\(count)", "--name", "reader")
        try await broker.waitForSubscriber("reader")
        let input = (1...count).map { "line \($0)" }.joined(separator: "\n") + "\n"
        let writer = try broker.begin("pub", "s", "-l", input: input)
        var peak = (writer: 0, reader: 0)
        let isDone = Task { await reader.finished() }
        try await eventually("all lines are printed", within: .seconds(100)) {
            peak.writer = max(peak.writer, writer.residentBytes)
            peak.reader = max(peak.reader, reader.residentBytes)
            return reader.residentBytes == 0 || kill(reader.pid, 0) != 0
        }
        let read = await isDone.value
        #expect(read.status == 0)
        #expect(await writer.finished().status == 0)
        #expect(read.lines.count == count)
        #expect(read.lines.last?.hasSuffix("\"payload\":\"line \(count)\"}") == true)
        // Far below the messages' own size as objects; what a debug build and its libraries take is most of it.
        #expect(peak.writer < 80 << 20 && peak.reader < 80 << 20, "\(peak)")
    }
}
