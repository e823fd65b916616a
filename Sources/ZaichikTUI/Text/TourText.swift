import ZaichikWords

/// The lines of the tour, above the status line.
enum TourText {
    /// How many rows it takes; 0 without a tour, or where there is no room.
    static func rows(_ model: Model) -> Int {
        guard model.tour != nil, model.size.height >= 14 else { return 0 }
        return min(lines(model, columns: model.size.width).count, model.size.height >= 20 ? 3 : 2)
    }

    static func lines(_ model: Model, columns: Int) -> [[Span]] {
        guard let spans = model.tour?.spans, let title = spans.first else { return [] }
        let text = spans.dropFirst().map(\.text).joined()
        // The title begins the first line; the others begin below it.
        let words = TextWidth.words(title.text + text, columns: max(1, columns - 2))
        return words.enumerated().map { index, line in
            guard index == 0, line.hasPrefix(title.text.trimmed) else { return [Span(" " + line)] }
            return [Span(" " + title.text.trimmed, .key), Span(String(line.dropFirst(title.text.trimmed.count)))]
        }
    }
}
