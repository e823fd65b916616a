import Foundation
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// Whole screens, compared with the texts in Screens/. ZAICHIK_ACCEPT_SCREENS=1 writes those anew.
@Suite struct ScreenTests {
    private func expect(
        _ model: Model, _ name: String, scheme: ColorScheme = .colors256, theme: Theme? = nil
    ) throws {
        try Golden.expect(model, name, scheme: scheme, theme: theme)
    }

    @Test(
        "everything at its place",
        arguments: [
            (60, 16), (80, 24), (120, 30), (120, 35), (200, 50), (200, 60), (300, 80), (84, 46), (40, 10), (40, 12),
        ])
    func sizes(width: Int, height: Int) throws {
        try expect(Samples.model(Size(width: width, height: height)), "\(width)x\(height)")
    }

    @Test("without colours attributes show focus, selection and what is wrong")
    func monochrome() throws {
        var model = Samples.model(Size(width: 80, height: 24))
        model.clients.selected = 3
        try expect(model, "80x24-none", scheme: .none)
    }

    @Test("with ASCII only", arguments: [(60, 16), (120, 35)])
    func ascii(width: Int, height: Int) throws {
        var theme = Theme(scheme: .colors16)
        theme.isASCII = true
        try expect(Samples.model(Size(width: width, height: height)), "ascii-\(width)x\(height)", theme: theme)
    }

    @Test("a profile's name in the header, and a step of the tour", arguments: [(60, 16), (80, 24)])
    func profileAndTour(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        model.profiles.current = Profile(name: "production", color: .red)
        model.isReadOnly = true
        _ = update(&model, .terminal(.key(.function(2))), now: Samples.now)
        try expect(model, "tour-\(width)x\(height)")
    }

    @Test("a search in the clients", arguments: [(60, 16), (80, 24)])
    func searched(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        _ = update(&model, .terminal(.typed("/stopped")), now: Samples.now)
        try expect(model, "searched-\(width)x\(height)")
    }

    @Test("each pane alone", arguments: PaneTable.standard.panes)
    func zoomed(pane: Pane) throws {
        var model = Samples.model(Size(width: 80, height: 24))
        model.show(pane)
        model.panes.isZoomed = true
        try expect(model, "zoomed-\(pane.name.lowercased())")
    }

    @Test("before there is a connection, and after it is lost")
    func noConnection() throws {
        var model = Model(size: Size(width: 120, height: 30), address: "127.0.0.1:8889")
        try expect(model, "connecting")
        _ = update(&model, .link(.lost("nothing listens at 127.0.0.1:8889")), now: Samples.now - 9_000_000)
        _ = update(&model, .link(.retrying(attempt: 4, delay: .seconds(11))), now: Samples.now - 9_000_000)
        try expect(model, "no-connection")
    }

