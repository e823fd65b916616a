import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// What the panes in Screens are told by a broker at work.
extension Samples {
    static func report(_ json: String) -> Report { Report(Array(json.utf8))! }

    private static func event(
        _ name: String, _ level: String, _ text: String, _ data: String, secondsAgo: UInt64
    ) -> Report {
        let time = now - secondsAgo * Moment.second - 123_000
        return report(#"{"event":"\#(name)","time":\#(time),"level":"\#(level)","text":"\#(text)","data":{\#(data)}}"#)
    }

    static let events = [
        event("listening", "notice", "listening", #""address":"127.0.0.1:8889""#, secondsAgo: 600),
        event(
            "client-connected", "info", "client connected",
            #""client":2,"name":"alice","address":"127.0.0.1:52","dialect":"native","program":"sample""#,
            secondsAgo: 300),
        event(
            "topic-created", "info", "topic created", #""topic":"orders.eu","topic_id":3,"client":2,"name":"alice""#,
            secondsAgo: 290),
        event(
            "verdict-changed", "debug", "the verdict on a queue has changed",
            #""client":2,"name":"alice","from":"keeping up","verdict":"falling behind","lag_messages":900,"#
                + #""committed_per_second":120,"evidence":{}"#, secondsAgo: 60),
        event(
            "gap", "debug", "messages were lost",
            #""session":"jobs","session_id":9,"topic":"metrics.cpu","cause":"limit","messages":120,"first":1000,"last":1119"#,
            secondsAgo: 30),
        event(
            "refusals-begun", "warning", "publishes are refused",
            #""topic":"письма.входящие","code":3,"reason":"topic-full","publishes":3"#, secondsAgo: 12),
        event(
            "acted", "notice", "an operator acted",
            #""client":1,"name":"zaichik-tui","act":"pause","target_client":3,"reason":"evil \u001b[2J text""#,
            secondsAgo: 3),
    ]

    static let traceSteps: [Report] = {
        func step(_ name: String, _ after: UInt64, _ data: String) -> Report {
            report(
                #"{"step":"\#(name)","time":\#(now - 5_000_000 + after),"topic":"orders.eu","sequence":42,"data":{\#(data)}}"#
            )
        }
        return [
            step("accepted", 0, #""client":7,"name":"shop","bytes":120,"queues":3"#),
            step("queued", 0, #""client":2,"name":"alice","place":900"#),
            step("queued", 0, #""client":3,"name":"bob","place":1"#),
            step("queued", 0, #""session":"jobs","session_id":9,"place":12"#),
            step("delivered", 1_200, #""client":3,"name":"bob","attempt":1"#),
            step("committed", 240_000, #""client":3,"name":"bob""#),
            step("delivered", 900_000, #""session":"jobs","session_id":9,"client":4,"name":"carol","attempt":1"#),
            step("returned", 1_900_000, #""session":"jobs","session_id":9,"attempt":1,"reason":"busy""#),
            step("delivered", 2_900_000, #""session":"jobs","session_id":9,"client":4,"name":"carol","attempt":2"#),
            step("lost", 4_000_000, #""client":2,"name":"alice","reason":"limit""#),
        ]
    }()

    static func pair(_ topic: String, lag: UInt64, lost: UInt64 = 0, lostRate: UInt64 = 0) -> ClientTopicStatistics {
        var pair = ClientTopicStatistics()
        pair.topic = topic
        pair[.lagMessages] = lag
        pair[.pendingMessages] = lag
        pair[.lagBytes] = lag * 120
        pair[.oldestAge] = lag * 20_000
        pair[.gapMessages] = lost
        pair[.lostRate] = lostRate
        pair[.lossCause] = lostRate > 0 ? LossCause.limit.rawValue : 0
        pair[.limit] = 4 << 20
        pair[.retention] = 3_600_000
        pair[.headSequence] = 99_000
        pair[.committedSequence] = 99_000 - lag
        pair[.nextSequence] = 99_001 - lag
        return pair
    }

    static let heat = [
        HeatAnswer(
            client: 2, topics: [pair("orders.eu", lag: 12_000, lost: 240, lostRate: 12), pair("chat.東京", lag: 841)]),
        HeatAnswer(client: 3, topics: [pair("orders.eu", lag: 5_112), pair("metrics.cpu", lag: 0)]),
        HeatAnswer(client: 4, topics: [pair("metrics.cpu", lag: 412, lost: 7)]),
        HeatAnswer(client: 5, topics: [pair("письма.входящие", lag: 3), pair("orders.eu", lag: 0)]),
    ]

    /// Ten minutes in which the rate rose and fell.
    static var brokerHistory: History {
        var history = History()
        history.time = now
        let wave = { (second: Int, height: Int) -> UInt64 in
            let part = second % 240
            return UInt64(part < 120 ? part * height / 120 : (240 - part) * height / 120)
        }
        history.series = [
            .init(.lagMessages, (0..<600).map { wave($0, 18_000) }),
            .init(.publishRate, (0..<600).map { wave($0 + 60, 1500) }),
            .init(.deliverRate, (0..<600).map { wave($0 + 30, 1200) }),
        ]
        return history
    }

    /// A broker that loses, refuses and blocks.
    static var troubled: StatisticsUpdate {
        var update = statistics
        update.broker[.memoryLimit] = 16 << 20
        update.broker[.connectionLimit] = 1000
        update.broker[.topicLimit] = 4
        update.broker[.losingClients] = 1
        update.broker[.lostRate] = 12
        update.broker[.droppingTopics] = 1
        update.broker[.dropRate] = 12
        update.broker[.rejectingTopics] = 1
        update.broker[.rejectRate] = 3
        update.broker[.blockedClients] = 1
        update.broker[.gapMessages] = 247
        update.broker[.publishedMessages] = 1_234_567
        update.broker[.largestLag] = 12_841
        update.topics!.rows[2][.dropRate] = 12
        update.topics!.rows[3][.rejectRate] = 3
        return update
    }

    /// What the broker kept: alice fell behind by one message a second, and stood twice.
    static var travelRecord: TravelRecord {
        var alice = History()
        alice.time = now
        alice.series = [
            .init(.lagMessages, (0..<600).map { UInt64($0) }),
            .init(.deliverRate, (0..<600).map { (100..<110).contains($0) || (400..<410).contains($0) ? 0 : 100 }),
        ]
        var orders = History()
        orders.time = now
        orders.series = [
            .init(.retainedMessages, (0..<600).map { UInt64(12_000 + $0) }),
            .init(.publishRate, [UInt64](repeating: 310, count: 600)),
        ]
        return TravelRecord(broker: brokerHistory, clients: [2: alice], topics: ["orders.eu": orders])
    }

    /// A model in which the panes in Screens have been told all of that.
    static func screensModel(_ size: Size) -> Model {
        var model = Samples.model(size)
        _ = update(&model, .link(.screen(.reports(events.map(ReportNews.event)))), now: now)
        _ = update(&model, .link(.screen(.reports(traceSteps.map(ReportNews.step)))), now: now)
        _ = update(&model, .link(.screen(.heat(heat, problem: nil))), now: now)
        _ = update(&model, .link(.screen(.history(brokerHistory))), now: now)
        return model
    }
}
