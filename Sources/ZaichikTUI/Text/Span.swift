import ZaichikWords

/// Text with its role.
struct Span: Equatable, Sendable {
    var text: String
    var role: Role

    init(_ text: String, _ role: Role = .text) {
        self.text = text
        self.role = role
    }
}

extension [Span] {
    /// In lines that are broken wherever they are full.
    func wrapped(_ columns: Int) -> [[Span]] {
        var lines: [[Span]] = [[]]
        var used = 0
        for span in self {
            var text = ""
            for glyph in Glyphs(span.text) {
                if used + glyph.columns > columns, used > 0 {
                    if !text.isEmpty { lines[lines.count - 1].append(Span(text, span.role)) }
                    lines.append([])
                    (text, used) = ("", 0)
                }
                text += glyph.text
                used += glyph.columns
            }
            if !text.isEmpty { lines[lines.count - 1].append(Span(text, span.role)) }
        }
        return lines
    }
}
