import NIOCore
import Testing
import ZaichikProtocol

@testable import Zaichik

@Suite("check")
struct CheckTests {
    private func client(_ name: String, id: UInt64, _ figures: [ClientFigure: UInt64]) -> ClientStatistics {
        var client = ClientStatistics()
        client.id = id
        client.name = name
        for (figure, value) in figures { client[figure] = value }
        return client
    }

    private let lag = ClientCheck(subject: .lag, limits: CheckLimits(warn: 1000, crit: 10_000))

    @Test(
        "a lag is judged by the limit that it is above, and a limit itself is still within it",
        arguments: [
            (0, .ok, "nobody is behind"), (1000, .ok, "hare#7 (idle) is 1000 messages behind"),
            (1001, .warning, "hare#7 (idle) is 1001 messages behind, more than 1000"),
            (10_000, .warning, "hare#7 (idle) is 10000 messages behind, more than 1000"),
            (10_001, .critical, "hare#7 (idle) is 10001 messages behind, more than 10000"),
        ] as [(UInt64, CheckResult.Level, String)])
    func limits(messages: UInt64, level: CheckResult.Level, text: String) {
        let result = lag.result([client("hare", id: 7, [.lagMessages: messages])], all: 1)
        #expect(result.level == level)
        #expect(result.text == text)
    }

    @Test("the worst of the clients decides, and the figures have the limits")
    func worst() {
        let clients = [5, 20_000, 2000].enumerated().map { client("c\($0)", id: UInt64($0), [.lagMessages: $1]) }
        let result = lag.result(clients, all: 40)
        #expect(
            result.line
                == "ZAICHIK LAG CRITICAL: c1#1 (idle) is 20000 messages behind, more than 10000; 2 clients are above a "
                + "limit | lag=20000;1000;10000;0; over=2;;;0; clients=40;;;0;")
        #expect(result.level.rawValue == 2)
    }

    @Test("a client that is named and not there is critical, whatever the others do")
    func missing() {
        let result = lag.result([client("hare", id: 7, [.lagMessages: 3])], missing: ["billing"], all: 1)
        #expect(result.level == .critical)
        #expect(result.text == "no client is called 'billing'; hare#7 (idle) is 3 messages behind")
        #expect(lag.result([], missing: ["billing"], all: 0).text == "no client is called 'billing'")
    }

    @Test("an age is judged in ms, and said in words")
    func age() {
        let check = ClientCheck(subject: .age, limits: CheckLimits(crit: 30_000))
        let result = check.result([client("hare", id: 7, [.oldestAge: 95_000_000])], all: 1)
        #expect(
            result.line
                == "ZAICHIK AGE CRITICAL: the oldest message of hare#7 (idle) is 1m35s old, more than 30s "
                + "| age=95000ms;;30000;0; over=1;;;0; clients=1;;;0;")
    }

    @Test("a broker that drops is critical, and one that uses much of a limit is what that limit's limits say")
    func broker() {
        func result(_ figures: [BrokerFigure: UInt64]) -> CheckResult {
            var broker = BrokerStatistics()
            for (figure, value) in figures { broker[figure] = value }
            let report = StatusReport(
                address: "127.0.0.1:8889", brokerName: "burrow", version: "0.1.0", time: 1, broker: broker)
            return BrokerCheck(limits: CheckLimits(warn: 80, crit: 95)).result(report)
        }
        let fine = result([.retainedBytes: 10, .memoryLimit: 100, .topics: 8, .topicLimit: 10, .lagMessages: 4])
        #expect(
            fine.line
                == "ZAICHIK BROKER OK: drops and refuses nothing | memory=10%;80;95;0;100 topics=80%;80;95;0;100 "
                + "lag=4;;;0;")
        let full = result([.retainedBytes: 90, .memoryLimit: 100])
        #expect(full.level == .warning)
        #expect(full.text == "90 % of the memory is used, more than 80 %")
        let dropping = result([.droppingTopics: 1, .dropRate: 480])
        #expect(dropping.level == .critical)
        #expect(dropping.text.hasPrefix("drops 480 messages/s that queues need"))
    }

    @Test("what clients call themselves cannot end the line, or begin the figures")
    func safe() {
        let result = lag.result([client("a|b\nc", id: 1, [.lagMessages: 2])], all: 1)
        #expect(result.line.hasPrefix("ZAICHIK LAG OK: a\\x7cb␊c#1 (idle) is 2 messages behind | lag=2;"))
    }

    @Test("limits are in the right order, and there is at least one")
    func orders() {
        #expect(throws: (any Error).self) { try CheckLimits.checked(warn: nil, crit: nil) { "\($0)" } }
        #expect(throws: (any Error).self) { try CheckLimits.checked(warn: 5, crit: 4) { "\($0)" } }
        #expect(throws: Never.self) { try CheckLimits.checked(warn: 5, crit: 5) { "\($0)" } }
    }

    @Test("JSON has the same: the level, the text, and each figure with its limits")
    func json() {
        var buffer = ByteBuffer()
        lag.result([client("hare", id: 7, [.lagMessages: 2])], all: 1).write(to: &buffer)
        let text = String(buffer: buffer)
        #expect(text.contains(#""level":"ok""#), "\(text)")
        #expect(text.contains(#"{"name":"lag","value":2,"unit":"","warn":1000,"crit":10000,"max":null}"#), "\(text)")
    }
}
