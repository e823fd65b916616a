/// One row of the key table.
struct Binding: Sendable {
    var keys: [Key]
    var action: Action
    var focuses: Set<Focus>
    /// In the key line; nothing: only in help.
    var hint: String?
    var help: String
    /// In the key line, smaller numbers come first and stay longest.
    var rank: Int

    init(_ action: Action, _ keys: [Key], _ focuses: Set<Focus>, _ help: String, hint: String? = nil, rank: Int = 50) {
        self.action = action
        self.keys = keys
        self.focuses = focuses
        self.help = help
        self.hint = hint
        self.rank = rank
    }
}

/// The one table of keys: what they do, the key line, the help and docs/KEYS.md are all made from it.
enum KeyMap {
    private static let panes: Set<Focus> = [.clients, .topics, .messages, .publish]
    private static let tables: Set<Focus> = [.clients, .topics]
    private static let moving: Set<Focus> = [.clients, .topics, .messages, .publish, .detail, .help]
    private static let typing: Set<Focus> = [.form, .prompt]

    static let bindings: [Binding] = everywhere + movement + rows + stream + commits + form + editing + prompt

    static func action(for key: Key, in focus: Focus) -> Action? { table[focus]?[key] }

    /// The rows that hold in a focus, in the order of the table.
    static func bindings(in focus: Focus) -> [Binding] { bindings.filter { $0.focuses.contains(focus) } }

    private static let table: [Focus: [Key: Action]] = {
        var table: [Focus: [Key: Action]] = [:]
        for binding in bindings {
            for focus in binding.focuses {
                for key in binding.keys { table[focus, default: [:]][key] = binding.action }
            }
        }
        return table
    }()

    private static let everywhere = [
        Binding(.help, [.character("?"), .function(1)], panes.union([.detail]), "this help", hint: "help", rank: 90),
        Binding(.quit, [.character("q")], panes, "quit", hint: "quit", rank: 91),
        Binding(.interrupt, [.control("c")], Set(Focus.allCases), "quit at once"),
        Binding(.suspend, [.control("z")], Set(Focus.allCases), "suspend; `fg` brings it back"),
        Binding(.redraw, [.control("l")], Set(Focus.allCases), "draw the screen anew"),
        Binding(.back, [.escape], panes, "leave the zoom, drop the filter"),
        Binding(
            .nextPane, [.tab], panes, "next pane", hint: "pane", rank: 60),
        Binding(.previousPane, [.backTab], panes, "previous pane"),
        Binding(.showClients, [.character("1")], panes, "Clients"),
        Binding(.showTopics, [.character("2")], panes, "Topics"),
        Binding(.showMessages, [.character("3")], panes, "Messages"),
        Binding(.showPublish, [.character("4")], panes, "Publish"),
        Binding(.zoom, [.character("z")], panes, "this pane alone, or all again", hint: "zoom", rank: 70),
        Binding(
            .pauseDisplay, [.character(" ")], panes,
            "pause the display, or go on; messages are received and committed meanwhile", hint: "pause", rank: 42),
        Binding(.mouse, [.character("m")], panes, "leave the mouse to the terminal (to select text), or take it"),
    ]

    private static let movement = [
        Binding(.down, [.down, .character("j")], moving, "down"),
        Binding(.up, [.up, .character("k")], moving, "up"),
        Binding(.pageDown, [.pageDown, .control("d")], moving, "a page down"),
        Binding(.pageUp, [.pageUp, .control("u")], moving, "a page up"),
        Binding(.top, [.home, .character("g")], moving, "to the first line"),
        Binding(.bottom, [.end, .character("G")], moving, "to the last line; in Messages, follow"),
        Binding(
            .back, [.escape, .character("q")], [.detail, .help], "close", hint: "close", rank: 1),
        Binding(.back, [.character("?"), .enter], [.help], "close"),
    ]

    private static let rows = [
        Binding(.open, [.enter], [.clients], "why is it behind? its topics, one by one", hint: "why?", rank: 2),
        Binding(.open, [.enter], [.messages], "the whole message", hint: "whole", rank: 20),
        Binding(
            .toggleSubscription, [.enter], [.topics], "subscribe to the topic, or unsubscribe",
            hint: "(un)subscribe", rank: 2),
        Binding(.sortRight, [.character(">")], tables, "sort by the next column", hint: "sort", rank: 30),
        Binding(.sortLeft, [.character("<")], tables, "sort by the previous column"),
        Binding(.reverse, [.character("r"), .character("I")], tables, "reverse the order", hint: "reverse", rank: 44),
        Binding(
            .filter, [.character("/")], tables,
            "filter by text in the name (for clients also program, host, address)", hint: "filter", rank: 31),
    ]

    private static let stream = [
        Binding(
            .subscribe, [.character("s")], panes, "subscribe to a topic or pattern, with a start",
            hint: "subscribe", rank: 10),
        Binding(.unsubscribe, [.character("u")], panes, "unsubscribe", hint: "unsubscribe", rank: 45),
        Binding(
            .startPublish, [.character("p")], panes, "write a message to publish", hint: "publish", rank: 11),
        Binding(.startPublish, [.enter, .character("i")], [.publish], "write a message", hint: "write", rank: 1),
        Binding(
            .follow, [.character("f")], [.messages], "follow the newest, or stay", hint: "follow", rank: 21),
        Binding(
            .format, [.character("x")], [.messages, .detail], "payloads as JSON, text or hex", hint: "format",
            rank: 22),
        Binding(.clear, [.control("k")], [.messages], "forget the messages shown"),
    ]

    private static let commits = [
        Binding(
            .automaticCommits, [.character("a")], panes,
            "commit by hand, or automatically again; by hand this program is a slow client", hint: "by hand",
            rank: 12),
        Binding(
            .commitHere, [.character("c")], [.messages], "by hand: commit up to the line with the cursor",
            hint: "commit", rank: 13),
        Binding(
            .commitAll, [.character("C")], panes, "by hand: commit all that arrived", hint: "commit all", rank: 14),
        Binding(.growWindow, [.character("+"), .character("=")], panes, "double the window"),
        Binding(.shrinkWindow, [.character("-")], panes, "halve the window"),
        Binding(.setWindow, [.character("w")], panes, "set the window", hint: "window", rank: 46),
        Binding(
            .pauseWindow, [.character("P")], panes,
            "pause delivery (window 0), or go on; unlike Space the broker then holds messages back"),
    ]

    private static let form = [
        Binding(.send, [.enter], [.form], "publish", hint: "publish", rank: 1),
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
