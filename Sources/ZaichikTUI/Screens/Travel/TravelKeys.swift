extension KeyMap {
    /// While one travels through time: the keys of the journey, and those that look around.
    static func travel(_ all: Set<Focus>, _ panes: [Pane]) -> [Binding] {
        let journey: Set<Focus> = [.travel]
        return [
            Binding(
                .travel, [.character("@")], all,
                "time travel: all panes show an instant of the last ten minutes; ← → move it, s finds slow-downs"),
            Binding(.earlier, [.left, .character("h")], journey, "a second back", hint: "back", rank: 3),
            Binding(.later, [.right, .character("l")], journey, "a second on", hint: "on", rank: 4),
            Binding(.muchEarlier, [.character("[")], journey, "half a minute back", hint: "-30s", rank: 5),
            Binding(.muchLater, [.character("]")], journey, "half a minute on", hint: "+30s", rank: 6),
            Binding(.earliest, [.home], journey, "as far back as is kept"),
            Binding(.latest, [.end], journey, "to the newest instant"),
            Binding(
                .slowDownBefore, [.character("s")], journey,
                "back to the slow-down before: where deliveries fell to less than half, of the client under the cursor or of all",
                hint: "slow-down", rank: 2),
            Binding(.slowDownAfter, [.character("S")], journey, "on to the next slow-down"),
            Binding(
                .travel, [.escape, .character("@")], journey, "back to now", hint: "now", rank: 1),
            Binding(.help, [.character("?"), .function(1)], journey, "this help", hint: "help", rank: 90),
            Binding(.down, [.down, .character("j")], journey, "down"),
            Binding(.up, [.up, .character("k")], journey, "up"),
            Binding(.pageDown, [.pageDown], journey, "a page down"),
            Binding(.pageUp, [.pageUp], journey, "a page up"),
            Binding(.zoom, [.character("z")], journey, "this pane alone, or all again", hint: "zoom", rank: 70),
            Binding(.nextPane, [.tab], journey, "next pane", hint: "pane", rank: 60),
            Binding(.previousPane, [.backTab], journey, "previous pane"),
        ] + panes.enumerated().map { Binding(.showPane, [PaneTable.key(ofNumber: $0 + 1)], journey, $1.name) }
    }
}
