/// The key table as help.
enum HelpText {
    static func lines(columns: Int) -> [[Span]] {
        let keyWidth = 12
        var lines: [[Span]] = []
        for section in KeyDocument.sections {
            if !lines.isEmpty { lines.append([]) }
            lines.append([Span(section.title, .columnSorted)])
            for row in section.rows {
                let padding = String(repeating: " ", count: max(1, keyWidth - TextWidth.columns(of: row.keys)))
                for (index, part) in words(row.help, columns: max(16, columns - keyWidth - 2)).enumerated() {
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

    /// Breaks between words.
    static func words(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if TextWidth.columns(of: longer) > columns, !line.isEmpty {
                lines.append(line)
                line = String(word)
            } else {
                line = longer
            }
        }
        return lines + [line]
    }
}
