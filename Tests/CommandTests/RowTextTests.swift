import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik

@Suite("What people read about clients and topics")
struct RowTextTests {
    @Test("a table is aligned for a terminal and tab-separated otherwise")
    func table() {
        var table = Table(head: ["name", "n_messages"])
        table.rows = [[.text("a\u{1B}"), .number(2048, shown: "2 KiB")], [.text("bcdefg"), .number(1)]]
        #expect(table.lines(aligned: false) == ["name\tn_messages", "a␛\t2048", "bcdefg\t1"])
        #expect(table.lines(aligned: true) == ["name        n", "a␛      2 KiB", "bcdefg      1"])
    }

    @Test("a narrow terminal gets the important columns, then a cut text, and never a long line")
    func narrow() {
        var table = Table(
            head: ["id", "name", "state", "lag_messages", "host"], important: ["name", "state", "lag_messages"])
        table.rows = [[.number(1), .text("兎🐇"), .text("draining"), .number(5), .text("example.org")]]
        #expect(table.lines(aligned: true, width: 80).last == " 1  兎🐇  draining    5  example.org")
        #expect(
            table.lines(aligned: true, width: 30).last == " 1  兎🐇  draining    5"
        )
        #expect(table.lines(aligned: true, width: 20).last == "兎🐇  draining    5")
        #expect(table.lines(aligned: true, width: 16).last == "兎🐇  drai…    5")
        #expect(table.lines(aligned: false, width: 20).last == "1\t兎🐇\tdraining\t5\texample.org")
    }

    @Test(
        "losing is in capitals for people and coloured where there are colours; for machines it is a word like all others"
    )
    func loud() {
        var table = Table(head: ["name", "state"])
        table.rows = [[.text("a"), .state(.losing)], [.text("bcdefg"), .state(.draining)]]
        #expect(table.lines(aligned: false) == ["name\tstate", "a\tlosing", "bcdefg\tdraining"])
        #expect(table.lines(aligned: true) == ["name    state", "a       LOSING", "bcdefg  draining"])
        table.hasColours = true
        #expect(table.lines(aligned: true)[1] == "a       \u{1B}[1;31mLOSING\u{1B}[0m")
    }

    // MARK: lag

    private static func update(_ change: (inout ClientStatistics) -> Void = { _ in }) -> StatisticsUpdate {
        var client = ClientStatistics()
        client.name = String(repeating: "兎", count: 60)
        client.id = 8
        client.state = .draining
        client[.lagMessages] = 1_000_000
        client[.severity] = 1_000_000
        change(&client)
        var broker = BrokerStatistics()
        broker[.gapMessages] = 98_211
        broker[.droppedMessages] = 98_210
        broker[.publishRate] = 12_345_678_901
        if client.state == .losing { broker[.losingClients] = 1 }
        return StatisticsUpdate(
            time: 11_045_000_000, broker: broker, clients: RowPage(rows: [client], matching: 1))
    }

    @Test(
        "a line of lag fits every terminal, and what is lost and dropped goes last", arguments: [40, 60, 80, 120, 200])
    func lagWidths(width: Int) {
        for zone in [0, 19_800] {
            let line = LagLine(width: width, zone: zone)
            for text in [line.head, line.text(Self.update())] {
                #expect(TextWidth.columns(of: text) <= width, "\(text)")
            }
            for title in ["LAG", "LOST", "DROPPED", "WORST"] { #expect(line.head.contains(title)) }
            #expect(line.text(Self.update()).contains("98211") && line.text(Self.update()).contains("98210"))
        }
        #expect(!LagLine(width: 80, zone: 0).head.contains("RETAINED"))
    }

    @Test("without a terminal a line of lag is complete, and its numbers are whole")
    func lagComplete() {
        let line = LagLine(width: nil, zone: 0)
        #expect(line.head.contains("RETAINED"))
        #expect(line.text(Self.update()).contains(String(repeating: "兎", count: 60) + "#8 1000000, -, draining"))
        #expect(line.text(Self.update()).contains("12345678901"))
    }

    @Test(
        "the head of lag says the zone of its times",
        arguments: [(0, "TIME UTC", "03:04:05"), (19_800, "TIME +05:30", "08:34:05")])
    func lagZone(offset: Int, title: String, time: String) {
        let line = LagLine(width: nil, zone: offset)
        #expect(line.head.hasPrefix(title))
        #expect(line.text(Self.update()).contains(time))
    }

    @Test("a client that loses messages is loud in lag")
    func lagLoud() {
        let losing = Self.update {
            $0.name = "tortoise"
            $0.state = .losing
            $0[.lostRate] = 480
            $0[.lagMessages] = 990
            $0[.oldestAge] = 2_100_000
        }
        let line = LagLine(width: nil, zone: 0)
        #expect(line.text(losing).hasSuffix("tortoise#8 LOSING 480/s, lag 990, 2s"))
        #expect(line.text(losing, isLoud: true).hasPrefix("\u{1B}[1;31m"))
        #expect(!line.text(Self.update(), isLoud: true).contains("\u{1B}"))
    }

    @Test("the worst clients are told with their reasons, the worst first")
    func worst() throws {
        var losing = ClientStatistics()
        losing.id = 8
        losing.name = "tortoise"
        losing.state = .losing
        losing[.lostRate] = 480
        losing[.gapMessages] = 98_211
        losing[.commitRate] = 2
        var topic = ClientTopicStatistics()
        topic.topic = "orders"
        topic[.lostRate] = 480
        topic[.lossCause] = LossCause.limit.rawValue
        topic[.limit] = 64 << 10
        var behind = ClientStatistics()
        behind.id = 9
        behind.name = "hare"
        behind.state = .fallingBehind
        behind[.lagMessages] = 40
        behind[.commitRate] = 5
        let update = Self.update { $0.state = .losing }
        let worst = WorstClients(
            update,
            [
                ClientDetail(client: losing, subscriptions: [], topics: [topic]),
                ClientDetail(client: behind, subscriptions: [], topics: []),
            ])
        let lines = worst.lines(time: "2026-01-02T03:04:05Z", width: 100)
        #expect(lines[0].hasPrefix("2026-01-02T03:04:05Z: 0 clients") && lines[0].contains("1 LOSING"))
        let first = try #require(lines.firstIndex { $0.contains("tortoise#8") && $0.contains("LOSING") })
        #expect(
            lines[first + 1].hasPrefix(
                "  It loses 480 messages a second, 98211 since it connected: 'orders' holds back at"))
        let second = try #require(lines.firstIndex { $0.contains("hare#9") })
        #expect(second > first)
        #expect(lines[second + 1] == "  It commits 5/s, slower than messages come in.")
        for width in [40, 80, 200] {
            for line in worst.lines(time: "2026-01-02T03:04:05Z", width: width) {
                #expect(TextWidth.columns(of: line) <= width, "\(line)")
            }
        }
    }

    // MARK: One client, one topic

    private static let names = ["tortoise", "черепаха", "👩‍👩‍👧‍👦 семья", "兎兎兎"]

    @Test("a client's blocks say why it is behind, and fit every terminal", arguments: [40, 80, 200])
    func blocks(width: Int) {
        for name in Self.names {
            var client = ClientStatistics()
            client.name = name
            client.state = .fallingBehind
            client[.subscriptions] = 1
            client[.lagMessages] = 90
            client[.commitRate] = 5
            var topic = ClientTopicStatistics()
            topic.topic = name
            topic[.publishRate] = 20
            var detail = ClientDetail(client: client, subscriptions: [name], topics: [topic])
            detail.evidence[.growth] = 15_000
            let lines = ClientBlocks(detail: detail).lines(width: width)
            #expect(lines[0].hasSuffix("#0: falling behind"))
            #expect(lines.dropFirst().prefix(3).joined(separator: " ").contains("the lag grows by 15/s."))
            for line in lines { #expect(TextWidth.columns(of: line) <= width, "\(line)") }
        }
    }

    @Test("a topic's blocks say who holds it back and who publishes, and fit every terminal", arguments: [40, 80, 200])
    func topicBlocks(width: Int) {
        for name in Self.names {
            var topic = TopicStatistics()
            topic.name = name
            topic.settings.limit = 64 << 10
            topic.settings.retention = 7_200_000
            topic[.dropRate] = 480
            topic[.droppedMessages] = 98_211
            topic[.heldBytes] = 64 << 10
            topic[.publishRate] = 500
            var reader = TopicReader()
            reader.id = 8
            reader.name = name
            reader.state = .losing
            reader.isHolding = true
            reader[.lagMessages] = 990
            var publisher = TopicPublisher()
            publisher.id = 9
            publisher.name = name
            let detail = TopicDetail(
                topic: topic, readers: RowPage(rows: [reader], matching: 3),
                publishers: RowPage(rows: [publisher], matching: 1))
            let lines = TopicBlocks(detail: detail).lines(width: width)
            let text = lines.joined(separator: " ")
            for part in [
                "drops 480 messages", "holds it back", "500/s in all", "2h ", "LOSING",
                "READERS: 1 OF 3, THE WORST FIRST",
            ] {
                #expect(text.contains(part), "\(part)")
            }
            for line in lines { #expect(TextWidth.columns(of: line) <= width, "\(line)") }
        }
    }

    @Test("a change of settings is told with the values before and after")
    func settingsChange() {
        var change = TopicSettingsChange()
        change[.limit] = 64 << 20
        change[.retention] = 0
        #expect(SettingsRequest.text(.created, before: nil, change) == "created")
        #expect(SettingsRequest.text(.unchanged, before: TopicSettings(), change) == "unchanged")
        #expect(
            SettingsRequest.text(.changed, before: TopicSettings(), change) == "changed: limit 1 GiB → 64 MiB")
    }
}
