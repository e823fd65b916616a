import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Lists, watches and settings over a socket")
struct ListTests {
    @Test("CREATE TOPIC reports its outcome, and settings that are not named keep their values")
    func create() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let created = try client.create("hello", [.retention: 5000, .limit: 1 << 20])
            #expect(created.outcome == .created)
            let steps: [([TopicSettings.Tag: UInt64], TopicOutcome)] = [
                ([.retention: 5000], .unchanged), ([:], .unchanged), ([.historyCount: 9], .changed),
            ]
            for (settings, outcome) in steps {
                let again = try client.create("hello", settings)
                #expect(again == TopicCreated(id: created.id, outcome: outcome, incarnation: created.incarnation))
            }
            #expect(try client.topic("hello") == created.id)
            var expected = TopicSettings()
            expected.retention = 5000
            expected.limit = 1 << 20
            expected.historyCount = 9
            #expect(try client.topicRow("hello").settings == expected)
        }
    }

    @Test("an unknown setting or an invalid value is a bad argument, and no setting is changed")
    func badSettings() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let base = NativeClient.bytes([.createTopic(request: 1, name: "a", settings: TopicSettingsChange())])
            for field: [UInt8] in [
                [99, 8, 0] + Array(repeating: 0, count: 8), [1, 4, 0, 1, 0, 0, 0],
                [5, 8, 0, 3] + Array(repeating: 0, count: 7),
            ] {
                var frame = base + field
                frame[0] += UInt8(field.count)
                try client.send(frame)
                #expect(try client.barrier().map(\.code) == [.badArgument])
            }
            #expect(try client.topics().matching == 0)
        }
    }

    @Test("LIST TOPICS sorts by name or figure, both ways, limits and filters, and counts all that match")
    func topics() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            for (name, count) in [("orders.b", 3), ("orders.a", 1), ("returns", 2), ("Orders.C", 5)] {
                try client.publishConfirmed(try client.topic(name), Array(repeating: "m", count: count))
            }
            func names(_ query: TopicQuery) throws -> [String] { try client.topics(query).rows.map(\.name) }
            let byHead = TopicQuery(sort: .headSequence)
            #expect(try names(byHead) == ["Orders.C", "orders.b", "returns", "orders.a"])
            #expect(
                try names(TopicQuery(sort: .headSequence, descending: false)) == [
                    "orders.a", "returns", "orders.b", "Orders.C",
                ])
            #expect(try names(TopicQuery(descending: false)) == ["Orders.C", "orders.a", "orders.b", "returns"])
            #expect(try names(TopicQuery(descending: true)) == ["returns", "orders.b", "orders.a", "Orders.C"])
            let some = try client.topics(TopicQuery(sort: .headSequence, limit: 2, filter: "oRDERS"))
            #expect(some.rows.map(\.name) == ["Orders.C", "orders.b"])
            #expect(some.matching == 3)
            let none = try client.topics(TopicQuery(limit: 0))
            #expect(none.rows == [])
            #expect(none.matching == 4)
        }
    }

    @Test("lists that do not fit into a frame come in pages, whole and in order, over all loops", arguments: [1, 4])
    func pages(loops: Int) async throws {
        try await TestBroker.run(loops: loops, configure: { $0.maximumFrame = 16 << 10 }) { broker in
            let clients = try (0..<40).map { try broker.client("client \(100 + $0)") }
            let observer = clients[0]
            for number in 0..<40 { _ = try observer.topic("topic.\(100 + number)") }
            let listed = try observer.clients(ClientQuery(descending: false))
            #expect(listed.rows.map(\.name) == (100..<140).map { "client \($0)" })
            #expect(listed.matching == 40)
            #expect(listed.pages > 3)
            #expect(Set(listed.rows.map(\.id)) == Set(clients.map(\.id)))
            let topics = try observer.topics(TopicQuery(descending: false, limit: 30))
            #expect(topics.rows.map(\.name) == (100..<130).map { "topic.\($0)" })
            #expect(topics.matching == 40)
            #expect(topics.pages > 3)
            try clients[1].subscribe("topic.>")
            for number in 0..<40 { try observer.publishConfirmed(UInt32(1 + number), ["m"]) }
            let detail = try observer.detail(clients[1].id)
            #expect(detail.pages > 3)
            #expect(detail.detail.topics.count == 40)
            #expect(Set(detail.detail.topics.map(\.topic)).count == 40)
            #expect(detail.detail.subscriptions == ["topic.>"])
        }
    }

    @Test("a list is sent as far as its client reads: the rest of it waits, as rows to be made")
    func unreadLists() async throws {
        try await TestBroker.run { broker in
            let (observer, lazy) = (try broker.client("observer"), try broker.client("lazy", receiveBuffer: 4096))
            let name = String(repeating: "n", count: 240)
            for number in 0..<1000 { try observer.send(.topic(request: UInt32(number + 1), name: "\(name).\(number)")) }
            try observer.barrier()
            for request in 1...64 as ClosedRange<UInt32> {
                try lazy.send(.listTopics(request: request, query: TopicQuery(limit: .max)))
            }
            try eventually("the socket to take no more") { try observer.clientRow(lazy.id)[.unsentBytes] > 1 << 19 }
            #expect(try observer.clientRow(lazy.id)[.unsentBytes] < 1 << 20, "it is one page over the mark at most")
            for request in 1...64 as ClosedRange<UInt32> {
                var names: Set<String> = []
                var isLast = false
                while !isLast {
                    guard case .topics(request, let page, let last) = try lazy.receive() else {
                        throw WireError.unexpected("no page of list \(request)")
                    }
                    names.formUnion(page.rows.map(\.name))
                    isLast = last
                }
                #expect(names.count == 1000)
            }
        }
    }

    @Test("many watches on many connections each get the rows they asked for", arguments: [1, 3])
    func manyWatches(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let watchers = try (0..<6).map { try broker.client("watcher \($0)") }
            for number in 0..<30 { _ = try watchers[0].topic("topic.\(number)") }
            for (place, watcher) in watchers.enumerated() {
                for id in 1...16 as ClosedRange<UInt32> {
                    let topics = TopicQuery(descending: false, limit: id, filter: "topic.\(place)")
                    let clients = ClientQuery(descending: false, limit: id, filter: "watcher")
                    try watcher.send(.watch(request: id, WatchRequest(interval: 100, clients: clients, topics: topics)))
                }
            }
            for (place, watcher) in watchers.enumerated() {
                var updates: [UInt32: Int] = [:]
                while updates.count < 16 || updates.values.contains(where: { $0 < 3 }) {
                    guard
                        case .statistics(let id, let update)? = try watcher.receive(
                            until: { $0.opcode == .statistics }).last
                    else { throw WireError.unexpected("no STATISTICS") }
                    updates[id, default: 0] += 1
                    let names = (0..<30).map { "topic.\($0)" }.filter { $0.contains("topic.\(place)") }.sorted()
                    #expect(update.topics?.rows.map(\.name) == Array(names.prefix(Int(id))))
                    #expect(update.topics?.matching == names.count)
                    #expect(update.clients?.rows.map(\.name) == (0..<min(Int(id), 6)).map { "watcher \($0)" })
                    #expect(update.clients?.matching == 6)
                }
            }
        }
    }

    @Test("LIST CLIENTS shows the identity that a client reports, and filters by program, host and address too")
    func clients() async throws {
        try await TestBroker.run { broker in
            let observer = try broker.client("observer")
            let other = NativeClient(try broker.connect())
            let hello = Hello(window: 3, name: "hare", program: "demo", version: "1.2", pid: "77", host: "burrow")
            try other.send(Preface.bytes + NativeClient.bytes([.hello(hello)]))
            _ = try other.receive()
            let row = try #require(try observer.clients(ClientQuery(filter: "BURR")).rows.first)
            #expect(
                [row.name, row.program, row.version, row.pid, row.host] == ["hare", "demo", "1.2", "77", "burrow"])
            #expect(row.dialect == .native)
            #expect(row.address.hasPrefix("127.0.0.1:"))
            #expect(row[.connectedAt] == broker.clock.now)
            #expect(try observer.clients(ClientQuery(filter: "127.0.0")).matching == 2)
            #expect(try observer.clients(ClientQuery(filter: "nobody")).matching == 0)
            try observer.send(.inspectClient(request: 800, id: 999_999))
            #expect(try observer.receive().code == .unknownClient)
        }
    }

    @Test("WATCH pushes the rows asked for, at a clamped interval, until UNWATCH")
    func watch() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client("observer")
            let topic = try client.topic("hello")
            try client.publishConfirmed(topic, ["one"])
            let wanted = WatchRequest(
                interval: 1, clients: ClientQuery(filter: "observer"), topics: TopicQuery(limit: 0))
            try client.send(.watch(request: 500, wanted), .watch(request: 500, wanted))
            var frames = try client.receive { $0.request == 500 && $0.code == nil }
            guard case .ok(_, let detail)? = frames.last else { throw WireError.unexpected("no OK") }
            #expect(WatchGranted(detail: detail)?.interval == 100)
            frames = try client.receive { $0.code != nil }
            #expect(frames.last?.code == .tooManyWatches)
            for _ in 0..<3 {
                guard case .statistics(500, let update)? = try client.receive(until: { $0.opcode == .statistics }).last
                else { throw WireError.unexpected("no STATISTICS") }
                #expect(update.clients?.rows.map(\.name) == ["observer"])
                #expect(update.topics?.rows == [])
                #expect(update.topics?.matching == 1)
                #expect(update.broker[.topics] == 1)
                #expect(update.broker[.publishedMessages] == 1)
                #expect(update.broker[.connections] == 1)
                #expect(update.time == broker.clock.now)
            }
            try client.send(.unwatch(request: 501, watch: 500), .unwatch(request: 502, watch: 500))
            _ = try client.receive { $0 == .ok(request: 501, detail: ByteBuffer()) }
            #expect(try client.barrier().map(\.code) == [.badArgument])
            try broker.secondPasses()
            #expect(try client.barrier() == [])
        }
    }

    @Test("the broker's sums: lag of all, the largest, errors, refusals")
    func sums() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let readers = try (0..<4).map { try broker.client("reader \($0)", window: UInt32($0)) }
            for reader in readers { try reader.subscribe("hello") }
            try writer.publishConfirmed(topic, ["1", "2", "3", "4", "5"])
            try writer.publish(99, "lost")
            for reader in readers {
                try reader.settle()
                if reader.welcome.window > 0 { try reader.send(.commit(1)) }
                try reader.settle()
            }
            let bad = try broker.client("bad")
            try bad.send([0, 0, 0, 0])
            _ = try bad.receiveAll()
            try writer.send(.watch(request: 500, WatchRequest()))
            guard case .statistics(_, let update)? = try writer.receive(until: { $0.opcode == .statistics }).last
            else { throw WireError.unexpected("no STATISTICS") }
            #expect(update.clients == nil)
            #expect(update.topics == nil)
            #expect(update.broker[.lagMessages] == 5 + 4 + 4 + 4)
            #expect(update.broker[.largestLag] == 5)
            #expect(update.broker[.committedMessages] == 3)
            #expect(update.broker[.rejectedMessages] == 1)
            #expect(update.broker[.protocolErrors] == 1)
            #expect(update.broker[.connectionsOpened] == 6)
            #expect(update.broker[.loops] == 4)
        }
    }
}
