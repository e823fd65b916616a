import ZaichikWords

/// The text of an empty pane: why it is empty, and what to press.
enum EmptyNotice {
    static func disconnected(_ model: Model) -> String {
        if case .connecting = model.broker.connection { return "connecting to \(model.broker.address)" }
        return "no connection to \(model.broker.address)"
    }

    static func draw(_ lines: [String], in rect: Rect, _ painter: inout Painter) {
        let top = rect.y + max(0, (rect.height - lines.count) / 2)
        for (index, line) in lines.enumerated() {
            let text = TextWidth.cut(line, to: rect.width)
            let x = rect.x + (rect.width - TextWidth.columns(of: text)) / 2
            painter.text(text, x: x, y: top + index, in: rect, index == 0 ? .text : .quiet)
        }
    }
}

/// The mark on the right border that shows which part of a longer list is seen.
enum ScrollMark {
    static func draw(in rect: Rect, first: Int, seen: Int, of count: Int, focused: Bool, _ painter: inout Painter) {
        let track = rect.height - 2
        guard count > seen, seen > 0, track >= 3 else { return }
        let length = max(1, track * seen / count)
        let start = (track - length) * first / max(1, count - seen)
        for row in 0..<length {
            painter.text(
                "┃", x: rect.maxX - 1, y: rect.y + 1 + min(start + row, track - 1), in: rect,
                focused ? .borderFocused : .title)
        }
    }
}
