/// The parts of the Publish pane: the fields of the form, and the results below.
struct PublishArea: Equatable {
    let results: Rect
    /// With their labels.
    private let fields: [PublishForm.Field: Rect]

    /// With so many rows there is room for options that are not used.
    private static let roomy = 9
    private static let labelColumns = 8

    /// - Parameter inside: The pane without its frame.
    init(_ inside: Rect, _ form: PublishForm) {
        let showsOptions = inside.height >= Self.roomy || form.usesOptions
        let others = showsOptions ? 4 : 2
        // The body and the results share the rest.
        let body = max(1, (inside.height - others) / 2)
        let half = (inside.width + 1) / 2
        var rows: [(field: PublishForm.Field, x: Int, y: Int, width: Int, height: Int)] = [
            (.topic, 0, 0, inside.width, 1), (.key, 0, 1, inside.width, 1), (.body, 0, 2, inside.width, body),
        ]
        if showsOptions {
            rows += [
                (.headers, 0, 2 + body, inside.width, 1), (.delay, 0, 3 + body, half, 1),
                (.expiry, half, 3 + body, inside.width - half, 1),
            ]
        }
        let height = others + body
        // Where there is no room for all, what is typed into is seen.
        let active = form.isEditing ? rows.first { $0.field == form.field }.map { $0.y + $0.height } ?? 0 : 0
        let hidden = max(0, min(active, height) - inside.height)
        fields = rows.reduce(into: [:]) { fields, row in
            let top = row.y - hidden
            let rows = min(row.height, inside.height - top)
            guard top >= 0, rows > 0 else { return }
            fields[row.field] = Rect(x: inside.x + row.x, y: inside.y + top, width: row.width, height: rows)
        }
        results = inside.split(top: min(inside.height, height - hidden)).rest
    }

    /// The rows of a field with its label; nil if there is no room for it.
    func row(of field: PublishForm.Field) -> Rect? { fields[field] }

    /// The part of a field with its text.
    func box(of field: PublishForm.Field) -> Rect? {
        row(of: field).map {
            Rect(
                x: $0.x + Self.labelColumns, y: $0.y, width: max(1, $0.width - Self.labelColumns - 1), height: $0.height
            )
        }
    }

    /// The field in a row; where there are two, the one at the left.
    func field(atRow y: Int) -> PublishForm.Field? {
        PublishForm.Field.allCases.first { row(of: $0).map { y >= $0.y && y < $0.maxY } ?? false }
    }
}
