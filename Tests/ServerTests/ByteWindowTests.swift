import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Windows in bytes")
struct ByteWindowTests {
    /// The text of a message whose DELIVER frame has so many bytes.
    private static func text(_ number: Int, frame: Int) -> String {
        let number = "\(number) "
        return number + String(repeating: "x", count: frame - MessageLayout.keyOffset - number.utf8.count)
    }

    private static func numbers(_ frames: [BrokerFrame]) -> [Int] { numbers(frames.messages) }

    private static func numbers(_ messages: [Message]) -> [Int] {
        messages.compactMap { $0.text.split(separator: " ").first.flatMap { Int($0) } }
    }

    @Test("so many bytes of deliveries are in flight, to the byte, and a commit makes room for as many")
    func bound() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(.window(1000, kibibytes: 1))
            try client.subscribe("hello")
            let came = try client.publishConfirmed(topic, (1...30).map { Self.text($0, frame: 128) })
            #expect(Self.numbers(came) == Array(1...8), "8 frames of 128 bytes are 1 KiB")
            try client.send(.commit(1))
            #expect(Self.numbers(try client.settle()) == [9])
            try client.send(.commit(4))
            #expect(Self.numbers(try client.settle()) == [10, 11, 12])
            try client.send(.commit(12))
            #expect(Self.numbers(try client.settle()) == Array(13...20))
            try client.send(.window(3, kibibytes: 1), .commit(20))
            #expect(Self.numbers(try client.settle()) == [21, 22, 23], "the smaller of both holds")
        }
    }

    @Test("a message that has more bytes than the bound comes alone")
    func tooLong() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(.window(1000, kibibytes: 1))
            try client.subscribe("hello")
            let sizes = [100, 5000, 100, 3000, 3000, 100]
            let came = try client.publishConfirmed(
                topic, sizes.enumerated().map { Self.text($0 + 1, frame: $1) })
            #expect(Self.numbers(came) == [1])
            for next in [[2], [3], [4], [5], [6]] {
                try client.send(.commit(UInt64(next[0] - 1)))
                #expect(Self.numbers(try client.settle()) == next)
            }
        }
    }

    @Test("over several topics the order is kept: nothing overtakes a message that has to wait for room")
    func order() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topics = try ["a", "b"].map { try client.topic($0) }
            try client.send(.window(1000, kibibytes: 1))
            try client.subscribe("*")
            try client.send(
                NativeClient.bytes([
                    .message(topics[0], Self.text(1, frame: 600)), .message(topics[1], Self.text(2, frame: 600)),
                    .message(topics[0], Self.text(3, frame: 60)), .message(topics[1], Self.text(4, frame: 60)),
                ]))
            #expect(Self.numbers(try client.settle()) == [1])
            try client.send(.commit(1))
            #expect(Self.numbers(try client.settle()) == [2, 3, 4])
        }
    }

    @Test("WINDOW without the second number, or with 0 in its place, takes the bound away; a figure shows it")
    func unbound() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let observer = try broker.client("observer")
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            #expect(try observer.clientRow(client.id)[.windowBytes] == 0)
            let before = try client.publishConfirmed(topic, (1...10).map { Self.text($0, frame: 100) })
            #expect(Self.numbers(before) == Array(1...10))
            try client.send(.window(1000, kibibytes: 1))
            let none = try client.publishConfirmed(topic, (11...30).map { Self.text($0, frame: 100) })
            #expect(Self.numbers(none) == [], "what is in flight already counts")
            #expect(try observer.clientRow(client.id)[.windowBytes] == 1024)
            try client.send(.commit(5))
            #expect(Self.numbers(try client.settle()) == Array(11...15))
            try client.send(.window(1000))
            #expect(Self.numbers(try client.settle()) == Array(16...30))
            #expect(try observer.clientRow(client.id)[.windowBytes] == 0)
        }
    }

    @Test("a client that half-closes gets what the bound allowed at that moment, and no more")
    func halfClose() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 0)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.publishConfirmed(topic, (1...30).map { Self.text($0, frame: 128) })
            try client.send(.window(1000, kibibytes: 1))
            client.wire.halfClose()
            #expect(Self.numbers(try client.receiveAll()) == Array(1...8))
        }
    }

    @Test("a gap comes although the message after it has to wait for room")
    func gap() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 1000, .historyBytes: 0]).id
            try client.send(.window(1000, kibibytes: 1))
            try client.subscribe("hello")
            try writer.publishConfirmed(topic, (1...3).map { Self.text($0, frame: 900) })
            #expect(Self.numbers(try client.settle()) == [1])
            broker.clock.advance(milliseconds: 1001)
            try writer.publishConfirmed(topic, [Self.text(4, frame: 900)])
            let frames = try client.receive { if case .gap = $0 { true } else { false } }
            #expect(frames.last == .gap(.expired, topicID: topic, first: 2, last: 3))
            try client.send(.commit(1))
            #expect(Self.numbers(try client.settle()) == [4])
        }
    }
}
