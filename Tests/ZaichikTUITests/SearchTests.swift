import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct SearchTests {
    var model = Samples.model(Size(width: 120, height: 30))

    init() { model.show(.messages) }

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func type(_ text: String) {
        for character in text { press(.character(character)) }
    }

    /// The number of the line with the cursor, counted from 1.
    private var line: Int { (model.messages.cursor ?? -1) + 1 }

    @Test(
        "a search finds topics, keys, payloads and gaps, upper and lower case alike",
        arguments: [
            ("CPU", 3), ("k17", 1), ("太郎", 5), ("ПИСЬМО", 4), ("💥", 7), ("1200 lost", 3), (#""id":17"#, 1),
            (#"{ "id": 17"#, 1),
        ])
    mutating func found(text: String, expected: Int) {
        press(.character("/"))
        type(text)
        #expect(line == expected)
        #expect((model.prompt?.problem == "not found") == (text == "💥"))
    }

    @Test("n goes on to older matches and N back to newer ones, once around; the screen says when it went round")
    mutating func next() {
        press(.character("/"))
        type("orders")
        #expect(model.prompt?.found == "1 of 3")
        press(.enter)
        #expect(line == 7)
        let keys = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.last
        #expect(keys?.contains("n older  N newer") == true)
        press(.character("n"))
        #expect(line == 6)
        press(.character("n"))
        #expect(line == 1 && model.notice?.text == "match 3 of 3")
        press(.character("n"))
        #expect(line == 7 && model.notice?.text.contains("newest") == true)
        press(.character("N"))
        #expect(line == 1 && model.notice?.text.contains("oldest") == true)
        press(.character("N"))
        #expect(line == 6)
    }

    @Test("typing on looks from where the search began; deleting goes back there")
    mutating func typing() {
        press(.up, .up, .character("/"))
        #expect(line == 5)
        type("orders")
        #expect(line == 1)
        press(.control("u"))
        #expect(line == 5)
        type("nowhere")
        #expect(line == 5 && model.prompt?.problem == "not found")
    }

    @Test("Esc in the prompt undoes the search; later it ends it, and then follows")
    mutating func escape() {
        press(.character("/"))
        type("cpu")
        press(.escape)
        #expect(model.search == nil && model.messages.isFollowing)
        press(.character("/"))
        type("cpu")
        press(.enter, .escape)
        #expect(model.search == nil && !model.messages.isFollowing)
        press(.escape)
        #expect(model.messages.isFollowing)
    }

    @Test("n without a search says how to begin one, and among no messages nothing happens")
    mutating func nothing() {
        press(.character("n"))
        #expect(model.notice?.text.contains("/") == true)
        press(.control("k"), .character("/"))
        type("x")
        press(.enter, .character("n"), .character("N"))
        #expect(model.notice?.text.contains("none of the messages") == true)
    }

    @Test(
        "matches are marked, in every place of a line, and the title says what is searched for", arguments: [40, 120])
    mutating func marked(width: Int) {
        model.size = Size(width: width, height: 30)
        press(.character("/"))
        type("a")
        press(.enter)
        let screen = RootView.screen(model, theme: Theme(scheme: .colors256), now: Samples.now)
        let area = model.area(of: .messages)
        let match = Theme(scheme: .colors256)[.match]
        var count = 0
        for y in area.rows.y..<area.rows.maxY {
            for x in area.rows.x..<area.rows.maxX {
                let cell = screen.buffer[x, y]
                if cell.style.background == match.background {
                    #expect(cell.text.lowercased() == "a")
                    count += 1
                }
            }
        }
        #expect(count >= 3)
        #expect(screen.buffer.lines.contains { $0.contains("search a") })
        #expect(screen.buffer.lines.last?.contains("Esc end search") == true)
    }

    @Test("a match may have forms of other lengths, and begins at a character")
    func forms() throws {
        let search = try #require(TextSearch("straße"))
        #expect(search.firstMatch(in: Array("die STRASSE".utf8)) == 4..<11)
        #expect(TextSearch("") == nil)
        let spans = try #require(TextSearch("ж")).marked([Span("ёЖжё", .good), Span("ж")])
        #expect(
            spans == [
                Span("ё", .good), Span("Ж", .match), Span("ж", .match), Span("ё", .good), Span("ж", .match),
            ])
    }
}
