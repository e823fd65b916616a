/// The one table of keys: those of all panes, those that panes have of their own, and those of prompts, forms and help.
/// Actions, the key line, the help and docs/KEYS.md are made from it.
struct KeyMap: Sendable {
    let bindings: [Binding]
    /// The places of the rows in ``bindings``.
    private let places: [Focus: [Key: Int]]

    /// - Parameter rebound: Other keys, by the names of actions.
    init(_ panes: [Pane], rebound: [String: [Key]] = [:]) {
        let all = Set(panes.map(Focus.pane))
        let tables = Set(panes.filter { $0.content is any TablePane.Type }.map(Focus.pane))
        var bindings =
            Self.everywhere(all) + Self.switching(panes) + Self.display(all) + Self.movement(all)
            + panes.flatMap { $0.content.keys } + Self.rows(tables) + Self.stream(all) + Self.commits(all) + Self.form
            + Self.acting(tables) + Self.listing + Self.settings + Self.columns + Self.editing + Self.prompt
            + Self.travel(all, panes)
        for index in bindings.indices {
            if let keys = rebound[bindings[index].action.name] { bindings[index].keys = keys }
        }
        var places: [Focus: [Key: Int]] = [:]
        for (place, binding) in bindings.enumerated() {
            for focus in binding.focuses {
                for key in binding.keys { places[focus, default: [:]][key] = place }
            }
        }
        self.bindings = bindings
        self.places = places
    }

    /// The row that a key has in a focus.
    func binding(for key: Key, in focus: Focus) -> Binding? { places[focus]?[key].map { bindings[$0] } }

    func action(for key: Key, in focus: Focus) -> Action? { binding(for: key, in: focus)?.action }

    /// The first key of an action, as help shows it; nil if it has none.
    func keyName(of action: Action) -> String? {
        bindings.first { $0.action == action }?.keys.first?.description
    }

    /// The rows that hold in a focus, in the order of the table.
    func bindings(in focus: Focus) -> [Binding] { bindings.filter { $0.focuses.contains(focus) } }
}

// MARK: The table

extension KeyMap {
    /// Every focus besides the panes.
    private static let others: Set<Focus> = [
        .form, .prompt, .message, .drawer, .list, .settings, .columns, .detail, .acts, .help, .travel,
    ]
    private static let typing: Set<Focus> = [.form, .prompt, .settings]
    /// Where something is looked at and nothing is typed, besides the panes.
    private static let looking: Set<Focus> = [.message, .drawer, .list, .detail]

    private static func everywhere(_ panes: Set<Focus>) -> [Binding] {
        [
            Binding(
                .help, [.character("?"), .function(1)], panes.union(looking), "this help",
                hint: "help", rank: 90),
            Binding(.quit, [.character("q")], panes, "quit", hint: "quit", rank: 91),
            Binding(
                .palette, [.character(":")], panes.union(looking),
                "every action and command by its name, with completion", hint: "commands", rank: 25),
            Binding(
                .tour, [.function(2)], panes.union(looking).union([.form, .prompt, .acts]),
                "a guided tour: begin it, or its next step",
                hint: "tour", rank: 8),
            Binding(
                .endTour, [.function(3)], panes.union(looking).union([.form, .prompt, .acts]), "end the tour",
                hint: "end tour", rank: 9),
            Binding(.profiles, [.character("S")], panes, "another broker: the profiles of the configuration"),
            Binding(.interrupt, [.control("c")], panes.union(others), "quit at once"),
            Binding(.suspend, [.control("z")], panes.union(others), "suspend; `fg` brings it back"),
            Binding(.redraw, [.control("l")], panes.union(others), "draw the screen anew"),
            Binding(
                .back, [.escape], panes, "back: leave the zoom, clear the filter, end the search", hint: "back", rank: 0
            ),
        ]
    }

    /// Each pane has a key for its number.
    private static func switching(_ panes: [Pane]) -> [Binding] {
        let all = Set(panes.map(Focus.pane))
        return [
            Binding(.nextPane, [.tab], all, "next pane", hint: "pane", rank: 60),
            Binding(.previousPane, [.backTab], all, "previous pane"),
        ]
            + panes.enumerated().map { Binding(.showPane, [PaneTable.key(ofNumber: $0 + 1)], all, $1.name) }
    }

