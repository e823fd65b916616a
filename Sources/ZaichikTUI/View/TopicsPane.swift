import ZaichikProtocol
import ZaichikWords

/// The topics: how fast they grow, what they keep, who reads them.
enum TopicsPane {
    static func draw(_ model: Model, in rect: Rect, now: Moment, _ painter: inout Painter) {
        let focused = model.focus == .topics
        let topics = model.topics
        painter.frame(rect, title: title(model), focused: focused)
        let inside = rect.inside
        guard !inside.isEmpty else { return }
        let table = TableView<TopicColumn>(width: inside.width - 1, growing: [(.name, 48)])
        table.drawTitles(in: inside.row(0), sort: topics.sort, descending: topics.descending, &painter)
        let height = max(0, inside.height - 1)
        for line in 0..<height {
            let index = topics.offset + line
            guard index < topics.rows.count else { break }
            let row = inside.row(line + 1)
            drawRow(topics.rows[index], model, table, in: row, &painter)
            if topics.rows[index].name == topics.selected {
                painter.highlight(row, focused ? .selectionFocused : .selection)
            }
        }
        if topics.rows.isEmpty { EmptyNotice.draw(emptyText(model), in: inside, &painter) }
        ScrollMark.draw(in: rect, first: topics.offset, seen: height, of: topics.rows.count, focused: focused, &painter)
    }

    private static func title(_ model: Model) -> [Span] {
        let topics = model.topics
        var spans = [Span("2 Topics")]
        let seen = topics.rows.count
        spans.append(Span(seen == topics.matching ? "\(seen)" : "\(seen) of \(topics.matching)", .quiet))
        spans.append(Span("by \(topics.sort.title) \(topics.descending ? "▼" : "▲")", .quiet))
        if !topics.filter.isEmpty { spans.append(Span("filter \(topics.filter)", .warning)) }
        if !topics.rows.isEmpty, !model.connection.isConnected { spans.append(Span("as they were", .warning)) }
        return spans
    }

    private static func emptyText(_ model: Model) -> [String] {
        if !model.topics.filter.isEmpty {
            return ["no topic matches '\(model.topics.filter)'", "Esc drops the filter"]
        }
        return model.connection.isConnected
            ? ["no topics yet", "press p to publish to one"] : [EmptyNotice.disconnected(model)]
    }

    private static func drawRow(
        _ topic: TopicStatistics, _ model: Model, _ table: TableView<TopicColumn>, in row: Rect,
        _ painter: inout Painter
    ) {
        let own = model.subscriptions(matching: topic.name)
        let color = Role.topic(model.topicColors[topic.name])
        if !own.isEmpty {
            // Subscribed by its own name, or by a pattern.
            let mark = own.contains { $0.pattern.string == topic.name } ? "●" : "○"
            painter.text(mark, x: row.x, y: row.y, in: row, color)
        }
        for place in table.places {
            let value: TableView<TopicColumn>.Cell =
                switch place.column {
                case .name: .init(topic.name, own.isEmpty ? .text : color)
                case .rate: number(topic[.publishRate])
                case .messages: number(topic[.retainedMessages])
                case .bytes:
                    .init(NarrowFigure.bytes(topic[.retainedBytes]), topic[.retainedBytes] == 0 ? .quiet : .text)
                case .held: .init(NarrowFigure.bytes(topic[.heldBytes]), topic[.heldBytes] == 0 ? .quiet : .text)
                case .subscribers: number(topic[.subscribers])
                case .last:
                    topic[.lastPublishAge] == 0
                        ? .init("-", .quiet) : .init(FigureText.age(microseconds: topic[.lastPublishAge]))
                }
            table.draw(value, place, in: row, &painter)
        }
    }

    private static func number(_ value: UInt64) -> TableView<TopicColumn>.Cell {
        .init(NarrowFigure.count(value), value == 0 ? .quiet : .text)
    }
}
