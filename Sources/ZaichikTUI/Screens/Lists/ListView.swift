import ZaichikWords

/// Draws a list over the panes.
enum ListView {
    static func draw(_ list: ListScreen, _ model: Model, in area: OverlayArea, _ painter: inout Painter) {
        painter.fill(area.frame, .text)
        painter.frame(area.frame, title: ListText.title(list), focused: true)
        let places = ListArea(area)
        guard !list.rows.isEmpty else { return EmptyNotice.draw(ListText.empty(list), in: area.frame.inside, &painter) }
        let seen = Array(list.rows.dropFirst(list.offset).prefix(places.rows.height))
        let lines = ListText.table(list, seen, model, columns: places.head.width)
        let margin = { (mark: Span, line: [Span]) in [mark, Span(" ")] + line }
        if let head = lines.first { painter.line(margin(Span(" "), head), in: places.head) }
        for (index, line) in lines.dropFirst().enumerated() {
            let row = places.rows.row(index)
            let isMarked = list.marked.contains(seen[index].id)
            painter.line(margin(isMarked ? Span("*", .key) : Span(" "), line), in: row)
            if list.offset + index == list.selectedIndex { painter.highlight(row, .selectionFocused) }
        }
        if !places.border.isEmpty {
            painter.fill(places.border, .border, with: places.border.width == 1 ? "│" : "─")
        }
        let detail = ListText.detail(list, model, columns: max(places.detail.width, 1))
        for (index, line) in detail.prefix(places.detail.height).enumerated() {
            painter.line(line, in: places.detail.row(index))
        }
        ScrollMark.draw(
            in: area.frame, first: list.offset, seen: places.rows.height, of: list.rows.count, focused: true, &painter)
    }
}
