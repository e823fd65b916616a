import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite("Lists over the panes: messages, parked ones, clients that are gone, keys")
struct ListTests {
    @discardableResult
    private func press(_ model: inout Model, _ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private func tell(_ model: inout Model, _ event: ClientsEvent, at now: Moment = Samples.now) -> [Effect] {
        update(&model, .link(.clients(event)), now: now)
    }

    private func text(_ model: Model) -> String {
        RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.joined(separator: "\n")
    }

    @Test("v looks into the queue under the cursor, and Esc goes back to what was looked at")
    func peek() {
        var model = Samples.withDrawer(Size(width: 80, height: 24))
        let subject = ListSubject.messages(.client(2), label: "alice")
        #expect(press(&model, .character("v")) == [.link(.clients(.list(subject)))])
        #expect(text(model).contains("asking the broker"))
        _ = tell(&model, .listed(subject, .messages(Samples.peeked)))
        #expect(text(model).contains("orders.eu #87001") && text(model).contains("9 of 12.8k"))
        #expect(model.keyFocus == .list)
        press(&model, .escape)
        guard case .client = model.overlay else {
            Issue.record("the drawer is gone")
            return
        }
    }

    @Test("the list is asked for again once its answer is old, and keeps its cursor by the message")
    func again() {
        var model = Samples.model(Size(width: 80, height: 24))
        model.clients.selected = 2
        press(&model, .character("v"))
        let subject = ListSubject.messages(.client(2), label: "alice")
        _ = tell(&model, .listed(subject, .messages(Samples.peeked)))
        press(&model, .down, .down)
        let id = model.list?.selectedRow?.id
        var page = Samples.peeked
        page.rows.removeFirst()
        _ = tell(&model, .listed(subject, .messages(page)))
        #expect(model.list?.selectedRow?.id == id)
        #expect(update(&model, .link(.statistics(Samples.statistics)), now: Samples.now + 100).isEmpty)
        let effects = update(&model, .link(.statistics(Samples.statistics)), now: Samples.now + 2 * Moment.second)
        #expect(effects == [.link(.clients(.list(subject)))])
    }

    @Test("who published a message is asked for by Enter, and shown with it")
    func origin() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        model.clients.selected = 2
        press(&model, .character("v"))
        _ = tell(&model, .listed(.messages(.client(2), label: "alice"), .messages(Samples.peeked)))
        let effects = press(&model, .enter)
        #expect(effects == [.link(.clients(.origin(try TopicName("orders.eu"), sequence: 87_001)))])
        _ = tell(&model, .origin(topic: "orders.eu", sequence: 87_001, "by shop#7"))
        #expect(text(model).contains("by shop#7"))
    }

    @Test("parked messages are released at once, and dropped after a y; marked ones together")
    func parked() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        _ = update(&model, .link(.statistics(Samples.sessions)), now: Samples.now)
        model.clients.selected = 40
        #expect(press(&model, .character("K")) == [.link(.clients(.list(.parked("jobs"))))])
        _ = tell(&model, .listed(.parked("jobs"), .parked(Samples.parked)))
        let one = ParkedPlan(action: .release, numbers: [1], session: "jobs")
        #expect(press(&model, .character("r")) == [.link(.clients(.settleParked(one)))])
        press(&model, .character(" "), .down, .down, .character(" "))
        #expect(press(&model, .character("d")).isEmpty && model.prompt != nil)
        #expect(press(&model, .enter).isEmpty && model.prompt?.problem != nil, "nothing was typed")
        let two = ParkedPlan(action: .drop, numbers: [1, 3], session: "jobs")
        #expect(press(&model, .character("y"), .enter) == [.link(.clients(.settleParked(two)))])
        #expect(tell(&model, .parkedSettled(two, count: 2)) == [.link(.clients(.list(.parked("jobs"))))])
        #expect(model.notice?.text == "dropped 2 messages" && model.list?.marked.isEmpty == true)
        model.isReadOnly = true
        #expect(press(&model, .character("r")).isEmpty && model.notice?.isBad == true)
    }

    @Test("y copies the message as far as it is known, and in tables the names")
    func copied() {
        var model = Samples.model(Size(width: 120, height: 30))
        model.clients.selected = 2
        #expect(press(&model, .character("y")) == [.copy("alice")])
        press(&model, .character("v"))
        _ = tell(&model, .listed(.messages(.client(2), label: "alice"), .messages(Samples.peeked)))
        #expect(press(&model, .down, .character("y")) == [.copy("not json")])
        press(&model, .escape, .home, .character(" "), .character(" "))
        #expect(press(&model, .character("y")) == [.copy("carol\nalice")])
    }

    @Test("only sessions have parked messages, and a key that finds none says so")
    func noSession() {
        var model = Samples.model(Size(width: 120, height: 30))
        model.clients.selected = 2
        #expect(press(&model, .character("K")).isEmpty)
        #expect(model.notice?.text == "nothing is parked here: only sessions put messages aside")
    }

    @Test("clients that are gone are listed with the reason and their last minute")
    func closed() {
        var model = Samples.model(Size(width: 200, height: 50))
        #expect(press(&model, .character("h")) == [.link(.clients(.list(.closed)))])
        _ = tell(&model, .listed(.closed, .closed(Samples.closed)))
        let screen = text(model)
        #expect(screen.contains("billing#21") && screen.contains("it answered nothing for 45 s"))
        #expect(screen.contains("ITS LAST MINUTE: LAG"))
    }

    @Test("a key is that of the first message that has it, until its window is over; a repetition does not prolong it")
    func keys() {
        let rows = [
            Samples.kept(1, "a", key: "old", age: 70), Samples.kept(2, "b", key: "x", age: 50),
            Samples.kept(3, "c", age: 45),
            Samples.kept(4, "d", key: "x", age: 20), Samples.kept(5, "e", key: "y", age: 1),
        ].map { PeekedMessage(.kept, message: $0) }
        let keys = RememberedKey.keys(of: rows, window: 60_000, now: Samples.now)
        #expect(keys.map(\.message.sequence) == [5, 2] && keys.map(\.repeats) == [0, 1])
        #expect(PeekText.left(keys[1], Samples.now) == "10s")
        #expect(RememberedKey.keys(of: rows, window: .max, now: Samples.now).count == 3)
    }

    @Test("D shows the keys of a topic that deduplicates, and says so of one that does not")
    func deduplication() {
        var model = Samples.model(Size(width: 120, height: 30))
        model.show(.topics)
        model.topics.selected = "orders.eu"
        #expect(press(&model, .character("D")).isEmpty && model.notice?.text.contains("remembers no keys") == true)
        var statistics = Samples.statistics
        statistics.topics?.rows[2].settings.deduplicationWindow = 60_000
        _ = update(&model, .link(.statistics(statistics)), now: Samples.now)
        let subject = ListSubject.keys(topic: "orders.eu", window: 60_000)
        #expect(press(&model, .character("D")) == [.link(.clients(.list(subject)))])
        _ = tell(&model, .listed(subject, .messages(Samples.peeked)))
        #expect(text(model).contains("k17") && model.list?.rows.count == 2)
    }
}
