import Logging
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What the broker tells in topics of its own")
struct ReportTests {
    private static func parsed(_ report: any Report) throws -> JSONValue { try JSONValue(parsing: report.json) }

    @Test(
        "whatever a text has in it, a report is one line of JSON that gives it back",
        arguments: [
            "plain", "\"quoted\" and \\ back", "\u{0}\u{1}\u{1B}[31m\u{7F}\u{85}", "two\nlines\r\t", "Зайцы 🐇",
            "\u{2028}", "42", "",
        ])
    func escapes(text: String) throws {
        let report = EventReport(LogEntry(.topicDeleted, ["topic": .quoted(text)]), time: 7)
        #expect(!report.json.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        let event = try Self.parsed(report)
        #expect(event["data"]?["topic"]?.string == text)
        #expect(event["time"]?.integer == 7 && event["event"]?.string == "topic-deleted")
    }

    @Test("a number is one in an event, and a client's text never")
    func numbers() throws {
        let entry = LogEntry(.clientConnected, ["client": "42", "name": .quoted("42"), "address": "::1"])
        let event = try Self.parsed(EventReport(entry, time: 0))
        #expect(event["data"]?["client"]?.integer == 42 && event["data"]?["name"]?.string == "42")
        #expect(event["data"]?["address"]?.string == "::1")
    }

    @Test("the schema has the names of all events, and no others")
    func names() {
        let listed =
            DocumentedSchema.json("events")["properties"]?["event"]?["enum"]?.array?.compactMap(\.string) ?? []
        #expect(Set(listed) == Set(LogKind.allCases.filter(\.isEvent).map(\.name)))
    }

    @Test("the schema has the names of all steps of a trace, and no others")
    func steps() {
        let listed = DocumentedSchema.json("trace")["properties"]?["step"]?["enum"]?.array?.compactMap(\.string) ?? []
        #expect(Set(listed) == Set(TraceKind.allCases.map(\.rawValue)))
    }

    @Test("an event that counts others is valid, whatever its kind", arguments: LogKind.allCases.filter(\.isEvent))
    func counting(kind: LogKind) throws {
        let report = EventReport(LogEntry(kind, more: 3), time: 1)
        #expect(DocumentedSchema.events.problems(of: try Self.parsed(report)) == [])
        #expect(report.key == "broker")
    }

    @Test("an event is invalid without what the schema asks for")
    func validates() throws {
        let schema = DocumentedSchema.events
        #expect(schema.problems(of: try Self.parsed(EventReport(LogEntry(.topicCreated, [:]), time: 1))).count == 2)
        let odd = try JSONValue(parsing: #"{"event":"odd","time":-1,"level":"info","text":"t","data":{},"x":1}"#)
        #expect(schema.problems(of: odd).count == 3)
    }

    @Test("an event's key is what it is about")
    func keys() {
        let topic = EventReport(LogEntry(.topicCreated, ["topic": .quoted("t"), "name": .quoted("hare")]), time: 0)
        #expect(topic.key == "t")
        let client = EventReport(LogEntry(.clientConnected, ["client": "7", "name": .quoted("")]), time: 0)
        #expect(client.key == "7")
        let queue = EventReport(LogEntry(.gap, ["topic": .quoted("t"), "session": .quoted("s")]), time: 0)
        #expect(queue.key == "s")
    }

    @Test("a queue that loses events makes no events of that, however many it loses")
    func noLoop() throws {
        let bench = EmbeddedBench()
        let client = try bench.connect(window: 1)
        try client.send(.subscribe(request: 1, pattern: "$zaichik.events", from: .earliest))
        _ = try client.receive()
        let long = String(repeating: "t", count: 10_000)
        let topic = bench.core.reports.events.topic
        while topic.locked({ $0.counters.dropped }) == 0 {
            bench.step {
                $0.core.reports.events.add(EventReport(LogEntry(.topicDeleted, ["topic": .quoted(long)]), time: 0))
            }
        }
        try client.send(.commit(1))
        let gaps = try client.receive().filter { if case .gap = $0 { true } else { false } }
        #expect(!gaps.isEmpty, "it is told of its own loss")
        let head = topic.locked { $0.log.headSequence }
        for _ in 0..<100 { bench.core.shards[0].tick() }
        bench.core.secondPassed()
        bench.run()
        #expect(bench.core.shards[0].gaps.isEmpty && topic.locked { $0.log.headSequence } == head)
    }

    @Test("what finds no room among the reports that wait is counted, and told by the next ones")
    func leftOut() throws {
        let bench = EmbeddedBench()
        let client = try bench.connect()
        try client.send(.subscribe(request: 1, pattern: "$zaichik.events", from: .new))
        _ = try client.receive()
        for number in 0..<ReportStream.mostWaiting + 10 {
            bench.core.reports.events.add(
                EventReport(LogEntry(.topicDeleted, ["topic": .quoted("\(number)")]), time: 0))
        }
        bench.step { _ in }
        let first = try #require(
            try client.receive().compactMap { if case .deliver(let message) = $0 { message.text } else { nil } }.first)
        let event = try JSONValue(parsing: first)
        #expect(event["event"]?.string == "events-left-out" && event["more"]?.integer == 10)
    }

