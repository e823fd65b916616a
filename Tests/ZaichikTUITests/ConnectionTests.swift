import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// The connection to the broker, as it is told and as it is shown.
@Suite struct ConnectionTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    @discardableResult
    private mutating func tell(_ event: LinkEvent, at time: Moment = Samples.now) -> [Effect] {
        update(&model, .link(event), now: time)
    }

    @Test(
        "another broker gives ids anew: lags, the cursor and the client looked at are forgotten, unless it is the same",
        arguments: [(7, true), (8, false), (nil, false)] as [(UInt64?, Bool)])
    func otherBroker(incarnation: UInt64?, isSame: Bool) {
        var model = Samples.model(Size(width: 120, height: 30))
        var welcome = Samples.welcome
        welcome.incarnation = 7
        _ = update(&model, .link(.connected(welcome)), now: Samples.now)
        for _ in 0..<3 { _ = update(&model, .link(.statistics(Samples.statistics)), now: Samples.now) }
        for key in [Key.down, .down, .enter] { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
        welcome.incarnation = incarnation
        _ = update(&model, .link(.lost("gone")), now: Samples.now)
        _ = update(&model, .link(.connected(welcome)), now: Samples.now)
        #expect(model.lagHistories.isEmpty != isSame && (model.clients.selected == 2) == isSame)
        guard case .client(let inspection) = model.overlay else {
            Issue.record("the client that was looked at is no longer shown")
            return
        }
        #expect((inspection.problem == nil) == isSame)
    }

    @Test("the broker going away and coming back is in the stream, and in the header")
    mutating func lostAndFound() {
        tell(.lost("connection reset"))
        tell(.retrying(attempt: 2, delay: .seconds(3)))
        let screen = RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: "\n")
        #expect(screen.contains("no connection, again in 3 s"))
        #expect(screen.contains("connection lost: connection reset"))
        #expect(screen.contains("connection reset (down for <1ms, attempt 2)"))
        tell(.connected(Samples.welcome))
        let again = RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: "\n")
        #expect(again.contains("● connected"))
        #expect(again.contains("connected again"))
    }

    @Test("after a reconnect the broker is told the window that was chosen")
    mutating func windowAgain() {
        press(.character("+"))
        tell(.lost("x"))
        #expect(tell(.connected(Samples.welcome)) == [.link(.window(512))])
    }

    @Test("Enter on a client asks for its detail, and each update asks again")
    mutating func inspect() {
        press(.down, .down)
        #expect(press(.enter).contains(.link(.inspect(2))))
        #expect(tell(.statistics(Samples.statistics)).isEmpty)
        let detail = ClientDetail(client: model.clients.rows[0], subscriptions: ["orders.>"], topics: [])
        tell(.detail(id: 2, detail))
        #expect(tell(.statistics(Samples.statistics)) == [.link(.inspect(2))], "the rest is waited for")
        tell(.noDetail(id: 2, "client 2 is not connected"))
        #expect(tell(.statistics(Samples.statistics)).isEmpty)
        press(.escape)
        #expect(model.overlay == nil)
    }

    @Test("the reason for which there is no connection is the last one, and counts from the loss")
    mutating func lastReason() {
        tell(.lost("the broker is stopping"))
        tell(.retrying(attempt: 1, delay: .seconds(1)))
        tell(.lost("what listens at 127.0.0.1:8889 is not zaichik"), at: now + 3 * Moment.second)
        let lines = RootView.screen(model, theme: Theme(scheme: .none), now: now + 4 * Moment.second).buffer.lines
        #expect(lines.contains { $0.contains("is not zaichik") && $0.contains("down for 4s, attempt 1") })
        #expect(!lines.suffix(2).contains { $0.contains("stopping") })
    }

    private func fate(_ number: UInt64, _ connection: UInt64) -> CommitState.Fate? {
        guard case .message(let message) = Samples.message(number, "a", "", connection: connection) else { return nil }
        return model.commits.fate(of: message)
    }

    @Test("what a lost connection delivered and nobody committed is not called committed")
    mutating func uncommitted() {
        press(.character("a"))
        tell(.arrived((7...9).map { Samples.message($0, "a", "\($0)") }))
        press(.character("3"), .up, .up)
        press(.character("c"))
        #expect([7, 8, 9].map { fate($0, 1) } == [.committed, .inFlight, .inFlight])
        tell(.lost("gone"))
        tell(.connected(Samples.welcome))
        tell(.arrived([Samples.message(1, "a", "1", connection: 2)]))
        #expect([7, 8, 9].map { fate($0, 1) } == [.committed, .uncommitted, .uncommitted])
        #expect(fate(1, 2) == .inFlight)
        #expect(press(.down, .character("c")).isEmpty)
        #expect(model.notice?.text.contains("can no longer be committed") == true)
    }

    @Test("deliveries that come before the news of the reconnect can be committed all the same")
    mutating func deliveriesAhead() {
        press(.character("a"))
        tell(.arrived([Samples.message(7, "a", "1")]))
        tell(.arrived([Samples.message(1, "a", "1", connection: 2)]))
        tell(.lost("gone"))
        tell(.connected(Samples.welcome))
        tell(.arrived([Samples.message(2, "a", "2", connection: 2)]))
        #expect(model.commits.inFlight == 2)
        #expect(press(.character("C")) == [.link(.commit(upTo: 2, connection: 2))])
    }

    @Test("publishes are waited for until each is answered, also over a reconnect")
    mutating func waiting() {
        model.publish.waiting = 1
        tell(.lost("gone"))
        tell(.connected(Samples.welcome))
        #expect(model.publish.waiting == 1)
        let outcome = PublishResult.Outcome.unknown("the connection was lost")
        tell(.published(PublishResult(topic: "t", key: "", length: 1, outcome: outcome, time: now)))
        #expect(model.publish.waiting == 0 && model.notice?.text.hasPrefix("unknown: ") == true)
    }

    @Test("after a stop the screen is drawn whole, at its size of now; another process can ask for one")
    mutating func stopped() {
        #expect(update(&model, .terminal(.stopAsked), now: now) == [.suspend])
        #expect(update(&model, .terminal(.resumed(Size(width: 70, height: 20))), now: now) == [.redraw])
        #expect(model.size == Size(width: 70, height: 20))
    }
}
