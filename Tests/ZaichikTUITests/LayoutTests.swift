import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct LayoutTests {
    @Test("at every size the panes lie within the body, do not overlap and leave nothing free")
    func tiling() {
        for width in stride(from: 40, through: 220, by: 7) {
            for height in stride(from: 10, through: 80, by: 3) {
                for focus in PaneTable.standard.panes {
                    for zoomed in [false, true] {
                        let layout = ScreenLayout(
                            size: Size(width: width, height: height), panes: recent(focus), isZoomed: zoomed)
                        check(layout, "\(width)×\(height), \(focus.name)", focus, Size(width: width, height: height))
                    }
                }
            }
        }
    }

    /// The panes of which one has the focus.
    private func recent(_ focus: Pane) -> [Pane] {
        var state = PaneState(.standard)
        state.show(focus)
        return state.recent
    }

    private func check(_ layout: ScreenLayout, _ where: Comment, _ focus: Pane, _ size: Size) {
        #expect(layout.panes[focus] != nil, `where`)
        let area = layout.panes.values.reduce(0) { $0 + $1.width * $1.height }
        #expect(area == layout.body.width * layout.body.height, `where`)
        for (pane, rect) in layout.panes {
            #expect(rect.width >= 30 && rect.height >= 4, `where`)
            #expect(rect.x >= layout.body.x && rect.maxX <= layout.body.maxX, `where`)
            #expect(rect.y >= layout.body.y && rect.maxY <= layout.body.maxY, `where`)
            for (other, otherRect) in layout.panes where other != pane {
                let apart =
                    rect.maxX <= otherRect.x || otherRect.maxX <= rect.x || rect.maxY <= otherRect.y
                    || otherRect.maxY <= rect.y
                #expect(apart, `where`)
            }
        }
        let rows = layout.header.height + layout.tabs.height + layout.body.height + 2
        #expect(rows == size.height, `where`)
        #expect(layout.keys.y == size.height - 1, `where`)
    }

    @Test(
        "sizes have the form that they are meant to have",
        arguments: [
            (39, 24, ScreenLayout.Form.tooSmall), (80, 9, .tooSmall), (40, 10, .single), (60, 16, .single),
            (80, 24, .pair),
            (119, 30, .pair), (120, 30, .wide), (200, 50, .wide), (84, 46, .tall), (120, 20, .pair),
        ])
    func forms(width: Int, height: Int, form: ScreenLayout.Form) {
        #expect(ScreenLayout(size: Size(width: width, height: height), panes: [.clients]).form == form)
    }

    @Test("the pane with the focus gets the greater part of a pair")
    func pair() throws {
        for focus in PaneTable.standard.panes {
            let layout = ScreenLayout(size: Size(width: 80, height: 24), panes: recent(focus))
            let other = try #require(layout.panes.first { $0.key != focus })
            #expect(try #require(layout.panes[focus]).height >= other.value.height)
        }
    }

    @Test("every form but the too small one can be drawn at every size without a trap")
    func drawsEverywhere() {
        for width in 1...130 {
            for height in [1, 2, 3, 5, 9, 10, 11, 16, 20, 24, 28, 44] {
                var model = Samples.model(Size(width: width, height: height))
                model.overlay =
                    switch width % 4 {
                    case 0: .help(HelpInspection(place: .pane(.clients), offset: width))
                    case 1:
                        .client(
                            ClientInspection(
                                id: 2, label: "alice",
                                detail: ClientDetail(client: model.clients.rows[0], subscriptions: [">"], topics: [])))
                    case 2: .message(MessageInspection(entry: model.messages.shown.first!, format: .json))
                    default: nil
                    }
                model.show(PaneTable.standard.panes[width % 4])
                model.panes.isZoomed = width % 5 == 0
                _ = update(&model, .terminal(.key(.down)), now: Samples.now)
                let screen = RootView.screen(model, theme: Theme(scheme: .colors256), now: Samples.now)
                #expect(screen.buffer.size == model.size)
            }
        }
    }

    @Test("on the narrowest screen state, lag and losses are seen: the name shrinks instead; losses go last")
    func lossesStay() {
        let columns = { TableLayout<ClientColumn>(width: $0, growing: [(.name, 24)]).places.map(\.column) }
        #expect(columns(37) == [.name, .state, .lag, .lost])
        #expect(columns(30) == [.name, .lag, .lost])
        #expect(columns(20) == [.name, .lost])
        #expect(TableLayout<TopicColumn>(width: 24, growing: []).places.map(\.column) == [.name, .dropped])
    }

    @Test("tables drop their columns by rank, keep the first, and stay within their width")
    func columns() {
        for width in 4...160 {
            let table = TableLayout<ClientColumn>(width: width, growing: [(.name, 24), (.trend, 60), (.name, 40)])
            #expect(table.places.first?.column == .name)
            #expect(table.places.allSatisfy { $0.x + $0.width <= max(width, 3) })
            let kept = Set(table.places.map(\.column))
            for column in ClientColumn.allCases where !kept.contains(column) {
                #expect(kept.allSatisfy { $0.rank < column.rank })
            }
        }
    }
}
