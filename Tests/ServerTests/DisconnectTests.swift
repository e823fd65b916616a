import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Connections that an operator ends")
struct DisconnectTests {
    @Test("the client is told who ended it and why, and the answer says what its queue loses", arguments: [1, 4])
    func disconnect(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("a")
            let hare = try broker.client("hare", window: 1)
            try hare.subscribe("a")
            try writer.publishConfirmed(topic, ["1", "2"])
            #expect(try hare.payloads(1) == ["1"])
            let dry = try writer.act(.disconnect, client: hare.id, isDryRun: true)
            #expect(dry.messages == 2 && dry.count == 1)
            #expect(try hare.settle().isEmpty)
            let acted = try writer.act(.disconnect, client: hare.id) { $0.reason = "it hangs" }
            #expect(acted.messages == 2)
            let frames = try hare.receiveAll()
            guard case .goodbye(let code, let reason)? = frames.last else {
                Issue.record("no GOODBYE came")
                return
            }
            #expect(code == ErrorCode.disconnected.rawValue)
            #expect(reason.hasPrefix("disconnected by client \(writer.id) ('ops', ") && reason.hasSuffix(": it hangs"))
            #expect(try broker.client("hare").id > 0, "without a time it may come again at once")
        }
    }

    @Test("a banned name may not come until its time is over, and hears how long that is", arguments: [1, 4])
    func ban(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("ops")
            let hare = try broker.client("hare")
            try writer.act(.disconnect, client: hare.id) { values in
                values.duration = 60_000
                values.reason = "no more today"
            }
            let farewell = try hare.receiveAll()
            #expect(farewell.contains(.retryAfter(milliseconds: 60_000)))
            #expect(farewell.last?.code == .disconnected)
            broker.clock.advance(seconds: 20)
            let early = NativeClient(try broker.connect())
            try early.send(Preface.bytes + NativeClient.bytes([.hello(Hello(window: 1, name: "hare"))]))
            let refusal = try early.receiveAll()
            #expect(refusal.first == .retryAfter(milliseconds: 40_000))
            #expect(refusal.last?.code == .banned)
            guard case .goodbye(_, let reason)? = refusal.last else { return }
            #expect(reason.contains("'hare'") && reason.contains("(no more today)") && reason.contains("in 40 s"))
            _ = try broker.client("fox")
            broker.clock.advance(seconds: 41)
            _ = try broker.client("hare")
        }
    }

    @Test("all connections of a session go, what they had in flight comes again, and the session may be banned")
    func session() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let topic = try writer.topic("a")
            let members = try (1...2).map { try broker.client("m\($0)", session: "burrow", [.mode: 1]) }
            try members[0].subscribe("a")
            try writer.publishConfirmed(topic, ["1"])
            let acted = try writer.act(.disconnect, session: "burrow") { $0.duration = 5000 }
            #expect(acted.count == 2 && acted.messages == 0)
            for member in members { #expect(try member.receiveAll().last?.code == .disconnected) }
            #expect(try writer.sessionRow("burrow")[.lagMessages] == 1)
            let early = NativeClient(try broker.connect())
            try early.send(Preface.bytes + NativeClient.hello("m3", session: "burrow"))
            #expect(try early.receiveAll().last?.code == .banned)
            broker.clock.advance(seconds: 6)
            let late = try broker.client("m4", session: "burrow", [.mode: 1])
            #expect(try late.receive { $0.message != nil }.payloads == ["1"])
        }
    }

    @Test("a client without a name cannot be banned, and the table of names has an end")
    func limits() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("ops")
            let nameless = try broker.client("")
            var values = ActValues()
            values.duration = 1000
            let answer = try writer.answer(to: ActRequest(.disconnect, client: nameless.id, values: values))
            #expect(answer.code == .badArgument)
            #expect(try nameless.settle().isEmpty)
        }
    }
}
