/// The form for a message to publish, and the outcomes of earlier ones.
enum PublishPane: PaneContent {
    static let name = "Publish"
    static let slot = PaneSlot.corner
    static let keys = [
        Binding(
            .startPublish, [.enter, .character("i")], [.pane(.publish)], "write a message", hint: "write", rank: 1),
        Binding(
            .readPublished, [.control("r")], [.pane(.publish), .form],
            "read what was published last: subscribe to its topic from the earliest message, and show Messages",
            hint: "read it", rank: 3),
    ]

    static func keyFocus(_ model: Model) -> Focus { model.publish.isEditing ? .form : .pane(.publish) }

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        for _ in 0..<min(abs(distance), PublishForm.maximumHistory) { model.publish.recall(older: distance < 0) }
    }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        guard let field = PublishArea(area.inside).field(atRow: area.rows.y + row) else { return }
        model.publish.field = field
        model.publish.isEditing = true
    }

    static func topic(_ model: Model) -> String? { model.publish.topic.text.isEmpty ? nil : model.publish.topic.text }

    static func title(_ model: Model) -> [Span] {
        var spans = model.isNewTopic(model.publish.topic.text) ? [Span("new topic", .warning)] : []
        if model.broker.isBlocked { spans.append(Span("blocked", .bad)) }
        if model.publish.waiting > 0 { spans.append(Span("\(model.publish.waiting) waiting", .warning)) }
        if model.publish.isEditing, model.focus == .publish { spans.append(Span("writing", .quiet)) }
        return spans
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        PublishView.draw(model, in: area, isFocused: isFocused, &painter)
    }
}

extension Pane {
    static let publish = Pane(PublishPane.self)
}