    @Test("by hand: what is open is marked, the header says so")
    func byHand() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        model.show(.messages)
        _ = update(&model, .terminal(.key(.character("a"))), now: Samples.now)
        _ = update(
            &model, .link(.arrived((7...11).map { Samples.message($0, "orders.eu", "n\($0)") })), now: Samples.now)
        _ = update(&model, .terminal(.key(.up)), now: Samples.now)
        model.notice = nil
        try expect(model, "by-hand")
    }

    @Test("why is it behind")
    func client() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        model.clients.selected = 2
        _ = update(&model, .terminal(.key(.enter)), now: Samples.now)
        var orders = ClientTopicStatistics()
        orders.topic = "orders.eu"
        orders[.lagMessages] = 12_000
        orders[.headSequence] = 99_000
        orders[.committedSequence] = 87_000
        var chat = ClientTopicStatistics()
        chat.topic = "chat.東京"
        chat[.lagMessages] = 841
        let detail = ClientDetail(
            client: model.clients.selectedRow!, subscriptions: ["orders.>", "chat.*"], topics: [chat, orders])
        _ = update(&model, .link(.detail(id: 2, detail)), now: Samples.now)
        try expect(model, "client")
        model.size = Size(width: 60, height: 16)
        try expect(model, "client-60x16")
    }

    @Test("sessions among the clients, absent ones too", arguments: [(80, 24), (120, 30), (200, 50)])
    func sessions(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        _ = update(&model, .link(.statistics(Samples.sessions)), now: Samples.now)
        _ = update(
            &model, .link(.arrived([Samples.redelivery(7, attempt: 2, .deadline)])), now: Samples.now)
        try expect(model, "sessions-\(width)x\(height)")
    }

    @Test("a session: who is attached, its settings, its lag", arguments: [(80, 24), (120, 30), (200, 50)])
    func session(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        _ = update(&model, .link(.statistics(Samples.sessions)), now: Samples.now)
        for (id, detail) in [(40, Samples.sessionDetail), (50, Samples.absentDetail)] as [(UInt64, SessionDetail)] {
            model.clients.selected = id
            _ = update(&model, .terminal(.key(.enter)), now: Samples.now)
            _ = update(&model, .link(.sessionDetail(detail)), now: Samples.now)
            try expect(model, "session-\(detail.session.name)-\(width)x\(height)")
            _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
        }
    }

    @Test("returning a message by hand", arguments: [(80, 24), (120, 30)])
    func returning(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        model.show(.messages)
        _ = update(&model, .terminal(.key(.character("a"))), now: Samples.now)
        _ = update(
            &model, .link(.arrived((7...9).map { Samples.message($0, "orders.eu", "n\($0)") })), now: Samples.now)
        let park = HandSettlement(number: 7, connection: 1, action: .park)
        let back = HandSettlement(number: 8, connection: 1, action: .return(delay: 0))
        for settlement in [park, back] { _ = update(&model, .link(.settled(settlement)), now: Samples.now) }
        model.notice = nil
        _ = update(&model, .terminal(.key(.character("r"))), now: Samples.now)
        for character in "30s busy" { _ = update(&model, .terminal(.key(.character(character))), now: Samples.now) }
        try expect(model, "returning-\(width)x\(height)")
    }

    @Test("a topic: what it drops, its settings, who reads it and who publishes", arguments: [(80, 24), (120, 40)])
    func topic(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        model.show(.topics)
        model.topics.selected = "metrics.cpu"
        let effects = update(&model, .terminal(.key(.enter)), now: Samples.now)
        #expect(effects.contains(.link(.inspectTopic(try TopicName("metrics.cpu")))))
        _ = update(&model, .link(.topicDetail(name: "metrics.cpu", Samples.topicDetail)), now: Samples.now)
        try expect(model, "topic-\(width)x\(height)")
        _ = update(
            &model, .link(.clients(.fact(.topic("metrics.cpu"), .history(Samples.history)))), now: Samples.now)
        try expect(model, "topic-history-\(width)x\(height)")
    }

    @Test("prompts, help, a message, too small")
    func others() throws {
        var model = Samples.model(Size(width: 80, height: 24))
        _ = update(&model, .terminal(.key(.character("s"))), now: Samples.now)
        for character in "orders.*" { _ = update(&model, .terminal(.key(.character(character))), now: Samples.now) }
        try expect(model, "subscribe")
        _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
        _ = update(&model, .terminal(.key(.character("?"))), now: Samples.now)
        try expect(model, "help")
        _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
        model.show(.messages)
        _ = update(&model, .terminal(.key(.enter)), now: Samples.now)
        try expect(model, "message")
        model.size = Size(width: 30, height: 8)
        try expect(model, "too-small")
    }

    @Test("what to do when there is no broker is readable at 80 columns")
    func remedy() throws {
        var model = Samples.model(Size(width: 80, height: 24))
        model.show(.messages)
        let lost = "the connection to 127.0.0.1:8889 was lost: the other side closed it"
        let refused = "cannot connect to 127.0.0.1:8889: nothing listens there. Start a broker with: zaichik serve"
        for reason in [lost, refused] { _ = update(&model, .link(.lost(reason)), now: Samples.now - 9_000_000) }
        _ = update(&model, .link(.retrying(attempt: 4, delay: .seconds(11))), now: Samples.now - 9_000_000)
        let text = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.joined()
        #expect(text.contains("zaichik serve") && text.contains("connection lost: the other side closed it"))
        try expect(model, "remedy")
    }

    @Test("the window's prompt fits, with what it offers selected")
    func window() throws {
        var model = Samples.model(Size(width: 80, height: 24))
        _ = update(&model, .terminal(.key(.character("w"))), now: Samples.now)
        try expect(model, "window", scheme: .none)
    }

    @Test("while writing, placeholders cannot be mistaken for values")
    func writing() throws {
        var model = Samples.model(Size(width: 80, height: 24))
        _ = update(&model, .terminal(.key(.character("p"))), now: Samples.now)
        try expect(model, "writing")
    }

    @Test("the acts on a client, and what one of them would take", arguments: [(60, 16), (80, 24), (200, 50)])
    func acts(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        model.clients.selected = 2
        _ = update(&model, .terminal(.key(.character("A"))), now: Samples.now)
        try expect(model, "acts-\(width)x\(height)")
        _ = update(&model, .terminal(.key(.character("x"))), now: Samples.now)
        guard case .rehearsal(let rehearsal)? = model.acts else {
            Issue.record("nothing is rehearsed")
            return
        }
        let outcome = Acted([Acted.Row(id: 2, name: "alice", messages: 12_841, bytes: 1_540_920)], isDryRun: true)
        _ = update(&model, .link(.rehearsed(rehearsal.plan, outcome)), now: Samples.now)
        try expect(model, "rehearsal-\(width)x\(height)")
    }

    @Test("the palette, and what fits a word", arguments: [(60, 16), (80, 24), (200, 50)])
    func palette(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        _ = update(&model, .terminal(.typed(":")), now: Samples.now)
        try expect(model, "palette-\(width)x\(height)")
        _ = update(&model, .terminal(.typed("commit")), now: Samples.now)
        try expect(model, "palette-commit-\(width)x\(height)")
    }

    @Test(
        "a client with everything that is known of it: what follows, what helps, ten minutes, times, messages, publishers",
        arguments: [(60, 16), (80, 24), (120, 35), (200, 60), (300, 80), (84, 46)])
    func drawer(width: Int, height: Int) throws {
        try expect(Samples.withDrawer(Size(width: width, height: height)), "drawer-\(width)x\(height)")
    }

    @Test(
        "lists over the panes, what is under the cursor beside them or below",
        arguments: [(60, 16), (80, 24), (120, 35), (200, 60)])
    func lists(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        let now = Samples.now
        let lists: [(String, ListSubject, ListPage)] = [
            ("peek", .messages(.client(2), label: "alice"), .messages(Samples.peeked)),
            ("parked", .parked("jobs"), .parked(Samples.parked)), ("closed", .closed, .closed(Samples.closed)),
            ("keys", .keys(topic: "orders.eu", window: 60_000), .messages(Samples.peeked)),
        ]
        for (name, subject, page) in lists {
            model.overlay = .list(ListScreen(subject, over: nil, now: now))
            _ = update(&model, .link(.clients(.listed(subject, page))), now: now)
            if name == "parked" { _ = update(&model, .terminal(.typed(" ")), now: now) }
            try expect(model, "\(name)-\(width)x\(height)")
        }
    }

    @Test("settings in a form, and the columns of a table", arguments: [(60, 16), (80, 24), (200, 60)])
    func forms(width: Int, height: Int) throws {
        var model = Samples.model(Size(width: width, height: height))
        model.show(.topics)
        model.topics.selected = "orders.eu"
        for key in [Key.character("E"), .down, .right, .down] {
            _ = update(&model, .terminal(.key(key)), now: Samples.now)
        }
        _ = update(&model, .terminal(.typed("2h")), now: Samples.now)
        try expect(model, "settings-\(width)x\(height)")
        for key in [Key.escape, .character("1"), .character(" "), .character(" "), .character("o"), .down] {
            _ = update(&model, .terminal(.key(key)), now: Samples.now)
        }
        _ = update(&model, .terminal(.typed(" ")), now: Samples.now)
        try expect(model, "columns-\(width)x\(height)")
        _ = update(&model, .terminal(.key(.escape)), now: Samples.now)
        _ = update(&model, .terminal(.typed("A")), now: Samples.now)
        try expect(model, "marked-\(width)x\(height)")
    }

    @Test("a table alone on a very wide screen uses the width")
    func wide() throws {
        var model = Samples.model(Size(width: 300, height: 80))
        try expect(model, "300x80")
        model.panes.isZoomed = true
        model.show(.topics)
        model.size = Size(width: 200, height: 16)
        try expect(model, "zoomed-topics-200x16")
    }

    @Test("the same text for a client's state everywhere")
    func states() {
        for state in ClientState.allCases {
            var model = Samples.model(Size(width: 120, height: 30))
            model.clients.rows = [Samples.client(9, "x", state)]
            let lines = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
            #expect(lines.contains { $0.contains(StateText.word(state)) })
        }
    }
}
