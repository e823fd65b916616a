import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Rules of docs/PROTOCOL.md about queues that outlive their connections")
struct QueueRulesTests {
    private static let loops = [1, 4]

    /// What a client was told of its queue, a line a frame.
    private static func told(_ frames: [BrokerFrame]) -> [String] {
        frames.compactMap { frame in
            switch frame {
            case .deliver(let message): message.text
            case .redelivery(let again): "\(again.sequence) again: \(again.attempt), \(again.cause), '\(again.reason)'"
            case .gap(let reason, _, let first, let last): "gap \(reason) \(first) to \(last)"
            case .topicGone: "gone"
            case .ok: "OK"
            case .error, .goodbye: frame.code?.name
            default: nil
            }
        }
    }

    private static func settle(
        _ client: NativeClient, _ action: SettleAction, _ numbers: [ClosedRange<UInt64>], delay: UInt32 = 0,
        reason: String = ""
    ) throws -> [String] {
        let settlement = Settlement(action, numbers, delay: delay, reason: reason)
        try client.send(.settle(request: client.nextRequest(), settlement))
        return told(try client.settle())
    }

    /// Publishes numbers as texts.
    private static func publish(_ client: NativeClient, _ topic: UInt32, _ numbers: ClosedRange<Int>) throws {
        try client.publishConfirmed(topic, numbers.map { "\($0)" })
    }

    private static func subscribe(
        _ client: NativeClient, _ pattern: String, _ start: StartPosition, options: SubscribeOptions = [],
        fallback: StartPosition? = nil
    ) throws -> BrokerFrame {
        let request = client.nextRequest()
        try client.send(
            .subscribe(request: request, pattern: pattern, from: start, options: options, fallback: fallback))
        return try client.receive { $0.request == request }.last!
    }

    // MARK: Attaching

