import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

@Suite struct TravelTests {
    private var model = Samples.screensModel(Size(width: 120, height: 35))

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func begin() {
        press(.character("@"))
        _ = update(&model, .link(.screen(.travelled(Samples.travelRecord))), now: Samples.now)
    }

    private func row(_ name: String) -> ClientStatistics? { model.shownModel.clients.rows.first { $0.name == name } }

    @Test("the last ten minutes of what is listed are asked for, and the events with the states of then")
    mutating func asked() throws {
        let effects = press(.character("@"))
        #expect(effects.first == .link(.screen(.read(.events))))
        guard case .link(.screen(.travel(let clients, let topics)))? = effects.last else {
            Issue.record("\(effects)")
            return
        }
        #expect(clients.contains(2) && topics.contains("orders.eu"))
        #expect(model.shownModel == model, "until they are there, it is now")
    }

    @Test("all panes show the instant, and Esc brings back what is now")
    mutating func instant() throws {
        begin()
        let now = model
        #expect(row("alice")?[.lagMessages] == 599)
        press(.character("["), .left, .left)
        #expect(row("alice")?[.lagMessages] == 567 && row("alice")?[.deliverRate] == 100)
        #expect(model.shownModel.broker.figures?[.lagMessages] == Samples.brokerHistory[.lagMessages][567])
        #expect(model.shownModel.topics.rows.first { $0.name == "orders.eu" }?[.publishRate] == 310)
        #expect(model.shownModel.lagHistories[2]?.samples.last == 567)
        #expect(model.shownModel.screens.events.shown.allSatisfy { $0.report.time <= Samples.now - 32 * Moment.second })
        press(.escape)
        #expect(model.screens.travel == nil && model.shownModel.clients == now.clients)
    }

    @Test("the journey ends where the record does, on both sides")
    mutating func bounds() {
        begin()
        press(.right)
        #expect(model.screens.travel?.back == 0)
        press(.home, .left, .character("["))
        #expect(model.screens.travel?.back == 599)
        press(.end)
        #expect(model.screens.travel?.back == 0)
    }

    @Test("a state is that of the last change before the instant, or what the first one after it changed")
    mutating func states() {
        begin()
        // The event of alice is a minute old.
        #expect(row("alice")?.state == .fallingBehind)
        press(.character("["), .character("["), .left)
        #expect(row("alice")?.state == .keepingUp)
    }

    @Test("a client that came later is not there, and one of which nothing is kept has nothing")
    mutating func absent() {
        var statistics = Samples.statistics
        statistics.clients!.rows[1][.connectedAt] = Samples.now - 20 * Moment.second
        _ = update(&model, .link(.statistics(statistics)), now: Samples.now)
        begin()
        #expect(row("bob") != nil)
        press(.character("["))
        #expect(row("bob") == nil && row("carol")?[.lagMessages] == 0)
    }

    @Test("s goes to the slow-down before, S to the next")
    mutating func slowDowns() {
        begin()
        model.clients.selected = 2
        press(.character("s"))
        #expect(model.screens.travel?.back == 199)
        press(.character("s"))
        #expect(model.screens.travel?.back == 499)
        press(.character("s"))
        #expect(model.notice?.text == "'alice' has no slow-down before this")
        press(.character("S"))
        #expect(model.screens.travel?.back == 199)
    }

    @Test("a slow-down is a rate that falls to less than half, once, however long it lasts")
    func found() {
        let calm = [UInt64](repeating: 100, count: 60)
        #expect(Travel.slowDowns(calm).isEmpty)
        #expect(Travel.slowDowns(calm + [UInt64](repeating: 40, count: 60)).map(\.back) == [59])
        #expect(Travel.slowDowns([UInt64](repeating: 1, count: 60) + [0, 0, 0]).isEmpty, "next to nothing is no pace")
        #expect(Travel.slowDowns([]).isEmpty && Travel.slowDowns([9, 0]).isEmpty)
        #expect(Travel.slowDowns([UInt64](repeating: .max, count: 30) + [0, 0, 0, 0]).count == 1)
    }

    @Test("a history tells nothing of instants that it does not have")
    func outside() {
        var history = History()
        history.time = Samples.now
        history.series = [.init(.lagMessages, [1, 2, 3])]
        #expect(history.value(.lagMessages, at: Samples.now) == 3)
        #expect(history.value(.lagMessages, at: Samples.now - 2_000_000) == 1)
        #expect(history.value(.lagMessages, at: Samples.now - 3_000_000) == nil)
        #expect(history.value(.lagMessages, at: Samples.now + 60_000_000) == nil)
        #expect(history.value(.commitRate, at: Samples.now) == nil)
    }

    @Test("without figures there is nothing to travel through")
    mutating func nothing() {
        model = Model(size: Size(width: 80, height: 24), address: "127.0.0.1:8889")
        #expect(press(.character("@")).isEmpty && model.screens.travel == nil)
    }
}
