import ZaichikWords

/// The last row: the keys that can be pressed here, from the key table. Keys that do not fit are left out.
enum KeyLine {
    static func draw(_ model: Model, in row: Rect, _ painter: inout Painter) {
        guard !row.isEmpty else { return }
        for (hint, x) in KeyHints.places(for: model, in: row) {
            let end = painter.text(hint.name, x: x, y: row.y, in: row, .key)
            painter.text(" \(hint.text)", x: end, y: row.y, in: row, .keyText)
        }
    }
}
