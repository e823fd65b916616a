import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Several connections of a session")
struct SharedSessionTests {
    /// A session of two connections that reads a topic, and somebody who publishes to it.
    private struct Bench {
        let clock = TestTime()
        let bench: EmbeddedBench
        let topic: Topic
        let first: EmbeddedClient
        let second: EmbeddedClient
        let publisher: EmbeddedClient

        init(
            _ mode: SessionSettings.Mode, windows: (UInt32, UInt32) = (10, 10), _ options: SubscribeOptions = []
        ) throws {
            bench = EmbeddedBench { [clock] in clock.now }
            topic = try bench.topic("t")
            first = try Self.connect(bench, mode, window: windows.0)
            second = try Self.connect(bench, mode, window: windows.1)
            publisher = try bench.connect()
            try second.send(.subscribe(request: 1, pattern: "t", from: .earliest, options: options))
            _ = try second.receive()
        }

        private static func connect(
            _ bench: EmbeddedBench, _ mode: SessionSettings.Mode, window: UInt32
        ) throws -> EmbeddedClient {
            var hello = Hello(window: window, name: "worker")
            hello.session = SessionName("work")
            hello.settings[.mode] = UInt64(mode.rawValue)
            return try bench.connect(hello, loop: 0)
        }

        func publish(_ payload: String, key: String? = nil, expireAfter: UInt64? = nil) throws {
            var content = expireAfter.map { Publishes.headers(["$expire-after": "\($0)"]) } ?? ByteBuffer()
            content.writeString(payload)
            try publisher.send(
                .publish(
                    Message(
                        topicID: topic.id, flags: expireAfter == nil ? [] : .headers,
                        key: key.map(ByteBuffer.init(string:)), payload: content)))
            bench.run()
        }

        /// The payloads that came to each of the two.
        func received() throws -> [[String]] {
            bench.run()
            return try [first.receive().payloads, second.receive().payloads]
        }
    }

    @Test("by key, what is done as it is delivered keeps its key at no connection")
    func autoCommit() throws {
        let bench = try Bench(.sharedByKey, windows: (10, 10), .autoCommit)
        for number in 0..<4 {
            try bench.publish("\(number)", key: "k")
            #expect(try bench.received().flatMap(\.self) == ["\(number)"])
        }
    }

    @Test("what is done as it is delivered leaves its bytes to what follows")
    func bytesOfAutoCommit() throws {
        let bench = try Bench(.exclusive, windows: (0, 10), .autoCommit)
        try bench.second.send(.window(0))
        for payload in ["a", String(repeating: "b", count: 900), String(repeating: "c", count: 900)] {
            try bench.publish(payload)
        }
        try bench.second.send(.window(10, kibibytes: 1))
        #expect(try bench.received()[1].map { $0.prefix(1) } == ["a", "b", "c"])
    }

    @Test("a message that is too long for the bytes of one connection goes to another one")
    func tooLong() throws {
        let bench = try Bench(.shared, windows: (10, 0))
        try bench.first.send(.window(10, kibibytes: 1))
        try bench.publish("a")
        #expect(try bench.received() == [["a"], []])
        try bench.second.send(.window(10))
        for letter in ["b", "c", "d"] {
            try bench.publish(String(repeating: letter, count: 1000))
            #expect(try bench.received().map { $0.map { $0.prefix(1) } } == [[], [Substring(letter)]])
        }
    }

    @Test("by key, a message that outlives its time while it waits for its key keeps the key from nobody")
    func outlived() throws {
        let bench = try Bench(.sharedByKey, windows: (1, 10))
        try bench.publish("a", key: "k")
        #expect(try bench.received() == [["a"], []])
        try bench.publish("b", key: "k", expireAfter: 1500)
        bench.clock.pass(seconds: 2)
        try bench.publish("c", key: "k")
        #expect(try bench.received() == [[], []])
        try bench.first.send(.commit(1))
        #expect(try bench.received().flatMap(\.self) == ["c"])
    }

    @Test("what becomes of a delivery says nothing about that of a later subscription", arguments: [false, true])
    func laterSubscription(isReturned: Bool) throws {
        let bench = try Bench(.shared, windows: (10, 0))
        try bench.publish("a")
        #expect(try bench.received() == [["a"], []])
        try bench.first.send(
            .unsubscribe(request: 2, pattern: "t"), .subscribe(request: 3, pattern: "t", from: .earliest))
        #expect(try bench.received() == [["a"], []])
        // Of the subscription that has ended, it is done in any case.
        let action: SettleAction = isReturned ? .return : .commit
        try bench.first.send(.settle(request: 4, Settlement(action, [1...1])))
        #expect(try bench.received() == [[], []])
        try bench.first.send(.settle(request: 5, Settlement(.return, [2...2])))
        let again = try bench.first.receive()
        #expect(again.payloads == ["a"])
        #expect(again.contains { if case .redelivery(let redelivery) = $0 { redelivery.attempt == 2 } else { false } })
    }
}
