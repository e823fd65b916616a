import ZaichikProtocol
import ZaichikWords

/// The topics: how fast they grow, what they keep, how many read them.
enum TopicsPane: TablePane {
    static let name = "Topics"
    static let slot = PaneSlot.left
    static let keys = [
        Binding(
            .open, [.enter], [.pane(.topics)], "its settings, who reads it, and who holds messages back",
            hint: "details",
            rank: 1),
        Binding(
            .toggleSubscription, [.character("t")], [.pane(.topics), .drawer],
            "subscribe to the topic, or unsubscribe: take it into Messages or out", hint: "(un)subscribe", rank: 2),
        Binding(.newTopic, [.character("c")], [.pane(.topics)], "create a topic", hint: "create", rank: 4),
        Binding(
            .showKeys, [.character("D")], [.pane(.topics), .drawer],
            "deduplication: the keys that the topic remembers, which message has each, and for how long",
            hint: "keys", rank: 36),
    ]

    static var table: WritableKeyPath<Model, TopicTable> { \.topics }
    static let growingColumns: [(column: TopicColumn, most: Int)] = [(.name, 48)]
    static let noun = "topic"
    static let emptyText = ["no topics yet", "press p: publishing creates one"]

    static func topic(_ model: Model) -> String? { model.topics.selectedRow?.name }

    static func actTarget(_ model: Model) -> ActTarget? {
        ActTarget(model.topics.markedRows.map { .topic($0) })
            ?? (model.topics.selectedRow ?? model.topics.rows.first).map { .topic($0) }
    }

    static func drawerSubject(_ model: Model) -> DrawerSubject? {
        model.topics.selectedRow.map { .topic($0.name) }
    }

    static func open(_ model: inout Model) -> [Effect] {
        guard let topic = model.topics.selectedRow ?? model.topics.rows.first else { return [] }
        model.topics.selected = topic.name
        model.overlay = .topic(TopicInspection(name: topic.name, row: topic))
        return (try? TopicName(topic.name)).map { [.link(.inspectTopic($0))] } ?? []
    }

    static func rowPainter(_ model: Model, _ layout: TableLayout<TopicColumn>) -> RowPainter {
        { index, rect, painter in
            let topic = model.topics.rows[index]
            let own = model.subscriptions(matching: topic.name)
            let color = Role.topic(model.topicColors[topic.name])
            if !own.isEmpty {
                // Subscribed by its own name, or by a pattern.
                let mark = own.contains { $0.pattern.string == topic.name } ? "●" : "○"
                painter.text(mark, x: rect.x, y: rect.y, in: rect, color)
            }
            for place in layout.places {
                let figure = model.topics.figure(of: place.column)
                var cell = cell(place.column, topic, figure, own.isEmpty ? .text : color)
                if model.screens.travel != nil, !Travel.keeps(place.column) { cell = .figure(nil) }
                TableView.draw(cell, place, in: rect, &painter)
            }
        }
    }

    private static func cell(
        _ column: TopicColumn, _ topic: TopicStatistics, _ figure: TopicFigure?, _ color: Role
    ) -> TableCell {
        let value = figure.map { topic[$0] } ?? 0
        return switch column {
        case .name: TableCell(topic.name, color)
        case .rate, .messages, .subscribers, .delivered: .count(value)
        case .dropped: .count(topic[.droppedMessages], topic[.dropRate] > 0 ? .losing : .warning)
        case .bytes, .held: .bytes(value)
        case .last: .age(value)
        case .expired, .duplicates, .delayed: .count(value)
        case .refused: .count(value, .warning)
        case .limit: .bytes(topic.settings.limit, .quiet)
        case .retention: .figure(topic.settings.text(.retention), .quiet)
        case .newest: .figure(value == 0 ? nil : "#\(value)", .quiet)
        }
    }
}

extension Pane {
    static let topics = Pane(TopicsPane.self)
}
