/// The place of the palette's box, and which of its entries are seen.
struct PaletteArea {
    private static let mostRows = 12

    let frame: Rect
    let inside: Rect
    /// The place of the chosen entry among all; 0 if there is none.
    let selected: Int
    /// The place of the first entry that is seen.
    let first: Int

    /// - Returns: nil without a palette, or where there is no room.
    init?(_ model: Model, entries: Int) {
        let body = model.layout.body
        let height = min(max(entries, 1) + 2, Self.mostRows + 2, body.height)
        guard model.prompt?.question == .palette, height >= 3 else { return nil }
        frame = Rect(x: body.x, y: body.maxY - height, width: body.width, height: height)
        inside = frame.inset(columns: 2, rows: 1)
        selected = max(0, min(model.palette.selected, entries - 1))
        first = max(0, min(selected - inside.height + 1, entries - inside.height))
    }

    /// The place of the entry at a point; nil if there is none.
    func entry(at point: Point, of entries: Int) -> Int? {
        let place = first + point.y - inside.y
        return inside.contains(point) && place < entries ? place : nil
    }
}
