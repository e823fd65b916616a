/// The parts of the Publish pane: a field for the topic, one for the key and one for the body, and the results below.
struct PublishArea: Equatable {
    let results: Rect
    private let fields: Rect

    /// - Parameter inside: The pane without its frame.
    init(_ inside: Rect) {
        // The body and the results share the rest.
        let body = max(1, (inside.height - Self.bodyTop) / 2)
        (fields, results) = inside.split(top: min(inside.height, Self.bodyTop + body))
    }

    private static let bodyTop = PublishForm.Field.body.rawValue

    /// The rows of a field with its label; nil if there is no room for it.
    func row(of field: PublishForm.Field) -> Rect? {
        guard field.rawValue < fields.height else { return nil }
        let below = fields.split(top: field.rawValue).rest
        return field == .body ? below : below.row(0)
    }

    /// The part of a field with its text.
    func box(of field: PublishForm.Field) -> Rect? {
        row(of: field).map { Rect(x: $0.x + 7, y: $0.y, width: max(1, $0.width - 8), height: $0.height) }
    }

    /// The field in a row.
    func field(atRow y: Int) -> PublishForm.Field? {
        PublishForm.Field.allCases.first { row(of: $0).map { y >= $0.y && y < $0.maxY } ?? false }
    }
}
