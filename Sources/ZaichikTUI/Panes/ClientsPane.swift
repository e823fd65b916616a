import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The clients, and how far behind each one is.
enum ClientsPane: TablePane {
    static let name = "Clients"
    static let slot = PaneSlot.top
    static let keys = [
        Binding(
            .open, [.enter], [.pane(.clients)],
            "why is it behind? its topics, one by one; of a session also its settings and connections",
            hint: "why?", rank: 2),
        Binding(
            .peek, [.character("v")], [.pane(.clients), .drawer],
            "look at the messages of its queue, in flight and next; nothing is taken", hint: "look inside", rank: 4),
        Binding(
            .showParked, [.character("K")], [.pane(.clients), .drawer],
            "the messages that the session has parked, to release or drop them", hint: "parked", rank: 6),
        Binding(
            .showClosed, [.character("h")], [.pane(.clients)],
            "clients that are gone: why, and the last minute of each", hint: "gone", rank: 34),
        Binding(
            .editSettings, [.character("E")], [.pane(.clients), .pane(.topics), .drawer],
            "change the settings of the session or topic", hint: "settings", rank: 35),
        Binding(
            .mendTopic, [.character("M")], [.pane(.clients), .drawer],
            "in a drawer: change the topic that makes the client lose or wait, as is proposed there",
            hint: "mend topic",
            rank: 5),
    ]

    static var table: WritableKeyPath<Model, ClientTable> { \.clients }
    static let growingColumns: [(column: ClientColumn, most: Int)] = [
        (.name, 20), (.trend, 12), (.name, 24), (.trend, 30), (.name, 32), (.trend, 60), (.name, 40), (.program, 28),
        (.trend, 120),
    ]
    static let noun = "client"
    static let emptyText = ["no figures yet: they come in a moment"]

    static func actTarget(_ model: Model) -> ActTarget? {
        let labels = ClientLabel.labels(of: model.clients.rows)
        let target = { (index: Int) in ActTarget.client(model.clients.rows[index], label: labels[index]) }
        let marked = model.clients.rows.indices.filter { model.clients.marked.contains(model.clients.rows[$0].id) }
        if !marked.isEmpty { return ActTarget(marked.map(target)) }
        return model.clients.rows.isEmpty ? nil : target(model.clients.selectedIndex ?? 0)
    }

    static func drawerSubject(_ model: Model) -> DrawerSubject? {
        model.clients.selectedRow.map { .client($0.id) }
    }

    static func open(_ model: inout Model) -> [Effect] {
        guard let client = model.clients.selectedRow ?? model.clients.rows.first else { return [] }
        model.clients.selected = client.id
        if client.isSession {
            model.overlay = .session(SessionInspection(id: client.id, name: client.session))
            return [.link(.inspectSession(client.session))]
        }
        let label = ClientNames.label(client, among: model.clients.rows)
        model.overlay = .client(ClientInspection(id: client.id, label: label))
        return [.link(.inspect(client.id))]
    }

    static func extraTitle(_ model: Model) -> [Span] {
        model.isDisplayPaused && model.screens.travel == nil ? [Span("paused", .paused)] : []
    }

    /// The title of the sparklines has their scale, which is the same in all rows.
    static func title(of place: TableLayout<ClientColumn>.Place, _ model: Model) -> String {
        guard place.column == .trend else {
            return model.clients.showsTotals ? place.column.totalTitle : place.column.title
        }
        let top = "\(Sparkline.top)=\(scale(model, columns: place.width).text)"
        let texts = ["LAG OVER TIME, \(top)", "LAG \(top)", top]
        return texts.first { TextWidth.columns(of: $0) <= place.width } ?? top
    }

    /// Holds all lags that the sparklines of so many columns show, in rows out of sight too: scrolling keeps it.
    private static func scale(_ model: Model, columns: Int) -> SparklineScale {
        SparklineScale(
            holding: model.clients.rows.reduce(0) { most, client in
                max(most, model.lagHistories[client.id]?.samples.suffix(columns).max() ?? 0)
            })
    }

