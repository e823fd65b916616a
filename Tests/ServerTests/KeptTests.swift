import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Figures and starts agree on what is kept, to the message")
struct KeptTests {
    /// The result of a start: the payloads, and the sequences reported as gaps.
    private static func bring(
        _ broker: TestBroker, _ topic: String, from start: StartPosition
    ) throws -> (payloads: [String], gaps: [BrokerFrame.Gap]) {
        let reader = try broker.client("reader", window: 10_000)
        try reader.subscribe(topic, from: start)
        let frames = try reader.settle()
        return (frames.payloads, frames.compactMap(\.gap))
    }

    @Test("history-count: figures and every start agree")
    func historyCount() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyCount: 5]).id
            try writer.publishConfirmed(topic, (1...20).map { "\($0)" })
            let newest = (16...20).map { "\($0)" }
            let row = try writer.topicRow("hello")
            #expect(row[.earliestSequence] == 16)
            #expect(row[.retainedMessages] == 5)
            #expect(row[.retainedBytes] == UInt64(5 * (MessageLayout.keyOffset + 2)))
            #expect(try Self.bring(broker, "hello", from: .earliest) == (newest, []))
            let gap = BrokerFrame.Gap(reason: .expired, first: 1, last: 15)
            #expect(try Self.bring(broker, "hello", from: .sequence(1)) == (newest, [gap]))
            #expect(try Self.bring(broker, "hello", from: .time(0)) == (newest, []))
        }
    }

    @Test("history-bytes: as many frames as fit, and no more")
    func historyBytes() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyBytes: UInt64(10 * MessageLayout.keyOffset)]).id
            try writer.publishConfirmed(topic, Array(repeating: "", count: 40))
            let row = try writer.topicRow("hello")
            #expect(row[.retainedMessages] == 10)
            #expect(row[.earliestSequence] == 31)
            #expect(try Self.bring(broker, "hello", from: .earliest).payloads.count == 10)
            #expect(
                try Self.bring(broker, "hello", from: .sequence(1)).gaps
                    == [BrokerFrame.Gap(reason: .expired, first: 1, last: 30)])
        }
    }

    @Test("messages that are no longer kept never come back, whatever the settings become")
    func goneIsGone() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyCount: 2]).id
            try writer.publishConfirmed(topic, (1...10).map { "\($0)" })
            #expect(try writer.topicRow("hello")[.earliestSequence] == 9)
            try writer.create("hello", [.historyCount: 0])
            #expect(try writer.topicRow("hello")[.earliestSequence] == 9)
            #expect(try Self.bring(broker, "hello", from: .earliest).payloads == ["9", "10"])
        }
    }

    @Test("the limit takes from queues, not from the history")
    func limitLeavesHistory() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 10_000]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            let payload = String(repeating: "x", count: 100)
            try writer.publishConfirmed(topic, Array(repeating: payload, count: 500))
            let perMessage = 100 + MessageLayout.keyOffset
            let left = 10_000 / perMessage
            #expect(try writer.topicRow("hello")[.droppedMessages] == UInt64(500 - left))
            #expect(try writer.clientRow(slow.id)[.lagMessages] == UInt64(left))
            #expect(try Self.bring(broker, "hello", from: .earliest).payloads.count == 500)
            // One that reads the history holds it, and loses nothing because others publish on.
            let late = try broker.client("late", window: 10)
            try late.subscribe("hello", from: .earliest)
            #expect(try late.deliveries(10).map(\.sequence) == Array(1...10))
            try writer.publishConfirmed(topic, [payload])
            try late.send(.window(10_000))
            #expect(try late.settle().messages.map(\.sequence) == Array(11...501))
        }
    }

    @Test("a subscriber from the earliest does not take the room of those that publish", arguments: [1, 2])
    func latecomers(overflow: UInt64) async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 1000, .overflow: overflow]).id
            let payload = String(repeating: "x", count: 100)
            try writer.publishConfirmed(topic, Array(repeating: payload, count: 100))
            let late = try broker.client("late", window: 0)
            try late.subscribe("hello", from: .earliest)
            #expect(try writer.publishConfirmed(topic, Array(repeating: payload, count: 5)) == [.confirm(105)])
        }
    }

    @Test("messages that no queue needs are not counted as lost: the limit drops from queues only")
    func noReader() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 1 << 20]).id
            for size in [100_000, 100_000, 2_000_000] {
                try writer.publishConfirmed(topic, [String(repeating: "x", count: size)])
            }
            let row = try writer.topicRow("hello")
            #expect(row[.droppedMessages] == 0)
            #expect(row[.earliestSequence] == 1)
        }
    }

    @Test("reject: a burst is accepted up to the limit, to a frame")
    func burst() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 1000, .overflow: 1]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            let payload = String(repeating: "x", count: 100)
            let frames = try writer.publishConfirmed(topic, Array(repeating: payload, count: 2000))
            #expect(2000 - frames.compactMap(\.rejected).count == 1000 / (100 + MessageLayout.keyOffset))
        }
    }

    @Test("reject: room comes with the commit, message by message")
    func room() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let perMessage = 100 + MessageLayout.keyOffset
            let topic = try writer.create("hello", [.limit: UInt64(100 * perMessage), .overflow: 1]).id
            let slow = try broker.client("slow", window: 1000)
            try slow.subscribe("hello")
            let payload = String(repeating: "x", count: 100)
            let frames = try writer.publishConfirmed(topic, Array(repeating: payload, count: 110))
            #expect(frames.compactMap(\.rejected) == Array(101...110))
            #expect(try slow.settle().messages.count == 100)
            try slow.send(.commit(10))
            try slow.settle()
            let more = try writer.publishConfirmed(topic, Array(repeating: payload, count: 12))
            #expect(more.compactMap(\.rejected) == [121, 122])
        }
    }

    @Test("drop: a queue keeps the newest that the limit allows, to a frame, in a burst too")
    func dropBurst() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 1280, .historyBytes: 0]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            try writer.publishConfirmed(topic, Array(repeating: String(repeating: "x", count: 100), count: 300))
            #expect(try writer.clientRow(slow.id)[.lagMessages] == 10)
            #expect(try writer.topicRow("hello")[.heldBytes] == 1280)
            #expect(try writer.topicRow("hello")[.droppedMessages] == 290)
        }
    }
}

private func == (
    left: (payloads: [String], gaps: [BrokerFrame.Gap]), right: ([String], [BrokerFrame.Gap])
) -> Bool { left.payloads == right.0 && left.gaps == right.1 }
