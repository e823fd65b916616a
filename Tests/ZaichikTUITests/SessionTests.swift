import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// Sessions in the list of clients and in detail, and this program's own.
@Suite struct SessionTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    @discardableResult
    private mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&model, .terminal(.key(.character($0))), now: now) }
    }

    @discardableResult
    private mutating func tell(_ event: LinkEvent) -> [Effect] { update(&model, .link(event), now: now) }

    private func screen() -> String {
        RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: "\n")
    }

    private mutating func showSessions() { tell(.statistics(Samples.sessions)) }

    @Test("an absent session is in the list, with its state in a word and a colour of its own")
    mutating func absent() {
        showSessions()
        let row = model.clients.rows.first { $0.state == .absent }
        #expect(row?.isSession == true)
        #expect(screen().split(separator: "\n").contains { $0.contains("mail (session) ") && $0.contains(" absent ") })
        for background in [Background.dark, .light, .unknown] {
            let theme = Theme(scheme: .colors256, background: background)
            let others = ClientState.allCases.filter { $0 != .absent }.map { theme[.state($0)] }
            #expect(!others.contains(theme[.state(.absent)]))
        }
    }

    @Test("state:absent filters for them, and has the broker send those first that have been absent")
    mutating func filter() {
        showSessions()
        press(.character("\\"))
        let effects = type("state:absent")
        #expect(model.clients.rows.map(\.name) == ["mail"])
        #expect(model.watchRequest.clients?.sort == .absentSince && effects.contains(.link(.watch(model.watchRequest))))
    }

    @Test("a shared session has a row with its connections, and those say whose they are")
    mutating func shared() {
        model.size = Size(width: 200, height: 50)
        showSessions()
        let text = screen()
        #expect(text.contains("jobs (session of 2)"))
        #expect(text.contains("worker-1 of jobs"))
    }

    @Test("Enter on a session's row shows the session, and asks again with each update")
    mutating func details() {
        showSessions()
        model.clients.selected = 40
        #expect(press(.enter).contains(.link(.inspectSession("jobs"))))
        #expect(screen().contains("Session jobs"))
        tell(.sessionDetail(Samples.sessionDetail))
        #expect(tell(.statistics(Samples.sessions)) == [.link(.inspectSession("jobs"))])
        tell(.noSessionDetail(name: "jobs", "there is no session 'jobs'"))
        #expect(screen().contains("gone: there is no session 'jobs'"))
        #expect(tell(.statistics(Samples.sessions)).isEmpty)
    }

    @Test("what a resumed session subscribed to is what this program subscribes to")
    mutating func resumed() throws {
        let mail = Subscription(pattern: try TopicPattern("mail.*"), start: .session)
        let before = model.subscriptions
        tell(.resumed(session: "mine", [mail, before[0]]))
        #expect(model.subscriptions == before + [mail])
        #expect(model.messages.entries.last?.content == .note("session 'mine' goes on where it was"))
    }

    @Test("a deleted topic is told, and a subscription to its name has ended; patterns stay")
    mutating func deleted() throws {
        tell(.topicDeleted(try TopicName("chat.東京")))
        #expect(model.subscriptions.map(\.pattern.string) == ["orders.>"])
        guard case .note(let text)? = model.messages.entries.last?.content else { return #expect(Bool(false)) }
        #expect(text == "'chat.東京' was deleted; nothing of it comes any more")
    }

    @Test("a connection that is not made again says so, and why, for as long as it is looked at")
    mutating func takenOver() {
        tell(.goodbye("client 9 'other' at 10.0.0.7:4000 has taken over session 'mine'"))
        tell(.lost("taken-over: client 9 'other' at 10.0.0.7:4000 has taken over session 'mine'"))
        tell(.ended("taken-over: client 9 'other' at 10.0.0.7:4000 has taken over session 'mine'"))
        let text = screen()
        #expect(text.contains("connection ended"))
        #expect(text.contains("taken over session 'mine'. This program does not connect again"))
        #expect(text.split(separator: "connection lost: taken-over").count == 2)
        // Streams of the client library end after it.
        tell(.lost("the client was closed"))
        #expect(model.broker.connection == .ended(reason: reason, since: now))
    }

    @Test("a takeover is a line with the other client, without the broker's address, which the header has")
    mutating func takenOverLine() {
        let reason =
            "the broker at \(model.broker.address) ended the connection: session 'mine' was taken over by client 9 ('lis')"
        tell(.lost(reason))
        tell(.ended(reason))
        let ended = "connection ended: session 'mine' was taken over by client 9 ('lis')"
        #expect(model.messages.entries.last?.content == .note(ended))
        model.size = Size(width: 80, height: 24)
        #expect(screen().contains("\n \(ended)"), "\(screen())")
    }

    @Test("of an absent session there is as much as fits: when it ends, or that it is one, or its name")
    mutating func absentSessionName() {
        for (width, text) in [(200, "mail (session, ends in 22h57m)"), (120, "mail (session)")] {
            model.size = Size(width: width, height: 30)
            showSessions()
            #expect(screen().contains(text), "\(screen())")
        }
        var update = Samples.sessions
        var long = Samples.absentSession
        long.name = "почта-всего-отдела"
        update.clients?.rows += [long]
        model.size = Size(width: 80, height: 46)
        tell(.statistics(update))
        #expect(screen().contains("почта-всего-отдела ") && !screen().contains("почта-всего-отдела ("), "\(screen())")
    }

    @Test("by hand the keys for a message are the first ones shown")
    mutating func keysByHand() {
        model.size = Size(width: 80, height: 24)
        press(.character("3"), .character("a"))
        tell(.arrived([Samples.redelivery(60, attempt: 2, .returned)]))
        press(.character("G"))
        #expect(screen().contains("c commit  r return  K park"), "\(screen())")
    }

    private var reason: String { "taken-over: client 9 'other' at 10.0.0.7:4000 has taken over session 'mine'" }
}
