import NIOCore
import Testing
import ZaichikBroker
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Sessions of a client and a broker", .timeLimit(.minutes(1)))
struct SessionClientTests {
    private func connect(
        _ address: BrokerAddress, _ name: String, _ session: SessionOptions, window: UInt32 = 16,
        reconnects: Bool = true
    ) async throws -> ZaichikClient {
        var configuration = ClientConfiguration(name: name)
        configuration.window = window
        configuration.session = session
        if reconnects {
            configuration.reconnect = ReconnectPolicy(
                initialDelay: .milliseconds(1), maximumDelay: .milliseconds(20))
        }
        return try await ZaichikClient.connect(to: address, configuration: configuration)
    }

    /// Publishes the numbers in a range, each as a message.
    private func publish(_ numbers: ClosedRange<Int>, to topic: String, _ client: ZaichikClient) async throws {
        for number in numbers { try await client.enqueue("\(number)", to: topic) }
        _ = try await client.flush()
    }

    /// Waits until a client has seen that its connection is gone: what the old one brought is then not given out.
    private func connectionLost(by client: ZaichikClient) async {
        for await event in client.events {
            if case .reconnecting = event { return }
        }
    }

    private func events(of client: ZaichikClient) async -> [ClientEvent] {
        var events: [ClientEvent] = []
        for await event in client.events { events.append(event) }
        return events
    }

