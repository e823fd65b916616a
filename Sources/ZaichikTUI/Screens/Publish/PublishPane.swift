/// The form for a message to publish, and the outcomes of earlier ones.
enum PublishPane: PaneContent {
    static let name = "Publish"
    static let slot = PaneSlot.corner
    static let keys = [
        Binding(
            .startPublish, [.enter, .character("i")], [.pane(.publish)],
            "write a message; with the load generator or the slow clients: change what is set", hint: "write", rank: 1),
        Binding(
            .readPublished, [.control("r")], [.pane(.publish), .form],
            "read what was published last: subscribe to its topic from the earliest message, and show Messages",
            hint: "read it", rank: 6),
        Binding(
            .loadGenerator, [.character("L")], [.pane(.publish)],
            "the load generator: messages at a rate; pressed again it starts or stops", hint: "load", rank: 4),
        Binding(
            .slowClients, [.character("W")], [.pane(.publish)],
            "slow clients, to see what happens to others: pressed again they start or stop", hint: "slow clients",
            rank: 5),
        Binding(
            .openEditor, [.control("x")], [.form], "write the body in $VISUAL or $EDITOR", hint: "editor", rank: 7),
        Binding(.chooseFile, [.control("o")], [.form], "publish a file", hint: "file", rank: 8),
        Binding(
            .traced, [.control("t")], [.form],
            "have the broker tell the way of the messages through every queue, or no longer", hint: "trace", rank: 9),
    ]

    static let commands = PaletteCommand.load

    static func keyFocus(_ model: Model) -> Focus { model.publish.isEditing ? .form : .pane(.publish) }

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        guard model.publish.screen == .message else { return model.moveKnob(by: distance.signum()) }
        for _ in 0..<min(abs(distance), PublishForm.maximumHistory) { model.publish.recall(older: distance < 0) }
    }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        let y = area.rows.y + row
        switch model.publish.screen {
        case .message:
            guard let field = PublishArea(area.inside, model.publish).field(atRow: y) else { return }
            model.publish.field = field
        case .load:
            let places = KnobArea(area.inside, model.publish.load.form, isEditing: model.publish.isEditing, figures: 4)
            guard let knob = places.knob(atRow: y) else { return }
            model.publish.load.form.choose(knob)
        case .slowClients:
            let form = model.publish.slowClients.form
            let places = KnobArea(area.inside, form, isEditing: model.publish.isEditing, figures: 4)
            guard let knob = places.knob(atRow: y) else { return }
            model.publish.slowClients.form.choose(knob)
        }
        model.publish.isEditing = true
    }

    static func goBack(_ model: inout Model) -> [Effect] {
        model.publish.screen = .message
        return []
    }

    static func topic(_ model: Model) -> String? { model.publish.topic.text.isEmpty ? nil : model.publish.topic.text }

    static func title(_ model: Model) -> [Span] {
        if model.publish.screen != .message { return loadTitle(model) }
        var spans = model.isNewTopic(model.publish.topic.text) ? [Span("new topic", .warning)] : []
        if model.broker.isBlocked { spans.append(Span("blocked", .bad)) }
        if model.publish.isTraced { spans.append(Span("traced", .warning)) }
        if model.publish.waiting > 0 { spans.append(Span("\(model.publish.waiting) waiting", .warning)) }
        if model.publish.isEditing, model.focus == .publish { spans.append(Span("writing", .quiet)) }
        if model.publish.load.isRunning { spans.append(Span("load runs: L", .warning)) }
        if model.publish.slowClients.isRunning { spans.append(Span("slow clients run: W", .warning)) }
        return spans
    }

    private static func loadTitle(_ model: Model) -> [Span] {
        let name = model.publish.screen == .load ? "load" : "slow clients"
        let running = model.isLoadRunning ? Span("running", .good) : Span("not running", .quiet)
        return [Span(name, .strong), running]
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        if model.publish.screen == .message {
            PublishView.draw(model, in: area, isFocused: isFocused, &painter)
        } else {
            LoadView.draw(model, in: area, isFocused: isFocused, &painter)
        }
    }
}

extension Pane {
    static let publish = Pane(PublishPane.self)
}
