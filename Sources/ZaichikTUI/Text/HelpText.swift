import ZaichikWords

/// The key table as help: what holds where it was asked for comes first.
enum HelpText {
    private static let keyColumns = 12

    static func title(_ inspection: HelpInspection) -> [Span] {
        [Span("Keys")] + (inspection.search.isEmpty ? [] : [Span("search \(inspection.search)", .warning)])
            + [Span("Esc closes, ↓ ↑ scroll, / searches", .quiet)]
    }

    /// - Returns: Lines; with the reasons why some keys do nothing now.
    static func lines(_ inspection: HelpInspection, _ model: Model, columns: Int) -> [[Span]] {
        var model = model
        // The keys are those of what lies below the help.
        model.overlay = inspection.under
        let search = TextSearch(inspection.search)
        let sections = KeyDocument.sections(model.panes.table, first: inspection.place)
        let lines = sections.flatMap { section -> [[Span]] in
            let rows = section.rows.filter { row in
                search.map { $0.isIn("\(section.title) \(row.keys) \(row.help) \(row.action.name)") } ?? true
            }
            if rows.isEmpty { return [] }
            let isHere = section.focus == inspection.place
            let title = isHere ? "\(section.title) (here)" : section.title
            return [[], [Span(title, .columnSorted)]]
                + rows.flatMap { row in
                    self.lines(row, obstacle: isHere || section.focus == nil ? row.obstacle(model) : nil, columns)
                }
        }
        guard !lines.isEmpty else { return [[Span("no key has '\(inspection.search)' in its text", .quiet)]] }
        return lines.dropFirst().map { search?.marked($0) ?? $0 }
    }

    /// - Parameter obstacle: Why the key would do nothing now.
    private static func lines(_ row: KeyDocument.Row, obstacle: String?, _ columns: Int) -> [[Span]] {
        let padding = String(repeating: " ", count: max(1, keyColumns - TextWidth.columns(of: row.keys)))
        let room = max(16, columns - keyColumns - 2)
        let texts = TextWidth.words(row.help, columns: room).map { Span($0, obstacle == nil ? .text : .quiet) }
        let reasons = obstacle.map { TextWidth.words("(\($0))", columns: room) } ?? []
        return (texts + reasons.map { Span($0, .quiet) }).enumerated().map { index, part in
            let left =
                index == 0
                ? Span("  " + row.keys + padding, obstacle == nil ? .key : .quiet)
                : Span(String(repeating: " ", count: keyColumns + 2), .text)
            return [left, part]
        }
    }
}
