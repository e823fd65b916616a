import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite("Tables: marks, columns, totals, a click on a head")
struct TableChoiceTests {
    @discardableResult
    private func press(_ model: inout Model, _ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private func line(_ model: Model, _ row: Int) -> String {
        RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines[row]
    }

    private func head(_ model: Model) -> String { line(model, model.area(of: model.focus).head.y) }

    @Test("an act is about all marked rows, and the marks go with it")
    func marks() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        model.clients.selected = model.clients.rows[0].id
        press(&model, .character(" "), .character(" "))
        let marked = model.clients.rows.prefix(2).map(\.id)
        #expect(model.clients.marked == Set(marked) && model.clients.selected == model.clients.rows[2].id)
        press(&model, .character("A"), .character("p"))
        let effects = press(&model, .enter)
        guard case .link(.act(let plan))? = effects.first else {
            Issue.record("nothing is done: \(effects)")
            return
        }
        #expect(plan.target.each.count == 2 && plan.target.name == "2 clients")
        #expect(plan.command.split(separator: ";").count == 2)
        let requests = plan.target.each.compactMap { plan.request(for: $0, isDryRun: false)?.client }
        #expect(Set(requests) == Set(marked))
        _ = update(&model, .link(.acted(plan, Acted([]))), now: Samples.now)
        #expect(model.clients.marked.isEmpty)
    }

    @Test("Esc takes the marks away before anything else, and a row that is gone is not marked")
    func unmarked() {
        var model = Samples.model(Size(width: 120, height: 30))
        press(&model, .character(" "), .escape)
        #expect(model.clients.marked.isEmpty)
        press(&model, .home, .character(" "))
        var statistics = Samples.statistics
        statistics.clients?.rows.removeAll { model.clients.marked.contains($0.id) }
        statistics.clients?.matching -= 1
        _ = update(&model, .link(.statistics(statistics)), now: Samples.now)
        #expect(model.clients.marked.isEmpty)
    }

    @Test("what takes messages from several asks for their number, not for a name")
    func several() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        press(&model, .character(" "), .character(" "))
        let rehearsal = press(&model, .character("A"), .character("x"))
        guard case .link(.rehearse(let plan))? = rehearsal.first else {
            Issue.record("nothing is rehearsed")
            return
        }
        _ = update(&model, .link(.rehearsed(plan, Acted([], isDryRun: true))), now: Samples.now)
        _ = update(&model, .terminal(.typed("2 clients")), now: Samples.now)
        #expect(press(&model, .enter) == [.link(.act(plan))])
    }

    @Test("columns are always shown, never, or where there is room; the name stays")
    func columns() {
        var model = Samples.model(Size(width: 80, height: 24))
        #expect(!head(model).contains("ADDRESS"))
        let address = ClientColumn.allCases.firstIndex(of: .address)!
        press(&model, .character("o"))
        for _ in 0..<address { press(&model, .down) }
        press(&model, .character(" "), .escape)
        #expect(head(model).contains("ADDRESS") && head(model).contains("NAME"))
        press(&model, .character("o"), .enter, .enter, .enter, .escape)
        #expect(model.clients.columns.state(.name) == .shown, "it is never hidden")
        model.clients.columns = ColumnChoice()
        let oldest = ClientColumn.allCases.firstIndex(of: .oldest)!
        press(&model, .character("o"))
        for _ in 0..<oldest { press(&model, .down) }
        press(&model, .enter, .enter, .escape)
        #expect(!head(model).contains("OLDEST"))
    }

    @Test("R shows totals in place of rates, and they are what is sorted by")
    func totals() {
        var model = Samples.model(Size(width: 120, height: 30))
        model.clients.sort = .delivered
        model.clients.descending = true
        #expect(head(model).contains("OUT/s"))
        let effects = press(&model, .character("R"))
        #expect(!head(model).contains("OUT/s") && head(model).contains("OUT"))
        guard case .link(.watch(let request))? = effects.first else {
            Issue.record("the broker is not asked")
            return
        }
        #expect(request.clients?.sort == .deliveredMessages)
    }

    @Test("a click on a head sorts by its column, and another one the other way round")
    func clicked() throws {
        var model = Samples.model(Size(width: 120, height: 30))
        let row = model.area(of: .clients).head
        let line = Array(head(model))
        let place = try #require(line.indices.first { String(line[$0...].prefix(6)) == "OLDEST" })
        let click = { (model: inout Model) in
            update(&model, .terminal(.mouse(.press, Point(x: place, y: row.y))), now: Samples.now)
        }
        #expect(!click(&model).isEmpty && model.clients.sort == .oldest && model.clients.descending)
        _ = click(&model)
        #expect(model.clients.sort == .oldest && !model.clients.descending)
    }

    @Test("the worst come first: losses, then what waits, then what stands still, then the lag")
    func severity() {
        var model = Samples.model(Size(width: 120, height: 30))
        var statistics = Samples.statistics
        let states: [ClientState] = [.fallingBehind, .commitsStopped, .blocked, .losing, .draining]
        statistics.clients?.rows = states.enumerated().map { place, state in
            Samples.client(UInt64(place) + 2, "\(state)", state, lag: UInt64(1000 - place))
        }
        _ = update(&model, .link(.statistics(statistics)), now: Samples.now)
        #expect(model.clients.rows.map(\.state) == [.losing, .blocked, .commitsStopped, .fallingBehind, .draining])
    }

    @Test("the curve of the lag is seen at 80 columns, and at 300 the width is used", arguments: [80, 300])
    func width(columns: Int) {
        var model = Samples.model(Size(width: columns, height: 24))
        model.panes.isZoomed = true
        #expect(head(model).contains("LAG ▇=20k") || head(model).contains("LAG OVER TIME"))
        if columns == 300 {
            for title in ["ADDRESS", "PROGRAM", "COMMITS IN"] { #expect(head(model).contains(title)) }
        }
    }
}
