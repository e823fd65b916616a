import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct TableTests {
    var model: Model
    private let height: Int

    init() {
        model = Samples.model(Size(width: 100, height: 24))
        height = model.area(of: .clients).pageHeight
        tell(clients(60))
    }

    private func clients(_ count: UInt64, from first: UInt64 = 1) -> [ClientStatistics] {
        (first..<first + count).map { Samples.client($0, "client-\($0)", .fallingBehind, lag: 100_000 - $0) }
    }

    private mutating func tell(_ rows: [ClientStatistics]) {
        var statistics = Samples.statistics
        statistics.clients = RowPage(rows: rows, matching: rows.count)
        _ = update(&model, .link(.statistics(statistics)), now: Samples.now)
    }

    private mutating func press(_ keys: Key...) {
        for key in keys { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
    }

    /// The names of the rows that are seen.
    private var seen: [String] {
        model.clients.rows.dropFirst(model.clients.offset).prefix(height).map(\.name)
    }

    @Test("a filter that leaves a few rows shows them, wherever the cursor was")
    mutating func filtered() {
        press(.character("G"))
        #expect(seen.last == "client-60")
        tell(clients(10))
        #expect(seen.count == min(10, height))
        #expect(model.clients.selectedRow?.name == "client-10" && seen.last == "client-10")
    }

    @Test("scrolled without a cursor, rows that go leave no blank below those that stay")
    mutating func goneWithoutCursor() {
        model.clients.offset = 50
        model.clients.selected = nil
        tell(clients(20))
        #expect(seen.last == "client-20" && seen.count == height)
        tell([])
        tell(clients(3))
        #expect(seen.count == 3)
    }

    @Test("sorted by another column, the first row is seen, or the one with the cursor")
    mutating func sorted() {
        model.clients.selected = nil
        model.clients.offset = 30
        press(.character("<"))
        #expect(model.clients.offset == 0)
        press(.end, .character(">"), .character("r"))
        #expect(seen.contains(model.clients.selectedRow?.name ?? "none"))
    }

    @Test("if the row with the cursor goes, the cursor stays at its place")
    mutating func selectedGoes() {
        press(.down, .down, .down)
        #expect(model.clients.selectedRow?.name == "client-3")
        tell(clients(60).filter { $0.name != "client-3" })
        #expect(model.clients.selectedRow?.name == "client-4")
        tell(clients(2))
        #expect(model.clients.selectedRow?.name == "client-2")
        // All gone for a moment, and back.
        tell([])
        tell(clients(60))
        #expect(model.clients.selectedRow?.name == "client-2")
    }

    @Test("while there are rows some are seen, and the cursor among them, whatever comes and goes")
    mutating func neverBlank() {
        var random = SplitMix(seed: 11)
        let keys: [Key] = [
            .up, .down, .pageDown, .pageUp, .home, .end, .character("r"), .character(">"), .character("z"), .tab,
            .escape,
        ]
        for step in 0..<600 {
            switch random.next() % 4 {
            case 0: tell(clients(random.next() % 80, from: 1 + random.next() % 50))
            case 1:
                model.size = Size(width: 40 + Int(random.next() % 160), height: 10 + Int(random.next() % 60))
                _ = update(&model, .terminal(.resize(model.size)), now: Samples.now)
            default: press(keys[Int(random.next() % UInt64(keys.count))])
            }
            guard model.layout.panes[.clients] != nil else { continue }
            let rows = model.area(of: .clients).pageHeight
            let table = model.clients
            #expect(table.offset >= 0 && table.offset <= max(0, table.rows.count - rows), "step \(step)")
            if let index = table.selectedIndex {
                #expect(index >= table.offset && index < table.offset + rows, "step \(step)")
            }
        }
    }

    @Test("a broker that sends more rows than were asked for does not fill the memory")
    mutating func tooManyRows() {
        for round in 0..<4 { tell(clients(3000, from: UInt64(round) * 3000 + 1)) }
        #expect(model.clients.rows.count == ClientTable.mostRows)
        #expect(model.lagHistories.count <= 2000)
    }

    @Test("an overlay whose lines have become fewer is not scrolled past its end")
    mutating func overlay() {
        let text = (1...300).map { "line \($0)" }.joined(separator: "\n")
        _ = update(&model, .link(.arrived([Samples.message(7, "long", text)])), now: Samples.now)
        press(.character("3"), .enter, .end)
        let offset = model.overlay?.offset ?? 0
        #expect(offset > 200)
        _ = update(&model, .terminal(.resize(Size(width: 300, height: 100))), now: Samples.now)
        let lines = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
        #expect(lines.filter { $0.contains("line ") }.count > 90)
        press(.up)
        #expect(model.overlay?.offset ?? 0 < offset - 50)
    }
}
