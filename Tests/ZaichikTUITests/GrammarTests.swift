import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// What holds for keys everywhere: search and filter, keys that do nothing, help, and clicks on hints.
@Suite struct GrammarTests {
    var model = Samples.model(Size(width: 120, height: 30))

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func type(_ text: String) { _ = update(&model, .terminal(.typed(text)), now: Samples.now) }
    private var names: [String] { model.clients.rows.map(\.name) }
    private var screen: RootView.Screen { RootView.screen(model, theme: Theme(scheme: .colors256), now: Samples.now) }

    // MARK: Search in tables

    @Test("/ goes to the first row with the text, as it is typed, and leaves all rows there")
    mutating func search() {
        type("/bob")
        #expect(model.clients.selectedRow?.name == "bob" && names.count == 7)
        #expect(model.prompt?.found == "1 of 1")
        press(.control("u"))
        type("commits stop")
        #expect(model.clients.selectedRow?.name == "carol", "words on the screen are found, too")
        press(.control("u"))
        type("nowhere")
        #expect(model.prompt?.problem == "not found" && model.clients.selected == nil)
        press(.escape)
        #expect(model.clients.search == nil)
    }

    @Test("n goes down from match to match and N up, once around, and says when it went round")
    mutating func next() {
        type("/a")
        press(.enter)
        let matches = model.clients.rows.filter { row in row.searched.contains { $0.lowercased().contains("a") } }
        #expect(matches.count > 2 && model.clients.selectedRow == matches[0])
        press(.character("n"))
        #expect(model.clients.selectedRow == matches[1])
        #expect(model.notice?.text == "match 2 of \(matches.count)")
        press(.character("N"), .character("N"))
        #expect(model.clients.selectedRow == matches.last)
        #expect(model.notice?.text.contains("at the bottom") == true)
        press(.character("n"))
        #expect(model.clients.selectedRow == matches[0] && model.notice?.text.contains("at the top") == true)
        press(.escape)
        #expect(model.clients.search == nil)
    }

    @Test("matches are marked, and the title says what is searched for")
    mutating func marked() {
        type("/ali")
        press(.enter)
        let buffer = screen.buffer
        let match = Theme(scheme: .colors256)[.match]
        let marked = (0..<buffer.size.height).flatMap { y in
            (0..<buffer.size.width).map { buffer[$0, y] }.filter { $0.style.background == match.background }
        }
        #expect(marked.map(\.text).joined() == "ali")
        #expect(buffer.lines.contains { $0.contains("search ali") })
    }

    @Test("n without a search says how to begin one")
    mutating func noSearch() {
        press(.character("n"))
        #expect(model.notice?.text.contains("press / to search") == true)
    }

    // MARK: Filters

    @Test(
        "!word leaves out what has it, ~word takes its letters in their order, conditions can be inverse as well",
        arguments: [
            ("!ali", ["bob", "carol", "shop", "zaichik-tui"]), ("~crl", ["carol"]),
            ("!~crl !ali", ["bob", "shop", "zaichik-tui"]),
            ("!is:behind", ["shop", "zaichik-tui"]), ("is:behind !state:draining !ali", ["carol"]), ("!", []),
        ] as [(String, [String])])
    mutating func words(filter: String, expected: [String]) {
        press(.character("\\"))
        type(filter)
        #expect(names.filter { $0.utf8.allSatisfy { $0 < 128 } }.sorted() == expected)
        #expect(model.watchRequest.clients?.filter == (filter == "!" ? "!" : ""), "the broker knows plain text only")
    }

    // MARK: Keys that do nothing

    @Test("a key that does nothing here says so, and where it does something")
    mutating func strange() {
        press(.character("x"))
        #expect(model.notice?.text == "'x' does nothing here (in Messages: format); ? lists the keys")
        press(.function(11))
        #expect(model.notice?.text == "'F11' does nothing here; ? lists the keys")
        press(.other)
        #expect(model.notice?.text.hasPrefix("that key does nothing") == true)
    }

    @Test("an action that cannot be done says why, wherever its key is pressed")
    mutating func obstacles() {
        press(.character("3"), .character("K"))
        #expect(model.notice?.text.contains("automatic") == true)
        model.isReadOnly = true
        press(.character("p"))
        #expect(!model.publish.isEditing && model.notice?.text.contains("--read-only") == true)
        model.subscriptions = []
        press(.character("u"))
        #expect(model.prompt == nil && model.notice?.text.contains("nothing is subscribed") == true)
    }

    @Test("a hint is shown for what can be done, and no other", arguments: PaneTable.standard.panes)
    mutating func hints(pane: Pane) {
        model.show(pane)
        for hint in KeyHints.hints(for: model, columns: 300) {
            let binding = model.panes.table.keys.binding(for: hint.key, in: model.keyFocus)
            #expect(binding.map { model.obstacle(to: $0) == nil } == true)
        }
    }

    // MARK: Help

    @Test(
        "help begins with the keys of the pane where it was asked for",
        arguments: PaneTable.standard.panes.filter { !$0.content.keys.isEmpty })
    mutating func helpHere(pane: Pane) {
        model.show(pane)
        press(.character("?"))
        guard pane != .broker else {
            #expect(pane.content.keys.isEmpty, "it has none of its own, so those of all panes come first")
            return
        }
        #expect(screen.buffer.lines.first { $0.contains("(here)") }?.contains("\(pane.name) (here)") == true)
        #expect(screen.buffer.lines[3].contains("(here)") || screen.buffer.lines[2].contains("(here)"))
    }

    @Test("help shows why a key does nothing now")
    mutating func helpReasons() {
        press(.character("3"), .character("?"))
        #expect(screen.buffer.lines.contains { $0.contains("(commits are automatic: press a to commit by hand)") })
    }

    @Test("/ in help leaves the lines with a text, Esc brings all back")
    mutating func helpSearch() {
        press(.character("?"))
        let all = model.overlayLineCount
        type("/halve")
        #expect(screen.buffer.lines.contains { $0.contains("halve the window") })
        #expect(model.overlayLineCount < 6)
        press(.escape)
        #expect(model.overlayLineCount == all)
        type("/no such words")
        press(.enter)
        #expect(screen.buffer.lines.contains { $0.contains("no key has 'no such words'") })
        press(.escape)
        #expect(model.overlay == nil)
    }

    // MARK: Mouse

    @Test("a click on a hint of the last row is that key", arguments: [40, 80, 200])
    mutating func clickedHint(width: Int) throws {
        model.size = Size(width: width, height: 30)
        let row = model.layout.keys
        let places = KeyHints.places(for: model, in: row)
        let help = try #require(places.first { $0.hint.text == "help" })
        _ = update(&model, .terminal(.mouse(.press, Point(x: help.x + 1, y: row.y))), now: Samples.now)
        guard case .help = model.overlay else { return #expect(Bool(false), "help is not shown") }
        let close = try #require(KeyHints.places(for: model, in: row).first { $0.hint.text == "close" })
        _ = update(&model, .terminal(.mouse(.press, Point(x: close.x, y: row.y))), now: Samples.now)
        #expect(model.overlay == nil)
    }
}
