import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Histories, clients that are gone, and who published what a queue is behind on", .timeLimit(.minutes(5)))
struct ObservationTests {
    @Test("a client's longer rates and its times are in its row, and its seconds in its history")
    func client() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("hare", window: 10)
            try reader.subscribe("t")
            let writer = try broker.client("fox")
            try writer.publishConfirmed(try writer.topic("t"), Array(repeating: "m", count: 20))
            _ = try reader.deliveries(10)
            try reader.send(.commit(4))
            let watcher = try broker.client("owl")
            try eventually("a second is noted") {
                let history = try watcher.history(.client(reader.id))
                return history[.lagMessages].last == 16 && history[.deliverRate].reduce(0, +) == 14
                    && history[.commitRate].reduce(0, +) == 4
            }
            let row = try watcher.clientRow(reader.id)
            #expect(row[.deliveryTimeLongest] > 0 && row[.deliveryTimeMedian] > 0)
            #expect(row[.commitTimeLongest] > 0 && row[.commitTimeHigh] > 0)
            #expect(row[.deliverRate10] > 0)
            // Each client is looked at in a part of the second of its own.
            try eventually("the writer's rate is known") { try watcher.clientRow(writer.id)[.publishRate10] > 0 }
            #expect(try watcher.history(.client(reader.id), figures: [.lagMessages]).series.count == 1)
            #expect(try watcher.history(.client(reader.id), seconds: 1)[.lagMessages].count == 1)
        }
    }

    @Test("a client that has done nothing has no history")
    func idle() async throws {
        try await TestBroker.run { broker in
            let idle = try broker.client("hare")
            let history = try idle.history(.client(idle.id))
            #expect(history.time == 0 && history.series.map(\.values) == [[], [], []])
        }
    }

    @Test("a topic's history has what it kept, accepted and delivered; the broker's adds up all clients")
    func topicAndBroker() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client("hare", window: 4)
            try client.subscribe("t")
            try client.publishConfirmed(try client.topic("t"), Array(repeating: "m", count: 9))
            let watcher = try broker.client("owl")
            try eventually("a second is noted") {
                let topic = try watcher.history(.topic("t"))
                return topic[.publishRate].reduce(0, +) == 9 && topic[.retainedMessages].last == 9
                    && topic[.deliverRate].reduce(0, +) == 4
            }
            try eventually("the broker's is") {
                let broker = try watcher.history(.broker)
                return broker[.publishRate].reduce(0, +) == 9 && broker[.lagMessages].last == 9
                    && broker[.connections].last == 2
            }
            let row = try watcher.topicRow("t")
            #expect(row[.deliveredMessages] == 4 && row[.publishRate60] > 0)
        }
    }

    @Test("the lag of a session is noted while nobody is attached")
    func session() async throws {
        try await TestBroker.run { broker in
            let worker = try broker.client(session: "work")
            try worker.subscribe("t")
            let writer = try broker.client("fox")
            try writer.publishConfirmed(try writer.topic("t"), ["a", "b"])
            try eventually("its lag is noted") { try writer.history(.session("work"))[.lagMessages].last == 2 }
            try worker.send(.close)
            try writer.publishConfirmed(try writer.topic("t"), ["c"])
            try eventually("its lag grows") { try writer.history(.session("work"))[.lagMessages].last == 3 }
        }
    }

    @Test("what there is no history of is an error that says so")
    func unknown() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client("hare")
            let cases: [(ObservationRequest, ErrorCode)] = [
                (.history(HistoryQuery(.client(12345))), .unknownClient),
                (.history(HistoryQuery(.session("work"))), .unknownSession),
                (.history(HistoryQuery(.topic("t"))), .unknownTopic),
                (.history(HistoryQuery(.topic("a..b"))), .badName),
                (.history(HistoryQuery(.session(""))), .badName),
                (.lagShares(.client(12345), limit: 1), .unknownClient),
                (.lagShares(.session("work"), limit: 1), .unknownSession),
                (.closed(filter: String(repeating: "a", count: 256), limit: 1), .badArgument),
            ]
            for (request, code) in cases {
                guard case .error(let found, _, _) = try client.ask(request) else {
                    Issue.record("\(request) was answered")
                    continue
                }
                #expect(found == code.rawValue, "\(request)")
            }
        }
    }

    @Test("a client that is gone is remembered with its reason, its last figures and its last minute")
    func closed() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("hare", window: 2)
            try reader.subscribe("t")
            let writer = try broker.client("fox")
            try writer.publishConfirmed(try writer.topic("t"), ["a", "b", "c"])
            _ = try reader.deliveries(1)
            try eventually("a second is noted") { try writer.history(.client(reader.id))[.lagMessages].last == 3 }
            try reader.send(.close)
            try eventually("it is gone") { try writer.closed().count == 1 }
            let row = try #require(try writer.closed().first)
            #expect(row.client.id == reader.id && row.client.name == "hare" && row.code == 0)
            #expect(row.reason == "it sent CLOSE")
            #expect(row.client[.lagMessages] == 3 && row.client[.deliveredMessages] == 2)
            #expect(row.history[.lagMessages].last == 3)
            #expect(try writer.closed("fox").isEmpty)
        }
    }

    @Test("a client that just ends its side is remembered once")
    func halfClosed() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("hare")
            reader.wire.halfClose()
            let other = try broker.client("owl")
            try eventually("it is gone") { try other.closed().map(\.reason) == ["it ended its half of the stream"] }
        }
    }

    @Test("the shares of what a queue is behind on are by the names of its publishers, the largest first")
    func shares() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("hare", window: 1)
            try reader.subscribe("t")
            try reader.subscribe("u")
            for (name, topic, count) in [
                ("fox", "t", 5), ("owl", "t", 2), ("fox", "t", 4), ("owl", "u", 3), ("", "u", 1),
            ] {
                let writer = try broker.client(name)
                try writer.publishConfirmed(try writer.topic(topic), Array(repeating: "m", count: count))
            }
            _ = try reader.deliveries(1)
            let watcher = try broker.client("cat")
            let shares = try watcher.shares(.client(reader.id), limit: 2)
            #expect(shares.messages == 15 && shares.publishers == 3 && shares.others == 1 && !shares.isCut)
            #expect(shares.rows.map(\.name) == ["fox", "owl"] && shares.rows.map(\.messages) == [9, 5])
            try reader.send(.commit(1))
            try eventually("a commit shortens it") { try watcher.shares(.client(reader.id), limit: 2).messages == 14 }
        }
    }

    @Test("the shares of an absent session are told, too")
    func sharesOfSession() async throws {
        try await TestBroker.run { broker in
            let worker = try broker.client(session: "work")
            try worker.subscribe("t")
            try worker.send(.close)
            let writer = try broker.client("fox")
            try writer.publishConfirmed(try writer.topic("t"), ["a", "b"])
            let shares = try writer.shares(.session("work"), limit: 100)
            #expect(shares.rows.map(\.messages) == [2] && shares.rows.map(\.name) == ["fox"])
        }
    }
}