    @Test("of a disconnect of ten thousand in one second a hundred are told one by one, and the others counted")
    func storm() {
        var book = LogBook(most: \.eventsASecond)
        let told = (0..<10_000).count { _ in book.admit(.clientDisconnected, now: 5) != nil }
        #expect(told == LogKind.clientDisconnected.eventsASecond)
        #expect(book.timePassed(now: 1_000_005).map(\.more) == [10_000 - told])
    }
}

@Suite("Which verdicts are told, and which gaps")
struct VerdictWatchTests {
    private static func told(_ states: [ClientState]) -> [ClientState] {
        var watch = VerdictWatch()
        return states.compactMap { watch.look($0)?.to }
    }

    @Test("a state is told once it has lasted for three looks, and once")
    func lasts() {
        #expect(Self.told(Array(repeating: .fallingBehind, count: 2)) == [])
        #expect(Self.told(Array(repeating: .fallingBehind, count: 20)) == [.fallingBehind])
    }

    @Test("states that come and go are not told")
    func flickers() {
        #expect(Self.told((0..<40).map { $0.isMultiple(of: 2) ? .fallingBehind : .draining }) == [])
    }

    @Test("going from one good state to another is not told, back from trouble is")
    func good() {
        let quiet: [ClientState] = [.idle, .publishing, .keepingUp, .idle, .publishing]
        #expect(Self.told(quiet) == [])
        let trouble = Array(repeating: ClientState.paused, count: 3) + Array(repeating: .keepingUp, count: 3)
        #expect(Self.told(quiet + trouble) == [.paused, .keepingUp])
    }

    @Test("gaps of one queue, topic and reason are one event; those of too many queues are counted together")
    func gathered() throws {
        var gaps = GapNews()
        let topic = Topic(
            id: 1, name: try TopicName("t"), settings: TopicSettings(), budget: MemoryBudget(limit: 1 << 20))
        for reader in 0..<GapNews.most + 2 {
            for first in [1, 11] as [UInt64] {
                gaps.note(
                    .limit, first...first + 4, of: topic,
                    reader: ReaderHandle(shard: 0, seat: UInt32(reader), generation: 0)
                ) { ["client": "\(reader)"] }
            }
        }
        let entries = gaps.take()
        #expect(entries.count == GapNews.most + 1 && gaps.isEmpty)
        let single = entries.filter { $0.metadata["client"] != nil }
        #expect(single.allSatisfy { $0.metadata["messages"] == "10" && $0.metadata["last"] == "15" })
        #expect(entries.first { $0.metadata["client"] == nil }?.metadata["messages"] == "20")
    }
}
