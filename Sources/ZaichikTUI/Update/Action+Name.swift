extension Action {
    /// What it is called in the command palette, in docs/KEYS.md and in the configuration: `sort-right` for `sortRight`.
    var name: String { Self.hyphenated(String(describing: self)) }

    /// Words with hyphens in place of capitals; of a case with a value, both their names.
    private static func hyphenated(_ text: String) -> String {
        let outer = text.prefix { $0 != "(" }
        let inner = text.dropFirst(outer.count).dropLast().split(separator: ".").last.map { "-\($0)" } ?? ""
        return "\(outer)\(inner)".reduce(into: "") { name, character in
            if character.isUppercase { name += "-" }
            name += character.lowercased()
        }
    }
}
