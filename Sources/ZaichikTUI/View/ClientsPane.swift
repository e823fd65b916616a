import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Who is connected, and how far behind is each?
enum ClientsPane {
    static func draw(_ model: Model, in rect: Rect, _ painter: inout Painter) {
        let focused = model.focus == .clients
        painter.frame(rect, title: title(model), focused: focused)
        let inside = rect.inside
        guard !inside.isEmpty else { return }
        let table = TableView<ClientColumn>(width: inside.width - 1, growing: [(.name, 24), (.trend, 60), (.name, 40)])
        table.drawTitles(in: inside.row(0), sort: model.clients.sort, descending: model.clients.descending, &painter)
        let labels = ClientLabel.labels(of: model.clients.rows)
        let height = max(0, inside.height - 1)
        for line in 0..<height {
            let index = model.clients.offset + line
            guard index < model.clients.rows.count else { break }
            let client = model.clients.rows[index]
            let row = inside.row(line + 1)
            drawRow(client, labels[index], model, table, in: row, &painter)
            if client.id == model.clients.selected {
                painter.highlight(row, focused ? .selectionFocused : .selection)
            }
        }
        if model.clients.rows.isEmpty { EmptyNotice.draw(emptyText(model), in: inside, &painter) }
        ScrollMark.draw(
            in: rect, first: model.clients.offset, seen: height, of: model.clients.rows.count, focused: focused,
            &painter)
    }

    private static func title(_ model: Model) -> [Span] {
        let clients = model.clients
        var spans = [Span("1 Clients")]
        let seen = clients.rows.count
        spans.append(Span(seen == clients.matching ? "\(seen)" : "\(seen) of \(clients.matching)", .quiet))
        spans.append(Span("by \(clients.sort.title) \(clients.descending ? "▼" : "▲")", .quiet))
        if !clients.filter.isEmpty { spans.append(Span("filter \(clients.filter)", .warning)) }
        if !clients.rows.isEmpty, !model.connection.isConnected { spans.append(Span("as they were", .warning)) }
        if model.isDisplayPaused { spans.append(Span("paused", .paused)) }
        return spans
    }

    private static func emptyText(_ model: Model) -> [String] {
        if !model.clients.filter.isEmpty {
            return ["no client matches '\(model.clients.filter)'", "Esc drops the filter"]
        }
        return model.connection.isConnected
            ? ["no figures yet: they come in a moment"] : [EmptyNotice.disconnected(model)]
    }

    private static func drawRow(
        _ client: ClientStatistics, _ label: String, _ model: Model, _ table: TableView<ClientColumn>, in row: Rect,
        _ painter: inout Painter
    ) {
        let own = client.id == model.connection.ownID
        if client.id == model.clients.selected {
            painter.text("▸", x: row.x, y: row.y, in: row, .key)
        } else if own {
            painter.text("◆", x: row.x, y: row.y, in: row, .own)
        }
        for place in table.places {
            var cell = cell(place.column, client, label, own: own)
            if place.column == .trend {
                let samples = model.lagHistories[client.id]?.samples ?? []
                cell = .init(client.hasQueue ? Sparkline.line(samples, columns: place.width) : "", .sparkline)
            }
            table.draw(cell, place, in: row, &painter)
        }
    }

    private static func cell(
        _ column: ClientColumn, _ client: ClientStatistics, _ label: String, own: Bool
    ) -> TableView<ClientColumn>.Cell {
        let queue = client.hasQueue
        switch column {
        case .name: return .init(own ? "\(label) (you)" : label, own ? .own : .text)
        case .state: return .init(client.state.description, role(of: client.state))
        case .lag: return queue ? number(client[.lagMessages], .strong) : .init("-", .quiet)
        case .trend: return .init("")
        case .bytes: return queue ? .init(NarrowFigure.bytes(client[.lagBytes]), .text) : .init("-", .quiet)
        case .oldest:
            return client[.oldestAge] == 0
                ? .init("-", .quiet) : .init(FigureText.age(microseconds: client[.oldestAge]))
        case .published: return number(client[.publishRate])
        case .delivered: return number(client[.deliverRate])
        case .inFlight:
            let text = "\(NarrowFigure.count(client[.inFlightMessages]))/\(NarrowFigure.count(client[.window]))"
            return queue ? .init(text, client[.window] == 0 ? .warning : .text) : .init("-", .quiet)
        case .topics: return number(client[.topics])
        }
    }

    private static func number(_ value: UInt64, _ role: Role = .text) -> TableView<ClientColumn>.Cell {
        .init(NarrowFigure.count(value), value == 0 ? .quiet : role)
    }

    static func role(of state: ClientState) -> Role {
        switch state {
        case .idle: .quiet
        case .publishing: .text
        case .keepingUp: .good
        case .draining, .paused, .blocked: .warning
        case .fallingBehind, .commitsStopped, .notReading: .bad
        }
    }
}
