import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The clients, and how far behind each one is.
enum ClientsPane: TablePane {
    static let name = "Clients"
    static let slot = PaneSlot.top
    static let keys = [
        Binding(.open, [.enter], [.pane(.clients)], "why is it behind? its topics, one by one", hint: "why?", rank: 2)
    ]

    static var table: WritableKeyPath<Model, ClientTable> { \.clients }
    static let growingColumns: [(column: ClientColumn, most: Int)] = [(.name, 24), (.trend, 60), (.name, 40)]
    static let noun = "client"
    static let emptyText = ["no figures yet: they come in a moment"]

    static func open(_ model: inout Model) -> [Effect] {
        guard let client = model.clients.selectedRow ?? model.clients.rows.first else { return [] }
        model.clients.selected = client.id
        let label = ClientNames.label(client, among: model.clients.rows)
        model.overlay = .client(ClientInspection(id: client.id, label: label))
        return [.link(.inspect(client.id))]
    }

    static func extraTitle(_ model: Model) -> [Span] { model.isDisplayPaused ? [Span("paused", .paused)] : [] }

    static func rowPainter(_ model: Model, _ layout: TableLayout<ClientColumn>) -> RowPainter {
        let labels = ClientLabel.labels(of: model.clients.rows)
        return { index, rect, painter in
            let client = model.clients.rows[index]
            let isOwn = client.id == model.broker.connection.ownID
            if client.id == model.clients.selected {
                painter.text("▸", x: rect.x, y: rect.y, in: rect, .key)
            } else if isOwn {
                painter.text("◆", x: rect.x, y: rect.y, in: rect, .own)
            }
            for place in layout.places {
                var cell = cell(place.column, client, labels[index], isOwn: isOwn)
                if place.column == .trend, client.hasQueue {
                    let samples = model.lagHistories[client.id]?.samples ?? []
                    cell = TableCell(Sparkline.line(samples, columns: place.width), .sparkline)
                }
                TableView.draw(cell, place, in: rect, &painter)
            }
        }
    }

    private static func cell(
        _ column: ClientColumn, _ client: ClientStatistics, _ label: String, isOwn: Bool
    ) -> TableCell {
        let hasQueue = client.hasQueue
        switch column {
        case .name: return TableCell(isOwn ? "\(label) (you)" : label, isOwn ? .own : .text)
        case .state: return TableCell(client.state.description, .state(client.state))
        case .lag: return hasQueue ? .count(client[.lagMessages], .strong) : .figure(nil)
        case .trend: return TableCell("")
        case .bytes: return .figure(hasQueue ? NarrowFigure.bytes(client[.lagBytes]) : nil)
        case .oldest: return .age(client[.oldestAge])
        case .published: return .count(client[.publishRate])
        case .delivered: return .count(client[.deliverRate])
        case .inFlight:
            let text = "\(NarrowFigure.count(client[.inFlightMessages]))/\(NarrowFigure.count(client[.window]))"
            return .figure(hasQueue ? text : nil, client[.window] == 0 ? .warning : .text)
        case .topics: return .count(client[.topics])
        }
    }
}

extension Pane {
    static let clients = Pane(ClientsPane.self)
}
