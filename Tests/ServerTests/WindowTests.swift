import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Windows and commits")
struct WindowTests {
    @Test("at most a window of deliveries is outstanding, and a commit makes room for as many")
    func window() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 3)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            #expect(try client.publishConfirmed(topic, (1...10).map { "\($0)" }).payloads == ["1", "2", "3"])
            try client.send(.commit(1))
            #expect(try client.payloads(1) == ["4"])
            try client.send(.commit(3))
            #expect(try client.payloads(2) == ["5", "6"])
            #expect(try client.settle() == [])
        }
    }

    @Test("a commit beyond what was delivered is an error and commits nothing")
    func beyond() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 2)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.publishConfirmed(topic, ["1", "2", "3"])
            try client.send(.commit(3))
            #expect(try client.settle().map(\.code) == [.commitBeyondDelivered])
            try client.send(.commit(.max))
            #expect(try client.settle().map(\.code) == [.commitBeyondDelivered])
            try client.send(.commit(1))
            #expect(try client.payloads(1) == ["3"])
        }
    }

    @Test("a commit of deliveries already committed has no effect")
    func again() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 2)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.publishConfirmed(topic, ["1", "2", "3", "4", "5"])
            try client.send(.commit(2), .commit(2), .commit(1), .commit(0))
            #expect(try client.payloads(2) == ["3", "4"])
            #expect(try client.settle() == [])
        }
    }

    @Test("window 0 pauses, raising it resumes, lowering it affects no delivery made")
    func pause() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 0)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            #expect(try client.publishConfirmed(topic, (1...20).map { "\($0)" }).payloads == [])
            try client.send(.window(4))
            #expect(try client.payloads(4) == ["1", "2", "3", "4"])
            try client.send(.window(2), .commit(2))
            #expect(try client.settle() == [])
            try client.send(.commit(3))
            #expect(try client.payloads(1) == ["5"])
            #expect(try client.settle() == [])
            try client.send(.window(0), .commit(5))
            #expect(try client.settle() == [])
            try client.send(.window(.max))
            #expect(try client.payloads(15) == (6...20).map { "\($0)" })
        }
    }

    @Test("subscribing again never exceeds the window, and what is in flight is committed as usual")
    func resubscribe() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 2)
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.publishConfirmed(topic, ["1", "2", "3", "4"])
            for _ in 0..<3 {
                #expect(try client.unsubscribe("hello").payloads == [])
                try client.subscribe("hello", from: .earliest)
            }
            #expect(try client.settle() == [])
            try client.send(.commit(1))
            #expect(try client.payloads(1) == ["1"])
            try client.send(.commit(3))
            #expect(try client.payloads(2) == ["2", "3"])
            #expect(try client.settle() == [])
        }
    }

    @Test("what is delivered again after a subscription is set back is held until it is committed, and counts by its age")
    func setBack() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.publishConfirmed(topic, ["1", "2", "3"])
            try client.subscribe("hello")
            broker.clock.advance(seconds: 5)
            #expect(try client.publishConfirmed(topic, ["4", "5"]).payloads == ["4", "5"])
            try client.unsubscribe("hello")
            try client.subscribe("hello", from: .earliest)
            #expect(try client.settle().payloads == ["1", "2", "3", "4", "5"])
            func figures() throws -> [UInt64] {
                let row = try client.clientRow(client.id)
                return [try client.topicRow("hello")[.heldBytes] / 29, row[.inFlightMessages], row[.oldestAge]]
            }
            #expect(try figures() == [5, 7, 5_000_000])
            try client.send(.commit(2))
            #expect(try figures() == [5, 5, 5_000_000])
            try client.send(.commit(5))
            #expect(try figures() == [2, 2, 0])
            try client.send(.commit(7))
            #expect(try figures() == [0, 0, 0])
        }
    }

    @Test("no delivery comes after the OK of UNSUBSCRIBE, and those in flight can still be committed")
    func unsubscribe() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 2)
            let topic = try client.topic("hello")
            let other = try client.topic("other")
            try client.subscribe("hello")
            try client.subscribe("other")
            try client.publishConfirmed(topic, ["1", "2", "3"])
            try client.unsubscribe("hello")
            try client.publishConfirmed(topic, ["4"])
            #expect(try client.publishConfirmed(other, ["5"]).payloads == [])
            try client.send(.commit(1))
            #expect(try client.payloads(1) == ["5"])
            try client.send(.commit(4))
            #expect(try client.settle().map(\.code) == [.commitBeyondDelivered])
            try client.send(.commit(3))
            #expect(try client.settle() == [])
            // Taking back what was never subscribed does nothing.
            try client.unsubscribe("never")
            try client.unsubscribe("hello")
        }
    }
}
