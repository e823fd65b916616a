/// The panes in the order of their numbers, and the keys that follow from them.
struct PaneTable: Equatable, Sendable {
    /// The one table: titles, tabs, layout, focus, keys, help and docs/KEYS.md are made from it.
    static let standard = PaneTable([
        .clients, .topics, .messages, .publish, .events, .heatMap, .broker,
    ])

    let panes: [Pane]
    let keys: KeyMap

    /// - Parameters:
    ///   - panes: 1 to 9 of them, each once.
    ///   - rebound: Other keys, by the names of actions.
    init(_ panes: [Pane], rebound: [String: [Key]] = [:]) {
        precondition((1...9).contains(panes.count) && Set(panes).count == panes.count, "1 to 9 panes, each once")
        self.panes = panes
        keys = KeyMap(panes, rebound: rebound)
    }

    /// Counted from 1.
    func number(of pane: Pane) -> Int { (panes.firstIndex(of: pane) ?? -1) + 1 }

    /// The key that shows a pane.
    static func key(ofNumber number: Int) -> Key { .character(Character(String(number))) }

    /// The pane that a key shows.
    func pane(for key: Key) -> Pane? { panes.indices.first { Self.key(ofNumber: $0 + 1) == key }.map { panes[$0] } }

    /// The pane that follows by so many steps; the last is followed by the first.
    func pane(_ step: Int, after pane: Pane) -> Pane {
        panes[(number(of: pane) - 1 + step + panes.count) % panes.count]
    }

    /// Every focus there is.
    var focuses: [Focus] {
        panes.map(Focus.pane) + [
            .form, .prompt, .drawer, .message, .list, .settings, .columns, .detail, .acts, .help, .travel,
        ]
    }

    static func == (first: PaneTable, second: PaneTable) -> Bool { first.panes == second.panes }
}
