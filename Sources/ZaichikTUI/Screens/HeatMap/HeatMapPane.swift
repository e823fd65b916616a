import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Every client in every topic that it reads: where the lag is, at one look.
enum HeatMapPane: PaneContent {
    static let name = "Heat-map"
    static let slot = PaneSlot.top
    static let keys = [
        Binding(.open, [.enter], [.pane(.heatMap)], "this client in this topic, in figures", hint: "open", rank: 2),
        Binding(
            .heatFigure, [.character("x")], [.pane(.heatMap)], "shades for the lag, the age or what is lost",
            hint: "lag, age, lost", rank: 3),
        Binding(.heatLeft, [.left, .character("h")], [.pane(.heatMap)], "the topic to the left"),
        Binding(.heatRight, [.right, .character("l")], [.pane(.heatMap)], "the topic to the right"),
        Binding(
            .act, [.character("A")], [.pane(.heatMap)],
            "act on the client: pause, resume, window, skip, purge, disconnect", hint: "act", rank: 5),
    ]

    private static func sizes(_ model: Model) -> (height: Int, width: Int) {
        let layout = model.heatLayout(model.area(of: .heatMap))
        return (max(layout.grid.height, 1), layout.columns)
    }

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        let (height, width) = sizes(model)
        let clients = HeatMap.clients(model)
        model.screens.heat.move(clients, rows: distance, columns: 0, height: height, width: width)
    }

    static func moveSideways(_ model: inout Model, by distance: Int) {
        let (height, width) = sizes(model)
        let clients = HeatMap.clients(model)
        model.screens.heat.move(clients, rows: 0, columns: distance, height: height, width: width)
    }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        // The title row does not scroll.
        guard row >= 1 else { return }
        model.screens.heat.press(HeatMap.clients(model), row: row - 1)
    }

    static func keepCursorSeen(_ model: inout Model, rows: Int) {
        let (height, width) = sizes(model)
        let clients = HeatMap.clients(model)
        model.screens.heat.settle(clients, height: height, width: width)
    }

    static func open(_ model: inout Model) -> [Effect] {
        guard let subject = subject(model) else { return [] }
        model.overlay = .screen(.pair(subject), offset: 0)
        return []
    }

    static func actTarget(_ model: Model) -> ActTarget? {
        let clients = HeatMap.clients(model)
        guard !clients.isEmpty else { return nil }
        let row = clients[model.screens.heat.cursor(clients).row]
        return .client(row, label: ClientNames.label(row, among: model.clients.rows))
    }

    static func topic(_ model: Model) -> String? { subject(model)?.topic }

    /// The pair under the cursor; nil if there is none.
    static func subject(_ model: Model) -> HeatPair? {
        let clients = HeatMap.clients(model)
        let (row, column) = model.screens.heat.cursor(clients)
        guard clients.indices.contains(row), model.screens.heat.topics.indices.contains(column) else { return nil }
        let client = clients[row]
        return HeatPair(
            client: client.id, label: ClientNames.label(client, among: model.clients.rows),
            topic: model.screens.heat.topics[column])
    }

    static func title(_ model: Model) -> [Span] {
        let heat = model.screens.heat
        var spans = model.clients.filter.isEmpty ? [] : [Span("filter \(model.clients.filter)", .warning)]
        spans.append(Span(heat.figure.word, .strong))
        if !heat.topics.isEmpty {
            spans.append(Span("\(HeatMap.clients(model).count) clients × \(heat.topics.count) topics", .quiet))
        }
        if let problem = heat.problem { spans.append(Span(problem, .bad)) }
        spans.append(Span("log scale", .quiet))
        return spans
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        HeatMapView.draw(model, in: area, isFocused: isFocused, &painter)
    }
}

/// One client in one topic.
struct HeatPair: Equatable, Sendable {
    var client: UInt64
    var label: String
    var topic: String
}

extension Pane {
    static let heatMap = Pane(HeatMapPane.self)
}
