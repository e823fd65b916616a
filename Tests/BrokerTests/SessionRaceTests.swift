import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Requests about a session that race with others of its name")
struct SessionRaceTests {
    @Test(
        "one that another loop creates meanwhile is answered for as what it is: there already, or changed by the request"
    )
    func createdElsewhere() throws {
        for (attempts, outcome) in [(UInt64(0), TopicOutcome.unchanged), (3, .changed)] {
            let bench = EmbeddedBench(loops: 2)
            let asking = try bench.connect(loop: 1)
            var change = SessionSettingsChange()
            if attempts > 0 { change[.attempts] = attempts }
            // The first session is to be created on the first loop.
            try asking.send(.createSession(request: 5, name: "burrow", settings: change))
            let holder = try bench.connect(.of("burrow"), loop: 1)
            #expect(holder.welcome?.session?.isResumed == false)
            for _ in 0..<3 { for loop in 0..<2 { bench.run(loop) } }
            let place = try #require(bench.core.sessions.place(of: SessionName("burrow")))
            #expect(place.loop == 1)
            let detail = SessionCreated(id: place.id, outcome: outcome, incarnation: place.incarnation).detail
            #expect(try asking.receive() == [.ok(request: 5, detail: detail)])
        }
    }

    @Test("one that is deleted and created again on another loop is found there")
    func movedMeanwhile() throws {
        let bench = EmbeddedBench(loops: 2)
        _ = try bench.connect(.of("burrow"), loop: 1)
        let asking = try bench.connect(loop: 0)
        try asking.send(.deleteSession(request: 5, name: "burrow"))
        let old = try #require(bench.core.sessions.place(of: SessionName("burrow")))
        bench.step(0) { _ in }
        let asker = SessionAsker(request: 0, metadata: [:], introduction: "somebody", frameLimit: 1 << 20)
        // Before the request arrives.
        bench.core.shards[1].beginStep()
        bench.core.shards[1].end(try #require(bench.core.shards[1].session(at: old)), .deleted(by: asker))
        let holder = try bench.connect(.of("burrow"), loop: 0)
        #expect(holder.welcome?.session?.isResumed == false)
        for _ in 0..<3 { for loop in 0..<2 { bench.run(loop) } }
        #expect(try asking.receive() == [.ok(request: 5, detail: ByteBuffer())])
        #expect(try holder.receive().last?.goodbye == .sessionDeleted)
        #expect(bench.core.sessions.count == 0)
    }
}

extension BrokerFrame {
    /// Why the broker says GOODBYE; nil if it does not.
    var goodbye: ErrorCode? {
        guard case .goodbye(let code, _) = self else { return nil }
        return ErrorCode(rawValue: code)
    }
}

extension Hello {
    /// That of a client with a session.
    static func of(_ session: String, window: UInt32 = 1000, producer: String? = nil) throws -> Hello {
        var hello = Hello(window: window, name: "hare")
        hello.session = try SessionName(session)
        hello.producer = try producer.map { try SessionName($0) }
        return hello
    }
}
