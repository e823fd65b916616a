/// The whole screen, as a function of the model.
enum RootView {
    struct Screen: Equatable {
        var buffer: CellBuffer
        /// Nothing: the cursor is hidden.
        var cursor: Point?
    }

    static func screen(_ model: Model, theme: Theme, now: Moment) -> Screen {
        var painter = Painter(size: model.size, theme: theme)
        let layout = model.layout
        guard layout.form != .tooSmall else {
            drawTooSmall(model, &painter)
            return Screen(buffer: painter.buffer, cursor: nil)
        }
        HeaderView.draw(model, in: layout.header, now: now, &painter)
        TabBar.draw(model, in: layout.tabs, &painter)
        for pane in Pane.allCases {
            guard let rect = layout.panes[pane] else { continue }
            switch pane {
            case .clients: ClientsPane.draw(model, in: rect, &painter)
            case .topics: TopicsPane.draw(model, in: rect, now: now, &painter)
            case .messages: MessagesPane.draw(model, in: rect, &painter)
            case .publish: PublishPane.draw(model, in: rect, &painter)
            }
        }
        OverlayView.draw(model, now: now, &painter)
        StatusLine.draw(model, in: layout.status, now: now, &painter)
        KeyLine.draw(model, in: layout.keys, &painter)
        return Screen(buffer: painter.buffer, cursor: painter.cursor)
    }

    private static func drawTooSmall(_ model: Model, _ painter: inout Painter) {
        let minimum = ScreenLayout.minimum
        let whole = Rect(x: 0, y: 0, width: model.size.width, height: model.size.height)
        EmptyNotice.draw(
            [
                "too small", "\(model.size.width)×\(model.size.height), needed",
                "\(minimum.width)×\(minimum.height)",
            ], in: whole, &painter)
    }
}