extension NativeClient {
    fileprivate func ask(_ asked: ObservationRequest) throws -> BrokerFrame {
        let request = nextRequest()
        try send(.observe(request: request, asked))
        while true {
            let frame = try receive()
            switch frame {
            case .error(_, request, _), .observed(request, _, _): return frame
            default: continue
            }
        }
    }

    fileprivate func history(
        _ subject: HistorySubject, seconds: UInt16 = 0, figures: Set<HistoryFigure> = []
    ) throws -> ZaichikProtocol.History {
        let frame = try ask(.history(HistoryQuery(subject, seconds: seconds, figures: figures)))
        guard case .observed(_, .history(let history), _) = frame else {
            throw WireError.unexpected("\(frame) came instead of a history")
        }
        return history
    }

    fileprivate func closed(_ filter: String = "") throws -> [ClosedClient] {
        let frame = try ask(.closed(filter: filter, limit: 100))
        guard case .observed(_, .closed(let page), true) = frame else {
            throw WireError.unexpected("\(frame) came instead of closed clients")
        }
        return page.rows
    }

    fileprivate func shares(_ queue: QueueSubject, limit: UInt32) throws -> LagShares {
        let frame = try ask(.lagShares(queue, limit: limit))
        guard case .observed(_, .lagShares(let shares), _) = frame else {
            throw WireError.unexpected("\(frame) came instead of shares")
        }
        return shares
    }
}