    private static func display(_ panes: Set<Focus>) -> [Binding] {
        [
            Binding(.zoom, [.character("z")], panes, "this pane alone, or all again", hint: "zoom", rank: 70),
            Binding(
                .pauseDisplay, [.character("Z")], panes,
                "pause the display, or resume it; messages are received and committed meanwhile", hint: "pause",
                rank: 42),
            Binding(
                .setAlert, [.character("!")], panes,
                "set an alert, such as lag > 1000 for 30s: it rings, the header tells it, a command may be run; ↑ removes one"
            ),
            Binding(
                .traceMessage, [.character("T")], panes.union([.detail, .message]),
                "trace: the way of a message through every queue; of the one under the cursor, or one that is named",
                hint: "trace", rank: 48),
            Binding(.mouse, [.character("m")], panes, "leave the mouse to the terminal (to select text), or take it"),
        ]
    }

    private static func movement(_ panes: Set<Focus>) -> [Binding] {
        let moving = panes.union([.message, .drawer, .list, .columns, .detail, .help])
        return [
            Binding(.down, [.down, .character("j")], moving, "down"),
            Binding(.up, [.up, .character("k")], moving, "up"),
            Binding(.pageDown, [.pageDown, .control("d")], moving, "a page down"),
            Binding(.pageUp, [.pageUp, .control("u")], moving, "a page up"),
            Binding(.top, [.home, .character("g")], moving, "to the first line"),
            Binding(.bottom, [.end, .character("G")], moving, "to the last line; in Messages, follow"),
            Binding(
                .back, [.escape, .character("q")], [.message, .drawer, .list, .detail, .help], "close", hint: "close",
                rank: 1),
            Binding(.back, [.character("?"), .enter], [.help], "close"),
            Binding(.search, [.character("/")], [.help], "only the lines with a text", hint: "search", rank: 2),
        ]
    }

    private static func rows(_ tables: Set<Focus>) -> [Binding] {
        [
            Binding(.sortRight, [.character(">")], tables, "sort by the next column", hint: "sort", rank: 30),
            Binding(.sortLeft, [.character("<")], tables, "sort by the previous column"),
            Binding(
                .reverse, [.character("r"), .character("I")], tables, "reverse the order", hint: "reverse", rank: 44),
            Binding(
                .filter, [.character("\\")], tables,
                "filter, as it is typed: text in the name (for clients also program, host, address), state:losing and "
                    + "other states, is:behind; for topics is:behind, is:dropping, is:unread; !word leaves out what has "
                    + "it, ~word takes what has its letters in that order",
                hint: "filter", rank: 31),
            Binding(
                .search, [.character("/")], tables, "search in the rows, as it is typed: the cursor goes to the match",
                hint: "search", rank: 33),
            Binding(.nextMatch, [.character("n")], tables, "the next match, downwards", hint: "next", rank: 4),
            Binding(.previousMatch, [.character("N")], tables, "the match before, upwards", hint: "previous", rank: 5),
            Binding(
                .onlyBehind, [.character("b")], tables, "only those that are behind, or all", hint: "behind", rank: 32),
            Binding(
                .mark, [.character(" ")], tables, "mark the row, or no longer; acts are then about all marked rows",
                hint: "mark", rank: 40),
            Binding(.copyRow, [.character("y")], tables, "copy the name under the cursor, or all that are marked"),
            Binding(
                .chooseColumns, [.character("o")], tables, "choose which columns are shown", hint: "columns", rank: 43),
            Binding(
                .toggleTotals, [.character("R")], tables, "rates a second, or totals so far", hint: "totals", rank: 41),
        ]
    }

    private static func stream(_ panes: Set<Focus>) -> [Binding] {
        [
            Binding(
                .subscribe, [.character("s")], panes, "subscribe to a topic or pattern, with a start",
                hint: "subscribe", rank: 10),
            Binding(.unsubscribe, [.character("u")], panes, "unsubscribe", hint: "unsubscribe", rank: 45),
            Binding(.startPublish, [.character("p")], panes, "write a message to publish", hint: "publish", rank: 11),
        ]
    }

    private static func commits(_ panes: Set<Focus>) -> [Binding] {
        [
            Binding(
                .automaticCommits, [.character("a")], panes,
                "commit by hand, or automatically again; by hand this program is a slow client", hint: "by hand",
                rank: 12),
            Binding(
                .commitAll, [.character("C")], panes, "by hand: commit all that arrived", hint: "commit all", rank: 14),
            Binding(.growWindow, [.character("+"), .character("=")], panes, "double the window"),
            Binding(.shrinkWindow, [.character("-")], panes, "halve the window"),
            Binding(.setWindow, [.character("w")], panes, "set the window", hint: "window", rank: 46),
            Binding(
                .pauseWindow, [.character("P")], panes,
                "pause delivery (window 0), or resume it; unlike Z the broker then holds messages back"),
        ]
    }

