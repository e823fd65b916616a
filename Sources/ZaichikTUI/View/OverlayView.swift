/// Draws what lies over the panes: lines that can be scrolled.
enum OverlayView {
    static func draw(_ model: Model, in area: OverlayArea, now: Moment, _ painter: inout Painter) {
        guard let overlay = model.overlay else { return }
        switch overlay {
        case .list(let list): return ListView.draw(list, model, in: area, &painter)
        case .settings(let form): return SettingsView.draw(form, in: area.frame, &painter)
        case .columns(let menu): return ColumnMenuView.draw(menu, model, in: area.frame, &painter)
        case .help, .client, .session, .topic, .message, .screen: break
        }
        let isFocused = !model.isDrawerFollowing
        painter.fill(area.frame, .text)
        painter.frame(area.frame, title: OverlayText.title(overlay, model), focused: isFocused)
        let lines = OverlayText.lines(model, columns: area.inside.width, now: now)
        // There may be fewer lines than when it was scrolled.
        let first = min(overlay.offset, area.maximumOffset(lines: lines.count))
        for (row, line) in lines.dropFirst(first).prefix(area.inside.height).enumerated() {
            painter.line(line, in: area.inside.row(row))
        }
        ScrollMark.draw(
            in: area.frame, first: first, seen: area.inside.height, of: lines.count, focused: isFocused, &painter)
    }
}