    @Test("after a takeover what was in flight comes first, announced, and then what is new", arguments: loops)
    func takeover(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let first = try broker.client(session: "burrow", window: 3)
            try first.subscribe("hello")
            try Self.publish(writer, topic, 1...5)
            #expect(try first.payloads(3) == ["1", "2", "3"])
            try first.send(.commit(1))
            #expect(try first.payloads(1) == ["4"])
            let second = try broker.client(session: "burrow")
            #expect(
                Self.told(try second.settle()) == [
                    "2 again: 2, connection ended, ''", "2", "3 again: 2, connection ended, ''", "3",
                    "4 again: 2, connection ended, ''", "4", "5",
                ])
            try second.send(.commit(4))
            #expect(try second.settle() == [])
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 0)
        }
    }

    @Test("each connection of a shared session counts and commits its own deliveries", arguments: loops)
    func sharedCounting(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let one = try broker.client("one", session: "burrow", window: 2, [.mode: 1])
            let two = try broker.client("two", session: "burrow", window: 2, [.mode: 1])
            try one.subscribe("hello")
            try Self.publish(writer, topic, 1...4)
            let (first, second) = (try one.payloads(2), try two.payloads(2))
            #expect(Set(first + second) == ["1", "2", "3", "4"])
            try one.send(.commit(3))
            #expect(try one.settle().map(\.code) == [.commitBeyondDelivered])
            try one.send(.commit(2))
            #expect(try one.settle() == [] && two.settle() == [])
            #expect(try writer.sessionRow("burrow")[.inFlightMessages] == 2)
            try two.send(.commit(2))
            #expect(try two.settle() == [])
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 0)
        }
    }

    @Test("a client attached to a session that it deletes gets GOODBYE in place of OK")
    func deletesItself() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(session: "burrow")
            try client.send(.deleteSession(request: 7, name: "burrow"))
            #expect(Self.told(try client.receiveAll()).last == "session-deleted")
        }
    }

    // MARK: Returned messages

    @Test(
        "a deadline takes back what was not committed: it comes again, and a late COMMIT names it once",
        arguments: loops)
    func deadline(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", window: 2, [.commitDeadline: 1000])
            try client.subscribe("hello")
            try Self.publish(writer, topic, 1...2)
            #expect(try client.payloads(2) == ["1", "2"])
            broker.clock.advance(milliseconds: 600)
            #expect(try Self.settle(client, .touch, [2...2]) == ["OK"])
            broker.clock.advance(milliseconds: 600)
            let again = try client.receive { $0.message != nil }
            #expect(Self.told(again) == ["1 again: 2, deadline, ''", "1"])
            #expect(try Self.settle(client, .commit, [1...1]) == ["not-in-flight"])
            try client.send(.commit(2))
            #expect(Self.told(try client.settle()) == ["commit-too-late"])
            #expect(try writer.sessionRow("burrow")[.inFlightMessages] == 1, "the second is committed")
            try client.send(.commit(3))
            #expect(try client.settle() == [], "each is told once")
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 0)
        }
    }

    @Test("over the limit of attempts a message is parked with its last reason; released it comes once more")
    func attempts() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", [.attempts: 2])
            try client.subscribe("hello")
            try Self.publish(writer, topic, 1...1)
            #expect(try client.payloads(1) == ["1"])
            #expect(
                try Self.settle(client, .return, [1...1], reason: "no") == ["OK", "1 again: 2, returned, 'no'", "1"])
            #expect(try Self.settle(client, .return, [2...2], reason: "never") == ["OK"])
            try writer.send(.listParked(request: 70, session: "burrow", limit: 9, after: 0))
            guard case .parked(70, let page, true) = try writer.receive(), let parked = page.rows.first else {
                throw WireError.unexpected("no PARKED came")
            }
            #expect(page.matching == 1 && parked.number == 1 && parked.attempts == 2 && parked.reason == "never")
            #expect(parked.topic == "hello" && parked.sequence == 1 && String(buffer: parked.payload) == "1")
            let row = try writer.sessionRow("burrow")
            #expect(row[.parkedMessages] == 1 && row[.lagMessages] == 0)
            try writer.send(.settleParked(request: 71, ParkedSettlement(.release, [1...1], session: "burrow")))
            #expect(try writer.receive() == .ok(request: 71, detail: CountDone(count: 1).detail))
            #expect(Self.told(try client.receive { $0.message != nil }) == ["1 again: 3, released, 'never'", "1"])
            #expect(try Self.settle(client, .return, [3...3]) == ["OK"])
            #expect(try writer.sessionRow("burrow")[.parkedMessages] == 1)
            try writer.send(.settleParked(request: 72, ParkedSettlement(.drop, [1...1], session: "burrow")))
            #expect(try writer.receive().code == .unknownMessage, "it has another number now")
            try writer.send(.settleParked(request: 73, ParkedSettlement(.drop, [], session: "burrow")))
            #expect(try writer.receive() == .ok(request: 73, detail: CountDone(count: 1).detail))
            #expect(try writer.sessionRow("burrow")[.parkedMessages] == 0)
        }
    }

    @Test("what is returned or parked leaves with its subscription, and what is in flight need not be done any more")
    func unsubscribed() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow")
            try client.subscribe("hello")
            try Self.publish(writer, topic, 1...3)
            #expect(try client.payloads(3) == ["1", "2", "3"])
            #expect(try Self.settle(client, .return, [1...1], delay: 60_000) == ["OK"])
            #expect(try Self.settle(client, .park, [2...2]) == ["OK"])
            try client.unsubscribe("hello")
            #expect(try Self.settle(client, .return, [3...3]) == ["OK"])
            broker.clock.advance(seconds: 61)
            #expect(try client.settle() == [])
            let row = try writer.sessionRow("burrow")
            #expect(row[.lagMessages] == 0 && row[.parkedMessages] == 0 && row[.returnedMessages] == 0)
            #expect(try writer.topicRow("hello")[.heldBytes] == 0)
        }
    }

    @Test("lag is what is pending, in flight and returned, in the session's row and in that of its topic")
    func lag() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", window: 5)
            try client.subscribe("hello")
            try Self.publish(writer, topic, 1...10)
            #expect(try client.payloads(5).count == 5)
            #expect(try Self.settle(client, .park, [1...1]) == ["OK", "6"])
            #expect(try Self.settle(client, .return, [3...4], delay: 60_000) == ["OK", "7", "8"])
            let row = try writer.sessionRow("burrow")
            #expect(row[.pendingMessages] == 2 && row[.inFlightMessages] == 5 && row[.returnedMessages] == 2)
            #expect(row[.lagMessages] == 9 && row[.parkedMessages] == 1)
            let inTopic = try #require(try writer.sessionDetail("burrow").topics.first)
            #expect(inTopic[.lagMessages] == 9 && inTopic[.returnedMessages] == 2 && inTopic[.parkedMessages] == 1)
        }
    }

    @Test("a duplicate is judged at the first delivery: what is returned comes again, whatever its key")
    func returnedDuplicate() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", [.deduplicationWindow: 60_000]).id
            try client.subscribe("hello")
            #expect(try client.publishConfirmed(topic, ["1", "2"], key: "k").payloads == ["1"])
            #expect(try Self.settle(client, .return, [1...1]) == ["OK", "1 again: 2, returned, ''", "1"])
        }
    }

    // MARK: Seek

    private static func seek(_ client: NativeClient, _ seek: Seek) throws -> BrokerFrame {
        let request = client.nextRequest()
        try client.send(.seek(request: request, seek))
        return try client.receive { $0.request == request }.last!
    }

    @Test("moved back, what was done comes again as first deliveries; moved ahead, a GAP tells of it", arguments: loops)
    func seeks(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let client = try broker.client(session: "burrow", window: 4)
            try client.subscribe("hello")
            try Self.publish(writer, topic, 1...4)
            #expect(try client.payloads(4).count == 4)
            try client.send(.commit(3))
            try client.settle()
            let session = try SessionName("burrow")
            let moved = try Self.seek(writer, Seek("hello", to: .sequence(2), session: session))
            #expect(moved == .ok(request: moved.request!, detail: CountDone(count: 1).detail))
            #expect(Self.told(try client.settle()) == ["2", "3"], "4 is still in flight")
            try client.send(.commit(4), .window(0))
            // Only then does nothing of what the other connection publishes go out.
            try client.settle()
            try Self.publish(writer, topic, 5...9)
            _ = try Self.seek(client, Seek("hell*", to: .new))
            _ = try Self.seek(client, Seek("*", to: .last(2)))
            try client.send(.window(10))
            #expect(Self.told(try client.settle()) == ["gap moved 5 to 7", "8", "9"])
        }
    }

    @Test("a seek of what is not read, or not there, says so")
    func wrongSeeks() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            _ = try client.create("hello")
            #expect(try Self.seek(client, Seek("hello", to: .new)).code == .unknownTopic)
            #expect(try Self.seek(client, Seek("nothing", to: .new)).code == .unknownTopic)
            let none = try Self.seek(client, Seek("hel.*", to: .new))
            #expect(none == .ok(request: none.request!, detail: CountDone(count: 0).detail))
            #expect(try Self.seek(client, Seek("hel.*", to: .sequence(1))).code == .badArgument)
            let nobody = try SessionName("nobody")
            #expect(try Self.seek(client, Seek("hello", to: .new, session: nobody)).code == .unknownSession)
            try client.subscribe("hello")
            #expect(try Self.seek(client, Seek("hello", to: .new, incarnation: 1)).code == .otherIncarnation)
        }
    }

    // MARK: Starts and options

    @Test("start 6 begins with the last messages of each topic, as many as there are")
    func last() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            for name in ["a.one", "a.two"] { try Self.publish(writer, try writer.topic(name), 1...3) }
            let client = try broker.client()
            guard case .ok = try Self.subscribe(client, "a.*", .last(2)) else { throw WireError.unexpected("no OK") }
            #expect(try client.settle().payloads.sorted() == ["2", "2", "3", "3"])
            let all = try broker.client()
            _ = try Self.subscribe(all, "a.one", .last(.max))
            #expect(try all.settle().payloads == ["1", "2", "3"])
            let none = try broker.client()
            _ = try Self.subscribe(none, "a.one", .last(0))
            #expect(try none.settle() == [])
        }
    }

    @Test("start 7 begins with the last message of each key and all without one; then all that is new comes")
    func lastOfEachKey() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("prices")
            for (text, key) in [("a1", "a"), ("none", nil), ("b1", "b"), ("a2", "a"), ("empty", ""), ("b2", "b")] {
                try writer.publishConfirmed(topic, [text], key: key)
            }
            let client = try broker.client()
            _ = try Self.subscribe(client, "prices", .lastOfEachKey)
            #expect(try client.settle().payloads == ["none", "a2", "empty", "b2"])
            try writer.publishConfirmed(topic, ["a3", "a4"], key: "a")
            #expect(try client.settle().payloads == ["a3", "a4"])
            #expect(try writer.clientRow(client.id)[.gapMessages] == 0)
        }
    }

    @Test("under auto-commit deliveries count, take no room, and are done")
    func autoCommit() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let (one, two) = (try writer.topic("one"), try writer.topic("two"))
            let client = try broker.client(window: 1)
            _ = try Self.subscribe(client, "one", .new, options: .autoCommit)
            try client.subscribe("two")
            try Self.publish(writer, one, 1...3)
            #expect(try client.payloads(3) == ["1", "2", "3"])
            try Self.publish(writer, two, 4...5)
            #expect(try client.payloads(1) == ["4"])
            #expect(try Self.settle(client, .return, [2...2]) == ["not-in-flight"])
            try eventually("what was sent to be done") { try writer.clientRow(client.id)[.lagMessages] == 2 }
            try client.send(.commit(4))
            #expect(try client.payloads(1) == ["5"])
        }
    }

    @Test("under no echo what the queue's own connections publish does not come, and is no lag", arguments: loops)
    func noEcho(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let other = try broker.client("other")
            let topic = try other.topic("hello")
            let client = try broker.client(window: 1)
            _ = try Self.subscribe(client, "hello", .new, options: .noEcho)
            try Self.publish(client, topic, 1...3)
            #expect(try client.settle() == [])
            try Self.publish(other, topic, 4...4)
            #expect(try client.settle().payloads == ["4"])
            try client.send(.commit(1))
            try client.settle()
            #expect(try other.clientRow(client.id)[.lagMessages] == 0)
        }
    }

    @Test("subscribing to the same text again has no effect, whatever start and options it has")
    func again() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try Self.publish(client, topic, 1...2)
            _ = try Self.subscribe(client, "hello", .session, fallback: .earliest)
            #expect(try client.settle().payloads == ["1", "2"])
            for start in [StartPosition.earliest, .session, .sequence(1)] {
                #expect(try Self.subscribe(client, "hello", start, options: .noEcho).code == nil)
                #expect(try client.settle() == [])
            }
            let own = try client.publishConfirmed(topic, ["3"])
            #expect(own.payloads == ["3"], "it has no new options either")
        }
    }

    // MARK: Topics that go

    @Test("a session that was away is told of a deleted topic when a connection attaches", arguments: loops)
    func deletedMeanwhile(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let first = try broker.client(session: "burrow")
            try first.subscribe("hello")
            try Self.publish(writer, topic, 1...3)
            #expect(try first.payloads(3).count == 3)
            #expect(try Self.settle(first, .park, [2...2]) == ["OK"])
            try first.send(.close)
            _ = try first.receiveAll()
            try broker.until(absent: "burrow")
            try writer.send(.deleteTopic(request: 70, name: "hello"))
            #expect(try writer.receive { $0.request == 70 }.last == .ok(request: 70, detail: ByteBuffer()))
            try eventually("the session to have nothing of it") {
                let row = try writer.sessionRow("burrow")
                return row[.lagMessages] == 0 && row[.parkedMessages] == 0 && row[.gapMessages] == 3
            }
            let second = try broker.client(session: "burrow")
            #expect(Self.told(try second.settle()).last == "gone")
        }
    }
}
