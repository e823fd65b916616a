/// The whole screen, as a function of the model.
enum RootView {
    struct Screen: Equatable {
        var buffer: CellBuffer
        /// nil if the cursor is hidden.
        var cursor: Point?
    }

    static func screen(_ model: Model, theme: Theme, now: Moment) -> Screen {
        let model = model.shownModel
        var painter = Painter(size: model.size, theme: theme)
        let layout = model.layout
        guard layout.form != .tooSmall else {
            drawTooSmall(model, &painter)
            return Screen(buffer: painter.drawn, cursor: nil)
        }
        HeaderView.draw(model, in: layout.header, now: now, &painter)
        TabBar.draw(model, layout, &painter)
        for pane in model.panes.table.panes where layout.panes[pane] != nil {
            draw(pane, model, in: pane.area(in: layout), &painter)
        }
        OverlayView.draw(model, in: OverlayArea(layout), now: now, &painter)
        ActView.draw(model, in: layout.body, &painter)
        PaletteView.draw(model, &painter)
        StatusLine.draw(model, in: layout.status, now: now, &painter)
        KeyLine.draw(model, in: layout.keys, &painter)
        return Screen(buffer: painter.drawn, cursor: painter.cursor)
    }

    private static func draw(_ pane: Pane, _ model: Model, in area: PaneArea, _ painter: inout Painter) {
        let isFocused = pane == model.focus && !(model.isDrawerApart && model.drawer.isEntered)
        let title = [Span("\(model.panes.table.number(of: pane)) \(pane.name)")] + pane.content.title(model)
        painter.frame(area.frame, title: title, focused: isFocused)
        if !area.inside.isEmpty { pane.content.draw(model, in: area, isFocused: isFocused, &painter) }
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
