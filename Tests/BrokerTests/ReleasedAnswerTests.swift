import NIOCore
import NIOEmbedded
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Answers to publishes wait until their messages are visible")
struct ReleasedAnswerTests {
    /// A broker with topics whose messages the test makes visible.
    private static func bench(_ names: String...) throws -> (bench: EmbeddedBench, topics: [Topic]) {
        let bench = EmbeddedBench()
        let topics = try names.map { try bench.topic($0) }
        for topic in topics { topic.locked { $0.releasesAtOnce = false } }
        return (bench, topics)
    }

    @Test("CONFIRM, RECEIPT, REJECT and PONG come after the release, in the order of the publishes")
    func inOrder() throws {
        let (bench, topics) = try Self.bench("a")
        let client = try bench.connect()
        try client.send(.message(topics[0].id, "one"))
        try client.send(.message(topics[0].id, "two", flags: .receipt), .message(0, "lost"), .ping(5))
        #expect(try client.receive() == [])
        bench.release(topics[0], upTo: 1)
        #expect(try client.receive() == [.confirm(1)])
        bench.release(topics[0], upTo: 2)
        let frames = try client.receive()
        try #require(frames.count == 4)
        #expect(frames[0] == .receipt(.accepted, publish: 2, topicID: topics[0].id, sequence: 2, queues: 0))
        guard case .reject(ErrorCode.unknownTopic.rawValue, publish: 3, _) = frames[1] else {
            Issue.record("\(frames[1]) is no REJECT of the third publish")
            return
        }
        #expect(Array(frames[2...]) == [.confirm(3), .pong(5)])
        withExtendedLifetime(bench) {}
    }

    @Test("publishes to two topics are answered in order, even if the second is visible earlier")
    func otherTopic() throws {
        let (bench, topics) = try Self.bench("a", "b")
        let plain = try bench.topic("plain")
        let client = try bench.connect()
        try client.send(
            .message(topics[0].id, "first"), .message(topics[1].id, "second", flags: .receipt),
            .message(plain.id, "third"), .ping(1),
            .message(topics[0].id, "fourth"), .ping(2))
        bench.release(topics[1], upTo: 1)
        #expect(try client.receive() == [])
        bench.release(topics[0], upTo: 1)
        #expect(
            try client.receive()
                == [
                    .receipt(.accepted, publish: 2, topicID: topics[1].id, sequence: 1, queues: 0), .confirm(3),
                    .pong(1),
                ])
        bench.release(topics[0], upTo: 2)
        #expect(try client.receive() == [.confirm(4), .pong(2)])
        withExtendedLifetime(bench) {}
    }

    @Test("a run is answered once all of its messages are visible")
    func part() throws {
        let (bench, topics) = try Self.bench("a")
        let client = try bench.connect()
        try client.send(.message(topics[0].id, "one"), .message(topics[0].id, "two"), .message(topics[0].id, "three"))
        bench.release(topics[0], upTo: 2)
        #expect(try client.receive() == [])
        bench.release(topics[0], upTo: 3)
        #expect(try client.receive() == [.confirm(3)])
        withExtendedLifetime(bench) {}
    }

    @Test("a reader gets messages once they are released, and not before")
    func reader() throws {
        let (bench, topics) = try Self.bench("a")
        let reader = try bench.connect()
        try reader.send(.subscribe(request: 1, pattern: "a", from: .new))
        _ = try reader.receive()
        let client = try bench.connect()
        try client.send(.message(topics[0].id, "one"), .message(topics[0].id, "two"), .message(topics[0].id, "three"))
        #expect(try reader.receive() == [])
        bench.release(topics[0], upTo: 2)
        #expect(try reader.receive().payloads == ["one", "two"])
        bench.release(topics[0], upTo: 3)
        #expect(try reader.receive().payloads == ["three"])
        withExtendedLifetime(bench) {}
    }

    @Test("a connection that ends before the release is forgotten, and its messages become visible")
    func gone() throws {
        let (bench, topics) = try Self.bench("a")
        let reader = try bench.connect()
        try reader.send(.subscribe(request: 1, pattern: "a", from: .new))
        _ = try reader.receive()
        let client = try bench.connect()
        try client.send(.message(topics[0].id, "one"), .ping(1))
        client.close()
        #expect(client.connection == nil)
        #expect(bench.core.connections == 1)
        // Its seat has another tenant when the release comes.
        let next = try bench.connect()
        bench.release(topics[0], upTo: 1)
        #expect(topics[0].locked { $0.awaitingRelease.isEmpty })
        #expect(try next.receive() == [])
        #expect(try reader.receive().payloads == ["one"])
        next.close()
        reader.close()
        #expect(bench.isEmpty)
    }

    @Test(
        "a client that half-closes is answered after the release, and then its connection ends",
        arguments: [MessageFlags(), .unconfirmed])
    func halfClose(flags: MessageFlags) throws {
        let (bench, topics) = try Self.bench("a")
        let client = try bench.connect()
        try client.send(.message(topics[0].id, "one", flags: flags))
        client.halfClose()
        #expect(try client.receive() == [])
        #expect(client.connection?.life.isOpen == true)
        bench.release(topics[0], upTo: 1)
        #expect(try client.receive() == (flags == .unconfirmed ? [] : [.confirm(1)]))
        bench.loops[0].advanceTime(by: .seconds(1))
        #expect(client.connection == nil)
        #expect(bench.isEmpty)
    }

    @Test("CLOSE is answered after the release", arguments: [MessageFlags(), .unconfirmed])
    func close(flags: MessageFlags) throws {
        let (bench, topics) = try Self.bench("a")
        let client = try bench.connect()
        try client.send(.message(topics[0].id, "one", flags: flags), .close)
        #expect(try client.receive() == [])
        bench.release(topics[0], upTo: 1)
        let frames = try client.receive()
        guard case .goodbye(ErrorCode.closedByClient.rawValue, _)? = frames.last else {
            Issue.record("\(frames) do not end with GOODBYE")
            return
        }
        #expect(frames.dropLast() == (flags == .unconfirmed ? [] : [.confirm(1)]))
        client.close()
        #expect(bench.isEmpty)
    }
}
