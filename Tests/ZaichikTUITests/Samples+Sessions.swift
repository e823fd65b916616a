import ZaichikProtocol

@testable import ZaichikTUI

extension Samples {
    /// A message that was delivered before.
    static func redelivery(
        _ number: UInt64, attempt: Int, _ cause: RedeliveryCause, reason: String = ""
    ) -> LinkArrival {
        let payload = #"{ "id": 16, "sum": 9 }"#
        return .message(
            ReceivedMessage(
                topic: "orders.eu", sequence: 90 + number, timestamp: now, key: nil, payload: Array(payload.utf8),
                length: payload.utf8.count, number: number, connection: 1, attempt: attempt, cause: cause,
                reason: reason))
    }

    /// A session that two workers share.
    static var sharedSession: ClientStatistics {
        var row = client(40, "jobs", .fallingBehind, lag: 1_204, out: 310, flight: 64, window: 0)
        row.session = "jobs"
        row.address = ""
        row[.connections] = 2
        row[.returnedMessages] = 12
        row[.parkedMessages] = 3
        return row
    }

    static func worker(_ id: UInt64, flight: UInt64) -> ClientStatistics {
        var row = client(id, "worker-\(id - 40)", .keepingUp, lag: flight, out: 155, flight: flight, window: 32)
        row.session = "jobs"
        row[.redeliveredMessages] = 6
        return row
    }

    /// A session whose client is away.
    static var absentSession: ClientStatistics {
        var row = client(50, "mail", .absent, lag: 88)
        row.session = "mail"
        row.address = ""
        row.program = ""
        row[.absentSince] = now - 3_725 * Moment.second
        row[.expiresAt] = now + 82_675 * Moment.second
        row[.returnedMessages] = 2
        return row
    }

    /// The statistics with sessions among the clients.
    static var sessions: StatisticsUpdate {
        var update = statistics
        update.clients?.rows += [sharedSession, worker(41, flight: 32), worker(42, flight: 32), absentSession]
        update.clients?.matching += 4
        return update
    }

    static var sessionDetail: SessionDetail {
        var session = SessionStatistics()
        (session.id, session.name, session.state) = (40, "jobs", .fallingBehind)
        session.settings.mode = .shared
        session.settings.commitDeadline = 30_000
        session.settings.attempts = 5
        session[.connections] = 2
        session[.lagMessages] = 1_204
        session[.lagBytes] = 144_480
        session[.oldestAge] = 24 * Moment.second
        session[.pendingMessages] = 1_128
        session[.inFlightMessages] = 64
        session[.returnedMessages] = 12
        session[.parkedMessages] = 3
        session[.deliverRate] = 310
        session[.commitRate] = 301
        session[.deliveredMessages] = 91_332
        session[.committedMessages] = 91_212
        session[.redeliveredMessages] = 44
        session[.createdAt] = now - 7_300 * Moment.second
        session[.topics] = 2
        var eu = ClientTopicStatistics()
        eu.topic = "orders.eu"
        eu[.lagMessages] = 1_190
        eu[.returnedMessages] = 12
        eu[.parkedMessages] = 3
        var us = ClientTopicStatistics()
        us.topic = "orders.us"
        us[.lagMessages] = 14
        return SessionDetail(
            session: session,
            subscriptions: [.init(pattern: "orders.>", options: .noEcho), .init(pattern: "payments")],
            connections: [worker(41, flight: 32), worker(42, flight: 32)], topics: [us, eu])
    }

    static var absentDetail: SessionDetail {
        var session = SessionStatistics()
        (session.id, session.name, session.state) = (50, "mail", .absent)
        session[.lagMessages] = 88
        session[.pendingMessages] = 86
        session[.returnedMessages] = 2
        session[.absentSince] = absentSession[.absentSince]
        session[.expiresAt] = absentSession[.expiresAt]
        session[.createdAt] = now - 90_000 * Moment.second
        return SessionDetail(session: session, subscriptions: [.init(pattern: "mail.*")])
    }
}
