import NIOCore
import ZaichikProtocol

@testable import ZaichikTUI

extension Samples {
    static func kept(_ sequence: UInt64, _ payload: String, key: String? = nil, age: UInt64 = 40) -> ParkedMessage {
        var message = ParkedMessage()
        (message.topic, message.sequence, message.timestamp) = ("orders.eu", sequence, now - age * Moment.second)
        if let key {
            message.key = ByteBuffer(string: key)
            message.keyLength = UInt16(key.utf8.count)
        }
        message.payload = ByteBuffer(string: payload)
        message.payloadLength = UInt32(payload.utf8.count)
        return message
    }

    /// What is in a queue: one delivery that is stuck, one that comes again, and what comes next.
    static var peeked: RowPage<PeekedMessage> {
        var stuck = kept(87_001, #"{"id": 17, "sum": 4, "text": "東京 \u001b[2J"}"#, key: "k17")
        (stuck.attempts, stuck.parkedAt) = (3, now - 95 * Moment.second)
        var back = kept(87_002, "not json", key: "k18")
        (back.attempts, back.parkedAt, back.reason) = (1, now + 4 * Moment.second, "out of stock")
        let next = (3...9).map { number in
            PeekedMessage(
                .pending, place: UInt64(number - 2), size: 60,
                message: kept(87_000 + UInt64(number), #"{"id": \#(number)}"#))
        }
        return RowPage(
            rows: [
                PeekedMessage(.inFlight, client: 2, size: 90, message: stuck),
                PeekedMessage(.returned, size: 60, message: back),
            ] + next, matching: 12_841)
    }

    static var parked: RowPage<ParkedMessage> {
        let rows = (1...3).map { number in
            var message = kept(90_000 + UInt64(number), #"{"id": \#(number)}"#, key: "c\(number)")
            (message.number, message.attempts, message.reason) = (UInt64(number), 5, "address unknown")
            message.parkedAt = now - UInt64(number) * 600 * Moment.second
            return message
        }
        return RowPage(rows: rows, matching: 3)
    }

    static var closed: RowPage<ClosedClient> {
        var history = History()
        history.time = now - 30 * Moment.second
        history.series = [
            .init(.lagMessages, (0..<60).map { UInt64($0 * $0) }),
            .init(.deliverRate, (0..<60).map { UInt64(60 - $0) }),
        ]
        return RowPage(
            rows: [
                ClosedClient(
                    client: client(21, "billing", .losing, lag: 3481, lost: 120), closedAt: now - 30 * Moment.second,
                    code: 12, reason: "it answered nothing for 45 s", history: history),
                ClosedClient(
                    client: client(20, "setup", .idle, subscriptions: 0), closedAt: now - 4000 * Moment.second,
                    reason: "it left by itself"),
            ], matching: 2)
    }

    static var history: History {
        var history = History()
        history.time = now
        history.series = [
            .init(.lagMessages, (0..<600).map { UInt64($0 < 300 ? 40 : ($0 - 300) * 43) }),
            .init(.publishRate, (0..<600).map { UInt64(300 + $0 % 60) }),
            .init(.deliverRate, (0..<600).map { UInt64($0 < 300 ? 260 : 120 + $0 % 7) }),
            .init(.commitRate, (0..<600).map { UInt64($0 < 300 ? 260 : 120) }),
            .init(.retainedMessages, (0..<600).map { UInt64(40_000 + $0) }),
        ]
        return history
    }

    static var shares: LagShares {
        var shares = LagShares()
        (shares.messages, shares.others, shares.publishers) = (12_841, 300, 5)
        shares.rows = [LagShare(id: 7, name: "shop", messages: 9200), LagShare(id: 9, name: "почта", messages: 3341)]
        return shares
    }

    /// Evidence of a queue that will lose messages.
    static var evidence: Evidence {
        var evidence = Evidence()
        evidence[.growth] = 35_000
        evidence[.rateError] = 4_000
        evidence[.threat] = Evidence.Threat.messagesExpire.rawValue
        evidence[.threatIn] = 41 * Moment.second
        evidence[.backlogLoss] = 1280
        evidence[.lossesThen] = 34_000
        evidence[text: .topic] = "orders.eu"
        return evidence
    }

    /// A client with a drawer that has everything.
    static func withDrawer(_ size: Size) -> Model {
        var model = model(size)
        model.clients.selected = 2
        _ = update(&model, .terminal(.key(.enter)), now: now)
        var topic = ClientTopicStatistics()
        topic.topic = "orders.eu"
        topic[.lagMessages] = 12_841
        topic[.committedSequence] = 87_000
        topic[.headSequence] = 99_841
        topic[.retention] = 600_000
        var row = model.clients.rows.first { $0.id == 2 }!
        row[.commitTimeMedian] = 4_100
        row[.commitTimeHigh] = 61_000
        row[.commitTimeLongest] = 812_000
        row[.deliveryTimeMedian] = 900_000
        row[.deliveryTimeHigh] = 42_000_000
        row[.deliveryTimeLongest] = 61_000_000
        let detail = ClientDetail(
            client: row, subscriptions: ["orders.>"], topics: [topic], evidence: evidence)
        _ = update(&model, .link(.detail(id: 2, detail)), now: now)
        for fact in [DrawerFact.history(history), .messages(peeked), .shares(shares)] {
            _ = update(&model, .link(.clients(.fact(.client(2), fact))), now: now)
        }
        return model
    }
}
