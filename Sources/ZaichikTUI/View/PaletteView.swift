import ZaichikWords

/// Draws what fits the text of the palette, in a box above its prompt.
enum PaletteView {
    static func draw(_ model: Model, _ painter: inout Painter) {
        guard model.prompt?.question == .palette else { return }
        let entries = model.paletteEntries
        guard let area = PaletteArea(model, entries: entries.count) else { return }
        let (frame, inside, selected, first) = (area.frame, area.inside, area.selected, area.first)
        painter.fill(frame, .text)
        let count = entries.isEmpty ? "" : "\(selected + 1) of \(entries.count)"
        painter.frame(
            frame, title: [Span("Commands"), Span(count, .quiet), Span("↓ ↑ choose, Tab completes", .quiet)],
            focused: true)
        guard !entries.isEmpty else {
            painter.line([Span("nothing fits; an empty line lists all", .quiet)], in: inside.row(0))
            return
        }
        let seen = entries.dropFirst(first).prefix(inside.height)
        let keys = seen.reduce(0) { max($0, TextWidth.columns(of: $1.keys)) }
        // Short names leave the room to the texts, and the column moves only with what is seen.
        let usage = min(seen.reduce(0) { max($0, TextWidth.columns(of: $1.usage)) }, max(12, inside.width / 3))
        for (row, entry) in seen.enumerated() {
            let line = inside.row(row)
            draw(entry, in: line, usage: usage, keys: min(keys, inside.width / 5), &painter)
            if first + row == selected { painter.highlight(line, .selectionFocused) }
        }
        ScrollMark.draw(in: frame, first: first, seen: inside.height, of: entries.count, focused: true, &painter)
    }

    private static func draw(
        _ entry: PaletteEntry, in row: Rect, usage: Int, keys: Int, _ painter: inout Painter
    ) {
        let role: Role = entry.obstacle == nil ? .text : .quiet
        painter.line([Span(TextWidth.cut(entry.usage, to: usage), entry.obstacle == nil ? .key : .quiet)], in: row)
        let (_, rest) = row.split(left: usage + 2)
        let (text, right) = rest.split(left: rest.width - keys - 1)
        let help = entry.obstacle.map { "(\($0)) \(entry.help)" } ?? entry.help
        painter.line([Span(help, role)], in: text)
        painter.line([Span(" " + entry.keys, .quiet)], in: right)
    }
}
