import ArgumentParser
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik

@Suite("What would help, as commands")
struct RemedyTests {
    private static func detail(_ state: ClientState, session: String) -> ClientDetail {
        var client = ClientStatistics()
        client.id = 7
        client.name = "it's me"
        client.session = session
        client.state = state
        client[.lagMessages] = 1000
        var topic = ClientTopicStatistics()
        topic.topic = "orders"
        topic[.limit] = 3 << 20
        topic[.retention] = 90_000
        var detail = ClientDetail(client: client, subscriptions: ["orders"], topics: [topic])
        for field in EvidenceField.allCases {
            if field.isText { detail.evidence[text: field] = "orders" } else { detail.evidence[field] = 42 }
        }
        return detail
    }

    /// The words of a command as a shell would pass them.
    private static func words(_ command: String) -> [String] {
        var words: [String] = [""]
        var isQuoted = false
        var isEscaped = false
        for letter in command {
            switch letter {
            case _ where isEscaped:
                words[words.count - 1].append(letter)
                isEscaped = false
            case "'": isQuoted.toggle()
            case "\\" where !isQuoted: isEscaped = true
            case " " where !isQuoted: words.append("")
            default: words[words.count - 1].append(letter)
            }
        }
        return words
    }

    @Test("what a session has already is not proposed again")
    func alreadySet() {
        var settings = SessionSettings()
        func texts(_ state: ClientState) -> String {
            Remedy.list(Self.detail(state, session: "jobs"), settings: settings).map { $0.text + ($0.command ?? "") }
                .joined(separator: "\n")
        }
        #expect(texts(.poisoned).contains("--attempts 5") && texts(.commitsStopped).contains("--deadline 30s"))
        settings.attempts = 4
        #expect(!texts(.poisoned).contains("--attempts") && texts(.poisoned).contains("parked after 4 deliveries"))
        #expect(texts(.commitsStopped).contains("--deadline 30s"))
        settings.commitDeadline = 20_000
        #expect(!texts(.commitsStopped).contains("--deadline"))
    }

    @Test("every command that is proposed can be run as it stands", arguments: ClientState.allCases, ["", "jobs"])
    func commands(state: ClientState, session: String) throws {
        var detail = Self.detail(state, session: session)
        detail.pause = OperatorPause(by: "ops", since: 1)
        for cause in LossCause.allCases {
            detail.evidence[.lossCause] = cause.rawValue
            for threat in Evidence.Threat.allCases {
                detail.evidence.threat = threat
                for command in Remedy.list(detail).compactMap(\.command) {
                    let words = Self.words(command)
                    #expect(words.first == "zaichik")
                    #expect(throws: Never.self, "\(command)") { try RootCommand.parseAsRoot(Array(words.dropFirst())) }
                }
            }
        }
    }

    @Test("a broker that was named is named in the commands as well")
    func reach() {
        let report = WhyReport(
            detail: Self.detail(.notReading, session: ""), label: "me", reach: " --connect burrow:9000")
        #expect(report.lines(width: nil).contains("    zaichik client kick 'it'\\''s me#7' --connect burrow:9000"))
    }
}

@Suite("Verdicts in the stream of events")
struct VerdictEventTests {
    private func report(_ data: String) throws -> Report {
        try #require(
            Report(
                ByteBuffer(
                    string: #"{"event":"verdict-changed","time":1,"level":"debug","text":"it has changed","data":"#
                        + data + "}")))
    }

    @Test("a changed verdict is told in the sentence that 'why' has for it")
    func sentence() throws {
        let report = try report(
            #"{"name":"hare","from":"keeping up","verdict":"commits stopped","lag_messages":9,"in_flight_messages":8,"#
                + #""last_commit_age_us":2000000,"evidence":{"topic":"orders","sequence":42,"attempts":3}}"#)
        let verdict = try #require(report.verdict)
        #expect(
            verdict.sentence
                == "8 deliveries wait for its commit, its last commit was 2s ago. The first of them is message 42 of "
                + "'orders', delivered 3 times.")
        #expect(
            report.shownData(without: verdict.names) == #"from="keeping up" name="hare" verdict="commits stopped""#)
    }

    @Test("a pause is told with who it was, and words of evidence are understood as they are written")
    func words() throws {
        let paused = try report(
            #"{"verdict":"paused","paused_by":"ops","paused_reason":"moving","paused_since_us":0,"evidence":{}}"#)
        #expect(paused.verdict?.sentence.hasPrefix("Paused by ops") == true)
        let behind = try report(
            #"{"verdict":"falling behind","committed_per_second":5,"evidence":{"topic":"t","threat":"drop","threat_in_us":9000000}}"#
        )
        #expect(behind.verdict?.sentence.contains("In 9s 't' is full and drops the oldest.") == true)
    }

    @Test("a verdict that is not known here is shown as data, with what is nested in it")
    func unknown() throws {
        let report = try report(#"{"verdict":"bewitched","evidence":{"moon":1}}"#)
        #expect(report.verdict == nil)
        #expect(report.shownData() == #"evidence={moon=1} verdict="bewitched""#)
    }

    @Test("every field of evidence comes back from JSON as it was")
    func evidence() {
        var evidence = Evidence()
        for field in EvidenceField.allCases {
            if field.isText { evidence[text: field] = "x" } else { evidence[field] = 2 }
        }
        var again = Evidence()
        for (name, value) in evidence.named { again.take(name, value) }
        #expect(again == evidence)
    }
}
