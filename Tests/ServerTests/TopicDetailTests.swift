import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("INSPECT TOPIC")
struct TopicDetailTests {
    @Test("it says who reads a topic, how far behind each is, who holds it back and who publishes")
    func detail() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let other = try broker.client("other")
            let topic = try writer.create("hello", [.limit: 1 << 20, .overflow: 2]).id
            let slow = try broker.client("slow", window: 1)
            let fast = try broker.client("fast")
            let pattern = try broker.client("pattern", window: 3)
            try slow.subscribe("hello")
            try fast.subscribe("hello")
            try pattern.subscribe("hel*o")
            try pattern.subscribe(">")
            try writer.publishConfirmed(topic, (1...9).map { "\($0)" })
            try other.publishConfirmed(try other.topic("hello"), ["10"])
            #expect(try fast.payloads(10).count == 10)
            try fast.send(.commit(10))
            try fast.barrier()
            #expect(try pattern.payloads(3).count == 3)
            try pattern.send(.commit(3))
            try pattern.barrier()
            let detail = try writer.topicDetail("hello")
            #expect(detail.topic.name == "hello")
            #expect(detail.topic.settings.overflow == .block)
            #expect(detail.topic[.headSequence] == 10)
            #expect(detail.readers.matching == 3)
            #expect(detail.readers.rows.map(\.name) == ["slow", "pattern", "fast"])
            #expect(detail.readers.rows.map(\.id) == [slow.id, pattern.id, fast.id])
            #expect(detail.readers.rows.map { $0[.lagMessages] } == [10, 7, 0])
            #expect(detail.readers.rows.map(\.isHolding) == [true, false, false])
            #expect(detail.publishers.rows.map(\.name) == ["other", "writer"])
            #expect(detail.publishers.rows.map { $0[.publishedMessages] } == [1, 9])
        }
    }

    @Test("those that have left are in it no more")
    func left() async throws {
        try await TestBroker.run { broker in
            let observer = try broker.client("observer")
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1"])
            #expect(try observer.topicDetail("hello").readers.rows.map(\.name) == ["reader"])
            for client in [writer, reader] { try client.send(.close) }
            try eventually("both to be gone") { try observer.clients().rows.count == 1 }
            let detail = try observer.topicDetail("hello")
            #expect(detail.readers == RowPage(rows: [], matching: 0))
            #expect(detail.publishers == RowPage(rows: [], matching: 0))
        }
    }

    @Test("of many readers those that are furthest behind come, as many as are wanted and at most a hundred")
    func many() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let readers = try (0..<120).map { try broker.client("reader \($0)", window: $0 == 77 ? 1 : 1000) }
            for reader in readers { try reader.subscribe("hello") }
            try writer.publishConfirmed(topic, ["1", "2", "3"])
            for (number, reader) in readers.enumerated() where number != 77 {
                #expect(try reader.payloads(3).count == 3)
                try reader.send(.commit(3))
                try reader.barrier()
            }
            for (limit, count) in [(0, 0), (1, 1), (50, 50), (UInt32.max, 100)] as [(UInt32, Int)] {
                let page = try writer.topicDetail("hello", limit: limit).readers
                #expect(page.matching == 120)
                #expect(page.rows.count == count)
                #expect(page.rows.first?.name == (count > 0 ? "reader 77" : nil))
            }
        }
    }

    @Test("a topic that does not exist is not created by asking for it")
    func unknown() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(.inspectTopic(request: 5, name: "hello", limit: 1))
            let frame = try client.receive()
            #expect(frame.code == .unknownTopic && frame.request == 5)
            try client.send(.inspectTopic(request: 6, name: "a..b", limit: 1))
            #expect(try client.receive().code == .badName)
            #expect(try client.topics().rows.isEmpty)
        }
    }

    @Test("a topic's publishers that wait for room are counted, and who they wait for is known")
    func blocked() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 1000, .overflow: 2]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            try writer.send(NativeClient.bytes((0..<100).map { .message(topic, "message \($0)") }))
            let observer = try broker.client("observer")
            try eventually("the writer to wait") { try observer.topicRow("hello")[.blockedPublishers] == 1 }
            let detail = try observer.topicDetail("hello")
            #expect(detail.readers.rows.filter(\.isHolding).map(\.name) == ["slow"])
            #expect(detail.publishers.rows.map(\.name) == ["writer"])
        }
    }
}
