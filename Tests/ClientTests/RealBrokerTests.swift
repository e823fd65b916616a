import NIOCore
import Testing
import ZaichikBroker
import ZaichikProtocol

@testable import ZaichikClient

@Suite("The client and a broker", .timeLimit(.minutes(1)))
struct RealBrokerTests {
    @Test("a client receives what it published itself, byte for byte")
    func echo() async throws {
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address)
            try await client.subscribe(to: "a.b")
            let bytes = ByteBuffer(bytes: Array(UInt8.min...UInt8.max))
            try await client.publish(bytes, to: TopicName("a.b"), key: ByteBuffer())
            let delivery = try await client.take(1)[0]
            #expect(delivery.payload == bytes && delivery.key == ByteBuffer() && delivery.sequence == 1)
            #expect(delivery.topic.string == "a.b" && delivery.timestamp > 1_600_000_000_000_000)
            await client.close()
        }
    }

    @Test("what was published between connecting and subscribing arrives, in order")
    func fromConnection() async throws {
        try await withRealBroker { address in
            let reader = try await ZaichikClient.connect(address, name: "reader", window: 1)
            let writer = try await ZaichikClient.connect(address, name: "writer")
            for number in 1...100 { try await writer.enqueue("\(number)", to: "hundred") }
            #expect(try await writer.flush() == FlushResult(confirmed: 100, refused: 0))
            try await reader.subscribe(to: "hundred", from: .connection)
            #expect(try await reader.take(100).map(\.text) == (1...100).map(String.init))
            await reader.close()
            await writer.close()
        }
    }

    @Test("many messages through one connection, several topics by a pattern, in order within each")
    func bulk() async throws {
        let count = 20_000
        try await withRealBroker { address in
            let reader = try await ZaichikClient.connect(address, name: "reader")
            try await reader.subscribe(to: "bulk.*")
            let writer = try await ZaichikClient.connect(address, name: "writer")
            let topics = try ["bulk.a", "bulk.b", "bulk.c"].map { try TopicName($0) }
            let writing = Task {
                for number in 0..<count {
                    try await writer.enqueue(ByteBuffer(string: "\(number)"), to: topics[number % 3])
                }
                return try await writer.flush()
            }
            let received = try await reader.take(count)
            #expect(received.map(\.text) == (0..<count).map(String.init))
            #expect(try await writing.value == FlushResult(confirmed: UInt64(count), refused: 0))
            try await eventually("the broker sees everything committed") {
                let row = try await writer.client(id: reader.welcome.connectionID).client
                return row[.committedMessages] == UInt64(count) && row[.lagMessages] == 0
            }
            await reader.close()
            await writer.close()
        }
    }

    @Test("a receipt tells sequence, queues and duplicates")
    func receipts() async throws {
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address)
            var settings = TopicSettingsChange()
            settings[.deduplicationWindow] = 60_000
            settings[.deduplicationScope] = UInt64(TopicSettings.DeduplicationScope.topic.rawValue)
            #expect(try await client.createTopic("once", settings: settings) == .created)
            #expect(try await client.createTopic("once", settings: settings) == .unchanged)
            try await client.subscribe(to: "once")
            let first = try await client.publishWithReceipt("x", to: "once", key: "k")
            #expect(first == Receipt(outcome: .accepted, sequence: 1, queues: 1))
            let second = try await client.publishWithReceipt("y", to: "once", key: "k")
            #expect(second.outcome == .duplicate && second.sequence == 1)
            await client.close()
        }
    }

    @Test("with a window of 1 the next message comes after the commit; 0 pauses")
    func window() async throws {
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address, window: 1)
            try await client.subscribe(to: "w")
            for text in ["1", "2", "3"] { try await client.publish(text, to: "w") }
            var iterator = client.deliveries.makeAsyncIterator()
            let first = try #require(try await iterator.next())
            #expect(try await client.client(id: client.welcome.connectionID).client[.inFlightMessages] == 1)
            client.setWindow(0)
            client.commit(first)
            // Barriers: had a second one been sent, it would be here before the answer.
            _ = try await client.ping()
            let row = try await client.client(id: client.welcome.connectionID).client
            #expect(row[.inFlightMessages] == 0 && row[.pendingMessages] == 2)
            #expect(iterator.nextIfHere() == nil)
            client.setWindow(10)
            #expect(try await client.take(2).map(\.text) == ["2", "3"])
            await client.close()
        }
    }

    @Test("what a limit takes is a gap at its place")
    func gap() async throws {
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address, window: 0)
            var settings = TopicSettingsChange()
            settings[.limit] = 100_000
            settings[.historyBytes] = 0
            _ = try await client.createTopic("small", settings: settings)
            try await client.subscribe(to: "small")
            let payload = String(repeating: "x", count: 10_000)
            for _ in 1...100 { try await client.enqueue(payload, to: "small") }
            _ = try await client.flush()
            client.setWindow(1000)
            var lost: UInt64 = 0
            var received: UInt64 = 0
            for try await arrival in client.arrivals {
                switch arrival {
                case .gap(let gap):
                    #expect(gap.reason == .limit)
                    lost += gap.count
                case .delivery(let delivery):
                    received += 1
                    #expect(delivery.sequence == lost + received)
                    client.commit(delivery)
                }
                if lost + received == 100 { break }
            }
            #expect(lost > 0 && received > 0)
            await client.close()
        }
    }

    @Test("a topic that blocks holds its publisher back, and everything arrives while the reader commits one by one")
    func blocking() async throws {
        let count = 2000
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address, window: 1)
            var settings = TopicSettingsChange()
            settings[.limit] = 64 << 10
            settings[.overflow] = UInt64(TopicSettings.Overflow.block.rawValue)
            _ = try await client.createTopic("full", settings: settings)
            try await client.subscribe(to: "full")
            let payload = String(repeating: "x", count: 256)
            // Published before anything is committed: the client's own commits have to overtake what waits.
            for _ in 1...count { try await client.enqueue(payload, to: "full") }
            var events = client.events.makeAsyncIterator()
            while let event = await events.next(), event != .blocked(true) {}
            let received = try await client.take(count)
            #expect(received.map(\.sequence) == Array(1...UInt64(count)))
            #expect(try await client.flush() == FlushResult(confirmed: UInt64(count), refused: 0))
            await client.close()
        }
    }

    @Test(
        "what left a topic while the connection was lost is a gap, and the rest comes once", arguments: ["trim", "*"])
    func reconnectAfterTrim(pattern: String) async throws {
        try await withRealBroker { address in
            let relay = try await Relay.start(to: address)
            var configuration = ClientConfiguration(name: "again")
            configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(5))
            let reader = try await ZaichikClient.connect(to: relay.address, configuration: configuration)
            let writer = try await ZaichikClient.connect(address, name: "writer")
            var settings = TopicSettingsChange()
            settings[.limit] = 1000
            settings[.historyBytes] = 0
            _ = try await writer.createTopic("trim", settings: settings)
            try await reader.subscribe(to: pattern)
            for _ in 1...3 { try await writer.publish("x", to: "trim") }
            _ = try await reader.take(3)
            relay.isOpen = false
            try await eventually("the broker has let the reader go") { try await writer.clients().matching == 1 }
            let payload = String(repeating: "y", count: 100_000)
            for _ in 1...50 { try await writer.publish(payload, to: "trim") }
            relay.isOpen = true
            try await eventually("the reader is back") {
                try await writer.clients(ClientQuery(filter: "again")).rows.first?[.subscriptions] == 1
            }
            try await writer.publish("last", to: "trim")
            var counted: UInt64 = 3
            for try await arrival in reader.arrivals {
                switch arrival {
                case .gap(let gap):
                    #expect(gap.first == counted + 1)
                    counted = gap.last
                case .delivery(let delivery):
                    #expect(delivery.sequence == counted + 1)
                    counted = delivery.sequence
                    reader.commit(delivery)
                }
                if counted == 54 { break }
            }
            await reader.close()
            await writer.close()
        }
    }

    @Test("lists tell who is who, and equal names apart")
    func lists() async throws {
        try await withRealBroker { address in
            let first = try await ZaichikClient.connect(address, name: "twin")
            let second = try await ZaichikClient.connect(address, name: "twin")
            let page = try await first.clients(ClientQuery(filter: "twin"))
            #expect(page.matching == 2)
            #expect(
                Set(ClientLabel.labels(of: page.rows)) == [
                    "twin#\(first.welcome.connectionID)", "twin#\(second.welcome.connectionID)",
                ])
            let row = try #require(page.rows.first)
            #expect(row.pid == Identity.pid && row.host == Identity.host && row.program == Identity.program)
            try await first.subscribe(to: "list.>")
            try await second.publish("x", to: "list.a")
            let detail = try await second.client(id: first.welcome.connectionID)
            #expect(detail.subscriptions == ["list.>"] && detail.topics.map(\.topic) == ["list.a"])
            #expect(try await first.topics().rows.map(\.name) == ["list.a"])
            await #expect { _ = try await first.client(id: 99_999) } throws: {
                ($0 as? ClientError)?.code == .refused(.unknownClient)
            }
            await first.close()
            await second.close()
        }
    }

    @Test("a list longer than a frame comes whole")
    func longList() async throws {
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address)
            for number in 1...600 { try await client.enqueue("x", to: "long.\(number)") }
            _ = try await client.flush()
            let page = try await client.topics(TopicQuery(limit: 10_000))
            #expect(page.rows.count == 600 && page.matching == 600 && Set(page.rows.map(\.name)).count == 600)
            await client.close()
        }
    }

    @Test("statistics are pushed")
    func watch() async throws {
        try await withRealBroker { address in
            let client = try await ZaichikClient.connect(address, name: "watcher")
            let updates = try await client.watch(
                WatchRequest(interval: 100, clients: ClientQuery(), topics: TopicQuery()))
            try await client.publish("x", to: "watched")
            for try await update in updates where update.broker[.publishedMessages] == 1 {
                #expect(update.clients?.rows.map(\.name) == ["watcher"])
                #expect(update.topics?.rows.map(\.name) == ["watched"])
                break
            }
            await client.close()
        }
    }

    @Test("a reserved name, and a message over the broker's limit, are refused with their code")
    func refusals() async throws {
        try await withRealBroker {
            $0.maximumFrame = 100_000
        } _: { address in
            let client = try await ZaichikClient.connect(address)
            await #expect { try await client.publish("x", to: "$zaichik.x") } throws: {
                ($0 as? ClientError)?.code == .refused(.reservedName)
            }
            await #expect { try await client.publish(String(repeating: "x", count: 100_000), to: "x") } throws: {
                ($0 as? ClientError)?.code == .tooLong
            }
            try await client.publish(String(repeating: "x", count: 99_972), to: "x")
            await client.close()
        }
    }

    @Test("a broker that stops says so, and the deliveries end with that")
    func shutdown() async throws {
        var client: ZaichikClient?
        try await withRealBroker { client = try await ZaichikClient.connect($0) }
        let deliveries = try #require(client).deliveries
        await #expect { for try await _ in deliveries {} } throws: {
            ($0 as? ClientError)?.code == .refused(.shuttingDown)
        }
    }

    @Test("a broker that was started anew is found again, and none of its messages is taken for one read before")
    func restart() async throws {
        var configuration = ClientConfiguration(name: "again")
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(5), maximumDelay: .milliseconds(20))
        var port = 0
        var client: ZaichikClient?
        try await withRealBroker { address in
            port = address.port
            let connected = try await ZaichikClient.connect(to: address, configuration: configuration)
            try await connected.subscribe(to: "again", from: .earliest)
            for number in 1...5 { try await connected.publish("old \(number)", to: "again") }
            #expect(try await connected.take(5).map(\.sequence) == [1, 2, 3, 4, 5])
            client = connected
        }
        let survivor = try #require(client)
        try await withRealBroker(port: port) { address in
            let writer = try await ZaichikClient.connect(address, name: "writer")
            for number in 1...8 { try await writer.publish("new \(number)", to: "again") }
            let deliveries = try await survivor.take(8)
            #expect(deliveries.map(\.text) == (1...8).map { "new \($0)" })
            #expect(deliveries.map(\.sequence) == Array(1...8))
            await survivor.close()
            await writer.close()
        }
        var events: [ClientEvent] = []
        for await event in survivor.events { events.append(event) }
        #expect(events.count { $0 == .brokerReplaced } == 1)
    }

    @Test("a client that lost its connection goes on after what it has read, and is told of no other broker")
    func resumesBySequence() async throws {
        try await withRealBroker { address in
            let relay = try await Relay.start(to: address)
            var configuration = ClientConfiguration(name: "again")
            configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(5))
            let reader = try await ZaichikClient.connect(to: relay.address, configuration: configuration)
            try await reader.subscribe(to: "again")
            let writer = try await ZaichikClient.connect(address, name: "writer")
            for number in 1...3 { try await writer.publish("\(number)", to: "again") }
            let incarnation = try await reader.take(3)[0].incarnation
            relay.isOpen = false
            for number in 4...6 { try await writer.publish("\(number)", to: "again") }
            relay.isOpen = true
            #expect(try await reader.take(3).map(\.text) == ["4", "5", "6"])
            await #expect {
                try await writer.subscribe(to: "again", from: .sequence(2), incarnation: (incarnation ?? 0) ^ 1)
            } throws: {
                ($0 as? ClientError)?.code == .refused(.otherIncarnation)
            }
            try await writer.subscribe(to: "again", from: .sequence(5), incarnation: incarnation)
            #expect(try await writer.take(2).map(\.text) == ["5", "6"])
            #expect(reader.welcome.has(.incarnations) && reader.welcome.incarnation == writer.welcome.incarnation)
            await reader.close()
            await writer.close()
            for await event in reader.events { #expect(event != .brokerReplaced) }
        }
    }

    @Test("a reader that takes little at a time gets everything, and answers come meanwhile")
    func slowReader() async throws {
        try await withRealBroker { address in
            var configuration = ClientConfiguration(name: "slow")
            configuration.maximumUntakenBytes = 10_000
            let reader = try await ZaichikClient.connect(to: address, configuration: configuration)
            try await reader.subscribe(to: "big")
            let payload = String(repeating: "x", count: 50_000)
            for _ in 1...200 { try await reader.enqueue(payload, to: "big") }
            #expect(try await reader.flush().confirmed == 200)
            var count = 0
            for try await delivery in reader.deliveries {
                count += 1
                reader.commit(delivery)
                if count % 50 == 0 { _ = try await reader.ping() }
                if count == 200 { break }
            }
            await reader.close()
        }
    }
}