    static func rowPainter(_ model: Model, _ layout: TableLayout<ClientColumn>) -> RowPainter {
        let labels = ClientLabel.labels(of: model.clients.rows)
        let trend = layout.places.first { $0.column == .trend }
        let scale = trend.map { self.scale(model, columns: $0.width) }
        return { index, rect, painter in
            let client = model.clients.rows[index]
            let isOwn = client.id == model.broker.connection.ownID
            if client.id == model.clients.selected {
                painter.text("▸", x: rect.x, y: rect.y, in: rect, .key)
            } else if isOwn {
                painter.text("◆", x: rect.x, y: rect.y, in: rect, .own)
            }
            for place in layout.places {
                var cell = cell(
                    place, client, labels[index], isOwn: isOwn, figure: model.clients.figure(of: place.column),
                    now: model.broker.time)
                if place.column == .trend, let scale, client.hasQueue {
                    let samples = model.lagHistories[client.id]?.samples ?? []
                    cell = TableCell(Sparkline.line(samples, columns: place.width, scale: scale), .sparkline)
                }
                if model.screens.travel != nil, !Travel.keeps(place.column) { cell = .figure(nil) }
                TableView.draw(cell, place, in: rect, &painter)
            }
        }
    }

    /// A client's name, and what it has to do with a session, unless that has the client's name.
    private static func name(
        _ client: ClientStatistics, _ label: String, isOwn: Bool, columns: Int, now: Moment
    ) -> TableCell {
        if client.isSession { return sessionName(client, label, columns: columns, now: now) }
        let session = client.session.isEmpty || client.session == client.name ? "" : " of \(client.session)"
        return TableCell(isOwn ? "\(label) (you)\(session)" : label + session, isOwn ? .own : .text)
    }

    /// As much about a session as there is room for; of an absent one, when it ends.
    private static func sessionName(
        _ client: ClientStatistics, _ label: String, columns: Int, now: Moment
    ) -> TableCell {
        let count = client[.connections]
        var texts: [String]
        if count > 0 {
            let number = NarrowFigure.count(count)
            texts = ["\(label) (session of \(number))", "\(label) (shared)"]
        } else {
            texts = ["\(label) (session)"]
            if let ending = AbsenceText.ending(client[.expiresAt], now: now) {
                texts.insert("\(label) (session, \(ending))", at: 0)
            }
        }
        return TableCell(
            texts.first { TextWidth.columns(of: $0) <= columns } ?? label, client.state == .absent ? .absent : .text)
    }

    private static func cell(
        _ place: TableLayout<ClientColumn>.Place, _ client: ClientStatistics, _ label: String, isOwn: Bool,
        figure: ClientFigure?, now: Moment
    ) -> TableCell {
        let value = figure.map { client[$0] } ?? 0
        let hasQueue = client.hasQueue
        switch place.column {
        case .name: return name(client, label, isOwn: isOwn, columns: place.width, now: now)
        case .state: return TableCell(StateText.word(client.state), .state(client.state))
        case .lag: return hasQueue ? .count(client[.lagMessages], .strong) : .figure(nil)
        case .lost:
            return hasQueue ? .count(client[.gapMessages], client.state == .losing ? .losing : .warning) : .figure(nil)
        case .trend: return TableCell("")
        case .bytes: return .figure(hasQueue ? NarrowFigure.bytes(client[.lagBytes]) : nil)
        case .oldest: return .age(client[.oldestAge])
        case .published, .delivered, .committed: return .count(value)
        case .inFlight:
            let text = "\(NarrowFigure.count(client[.inFlightMessages]))/\(NarrowFigure.count(client[.window]))"
            guard client.isSession else {
                return .figure(hasQueue ? text : nil, client[.window] == 0 ? .warning : .text)
            }
            // The window is that of a connection.
            return .count(client[.inFlightMessages])
        case .topics: return .count(value)
        case .commitTime, .deliveryTime, .roundTrip:
            return .figure(value == 0 ? nil : FigureText.duration(microseconds: value))
        case .unsent: return .bytes(value, .warning)
        case .returned, .parked: return .count(value, .warning)
        case .connected:
            return .figure(value == 0 || now == 0 ? nil : FigureText.age(microseconds: now.since(value)), .quiet)
        case .program:
            return TableCell(client.version.isEmpty ? client.program : "\(client.program) \(client.version)", .quiet)
        case .address: return TableCell(client.address, .quiet)
        }
    }
}

extension Pane {
    static let clients = Pane(ClientsPane.self)
}