    private static func acting(_ tables: Set<Focus>) -> [Binding] {
        let letters = ActItem.allCases.map(\.key).reduce(into: [Key]()) { keys, letter in
            if !keys.contains(.character(letter)) { keys.append(.character(letter)) }
        }
        return [
            Binding(
                .act, [.character("A")], tables.union([.drawer, .detail]),
                "act on it: pause, resume, window, skip, purge, disconnect, delete", hint: "act", rank: 3),
            Binding(.nextAct, [.down, .character("j"), .tab], [.acts], "the next act"),
            Binding(.previousAct, [.up, .character("k"), .backTab], [.acts], "the one before"),
            Binding(.doAct, [.enter], [.acts], "do it; what takes something asks first", hint: "do it", rank: 1),
            Binding(.chooseAct, letters, [.acts], "the act with that letter"),
            Binding(
                .copyCommand, [.character("y")], [.acts], "copy the command that does the same", hint: "copy command",
                rank: 3),
            Binding(.copyCommand, [.control("y")], [.prompt], "confirming an act: copy the command that does the same"),
            Binding(.closeActs, [.escape, .character("q")], [.acts], "leave it", hint: "close", rank: 2),
        ]
    }

    private static let listing = [
        Binding(
            .askOrigin, [.enter], [.list], "who published the message under the cursor", hint: "by whom?", rank: 2),
        Binding(.mark, [.character(" ")], [.list], "parked messages: mark it, or no longer", hint: "mark", rank: 5),
        Binding(
            .releaseParked, [.character("r")], [.list],
            "parked messages: release the marked ones, or that under the cursor; they are delivered again",
            hint: "release", rank: 3),
        Binding(
            .dropParked, [.character("d")], [.list],
            "parked messages: drop the marked ones, or that under the cursor, for good", hint: "drop", rank: 4),
        Binding(
            .copyRow, [.character("y")], [.list], "copy the message as far as it is known, or why the client is gone",
            hint: "copy", rank: 6),
    ]

    private static let columns = [
        Binding(
            .changeColumn, [.character(" "), .enter], [.columns],
            "show the column always, never, or where there is room", hint: "change", rank: 1),
        Binding(.back, [.escape, .character("q"), .character("o")], [.columns], "done", hint: "done", rank: 2),
    ]

    private static let settings = [
        Binding(.applySettings, [.enter], [.settings], "do it", hint: "do it", rank: 1),
        Binding(.back, [.escape], [.settings], "leave them as they are", hint: "leave", rank: 2),
        Binding(.nextSetting, [.down, .tab], [.settings], "the next setting", hint: "next", rank: 3),
        Binding(.previousSetting, [.up, .backTab], [.settings], "the setting before"),
        Binding(
            .copySettings, [.control("y")], [.settings], "copy the command that does the same", hint: "copy command",
            rank: 4),
    ]

    private static let form = [
        Binding(.send, [.enter], [.form], "the next field; in the body: publish", hint: "publish", rank: 1),
        Binding(.nextField, [.tab], [.form], "next field", hint: "field", rank: 3),
        Binding(.previousField, [.backTab], [.form], "previous field"),
        Binding(.olderDraft, [.up], [.form], "an earlier publish", hint: "history", rank: 4),
        Binding(.newerDraft, [.down], [.form], "a later publish"),
        Binding(.newLine, [.control("j")], [.form], "a new line in the body", hint: "new line", rank: 5),
        Binding(.leaveForm, [.escape], [.form], "stop writing", hint: "done", rank: 2),
    ]

    private static let editing = [
        Binding(.cursorLeft, [.left, .control("b")], typing, "cursor left"),
        Binding(.cursorRight, [.right, .control("f")], typing, "cursor right"),
        Binding(.cursorStart, [.home, .control("a")], typing, "cursor to the start"),
        Binding(.cursorEnd, [.end, .control("e")], typing, "cursor to the end"),
        Binding(.deleteBefore, [.backspace], typing, "delete the character before"),
        Binding(.deleteAfter, [.delete, .control("d")], typing, "delete the character after"),
        Binding(.deleteWord, [.control("w")], typing, "delete the word before"),
        Binding(.deleteAll, [.control("u")], typing, "delete everything typed here"),
    ]

    private static let prompt = [
        Binding(.answer, [.enter], [.prompt], "do it", hint: "do it", rank: 1),
        Binding(.cancel, [.escape], [.prompt], "leave it", hint: "cancel", rank: 2),
        Binding(.nextStart, [.tab], [.prompt], "another start of the subscription", hint: "start", rank: 3),
        Binding(.olderOffer, [.up], [.prompt], "what is there to choose", hint: "choose", rank: 4),
        Binding(.newerOffer, [.down], [.prompt], "the next of those"),
    ]
}
