import ZaichikWords

/// The key table as help.
enum HelpText {
    static func lines(_ panes: PaneTable, columns: Int) -> [[Span]] {
        let keyWidth = 12
        var lines: [[Span]] = []
        for section in KeyDocument.sections(panes) {
            if !lines.isEmpty { lines.append([]) }
            lines.append([Span(section.title, .columnSorted)])
            for row in section.rows {
                let padding = String(repeating: " ", count: max(1, keyWidth - TextWidth.columns(of: row.keys)))
                for (index, part) in TextWidth.words(row.help, columns: max(16, columns - keyWidth - 2)).enumerated() {
                    let left =
                        index == 0
                        ? Span("  " + row.keys + padding, .key)
                        : Span(String(repeating: " ", count: keyWidth + 2), .text)
                    lines.append([left, Span(part)])
                }
            }
        }
        return lines
    }
}