    @Test(
        "a cut connection resumes its session: what is not committed comes again, announced, and nothing is asked for again"
    )
    func resume() async throws {
        try await withRealBroker { address in
            let relay = try await Relay.start(to: address)
            let reader = try await connect(relay.address, "reader", SessionOptions("work"))
            let writer = try await ZaichikClient.connect(address, name: "writer")
            try await reader.subscribe(to: "jobs.*")
            try await publish(1...6, to: "jobs.a", writer)
            var deliveries = reader.deliveries.makeAsyncIterator()
            var first: [Delivery] = []
            for _ in 1...4 { first.append(try #require(try await deliveries.next())) }
            for delivery in [first[0], first[2]] { try delivery.commit() }
            try await eventually("the broker knows of both") {
                try await writer.session("work").session[.committedMessages] == 2
            }
            relay.isOpen = false
            try await eventually("the session is absent") { try await writer.session("work").session.state == .absent }
            try await publish(7...7, to: "jobs.a", writer)
            #expect(try await writer.session("work").session[.lagMessages] == 5)
            await connectionLost(by: reader)
            relay.isOpen = true
            var again: [Delivery] = []
            for _ in 1...5 { again.append(try #require(try await deliveries.next())) }
            #expect(again.map(\.text) == ["2", "4", "5", "6", "7"])
            #expect(again.map(\.attempt) == [2, 2, 2, 2, 1] && again[0].cause == .connectionEnded)
            #expect(throws: ClientError.self) { try first[1].commit() }
            #expect(throws: ClientError.self) { try first[3].return() }
            for delivery in again { try delivery.commit() }
            #expect(throws: ClientError.self) { try again[0].commit() }
            try await eventually("all is done") { try await writer.session("work").session[.lagMessages] == 0 }
            #expect(try await writer.session("work").subscriptions.map(\.pattern) == ["jobs.*"])
            await reader.close()
            await writer.close()
            #expect(await events(of: reader).contains(.sessionReplaced) == false)
        }
    }

    @Test("a takeover ends the older client with the name of the newer one, and it does not come back")
    func takeover() async throws {
        try await withRealBroker { address in
            let older = try await connect(address, "older", SessionOptions("one"))
            try await older.subscribe(to: "jobs")
            let newer = try await connect(address, "newer", SessionOptions("one"))
            var deliveries = older.deliveries.makeAsyncIterator()
            do throws(ClientError) {
                _ = try await deliveries.next()
                Issue.record("the older one goes on")
            } catch {
                #expect(error.code == .refused(.takenOver) && error.message.contains("newer"), "\(error)")
            }
            try await newer.publish("hello", to: "jobs")
            #expect(try await newer.take(1)[0].text == "hello")
            let happened = await events(of: older)
            #expect(!happened.contains { if case .reconnecting = $0 { true } else { false } })
            await newer.close()
        }
    }

    @Test("of a shared session each client gets some, and what a lost one had goes to the other")
    func shared() async throws {
        try await withRealBroker { address in
            let session = SessionOptions("shared", mode: .shared)
            let one = try await connect(address, "one", session, window: 1)
            var two: ZaichikClient? = try await connect(address, "two", session, window: 1)
            try await one.subscribe(to: "jobs")
            let writer = try await ZaichikClient.connect(address, name: "writer")
            try await publish(1...10, to: "jobs", writer)
            var lost = two?.deliveries.makeAsyncIterator()
            let begun = try #require(try await lost?.next())
            (two, lost) = (nil, nil)
            let done = try await one.take(10)
            #expect(Set(done.map(\.text)) == Set((1...10).map(String.init)))
            #expect(done.filter { $0.attempt == 2 }.map(\.text) == [begun.text])
            await one.close()
            await writer.close()
        }
    }

    @Test(
        "what is returned comes again with the reason, ahead of what is new; what is parked is listed, released and dropped"
    )
    func aside() async throws {
        try await withRealBroker { address in
            let reader = try await connect(address, "reader", SessionOptions("aside"), window: 1)
            try await reader.subscribe(to: "jobs")
            let writer = try await ZaichikClient.connect(address, name: "writer")
            try await publish(1...3, to: "jobs", writer)
            var deliveries = reader.deliveries.makeAsyncIterator()
            try await deliveries.next()?.return(reason: "not yet")
            let again = try #require(try await deliveries.next())
            #expect(again.text == "1" && again.attempt == 2 && again.cause == .returned && again.reason == "not yet")
            try again.park(reason: "odd")
            let second = try #require(try await deliveries.next())
            #expect(second.text == "2" && second.attempt == 1)
            let row = try #require(try await writer.parked(in: "aside").rows.first)
            #expect(row.topic == "jobs" && row.sequence == 1 && row.reason == "odd" && row.payload == again.payload)
            #expect(try await writer.settleParked(.release, [row.number...row.number], in: "aside") == 1)
            try second.commit()
            let released = try #require(try await deliveries.next())
            #expect(released.text == "1" && released.attempt == 3 && released.cause == .released)
            try released.park()
            let third = try #require(try await deliveries.next())
            try await reader.settle([third], as: .commit)
            #expect(try await reader.settleParked(.drop) == 1)
            #expect(try await reader.parked().rows.isEmpty)
            try await eventually("all is done") { try await writer.session("aside").session[.lagMessages] == 0 }
            await reader.close()
            await writer.close()
        }
    }

    @Test("a commit that comes after the deadline is told of, and the message comes again")
    func deadline() async throws {
        try await withRealBroker { address in
            let session = SessionOptions("slow", commitDeadline: .milliseconds(100))
            let reader = try await connect(address, "reader", session, window: 1)
            try await reader.subscribe(to: "jobs")
            try await reader.publish("1", to: "jobs")
            var deliveries = reader.deliveries.makeAsyncIterator()
            let first = try #require(try await deliveries.next())
            let again = try #require(try await deliveries.next())
            #expect(again.attempt == 2 && again.cause == .deadline)
            try first.commit()
            try again.commit()
            try await eventually("it is done") {
                // A slow machine may be past this deadline, too.
                try deliveries.nextIfHere()?.commit()
                return try await reader.session("slow").session[.lagMessages] == 0
            }
            await reader.close()
            #expect(await events(of: reader).contains { if case .tooLate = $0 { true } else { false } })
        }
    }

    @Test("a transaction commits and publishes, and one that is refused does neither")
    func transaction() async throws {
        try await withRealBroker { address in
            let packer = try await connect(address, "packer", SessionOptions("packing"), window: 4)
            try await packer.subscribe(to: "orders")
            let writer = try await ZaichikClient.connect(address, name: "writer")
            try await publish(1...2, to: "orders", writer)
            var orders = packer.deliveries.makeAsyncIterator()
            let first = try #require(try await orders.next())
            let second = try #require(try await orders.next())
            let done = try await packer.transaction { transaction in
                transaction.commit(first)
                try transaction.publish("packed 1", to: "parcels")
                try transaction.publish("bill 1", to: "bills")
            }
            #expect(done.map(\.sequence) == [1, 1] && done.map(\.outcome) == [.accepted, .accepted])
            #expect(throws: ClientError.self) { try first.commit() }
            // The topic holds back what its reader has not got, and refuses what finds no room.
            var settings = TopicSettingsChange()
            settings[.limit] = 4096
            settings[.overflow] = UInt64(TopicSettings.Overflow.reject.rawValue)
            _ = try await writer.createTopic("full", settings: settings)
            let idler = try await ZaichikClient.connect(address, name: "idler", window: 0)
            try await idler.subscribe(to: "full")
            let payload = String(repeating: "x", count: 3000)
            try await writer.enqueue(payload, to: "full")
            #expect(try await writer.flush() == FlushResult(confirmed: 1, refused: 0))
            await #expect(throws: ClientError.self) {
                _ = try await packer.transaction { transaction in
                    transaction.commit(second)
                    try transaction.publish("packed 2", to: "parcels")
                    try transaction.publish(payload, to: "full")
                }
            }
            #expect(try await packer.topic("parcels").topic[.headSequence] == 1)
            await idler.close()
            try second.commit()
            try await eventually("both are done") { try await writer.session("packing").session[.lagMessages] == 0 }
            await packer.close()
            await writer.close()
        }
    }

    @Test("a session that is deleted ends its client, and one that is moved back does it all again")
    func seekAndDelete() async throws {
        try await withRealBroker { address in
            let reader = try await connect(address, "reader", SessionOptions("moved"))
            let boss = try await ZaichikClient.connect(address, name: "boss")
            try await reader.subscribe(to: "jobs")
            try await publish(1...3, to: "jobs", boss)
            #expect(try await reader.take(3).count == 3)
            try await eventually("all is done") { try await boss.session("moved").session[.lagMessages] == 0 }
            #expect(try await boss.seek("jobs", to: .last(2), session: "moved") == 1)
            let again = try await reader.take(2)
            #expect(again.map(\.text) == ["2", "3"] && again.map(\.attempt) == [1, 1])
            try await boss.deleteSession("moved")
            var deliveries = reader.deliveries.makeAsyncIterator()
            await #expect(throws: ClientError.self) { _ = try await deliveries.next() }
            #expect(
                await events(of: reader).contains { if case .goodbye(.sessionDeleted?, _) = $0 { true } else { false } }
            )
            await boss.close()
        }
    }

    @Test("a session that expired while its client was away is told of, and reading goes on after the last message")
    func expired() async throws {
        try await withRealBroker { address in
            let relay = try await Relay.start(to: address)
            let reader = try await connect(relay.address, "reader", SessionOptions("short", expiry: .milliseconds(50)))
            let writer = try await ZaichikClient.connect(address, name: "writer")
            try await reader.subscribe(to: "jobs")
            try await publish(1...2, to: "jobs", writer)
            #expect(try await reader.take(2).count == 2)
            relay.isOpen = false
            try await eventually("the session has ended") { try await writer.sessions().rows.isEmpty }
            try await publish(3...4, to: "jobs", writer)
            relay.isOpen = true
            #expect(try await reader.take(2).map(\.text) == ["3", "4"])
            await reader.close()
            await writer.close()
            #expect(await events(of: reader).contains(.sessionReplaced))
        }
    }

    @Test("a topic that is deleted is told of, and the topic of its name after it is read from its first message")
    func deletedTopic() async throws {
        try await withRealBroker { address in
            let reader = try await connect(address, "reader", SessionOptions("topics"))
            let writer = try await ZaichikClient.connect(address, name: "writer")
            try await reader.subscribe(to: "jobs.*")
            try await publish(1...2, to: "jobs.a", writer)
            _ = try await reader.take(2)
            try await writer.deleteTopic("jobs.a")
            try await publish(3...3, to: "jobs.a", writer)
            let next = try await reader.take(1)[0]
            #expect(next.text == "3" && next.sequence == 1)
            await reader.close()
            await writer.close()
            #expect(await events(of: reader).contains(.topicDeleted(try TopicName("jobs.a"))))
        }
    }
}
