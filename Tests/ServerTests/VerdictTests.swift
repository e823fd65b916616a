import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

/// Real clients on a real broker, which looks at them once a second.
@Suite("Verdicts, as others see them")
struct VerdictTests {
    private static let patience = 60.0

    private static func wait(
        _ state: ClientState, of id: UInt64, _ observer: NativeClient, while body: () throws -> Void = {}
    ) throws {
        try eventually("client \(id) to be \(state)", within: patience) {
            try body()
            return try observer.clientRow(id).state == state
        }
    }

    private static func evidence(_ id: UInt64, _ observer: NativeClient) throws -> Evidence {
        try observer.detail(id).detail.evidence
    }

    @Test("one that does nothing is idle, one that publishes is publishing, one that reads all keeps up")
    func quiet() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            let idle = try broker.client("idle")
            try Self.wait(.publishing, of: writer.id, writer) { try writer.publishConfirmed(topic, ["1"]) }
            #expect(try writer.clientRow(idle.id).state == .idle)
            #expect(try Self.evidence(reader.id, writer)[.growth] == nil)
            try reader.send(.commit(try reader.settle().messages.isEmpty ? 0 : 1))
            #expect(try writer.clientRow(reader.id).state == .keepingUp)
        }
    }

    @Test("commits that stopped are told with the message that waits, and since when")
    func commitsStopped() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 2)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2", "3", "4", "5"])
            _ = try reader.deliveries(2)
            try reader.send(.commit(1))
            try broker.secondPasses()
            let began = broker.clock.now
            broker.clock.advance(seconds: 9)
            try Self.wait(.commitsStopped, of: reader.id, writer)
            let evidence = try Self.evidence(reader.id, writer)
            #expect(evidence[text: .topic] == "hello" && evidence[.sequence] == 2)
            #expect(evidence[.since] == began)
            #expect(evidence[.heldFor] == 9_000_000)
            try reader.send(.commit(2))
            try Self.wait(.keepingUp, of: reader.id, writer)
        }
    }

    @Test("a backlog that is worked off is draining, with the time that is left")
    func draining() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            for _ in 0..<60 { try writer.publishConfirmed(topic, Array(repeating: "m", count: 1000)) }
            let reader = try broker.client("reader", window: 10)
            try reader.subscribe("hello", from: .earliest)
            var done: UInt64 = 0
            var evidence = Evidence()
            try eventually("the time that is left", within: Self.patience) {
                done += UInt64(try reader.deliveries(5).count)
                try reader.send(.commit(done))
                let detail = try writer.detail(reader.id).detail
                #expect(detail.client.state == .keepingUp || detail.client.state == .draining)
                evidence = detail.evidence
                return evidence[.timeLeft] != nil
            }
            #expect(evidence.slope ?? 0 < 0 && evidence[.timeLeftError] != nil)
            #expect(evidence[text: .topic] == "hello")
        }
    }

    @Test("a reader that is slower than its publishers falls behind, and it is told when the limit is reached")
    func fallingBehind() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 256 << 20]).id
            let reader = try broker.client("reader", window: 10)
            try reader.subscribe("hello")
            var done: UInt64 = 0
            try Self.wait(.fallingBehind, of: reader.id, writer) {
                try writer.publishConfirmed(topic, Array(repeating: "m", count: 40))
                done += UInt64(try reader.deliveries(5).count)
                try reader.send(.commit(done))
            }
            let evidence = try Self.evidence(reader.id, writer)
            #expect(evidence.slope ?? 0 > 0)
            #expect(evidence.threat == .oldestDropped && evidence[.threatIn] ?? 0 > 0)
            #expect(evidence[.lossesThen] ?? 0 > 0)
        }
    }

    @Test("a window that is smaller than the way to the client needs is told with one that would do")
    func windowTooSmall() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 10)
            try reader.subscribe("hello")
            var done: UInt64 = 0
            try Self.wait(.windowTooSmall, of: reader.id, writer) {
                try writer.publishConfirmed(topic, Array(repeating: "m", count: 30))
                // The way there and back takes 100 ms; the client itself takes none.
                let frames = try reader.receive { $0.message != nil } + reader.settle()
                done += UInt64(frames.messages.count)
                broker.clock.advance(milliseconds: 100)
                for case .ping(let token, _) in frames { try reader.send(.pong(token)) }
                try reader.send(.commit(done))
            }
            let evidence = try Self.evidence(reader.id, writer)
            #expect(evidence[.roundTrip] ?? 0 >= 100_000)
            #expect(evidence[.windowWanted] ?? 0 >= 20)
        }
    }

    @Test("a socket that takes nothing more is told with the bytes that wait for it")
    func notReading() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 100_000, receiveBuffer: 4096)
            try reader.subscribe("hello")
            let payload = String(repeating: "x", count: 10_000)
            for _ in 0..<30 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 50)) }
            try Self.wait(.notReading, of: reader.id, writer)
            #expect(try Self.evidence(reader.id, writer)[.unsentBytes] ?? 0 > 0)
        }
    }

    @Test("a window of 0 is a pause")
    func paused() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1"])
            try Self.wait(.paused, of: reader.id, writer)
        }
    }

    @Test("a publisher that waits is told for which topic, and whose queue holds it back", arguments: [true, false])
    func blocked(isAbsent: Bool) async throws {
        try await TestBroker.run { broker in
            let observer = try broker.client("observer")
            _ = try observer.create("full", [.limit: 64 << 10, .historyBytes: 0, .overflow: 2])
            var slow: NativeClient?
            if isAbsent {
                let away = try broker.client("away", session: "slow", window: 1)
                try away.subscribe("full")
                away.wire.close()
                try broker.until(absent: "slow")
            } else {
                slow = try broker.client("slow", window: 1)
                try slow?.subscribe("full")
            }
            let writer = try broker.client("writer")
            let topic = try writer.topic("full")
            let payload = String(repeating: "x", count: 1000)
            try writer.send(NativeClient.bytes((0..<100).map { _ in .message(topic, payload) }))
            try Self.wait(.blocked, of: writer.id, observer)
            var evidence = Evidence()
            try eventually("the queue that holds the topic back to be known", within: Self.patience) {
                // Absent sessions have their turn by the broker's clock.
                broker.clock.advance(milliseconds: 20)
                evidence = try Self.evidence(writer.id, observer)
                return evidence[text: .clientName] == "slow"
            }
            #expect(evidence[text: .topic] == "full")
            #expect(evidence[.waitingMessages] ?? 0 > 0)
            #expect(evidence[.client] == (try slow?.id ?? observer.sessionRow("slow").id))
        }
    }

    @Test("a message that comes back again and again is told, with its attempts")
    func poisoned() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("jobs")
            let worker = try broker.client("worker", session: "jobs", window: 1)
            try worker.subscribe("jobs")
            try writer.publishConfirmed(topic, ["good", "bad", "good"])
            var count: UInt64 = 0
            try Self.wait(.poisoned, of: worker.id, writer) {
                for message in try worker.settle().messages {
                    count += 1
                    let action: SettleAction = message.text == "bad" ? .return : .commit
                    try worker.send(
                        .settle(request: worker.nextRequest(), Settlement(action, [count...count])))
                }
                broker.clock.advance(milliseconds: 50)
            }
            let evidence = try writer.sessionDetail("jobs").evidence
            #expect(evidence[text: .topic] == "jobs" && evidence[.sequence] == 2)
            #expect(evidence[.attempts] ?? 0 >= 3)
        }
    }

    @Test("a session that nobody has is told since when and until when, and what it loses")
    func absent() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 64 << 10, .historyBytes: 0]).id
            let reader = try broker.client("reader", session: "burrow")
            try reader.subscribe("hello")
            reader.wire.close()
            try broker.until(absent: "burrow")
            let began = broker.clock.now
            let payload = String(repeating: "x", count: 1000)
            try eventually("the session to lose messages", within: Self.patience) {
                broker.clock.advance(milliseconds: 50)
                try writer.publishConfirmed(topic, [payload, payload])
                return try writer.sessionRow("burrow")[.lostRate] > 0
            }
            let detail = try writer.sessionDetail("burrow")
            #expect(detail.session.state == .absent)
            #expect(detail.evidence[.since] == began && detail.evidence[.until] == detail.session[.expiresAt])
            #expect(try writer.clients().rows.first { $0.name == "burrow" }?[.severity] ?? 0 > 1 << 52)
        }
    }

    @Test("losses are told with their topic, their cause and their number since they began")
    func losing() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 64 << 10]).id
            let slow = try broker.client("slow", window: 1)
            try slow.subscribe("hello")
            try writer.publishConfirmed(topic, Array(repeating: String(repeating: "x", count: 1000), count: 1000))
            try Self.wait(.losing, of: slow.id, writer)
            let evidence = try Self.evidence(slow.id, writer)
            #expect(evidence[text: .topic] == "hello")
            #expect(evidence[.lossCause] == LossCause.limit.rawValue)
            #expect(evidence[.lostMessages] == (try writer.clientRow(slow.id)[.gapMessages]))
        }
    }

    @Test(
        "what somebody has removed is told as a gap and counted as purged, and nobody is said to lose it",
        arguments: Removal.allCases)
    func removed(_ removal: Removal) async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 1)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, Array(repeating: "m", count: 1000))
            _ = try reader.deliveries(1)
            switch removal {
            case .skip: _ = try writer.act(.skip, client: reader.id) { $0.count = 500 }
            case .purge: _ = try writer.act(.purge, client: reader.id)
            case .topicPurge: _ = try writer.act(.purgeTopic, "hello")
            case .deletion:
                try writer.send(.deleteTopic(request: writer.nextRequest(), name: "hello"))
                _ = try writer.settle()
            }
            let count: UInt64 = removal == .skip ? 500 : 999
            try eventually("the gap to be counted", within: Self.patience) {
                try writer.clientRow(reader.id)[.gapMessages] == count
            }
            for _ in 0..<2 {
                try broker.secondPasses()
                let row = try writer.clientRow(reader.id)
                #expect(row.state != .losing && row[.lostRate] == 0 && row[.severity] < 1 << 52)
            }
            // The client is told of a skip when it comes there, of the others at once.
            if removal == .skip { try reader.send(.commit(1)) }
            try eventually("the cause to be counted", within: Self.patience) {
                try writer.clientRow(reader.id)[.gapsOfPurge] == count
            }
            try broker.secondPasses()
            let detail = try writer.detail(reader.id).detail
            #expect(detail.client.state != .losing && detail.client[.lostRate] == 0)
            #expect(detail.topics.allSatisfy { $0[.lostRate] == 0 && $0[.lossCause] == 0 })
        }
    }

    enum Removal: CaseIterable {
        case skip, purge, topicPurge, deletion
    }

    @Test("a loss to a limit after a purge is told in full")
    func lossAfterPurge() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.limit: 64 << 10, .historyBytes: 0]).id
            let reader = try broker.client("reader", window: 1)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, Array(repeating: "m", count: 100))
            _ = try reader.deliveries(1)
            _ = try writer.act(.purgeTopic, "hello")
            try broker.secondPasses()
            try writer.publishConfirmed(topic, Array(repeating: String(repeating: "x", count: 1000), count: 1000))
            try Self.wait(.losing, of: reader.id, writer)
            let detail = try writer.detail(reader.id).detail
            #expect(detail.evidence[.lossCause] == LossCause.limit.rawValue)
            #expect(detail.evidence[.lostMessages] == detail.client[.gapMessages] - 99)
        }
    }

    @Test("a queue that was moved back to what is no longer kept has a gap there, and is not said to lose it")
    func movedToWhatIsGone() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyCount: 10]).id
            let reader = try broker.client("reader", session: "burrow", window: 1)
            try reader.subscribe("hello")
            for _ in 0..<10 { try writer.publishConfirmed(topic, Array(repeating: "m", count: 1000)) }
            _ = try writer.act(.purge, session: "burrow")
            try reader.send(.commit(1))
            try broker.secondPasses()
            let request = writer.nextRequest()
            try writer.send(
                .seek(request: request, Seek("hello", to: .sequence(1), session: try SessionName("burrow"))))
            _ = try writer.receive { $0.request == request }
            for _ in 0..<2 {
                try broker.secondPasses()
                let row = try writer.clientRow(reader.id)
                #expect(row[.lostRate] == 0 && row.state != .losing, "\(row[.gapMessages])")
            }
        }
    }

    @Test("one that an operator has paused is told with who it was and why")
    func pausedByOperator() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            _ = try writer.act(.pause, client: reader.id) { $0.reason = "moving house" }
            try writer.publishConfirmed(topic, ["1"])
            try Self.wait(.paused, of: reader.id, writer)
            let detail = try writer.detail(reader.id).detail
            #expect(detail.pause?.reason == "moving house" && detail.pause?.by.contains("writer") == true)
        }
    }

    @Test("a queue that was moved ahead loses nothing, and one that was moved back does not fall behind")
    func moved() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", session: "burrow", window: 1)
            try reader.subscribe("hello")
            for _ in 0..<10 { try writer.publishConfirmed(topic, Array(repeating: "m", count: 1000)) }
            let request = writer.nextRequest()
            try writer.send(
                .seek(request: request, Seek("hello", to: .new, session: try SessionName("burrow"))))
            _ = try writer.receive { $0.request == request }
            try broker.secondPasses()
            #expect(try writer.clientRow(reader.id)[.lostRate] == 0)
            #expect(try writer.clientRow(reader.id).state == .keepingUp)
        }
    }
}
