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

    /// What holds in all four panes first, then what each has of its own.
    static var sections: [Section] {
        let common: Set<Focus> = [.clients, .topics, .messages, .publish]
        var sections = [section("All panes") { $0.focuses.isSuperset(of: common) }]
        for focus in Focus.allCases {
            sections.append(
                section(focus.name) { $0.focuses.contains(focus) && !$0.focuses.isSuperset(of: common) })
        }
        return sections
    }

    static var markdown: String {
        var text = "# Keys of zaichik-tui\n\nMade from the table in `Sources/ZaichikTUI/Update/KeyMap.swift`.\n"
        for section in sections {
            text += "\n## \(section.title)\n\n| key | does |\n| --- | --- |\n"
            for row in section.rows { text += "| \(row.keys) | \(row.help) |\n" }
        }
        return text
    }

    private static func section(_ title: String, _ belongs: (Binding) -> Bool) -> Section {
        Section(
            title: title,
            rows: KeyMap.bindings.filter(belongs).map { binding in
                Row(keys: binding.keys.map(\.description).joined(separator: " "), help: binding.help)
            })
    }
}
