import ZaichikWords

/// Draws texts by their roles into cells.
struct Painter {
    private(set) var buffer: CellBuffer
    let theme: Theme
    /// The place of the terminal's cursor; nil if it is hidden.
    var cursor: Point?

    init(size: Size, theme: Theme) {
        buffer = CellBuffer(size: size)
        self.theme = theme
    }

    /// What the terminal is to show.
    var drawn: CellBuffer { theme.isASCII ? buffer.inASCII : buffer }

    /// Text from a point to the right, within a part of the screen.
    ///
    /// - Returns: The column after it.
    @discardableResult
    mutating func text(_ text: String, x: Int, y: Int, in clip: Rect, _ role: Role) -> Int {
        guard y >= clip.y, y < clip.maxY else { return x }
        return buffer.put(text, x: x, y: y, from: clip.x, limit: clip.maxX, style: theme[role])
    }

    /// A row of spans from the left of a part of the screen; a span that does not fit ends in `…`.
    mutating func line(_ spans: [Span], in row: Rect) {
        var x = row.x
        for span in spans {
            let room = row.maxX - x
            guard room > 0 else { return }
            x = text(TextWidth.cut(span.text, to: room), x: x, y: row.y, in: row, span.role)
        }
    }

    mutating func fill(_ rect: Rect, _ role: Role, with glyph: String = " ") {
        buffer.fill(rect, glyph, style: theme[role])
    }

    /// Lays a selection over a part of the screen.
    mutating func highlight(_ rect: Rect, _ role: Role) {
        let (theme, style) = (theme, theme[role])
        buffer.restyle(rect) { theme.laid(style, over: $0) }
    }

    /// Dims a part of the screen: what is there is no longer certain.
    mutating func fade(_ rect: Rect) {
        let color = theme[.quiet].foreground
        buffer.restyle(rect) { style in
            var style = style
            style.foreground = color ?? style.foreground
            style.attributes.remove(.bold)
            style.attributes.insert(.dim)
            return style
        }
    }

    /// Marks the places of a row that have a text.
    mutating func mark(_ search: TextSearch, in row: Rect) {
        var bytes: [UInt8] = []
        // Where each cell's text ends.
        var ends: [(x: Int, end: Int)] = []
        for x in max(0, row.x)..<max(0, row.x, min(row.maxX, buffer.size.width)) where row.y < buffer.size.height {
            bytes += buffer[x, row.y].text.utf8
            ends.append((x, bytes.count))
        }
        var done = 0
        while let match = search.firstMatch(in: bytes, from: done) {
            for (index, cell) in ends.enumerated() {
                let start = index > 0 ? ends[index - 1].end : 0
                guard start < match.upperBound, cell.end > match.lowerBound, start < cell.end else { continue }
                let style = theme[.match]
                buffer.restyle(Rect(x: cell.x, y: row.y, width: max(1, buffer[cell.x, row.y].columns), height: 1)) {
                    _ in
                    style
                }
            }
            done = match.upperBound
        }
    }

    /// Gives a part of the screen another background.
    mutating func overlayBackground(_ rect: Rect, _ background: UInt8?) {
        buffer.restyle(rect) { Style(foreground: $0.foreground, background: background, attributes: $0.attributes) }
    }

    /// A frame with a title; spans that do not fit are left out whole, the later ones first.
    mutating func frame(_ rect: Rect, title: [Span], focused: Bool) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let role = focused ? Role.borderFocused : .border
        // Without colours a heavy line says where the focus is.
        let heavy = focused && theme.scheme != .colors256
        let glyphs = heavy ? ["━", "┃", "┏", "┓", "┗", "┛"] : ["─", "│", "╭", "╮", "╰", "╯"]
        fill(Rect(x: rect.x, y: rect.y, width: rect.width, height: 1), role, with: glyphs[0])
        fill(Rect(x: rect.x, y: rect.maxY - 1, width: rect.width, height: 1), role, with: glyphs[0])
        fill(Rect(x: rect.x, y: rect.y, width: 1, height: rect.height), role, with: glyphs[1])
        fill(Rect(x: rect.maxX - 1, y: rect.y, width: 1, height: rect.height), role, with: glyphs[1])
        for (glyph, point) in zip(
            glyphs[2...],
            [
                Point(x: rect.x, y: rect.y), Point(x: rect.maxX - 1, y: rect.y),
                Point(x: rect.x, y: rect.maxY - 1), Point(x: rect.maxX - 1, y: rect.maxY - 1),
            ])
        {
            text(glyph, x: point.x, y: point.y, in: rect, role)
        }
        drawTitle(title, on: rect, focused: focused)
    }

    private mutating func drawTitle(_ title: [Span], on rect: Rect, focused: Bool) {
        var x = rect.x + 2
        for (index, span) in title.enumerated() {
            var text = " \(span.text) "
            let room = rect.maxX - 2 - x
            if TextWidth.columns(of: text) > room {
                guard index == 0 || room >= 14 else { return }
                text = TextWidth.cut(text, to: room - 1) + " "
            }
            let role = index == 0 ? (focused ? Role.titleFocused : .title) : span.role
            x = self.text(text, x: x, y: rect.y, in: rect, role) + 1
        }
    }
}
