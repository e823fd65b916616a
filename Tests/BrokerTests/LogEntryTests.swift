import Logging
import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Events in, lines of the log out")
struct LogEntryTests {
    private let begun = Incident.Change.began(Incident(began: 5_000_000, last: 5_000_000, count: 480))
    private let ended = Incident.Change.ended(Incident(began: 5_000_000, last: 64_000_000, count: 28_400))

    private func text(_ entry: LogEntry) -> String {
        let values = entry.metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return ([entry.kind.level.rawValue, entry.message] + values).joined(separator: " ")
    }

    @Test("drops have the topic, the first message and the number; at their end the last message and how long it took")
    func drops() {
        #expect(
            text(LogEntry(.dropping(begun, first: 41, last: 520), topic: "metrics"))
                == #"warning topic drops messages that queues need first=41 messages=480 topic="metrics""#)
        #expect(
            text(LogEntry(.dropping(ended, first: 41, last: 28_440), topic: "metrics"))
                == #"notice topic no longer drops messages first=41 last=28440 messages=28400 seconds=60 topic="metrics""#
        )
    }

    @Test("refused publishes have the topic and the code")
    func refusedPublishes() {
        #expect(
            text(LogEntry(.rejecting(begun, code: .topicFull), topic: "b"))
                == "warning refusing code=topic-full publishes=480 reason=\"\(ErrorCode.topicFull.summary)\" topic=\"b\""
        )
        #expect(
            text(LogEntry(.rejecting(ended, code: nil), topic: "b"))
                == #"notice no longer refusing publishes=28400 seconds=60 topic="b""#)
    }

    @Test("refused requests and connections have the code")
    func refused() {
        #expect(
            text(LogEntry(begun, refusing: .tooManyConnections)).hasPrefix(
                "warning refusing code=too-many-connections connections=480 reason="))
        #expect(text(LogEntry(ended, refusing: .tooManyTopics)).contains(" requests=28400 seconds=60"))
    }

    @Test("memory has what is used, the limit, and the topic that takes most")
    func memory() {
        let budget = MemoryBudget(limit: 1000)
        budget.charge(1200)
        #expect(
            text(LogEntry(begun, memory: budget, largest: "g.b"))
                == #"warning memory limit reached largest_topic="g.b" limit_bytes=1000 used_bytes=1200"#)
        #expect(
            text(LogEntry(ended, memory: budget, largest: nil))
                == "notice memory limit no longer reached limit_bytes=1000 seconds=60 used_bytes=1200")
    }

    @Test("changed settings have old and new values with their units, and who changed them")
    func settings() {
        var new = TopicSettings()
        new.retention = 5000
        new.overflow = .block
        #expect(
            text(LogEntry(changed: "t", from: TopicSettings(), to: new, by: ["client": "7"]))
                == #"notice topic settings changed client=7 overflow="drop -> block" retention="0 ms -> 5000 ms" topic="t""#
        )
        #expect(
            text(LogEntry(created: "t", id: 9, new, by: ["client": "7"]))
                == #"info topic created client=7 overflow="block" retention="5000 ms" topic="t" topic_id=9"#)
    }

    @Test("a name cannot pass for something else")
    func names() {
        let entry = LogEntry(.dropping(begun, first: 1, last: 1), topic: "a\" seconds=0\n")
        #expect(entry.metadata["topic"].map { "\($0)" } == #""a\" seconds=0\n""#)
    }

    @Test("of each kind some are told in a second; the number of the others follows, before the next one or by itself")
    func limited() {
        var book = LogBook()
        let most = LogKind.clientConnected.linesASecond
        for _ in 0..<most { #expect(book.admit(.clientConnected, now: 1_000_000) == []) }
        for _ in 0..<312 { #expect(book.admit(.clientConnected, now: 1_500_000) == nil) }
        #expect(book.admit(.topicCreated, now: 1_500_000) == [], "each kind has its own limit")
        let more = LogEntry(.clientConnected, more: 312)
        #expect(text(more) == "info client connected: 312 more in the last second more=312")
        var other = book
        #expect(book.admit(.clientConnected, now: 2_000_000) == [more])
        #expect(other.timePassed(now: 2_000_000) == [more])
        #expect(other.timePassed(now: 3_000_000) == [])
    }

    @Test(
        "what is no client of zaichik is described by its first bytes",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: x\r\n", #""GET / HTTP/1.1\r\n""#, "; this is HTTP"),
            ("SSH-2.0-OpenSSH", #""SSH-2.0-OpenSSH""#, "; this is SSH"), ("hello\n", #""hello\n""#, ""),
        ])
    func strangers(bytes: String, shown: String, name: String) {
        #expect(
            Stranger.description(of: ByteBuffer(string: bytes))
                == "its first bytes, \(shown), belong to neither dialect\(name)")
    }

    @Test("bytes that are no text are shown as numbers")
    func binary() {
        let hello = ByteBuffer(bytes: [0x16, 0x03, 0x01, 0x02, 0x00])
        #expect(
            Stranger.description(of: hello)
                == "its first bytes, 16 03 01 02 00, belong to neither dialect; this is TLS")
    }
}
