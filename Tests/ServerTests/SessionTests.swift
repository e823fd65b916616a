import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Sessions: queues that outlive their connections")
struct SessionTests {
    private static let loops = [1, 4]

    @Test(
        "a session keeps its subscriptions and what comes meanwhile, and goes on behind what was committed",
        arguments: loops)
    func resumed(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            for round in 0..<8 {
                let reader = try broker.client(session: "burrow")
                let attached = try #require(reader.welcome.session)
                #expect(attached.isResumed == (round > 0))
                if round == 0 { try reader.subscribe("hello") }
                try writer.publishConfirmed(topic, ["\(round).attached"])
                let expected = (round == 0 ? [] : ["\(round - 1).absent"]) + ["\(round).attached"]
                #expect(try reader.payloads(expected.count) == expected)
                try reader.send(.commit(UInt64(expected.count)), .close)
                _ = try reader.receiveAll()
                try broker.until(absent: "burrow")
                try writer.publishConfirmed(topic, ["\(round).absent"])
            }
            #expect(try writer.sessions().matching == 1)
        }
    }

    @Test("the incarnation says whether it is the same session: deleted and created again, it is another one")
    func incarnation() async throws {
        try await TestBroker.run { broker in
            let first = try broker.client(session: "burrow").welcome.session
            let again = try broker.client(session: "burrow").welcome.session
            #expect(first?.incarnation == again?.incarnation && again?.isResumed == true)
            let admin = try broker.client("operator")
            #expect(try admin.deleteSession("burrow").code == nil)
            let new = try broker.client(session: "burrow").welcome.session
            #expect(new?.isResumed == false && new?.incarnation != first?.incarnation)
        }
    }

    @Test("a newcomer takes over an exclusive session, and the one before is told by whom", arguments: loops)
    func takenOver(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            var holder = try broker.client("hare 0", session: "burrow")
            try holder.subscribe("hello")
            for round in 1...12 {
                broker.clock.advance(seconds: 3)
                let newcomer = try broker.client("hare \(round)", session: "burrow")
                let farewell = try #require(try holder.receiveAll().last)
                guard case .goodbye(ErrorCode.takenOver.rawValue, let reason) = farewell else {
                    throw WireError.unexpected("\(farewell) came to the one before")
                }
                #expect(reason.contains("client \(newcomer.id) ('hare \(round)', 127.0.0.1:\(newcomer.wire.localPort)"))
                holder = newcomer
                try writer.publishConfirmed(topic, ["\(round)"])
                #expect(try holder.payloads(1) == ["\(round)"])
                try holder.send(.commit(1))
                try holder.settle()
            }
        }
    }

    @Test(
        "clients that fight for a session do not go on: after four takeovers the newcomer is refused", arguments: loops)
    func contended(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            var clients: [NativeClient] = []
            for number in 0..<5 { clients.append(try broker.client("hare \(number)", session: "burrow")) }
            for _ in 0..<3 {
                let refused = NativeClient(try broker.connect())
                try refused.send(Preface.bytes + NativeClient.hello("late", session: "burrow"))
                guard case .goodbye(ErrorCode.sessionContended.rawValue, let reason)? = try refused.receiveAll().last
                else { throw WireError.unexpected("it was not refused") }
                #expect(reason.contains("client \(clients[4].id) ('hare 4'"))
            }
            #expect(try clients[4].barrier() == [])
            broker.clock.advance(seconds: 10)
            _ = try broker.client("patient", session: "burrow")
            #expect(try clients[4].receiveAll().last?.code == .takenOver)
        }
    }

    @Test("a session in use keeps its mode; when nobody is attached it takes another")
    func mode() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let holder = try broker.client(session: "burrow")
            let other = NativeClient(try broker.connect())
            try other.send(Preface.bytes + NativeClient.hello("other", session: "burrow", [.mode: 1]))
            #expect(try other.receiveAll().last?.code == .sessionMode)
            let observer = try broker.client("observer")
            try observer.send(.createSession(request: 77, name: "burrow", settings: Self.change(.mode, 1)))
            #expect(try observer.receive().code == .sessionAttached)
            try holder.send(.close)
            _ = try holder.receiveAll()
            try broker.until(absent: "burrow")
            let shared = try broker.client("first", session: "burrow", [.mode: 1])
            let second = try broker.client("second", session: "burrow", [.mode: 1])
            #expect(try shared.barrier() == [] && second.barrier() == [])
            #expect(try observer.sessionRow("burrow").settings.mode == .shared)
        }
    }

    private static func change(_ tag: SessionSettings.Tag, _ value: UInt64) -> SessionSettingsChange {
        var change = SessionSettingsChange()
        change[tag] = value
        return change
    }

    @Test("HELLO changes the settings that it names, and only those")
    func settings() async throws {
        try await TestBroker.run { broker in
            _ = try broker.client(session: "burrow", [.expiry: 5000, .attempts: 3])
            _ = try broker.client(session: "burrow", [.attempts: 7])
            let settings = try broker.client("observer").sessionRow("burrow").settings
            #expect(settings.expiry == 5000 && settings.attempts == 7 && settings.commitDeadline == 0)
        }
    }

    @Test("a HELLO with a bad name or setting is refused, and the next one counts")
    func badHello() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            let bad = try NativeClient.hello("hare", session: "burrow", [.mode: 9])
            try client.send(Preface.bytes + bad + NativeClient.hello("hare", session: "burrow"))
            #expect(try client.receive().code == .badArgument)
            guard case .welcome(let welcome) = try client.receive() else { throw WireError.unexpected("no WELCOME") }
            #expect(welcome.session?.isResumed == false)
        }
    }

    @Test("start 5 continues a subscription, else begins with the fallback, else is an error", arguments: loops)
    func startWhereLeftOff(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            try writer.publishConfirmed(topic, ["before"])
            let resume = { (client: NativeClient, fallback: StartPosition?) in
                try client.send(.subscribe(request: 5, pattern: "hello", from: .session, fallback: fallback))
            }
            let plain = try broker.client("plain")
            try resume(plain, nil)
            #expect(try plain.receive().code == .noSession)
            try resume(plain, .earliest)
            #expect(try plain.receive().request == 5)
            #expect(try plain.payloads(1) == ["before"])

            let first = try broker.client(session: "burrow")
            try resume(first, nil)
            #expect(try first.receive().code == .noSession)
            try resume(first, .earliest)
            #expect(try first.receive() == .ok(request: 5, detail: ByteBuffer()))
            #expect(try first.payloads(1) == ["before"])
            try first.send(.commit(1))
            try first.settle()
            let second = try broker.client(session: "burrow")
            try resume(second, .earliest)
            #expect(try second.receive() == .ok(request: 5, detail: ByteBuffer()))
            try resume(second, nil)
            #expect(try second.receive() == .ok(request: 5, detail: ByteBuffer()))
            try writer.publishConfirmed(topic, ["after"])
            #expect(try second.payloads(1) == ["after"])
        }
    }

    @Test("it expires when nobody came for so long, and not while somebody is there", arguments: loops)
    func expiry(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client(session: "burrow", [.expiry: 60_000])
            try client.subscribe("hello")
            let observer = try broker.client("observer")
            broker.clock.advance(seconds: 50)
            try broker.secondPasses()
            broker.clock.advance(seconds: 50)
            try client.barrier()
            try client.send(.close)
            _ = try client.receiveAll()
            try broker.until(absent: "burrow")
            let row = try observer.sessionRow("burrow")
            #expect(row[.absentSince] == broker.clock.now)
            #expect(row[.expiresAt] == broker.clock.now + 60_000_000)
            broker.clock.advance(milliseconds: 59_999)
            try broker.secondPasses()
            #expect(try observer.sessions().matching == 1)
            broker.clock.advance(milliseconds: 1)
            try eventually("the session to expire") { try observer.sessions().matching == 0 }
            #expect(try observer.topicRow("hello")[.subscribers] == 0)
            #expect(try broker.client(session: "burrow").welcome.session?.isResumed == false)
        }
    }

    @Test("with expiry 0 it ends with its last connection")
    func noExpiry() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let observer = try broker.client("observer")
            let client = try broker.client(session: "burrow", [.expiry: 0])
            try client.subscribe("hello")
            let second = try broker.client(session: "burrow")
            #expect(second.welcome.session?.isResumed == true)
            second.wire.close()
            try eventually("the session to end") { try observer.sessions().matching == 0 }
            #expect(try observer.topicRow("hello")[.subscribers] == 0)
        }
    }

    @Test("DELETE SESSION ends it with all that it holds, and its connections are told", arguments: loops)
    func deleted(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let observer = try broker.client("observer")
            let members = try (0..<4).map { try broker.client("worker \($0)", session: "burrow", [.mode: 1]) }
            try members[0].subscribe("hello")
            try members[1].subscribe("pattern.>")
            #expect(try observer.deleteSession("burrow") == .ok(request: 1, detail: ByteBuffer()))
            for member in members {
                guard case .goodbye(ErrorCode.sessionDeleted.rawValue, let reason)? = try member.receiveAll().last
                else {
                    throw WireError.unexpected("no GOODBYE came")
                }
                #expect(reason.contains("'observer'"))
            }
            #expect(try observer.deleteSession("burrow").code == .unknownSession)
            #expect(try observer.topicRow("hello")[.subscribers] == 0)
        }
    }

    @Test("a session is created, listed and inspected without being attached", arguments: loops)
    func administered(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let observer = try broker.client("observer")
            let created = try observer.createSession("burrow", [.lagMessages: 50])
            #expect(created.outcome == .created)
            #expect(try observer.createSession("burrow").outcome == .unchanged)
            let changed = try observer.createSession("burrow", [.attempts: 2])
            #expect(changed == SessionCreated(id: created.id, outcome: .changed, incarnation: created.incarnation))
            for number in 0..<40 { try observer.createSession("other.\(number)") }
            let listing = try observer.sessions(SessionQuery(limit: .max))
            #expect(listing.matching == 41 && listing.rows.count == 41)
            #expect(try observer.sessions(SessionQuery(limit: 3, filter: "OTHER.1")).matching == 11)
            let client = try broker.client(session: "burrow")
            #expect(client.welcome.session == .init(incarnation: created.incarnation, isResumed: true))
            try client.subscribe("hello")
            try client.subscribe("bye.>")
            let detail = try observer.sessionDetail("burrow")
            #expect(detail.session.id == created.id && detail.session.incarnation == created.incarnation)
            #expect(detail.session[.connections] == 1 && detail.session[.absentSince] == 0)
            #expect(detail.subscriptions.map(\.pattern) == ["hello", "bye.>"])
            #expect(detail.connections.map(\.id) == [client.id])
            #expect(detail.topics.map(\.topic) == ["hello"])
            #expect(throws: WireError.self) { try observer.sessionDetail("nobody") }
        }
    }

    @Test("at the limit of sessions HELLO and CREATE SESSION are refused, and a session that ends makes room")
    func limit() async throws {
        try await TestBroker.run(configure: { $0.maximumSessions = 2 }) { broker in
            let observer = try broker.client("observer")
            try observer.createSession("1")
            try observer.createSession("2")
            try observer.send(.createSession(request: 77, name: "3", settings: SessionSettingsChange()))
            #expect(try observer.receive().code == .tooManySessions)
            let client = NativeClient(try broker.connect())
            try client.send(Preface.bytes + NativeClient.hello("hare", session: "3"))
            #expect(try client.receive().code == .tooManySessions)
            _ = try observer.deleteSession("1")
            try client.send(NativeClient.hello("hare", session: "3"))
            guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME came") }
            let figures = try observer.statistics()
            #expect(figures[.sessions] == 2 && figures[.absentSessions] == 1 && figures[.sessionLimit] == 2)
        }
    }

    @Test("a pattern of a session meets topics that are created while nobody is attached", arguments: loops)
    func pattern(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client(session: "burrow")
            try client.subscribe("news.>")
            client.wire.close()
            try broker.until(absent: "burrow")
            let writer = try broker.client("writer")
            for number in 0..<20 { try writer.publishConfirmed(try writer.topic("news.\(number)"), ["\(number)"]) }
            let again = try broker.client(session: "burrow")
            #expect(try again.payloads(20) == (0..<20).map { "\($0)" })
        }
    }

    @Test("a subscription by pattern is made for the session even if its connection goes while it is being made")
    func patternInTheMiddle() async throws {
        try await TestBroker.run(loops: 4) { broker in
            let writer = try broker.client("writer")
            for number in 0..<500 { try writer.send(.topic(request: 9, name: "news.\(number)")) }
            try writer.settle()
            let client = NativeClient(try broker.connect())
            try client.send(
                Preface.bytes + NativeClient.hello("hare", session: "burrow")
                    + NativeClient.bytes([.subscribe(request: 1, pattern: "news.>", from: .new)]))
            guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME came") }
            client.wire.close()
            try eventually("all topics to be read") { try writer.sessionRow("burrow")[.topics] == 500 }
        }
    }

    @Test("connections that come to sessions from all loops at once each get their own session", arguments: [4])
    func crowd(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let count = 300
            for round in 0..<4 {
                broker.clock.advance(seconds: 3)
                var clients: [NativeClient] = []
                for number in 0..<count {
                    let client = NativeClient(try broker.connect())
                    try client.send(
                        Preface.bytes + NativeClient.hello("hare", session: "\(number)")
                            + NativeClient.bytes([
                                .subscribe(request: 1, pattern: "hello", from: .session, fallback: .new),
                                .message(topic, "\(round).\(number)", flags: .unconfirmed), .ping(1),
                            ]))
                    clients.append(client)
                }
                for client in clients {
                    guard case .welcome(let welcome) = try client.receive() else {
                        throw WireError.unexpected("no WELCOME came")
                    }
                    #expect(welcome.session?.isResumed == (round > 0))
                    _ = try client.receive { $0 == .pong(1) }
                }
                #expect(try writer.sessions(SessionQuery(limit: 1)).matching == count)
            }
            #expect(try writer.topicRow("hello")[.headSequence] == UInt64(4 * count))
        }
    }
}
