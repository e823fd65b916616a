import DequeModule
import NIOCore
import NIOEmbedded
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Wakes for a seat that has a new tenant")
struct StaleWakeTests {
    private static let kibibyte = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)

    @Test("a wake for a reader that has left does not reach the next tenant of its seat")
    func messageVisible() throws {
        let bench = EmbeddedBench(loops: 2)
        let topic = try bench.topic("a")
        let writer = try bench.connect(loop: 0)
        let old = try bench.connect(loop: 1)
        try old.send(.subscribe(request: 1, pattern: "a", from: .new))
        _ = try old.receive()
        let seat = old.queue.reader
        // The wake is in the other loop's mail, which it has not looked at.
        try writer.send(.message(topic.id, "one"))
        old.channel.close(promise: nil)
        let new = try bench.connect(loop: 1)
        #expect(new.queue.reader.seat == seat.seat && new.queue.reader != seat)
        try new.send(.subscribe(request: 1, pattern: "a", from: .new))
        #expect(try new.receive() == [.ok(request: 1, detail: ByteBuffer())])
        #expect(!new.queue.hasReady)
        bench.step(1) { $0.wakes.add(.messageVisible(Waiter(reader: seat, slot: 0), topicID: topic.id, stamp: 1)) }
        #expect(!new.queue.hasReady)
        try writer.send(.message(topic.id, "two"))
        #expect(try new.receive().payloads == ["two"])
        withExtendedLifetime(bench) {}
    }

    @Test("room is for the publisher that waits next when the one that was told of it has left")
    func roomMade() throws {
        let bench = EmbeddedBench(loops: 2)
        let topic = try bench.topic("a") {
            $0.overflow = .block
            $0.historyBytes = 0
            $0.limit = 4 << 10
        }
        let reader = try bench.connect(loop: 0)
        try reader.send(.subscribe(request: 1, pattern: "a", from: .new))
        _ = try reader.receive()
        let first = try bench.connect(loop: 1)
        for _ in 0..<4 { try first.send(.message(topic.id, Self.kibibyte)) }
        #expect(try first.receive().last == .confirm(4))
        #expect(try reader.receive().payloads.count == 4)
        let old = first.handle
        first.close()
        let tenant = try bench.connect(loop: 1)
        #expect(tenant.handle.seat == old.seat && tenant.handle != old)
        let next = try bench.connect(loop: 1)
        try next.send(.message(topic.id, Self.kibibyte))
        #expect(try next.receive() == [.blocked(true, topicID: topic.id, waiting: 1)])
        // The one that left is told first.
        topic.locked { $0.blocked.prepend(old) }
        try reader.send(.commit(4))
        bench.run(0)
        bench.run(1)
        #expect(try next.receive() == [.blocked(false, topicID: topic.id, waiting: 0), .confirm(1)])
        bench.run(0)
        #expect(try reader.receive().payloads == [Self.kibibyte])
        #expect(try tenant.receive() == [])
        #expect(topic.locked { $0.blocked.isEmpty })
    }

    @Test("a topic that was created for a reader by pattern that has left does not wait for it for ever")
    func topicCreated() throws {
        let bench = EmbeddedBench(loops: 2)
        let old = try bench.connect(loop: 1)
        try old.send(.subscribe(request: 1, pattern: "a.*", from: .new))
        _ = try old.receive()
        let writer = try bench.connect(loop: 0)
        try writer.send(.topic(request: 1, name: "a.1"))
        let topic = try bench.topic("a.1")
        #expect(topic.locked { $0.readersToCome } == 1)
        old.channel.close(promise: nil)
        let new = try bench.connect(loop: 1)
        bench.run(1)
        #expect(topic.locked { $0.readersToCome } == 0)
        #expect(!new.queue.reads(topic.id))
        #expect(topic.locked { $0.holds.count } == 0)
        withExtendedLifetime(bench) {}
    }

    @Test("a release for a publisher that has left reaches no other connection")
    func publishReleased() throws {
        let bench = EmbeddedBench(loops: 2)
        let topic = try bench.topic("a")
        topic.locked { $0.releasesAtOnce = false }
        let old = try bench.connect(loop: 1)
        try old.send(.message(topic.id, "one"))
        bench.release(topic, upTo: 1, loop: 0)
        old.channel.close(promise: nil)
        let new = try bench.connect(loop: 1)
        try new.send(.message(topic.id, "two"), .ping(1))
        #expect(try new.receive() == [], "another's release is no answer to it")
        bench.release(topic, upTo: 2, loop: 0)
        #expect(try new.receive() == [.confirm(1), .pong(1)])
    }
}
