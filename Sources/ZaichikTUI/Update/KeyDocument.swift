/// The key table as text, for help and for docs/KEYS.md.
enum KeyDocument {
    struct Section: Equatable {
        var title: String
        var rows: [Row]
    }

    struct Row: Equatable {
        var keys: String
        var help: String
    }

    /// The keys of all panes first, then those of each pane and of everything else that takes keys.
    static func sections(_ panes: PaneTable) -> [Section] {
        let common = Set(panes.panes.map(Focus.pane))
        var sections = [section("All panes", panes) { $0.focuses.isSuperset(of: common) }]
        for focus in panes.focuses {
            let own = section(focus.name, panes) {
                $0.focuses.contains(focus) && !$0.focuses.isSuperset(of: common)
            }
            if !own.rows.isEmpty { sections.append(own) }
        }
        return sections
    }

    static func markdown(_ panes: PaneTable) -> String {
        var text = """
            # Keys of zaichik-tui

            Made from `Sources/ZaichikTUI/Update/KeyMap.swift` and from the panes in `Sources/ZaichikTUI/Panes`.

            """
        for section in sections(panes) {
            text += "\n## \(section.title)\n\n| key | does |\n| --- | --- |\n"
            for row in section.rows { text += "| \(row.keys) | \(row.help) |\n" }
        }
        return text
    }

    private static func section(_ title: String, _ panes: PaneTable, _ belongs: (Binding) -> Bool) -> Section {
        Section(
            title: title,
            rows: panes.keys.bindings.filter(belongs).map { binding in
                Row(keys: binding.keys.map(\.description).joined(separator: " "), help: binding.help)
            })
    }
}
