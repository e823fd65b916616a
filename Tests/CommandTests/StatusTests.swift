import Foundation
import NIOCore
import Testing
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik

@Suite("status", .timeLimit(.minutes(1)))
struct StatusTests {
    private func report(_ figures: [BrokerFigure: UInt64]) -> StatusReport {
        var broker = BrokerStatistics()
        broker[.startedAt] = 1_000_000_000
        broker[.memoryLimit] = 1 << 30
        for (figure, value) in figures { broker[figure] = value }
        return StatusReport(
            address: "127.0.0.1:8889", brokerName: "burrow", version: "0.1.0", time: 1_060_000_000, broker: broker)
    }

    private func text(_ report: StatusReport) -> String { report.lines(aligned: false).joined(separator: "\n") }

    @Test("a broker that drops and refuses nothing is fine")
    func fine() {
        let report = report([.connections: 3, .connectionLimit: 1000, .publishRate: 12, .retainedBytes: 1 << 29])
        #expect(report.troubles == [])
        #expect(text(report).contains("state\tfine"))
        #expect(text(report).contains("memory\t512 MiB of at most 1 GiB, 50 %"))
        #expect(text(report).contains("12/s published"))
        #expect(text(report).contains("up\t1m00s, since "))
    }

    @Test(
        "each thing that a broker drops or refuses is a trouble of its own, with its figures",
        arguments: [
            ([.droppingTopics: 2, .dropRate: 480], .dropping, "drops 480 messages/s that queues need, in 2 topics"),
            ([.losingClients: 2, .lostRate: 7], .losing, "2 clients lose 7 messages/s"),
            ([.rejectingTopics: 1, .rejectRate: 5], .rejecting, "refuses 5 publishes/s, in 1 topic"),
            ([.retainedBytes: 1 << 30], .memoryUsedUp, "the memory is used up"),
            ([.requestsRefusedLately: 9], .refusingRequests, "refused 9 requests in the last 10 s"),
            ([.connectionsRefusedLately: 4, .connectionLimit: 16], .refusingConnections, "4 connections"),
        ] as [([BrokerFigure: UInt64], BrokerTrouble, String)])
    func troubles(figures: [BrokerFigure: UInt64], trouble: BrokerTrouble, sentence: String) {
        let report = report(figures)
        #expect(report.troubles == [trouble])
        #expect(text(report).contains("TROUBLE\t"))
        #expect(text(report).contains(sentence), "\(text(report))")
        #expect(!text(report).contains("fine"))
    }

    @Test("queues in trouble are counted and named, with where the reasons are, though the broker itself is fine")
    func queues() {
        var report = report([.connections: 9])
        report.inTrouble = (1...8).map { id in
            var row = ClientStatistics()
            (row.id, row.name) = (UInt64(id), "hare\u{1B}")
            row.state = id == 1 ? .losing : .commitsStopped
            return row
        }
        let text = text(report)
        #expect(text.contains("queues\t8 are in trouble: hare␛#1 LOSING, hare␛#2 commits stopped, "), "\(text)")
        #expect(text.contains("#6 commits stopped, …; 'zaichik why' has the reasons"), "\(text)")
        #expect(!text.contains("fine") && report.troubles == [])
        report.inTrouble.removeLast(7)
        #expect(self.text(report).contains("queues\t1 is in trouble: "))
    }

    @Test("topics that drop are named")
    func named() {
        var report = report([.droppingTopics: 2, .dropRate: 480])
        var topic = TopicStatistics()
        topic.name = "metrics"
        topic[.dropRate] = 470
        report.dropping = [topic]
        #expect(text(report).contains("in 2 topics: metrics 470/s …"))
    }

    @Test("rates are not claimed before there is a second to count in")
    func young() {
        var report = report([.publishRate: 0])
        report.time = 1_001_500_000
        #expect(text(report).contains("rates are not known yet"))
        var json = ByteBuffer()
        json.beginObject()
        report.write(to: &json)
        #expect(String(buffer: json).contains("\"published_per_second\":null"))
        #expect(String(buffer: json).contains("\"published_messages\":0"))
    }

    @Test("a live broker is fine, and says in JSON what it has")
    func live() async throws {
        let broker = try await ServedBroker.start(["--max-topics", "7", "--memory-limit", "64MiB"])
        #expect(try await broker.run("pub", "orders", "x").status == 0)
        let status = try await broker.run("status")
        #expect(status.status == 0 && status.output.contains("topics\t1 of at most 7"), "\(status)")
        let json = try await broker.run("status", "--json")
        #expect(json.status == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["troubles"] as? [String] == [])
        #expect(object["topics"] as? Int == 1 && object["topic_limit"] as? Int == 7)
        #expect(object["memory_limit_bytes"] as? Int == 64 << 20)
    }

    @Test("a broker that drops is in trouble: exit code 2, and the topic is named")
    func dropping() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("topic", "create", "metrics", "--limit", "64KiB").status == 0)
        let slow = try broker.begin("sub", "metrics", "--window", "1", "--commit-delay", "10s", "--name", "slow")
        try await broker.waitForSubscriber("slow")
        let much = String(repeating: "x", count: 10_000)
        #expect(try await broker.run("pub", "metrics", much, "--count", "100").status == 0)
        try await eventually("it is in trouble") {
            let status = try await broker.run("status")
            return status.status == 2 && status.output.contains(" messages that queues need")
        }
        slow.signal(SIGKILL)
    }

    @Test("where nothing listens the exit code is 69, and so it is where something else does")
    func unreachable() async throws {
        let broker = try await ServedBroker.start()
        let address = broker.address
        broker.running.signal(SIGTERM)
        #expect(await broker.running.finished().status == 0)
        let status = await (try Running(["status", "--connect", address])).finished()
        #expect(status.status == 69 && status.errors.contains("nothing listens there"), "\(status)")
    }

    @Test("a broker that is full cannot say more than that, with exit code 2")
    func full() async throws {
        let broker = try await ServedBroker.start(["--max-connections", "1"])
        let reader = try await broker.client()
        let status = try await broker.run("status")
        #expect(status.status == 2 && status.errors.contains("the broker is full"), "\(status)")
        await reader.close()
    }
}
