/// The key table as text, for help and for docs/KEYS.md.
enum KeyDocument {
    struct Section {
        var title: String
        /// nil for the keys of all panes.
        var focus: Focus?
        var rows: [Row]
    }

    struct Row {
        var keys: String
        var help: String
        var action: Action
        /// Why it would do nothing now; nil if it can be done.
        var obstacle: (Model) -> String?

        init(_ binding: Binding) {
            keys = binding.keys.map(\.description).joined(separator: " ")
            help = binding.help
            action = binding.action
            obstacle = { $0.obstacle(to: binding) }
        }
    }

    /// The keys of all panes first, then those of each pane and of everything else that takes keys.
    ///
    /// - Parameter first: The keys of this come before all others.
    static func sections(_ panes: PaneTable, first: Focus? = nil) -> [Section] {
        let common = Set(panes.panes.map(Focus.pane))
        let own = panes.focuses.map { focus in
            section(focus.name, focus, panes) {
                $0.focuses.contains(focus) && !$0.focuses.isSuperset(of: common)
            }
        }
        .filter { !$0.rows.isEmpty }
        return own.filter { $0.focus == first }
            + [section("All panes", nil, panes) { $0.focuses.isSuperset(of: common) }]
            + own.filter { $0.focus != first }
    }

    static func markdown(_ panes: PaneTable) -> String {
        var text = """
            # Keys of zaichik-tui

            Made from `Sources/ZaichikTUI/Update/KeyMap.swift` and from the panes in `Sources/ZaichikTUI/Panes`. The names are
            those of the command palette (`:`) and of `keys` in the configuration, where other keys can be chosen.

            """
        for section in sections(panes) {
            text += "\n## \(section.title)\n\n| key | does | name |\n| --- | --- | --- |\n"
            for row in section.rows { text += "| \(cell(row.keys)) | \(cell(row.help)) | `\(row.action.name)` |\n" }
        }
        return text
    }

    /// A text that does not end a cell of a Markdown table.
    private static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|")
    }

    private static func section(
        _ title: String, _ focus: Focus?, _ panes: PaneTable, _ belongs: (Binding) -> Bool
    ) -> Section {
        Section(title: title, focus: focus, rows: panes.keys.bindings.filter(belongs).map { Row($0) })
    }
}
