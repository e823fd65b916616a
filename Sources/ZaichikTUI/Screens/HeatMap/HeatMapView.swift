import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Draws the grid of the heat-map.
enum HeatMapView {
    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let heat = model.screens.heat
        let clients = HeatMap.clients(model)
        guard !clients.isEmpty, !heat.topics.isEmpty else {
            return EmptyNotice.draw(emptyText(model, hasClients: !clients.isEmpty), in: area.inside, &painter)
        }
        let layout = model.heatLayout(area)
        let cursor = heat.cursor(clients)
        drawHead(model, layout, cursor.column, &painter)
        let labels = ClientLabel.labels(of: clients)
        for line in 0..<layout.grid.height {
            let index = heat.firstRow + line
            guard index < clients.count else { break }
            drawRow(
                clients[index], labels[index], model, layout, y: layout.grid.y + line,
                cursor: index == cursor.row ? cursor.column : nil, isFocused: isFocused, &painter)
        }
        drawFoot(model, layout, &painter)
        ScrollMark.draw(
            in: area.frame, first: heat.firstRow, seen: layout.grid.height, of: clients.count, focused: isFocused,
            &painter)
    }

    private static func emptyText(_ model: Model, hasClients: Bool) -> [String] {
        if let problem = model.screens.heat.problem { return ["the broker does not say it", problem] }
        if model.screens.travel != nil {
            return ["what each client lagged in each topic is not kept", "Esc goes back to now"]
        }
        guard model.broker.connection.isConnected else { return [EmptyNotice.disconnected(model)] }
        if !hasClients {
            return model.clients.filter.isEmpty
                ? ["no client reads a topic yet", "rows are clients, columns the topics that they read"]
                : ["no client that matches '\(model.clients.filter)' reads a topic", "the filter is that of Clients"]
        }
        return ["asking the broker…"]
    }

    /// The names of the topics; without the levels that all of them begin with, and cut at their beginning.
    private static func drawHead(_ model: Model, _ layout: HeatLayout, _ cursor: Int, _ painter: inout Painter) {
        let heat = model.screens.heat
        let hidden = heat.firstColumn > 0 ? "‹ " : "  "
        painter.text(hidden + "NAME", x: layout.head.x, y: layout.head.y, in: layout.head, .columnTitle)
        for column in 0..<layout.columns {
            let index = heat.firstColumn + column
            guard index < heat.topics.count else { break }
            let text = ending(heat.topics[index], columns: layout.cellWidth - 1)
            painter.text(
                text, x: layout.x(ofColumn: column), y: layout.head.y, in: layout.head,
                index == cursor ? .columnSorted : .topic(model.topicColors[heat.topics[index]]))
        }
        if heat.firstColumn + layout.columns < heat.topics.count {
            painter.text("›", x: layout.head.maxX - 1, y: layout.head.y, in: layout.head, .columnTitle)
        }
    }

    /// Names of topics differ at their end.
    static func ending(_ name: String, columns: Int) -> String {
        var glyphs = Array(Glyphs(name))
        guard glyphs.reduce(0, { $0 + $1.columns }) > columns else { return name }
        var used = 1
        var kept: [String] = []
        while let glyph = glyphs.popLast(), used + glyph.columns <= columns {
            used += glyph.columns
            kept.append(glyph.text)
        }
        return "…" + kept.reversed().joined()
    }

    private static func drawRow(
        _ client: ClientStatistics, _ label: String, _ model: Model, _ layout: HeatLayout, y: Int, cursor: Int?,
        isFocused: Bool, _ painter: inout Painter
    ) {
        let heat = model.screens.heat
        let row = Rect(x: layout.grid.x, y: y, width: layout.grid.width, height: 1)
        if cursor != nil { painter.text("▸", x: row.x, y: y, in: row, .key) }
        let name = TextWidth.cut(label, to: layout.nameWidth - 1)
        painter.text(name, x: row.x + 2, y: y, in: row, .state(client.state))
        let isKnown = heat.rows[client.id] != nil
        for column in 0..<layout.columns {
            let index = heat.firstColumn + column
            guard index < heat.topics.count else { break }
            let x = layout.x(ofColumn: column)
            if let pair = heat.pair(client.id, heat.topics[index]) {
                draw(pair, heat.figure, x: x, width: layout.cellWidth - 1, in: row, &painter)
            } else if !isKnown {
                painter.text("…", x: x, y: y, in: row, .quiet)
            }
            if index == cursor {
                let cell = Rect(x: x, y: y, width: min(layout.cellWidth - 1, max(row.maxX - x, 0)), height: 1)
                painter.highlight(cell, isFocused ? .selectionFocused : .selection)
            }
        }
        if model.broker.freshness.age != nil { painter.fade(row) }
    }

    /// The shade, the digit, and the figure where there is room for it.
    private static func draw(
        _ pair: ClientTopicStatistics, _ figure: HeatFigure, x: Int, width: Int, in row: Rect,
        _ painter: inout Painter
    ) {
        let value = figure.value(pair)
        let level = figure.level(value)
        let role = HeatShade.role(level: level, figure, isLosing: pair[.lostRate] > 0)
        let shade = HeatShade.glyph(level: level)
        guard level > 0 else { return _ = painter.text(shade, x: x, y: row.y, in: row, role) }
        let number = figure.text(value)
        // A loss is told even where the shades stand for something else.
        let loss = pair[.lostRate] > 0 && width >= 14 ? " LOSING" : ""
        let texts = [
            "\(shade)\(shade)\(level) \(number)\(loss)", "\(shade)\(level) \(number)", "\(shade)\(shade)\(level)",
        ]
        let text = texts.first { TextWidth.columns(of: $0) <= width } ?? "\(level)"
        painter.text(text, x: x, y: row.y, in: row, role)
    }

    /// The pair under the cursor in words, and what the digits mean.
    private static func drawFoot(_ model: Model, _ layout: HeatLayout, _ painter: inout Painter) {
        guard !layout.foot.isEmpty, let subject = HeatMapPane.subject(model) else { return }
        let names = "\(subject.label) in \(subject.topic): "
        var spans = [Span(names, .strong)]
        if let pair = model.screens.heat.pair(subject.client, subject.topic) {
            spans.append(Span("lag \(NarrowFigure.count(pair[.lagMessages]))"))
            if pair[.oldestAge] > 0 { spans.append(Span(", oldest \(FigureText.age(microseconds: pair[.oldestAge]))")) }
            if pair[.inFlightMessages] > 0 { spans.append(Span(", \(pair[.inFlightMessages]) in flight")) }
            if pair[.gapMessages] > 0 {
                spans.append(Span(", lost \(NarrowFigure.count(pair[.gapMessages]))", .warning))
            }
            if pair[.lostRate] > 0 {
                spans.append(Span(" LOSING \(NarrowFigure.count(pair[.lostRate]))/s ", .losing))
            }
        } else {
            spans.append(Span("it does not read it", .quiet))
        }
        painter.line(spans, in: layout.foot.row(0))
        if layout.foot.height > 1 {
            painter.line([Span(model.screens.heat.figure.legend, .quiet)], in: layout.foot.row(1))
        }
    }
}
