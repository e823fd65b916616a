import ZaichikWords

/// The lines of the tour, above the status line.
enum TourText {
    /// How many rows it takes; 0 without a tour, or where there is no room.
    static func rows(_ model: Model) -> Int {
        guard model.tour != nil, model.size.height >= 14 else { return 0 }
        return min(words(model, columns: model.size.width).count, model.size.height >= 16 ? 4 : 2)
    }

    /// As many lines as there are rows; the last one has the rest.
    static func lines(_ model: Model, rows: Int, columns: Int) -> [[Span]] {
        guard let title = model.tour?.spans.first?.text.trimmed, rows > 0 else { return [] }
        let words = words(model, columns: columns)
        let lines = words.prefix(rows - 1) + [words.dropFirst(rows - 1).joined(separator: " ")]
        return lines.enumerated().map { index, line in
            guard index == 0, line.hasPrefix(title) else { return [Span(" " + line)] }
            return [Span(" " + title, .key), Span(String(line.dropFirst(title.count)))]
        }
    }

    private static func words(_ model: Model, columns: Int) -> [String] {
        let text = (model.tour?.spans ?? []).map(\.text).joined()
        return TextWidth.words(text, columns: max(1, columns - 2))
    }
}
