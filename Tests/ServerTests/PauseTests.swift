import Logging
import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Queues that an operator has paused")
struct PauseTests {
    @Test("a paused queue delivers nothing, takes commits, and goes on where it was", arguments: [1, 4])
    func paused(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("hello")
            let hare = try broker.client("hare")
            try hare.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2"])
            #expect(try hare.payloads(2) == ["1", "2"])
            let acted = try writer.act(.pause, client: hare.id) { $0.reason = "let the disk breathe" }
            #expect(acted.rows == [Acted.Row(id: hare.id, name: "hare")])
            try writer.publishConfirmed(topic, ["3", "4"])
            try hare.send(.commit(1))
            #expect(try hare.settle().payloads == [])
            let row = try writer.clientRow(hare.id)
            #expect(row[.pendingMessages] == 2 && row[.inFlightMessages] == 1)
            let pause = try #require(try writer.detail(hare.id).detail.pause)
            #expect(pause.reason == "let the disk breathe")
            #expect(pause.by.hasPrefix("client \(writer.id) ('ops', 127.0.0.1:"))
            #expect(pause.since == broker.clock.now && pause.until == 0)
            #expect(try writer.act(.resume, client: hare.id).count == 1)
            #expect(try hare.payloads(2) == ["3", "4"])
            #expect(try writer.detail(hare.id).detail.pause == nil)
            #expect(try writer.act(.resume, client: hare.id).count == 0, "it is not paused any more")
        }
    }

    @Test("a pause that has an end comes to it by itself, and the log tells so")
    func until() async throws {
        let log = RecordedLog()
        try await TestBroker.run(logger: log.logger(.notice)) { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("hello")
            let hare = try broker.client("hare")
            try hare.subscribe("hello")
            try writer.act(.pause, client: hare.id) { $0.duration = 60_000 }
            try writer.publishConfirmed(topic, ["1"])
            #expect(try hare.settle().payloads == [])
            #expect(try writer.detail(hare.id).detail.pause?.until == broker.clock.now + 60_000_000)
            broker.clock.advance(seconds: 61)
            #expect(try hare.payloads(1) == ["1"])
            let acted = try #require(log.lines("an operator acted").first)
            #expect(acted.metadata["act"] == "pause" && acted.metadata["target_client"] == "\(hare.id)")
            #expect(acted.metadata["client"] == "\(writer.id)" && acted.metadata["duration_ms"] == "60000")
            let ended = try #require(log.lines("a pause has come to its end").first)
            #expect(ended.metadata["client"] == "\(hare.id)")
        }
    }

    @Test("the pause of a session outlives its connections", arguments: [1, 4])
    func session(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("hello")
            let first = try broker.client("first", session: "burrow")
            try first.subscribe("hello")
            try writer.act(.pause, session: "burrow") { $0.reason = "migration" }
            try first.send(.close)
            _ = try first.receiveAll()
            try broker.until(absent: "burrow")
            try writer.publishConfirmed(topic, ["1"])
            let second = try broker.client("second", session: "burrow")
            #expect(try second.settle().payloads == [])
            #expect(try writer.sessionDetail("burrow").pause?.reason == "migration")
            #expect(try writer.detail(second.id).detail.pause?.reason == "migration")
            try writer.act(.resume, session: "burrow")
            #expect(try second.payloads(1) == ["1"])
        }
    }

    @Test("a window that is set while a queue is paused counts when it is resumed")
    func window() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("hello")
            let hare = try broker.client("hare", window: 1)
            try hare.subscribe("hello")
            try writer.act(.pause, client: hare.id)
            try hare.send(.window(3))
            try writer.publishConfirmed(topic, ["1", "2", "3", "4"])
            #expect(try hare.settle().payloads == [])
            try writer.act(.resume, client: hare.id)
            #expect(try hare.payloads(3) == ["1", "2", "3"])
            #expect(try hare.settle().payloads == [])
        }
    }

    @Test("a dry run pauses nothing, and an end that has passed is an error")
    func nothing() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("hello")
            let hare = try broker.client("hare")
            try hare.subscribe("hello")
            #expect(try writer.act(.pause, client: hare.id, isDryRun: true).isDryRun)
            var values = ActValues()
            values.until = 5
            #expect(try writer.answer(to: ActRequest(.pause, client: hare.id, values: values)).code == .badArgument)
            #expect(try writer.answer(to: ActRequest(.pause, client: 999_999)).code == .unknownClient)
            #expect(try writer.answer(to: ActRequest(.pause, name: "nobody")).code == .unknownSession)
            try writer.publishConfirmed(topic, ["1"])
            #expect(try hare.payloads(1) == ["1"])
        }
    }
}
