import ZaichikProtocol

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
            .toggleSubscription, [.character("t")], [.pane(.topics), .detail],
            "subscribe to the topic, or unsubscribe: take it into Messages or out", hint: "(un)subscribe", rank: 2),
    ]

    static var table: WritableKeyPath<Model, TopicTable> { \.topics }
    static let growingColumns: [(column: TopicColumn, most: Int)] = [(.name, 48)]
    static let noun = "topic"
    static let emptyText = ["no topics yet", "press p: publishing creates one"]

    static func topic(_ model: Model) -> String? { model.topics.selectedRow?.name }

    static func actTarget(_ model: Model) -> ActTarget? {
        (model.topics.selectedRow ?? model.topics.rows.first).map { .topic($0) }
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
                let cell = cell(place.column, topic, own.isEmpty ? .text : color)
                TableView.draw(cell, place, in: rect, &painter)
            }
        }
    }

    private static func cell(_ column: TopicColumn, _ topic: TopicStatistics, _ color: Role) -> TableCell {
        switch column {
        case .name: TableCell(topic.name, color)
        case .rate: .count(topic[.publishRate])
        case .messages: .count(topic[.retainedMessages])
        case .dropped: .count(topic[.droppedMessages], topic[.dropRate] > 0 ? .losing : .warning)
        case .bytes: .bytes(topic[.retainedBytes])
        case .held: .bytes(topic[.heldBytes])
        case .subscribers: .count(topic[.subscribers])
        case .last: .age(topic[.lastPublishAge])
        }
    }
}

extension Pane {
    static let topics = Pane(TopicsPane.self)
}
