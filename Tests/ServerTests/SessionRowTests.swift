import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Sessions in lists and watches")
struct SessionRowTests {
    @Test("an exclusive session has one row: its connection's while it is attached, else its own", arguments: [1, 4])
    func exclusive(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client("worker", session: "burrow", window: 2)
            try client.subscribe("hello")
            try writer.publishConfirmed(topic, (0..<10).map { "\($0)" })
            _ = try client.payloads(2)
            let row = try writer.clientRow(client.id)
            #expect(row.session == "burrow" && row[.connections] == 1 && row[.absentSince] == 0)
            #expect(row[.lagMessages] == 10 && row[.inFlightMessages] == 2)
            #expect(try writer.clients().matching == 2)
            #expect(try writer.statistics()[.lagMessages] == 10)
            client.wire.close()
            try broker.until(absent: "burrow")
            let listing = try writer.clients()
            let absent = try #require(listing.rows.first { $0.state == .absent })
            let session = try writer.sessionRow("burrow")
            #expect(absent.id == session.id && absent.name == "burrow" && absent.session == "burrow")
            #expect(absent.address.isEmpty && absent[.connections] == 0 && absent[.subscriptions] == 1)
            #expect(absent[.absentSince] == broker.clock.now)
            #expect(absent[.expiresAt] == broker.clock.now + 86_400_000_000)
            #expect(absent[.lagMessages] == 10 && session[.lagMessages] == 10)
            #expect(try writer.statistics()[.lagMessages] == 10)
            #expect(try writer.statistics()[.absentSessions] == 1)
        }
    }

    @Test(
        "a session without a connection is inspected by its id, and is among the readers of its topics",
        arguments: [1, 4])
    func inspected(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client("worker", session: "burrow")
            try client.subscribe("hello")
            #expect(try writer.topicDetail("hello").readers.rows.map(\.id) == [client.id])
            client.wire.close()
            try broker.until(absent: "burrow")
            try writer.publishConfirmed(topic, ["one", "two"])
            let id = try writer.sessionRow("burrow").id
            let detail = try writer.detail(id).detail
            #expect(detail.client.state == .absent && detail.subscriptions == ["hello"])
            #expect(detail.topics.map(\.topic) == ["hello"] && detail.topics[0][.lagMessages] == 2)
            let reader = try #require(try writer.topicDetail("hello").readers.rows.first)
            #expect(reader.id == id && reader.name == "burrow" && reader.state == .absent)
            #expect(reader[.lagMessages] == 2)
        }
    }

    @Test("the log tells of sessions that are created, resumed, taken over, changed, deleted and expired")
    func logged() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger()) { broker in
            let first = try broker.client("first", session: "burrow", [.attempts: 5])
            let second = try broker.client("second", session: "burrow", [.attempts: 6])
            _ = try first.receiveAll()
            try second.send(.close)
            _ = try second.receiveAll()
            try broker.until(absent: "burrow")
            _ = try broker.client("third", session: "burrow")
            let observer = try broker.client("observer")
            _ = try observer.deleteSession("burrow")
            try observer.createSession("short", [.expiry: 1000])
            broker.clock.advance(seconds: 1)
            try eventually("the session to expire") { try observer.sessions().matching == 0 }
        }
        let created = log.lines("session created")
        #expect(created.map(\.metadata["session"]) == [#""burrow""#, #""short""#])
        #expect(created[0].metadata["attempts"] == #""5 deliveries""#)
        let taken = try #require(log.lines("session taken over").first)
        #expect(taken.metadata["name"] == #""second""# && taken.metadata["from"]?.contains("'first'") == true)
        #expect(log.lines("session settings changed").first?.metadata["attempts"] == #""5 deliveries -> 6 deliveries""#)
        #expect(log.lines("session resumed").map(\.metadata["name"]) == [#""third""#])
        #expect(log.lines("session deleted").map(\.metadata["name"]) == [#""observer""#])
        #expect(log.lines("session expired").map(\.metadata["session"]) == [#""short""#])
    }
}
