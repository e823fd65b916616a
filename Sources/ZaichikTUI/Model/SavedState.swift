/// What this program remembers from one time to the next: names and their values, a line each.
///
/// It is no configuration: what cannot be understood, as of another version, is passed over.
struct SavedState: Equatable, Sendable {
    /// The file in the directory for states.
    static let fileName = "terminal"
    private static let recent = "recent"
    private static let theme = "theme"

    private(set) var values: [String: String] = [:]

    /// Reads lines of a name, a blank and a value.
    init(text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
    }

    init(_ model: Model) {
        for pane in model.panes.table.panes {
            for (name, value) in pane.content.saved(model) { values["\(pane.name.lowercased()).\(name)"] = value }
        }
        if !model.palette.recent.isEmpty { values[Self.recent] = model.palette.recent.joined(separator: " ") }
        if model.theme != .standard { values[Self.theme] = model.theme.rawValue }
    }

    var text: String { values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined() }

    /// The theme that was chosen last; nil if none was.
    var theme: ThemeName? { values[Self.theme].flatMap { ThemeName(rawValue: $0) } }

    func restore(_ model: inout Model) {
        for pane in model.panes.table.panes {
            let prefix = "\(pane.name.lowercased())."
            let own = values.filter { $0.key.hasPrefix(prefix) }
            let saved = own.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
            if !own.isEmpty { pane.content.restore(&model, Dictionary(uniqueKeysWithValues: saved)) }
        }
        for name in (values[Self.recent] ?? "").split(separator: " ").reversed() {
            model.palette.remember(String(name))
        }
    }
}
