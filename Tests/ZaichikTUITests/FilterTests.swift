import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct FilterTests {
    var model = Samples.model(Size(width: 120, height: 30))

    private var names: [String] { model.clients.rows.map(\.name) }

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    @discardableResult
    private mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&model, .terminal(.key(.character($0))), now: Samples.now) }
    }

    @Test("text is looked for where the broker looks, upper and lower case alike")
    mutating func text() {
        press(.character("\\"))
        type("ПОЧТА")
        #expect(names == ["почтальон"])
        press(.control("u"))
        type("NODE-1")
        #expect(names.count == 7)
        press(.control("u"))
        type("127.0.0.1:52")
        #expect(names == ["alice"])
    }

    @Test(
        "a state can be filtered for, by the beginning of its name; several states are alternatives",
        arguments: [
            ("state:draining", ["bob"]), ("state:commits-stopped", ["carol"]), ("STATE:Fall", ["alice"]),
            ("state:draining state:fall", ["alice", "bob"]), ("state:draining ali", []), ("ali state:fall", ["alice"]),
        ] as [(String, [String])])
    mutating func states(filter: String, expected: [String]) {
        press(.character("\\"))
        type(filter)
        #expect(names == expected && model.prompt?.problem == nil)
    }

    @Test("the broker gets the text only, and sends the rows first that conditions look for")
    mutating func asked() {
        press(.character("<"), .character("\\"))
        type("ali is:behind")
        let query = model.watchRequest.clients
        #expect(query?.filter == "ali" && query?.sort == .severity && query?.descending == true)
        #expect(model.clients.sort == .name)
    }

    @Test("b leaves the clients that are behind, in addition to what is filtered for, and takes that back")
    mutating func behind() {
        press(.character("b"))
        #expect(names == ["carol", "alice", "bob", "東京-client-with-a-very-long-name-indeed", "почтальон"])
        #expect(
            model.clients.rows.reduce(0) { $0 + $1[.lagMessages] }
                == Samples.statistics.clients!.rows.reduce(0) {
                    $0 + $1[.lagMessages]
                }, "the header's lag is that of the rows")
        press(.character("\\"), .end)
        type(" bob")
        #expect(names == ["bob"])
        press(.enter, .character("b"))
        #expect(model.clients.filter == "bob")
        #expect(press(.escape) == [.link(.watch(model.watchRequest))] && model.clients.filter.isEmpty)
    }

    @Test("in Topics b leaves those that hold messages back; unread ones can be filtered for")
    mutating func topics() {
        var figures = Samples.statistics
        figures.topics!.rows[0][.heldBytes] = 0
        figures.topics!.rows[1][.subscribers] = 0
        _ = update(&model, .link(.statistics(figures)), now: Samples.now)
        press(.character("2"), .character("b"))
        #expect(model.topics.rows.map(\.name) == ["metrics.cpu", "orders.eu", "письма.входящие"])
        press(.character("b"), .character("\\"))
        type("is:unread")
        #expect(model.topics.rows.map(\.name) == ["metrics.cpu"])
    }

    @Test("a condition that there is none is told, and so is a text longer than the broker takes; neither is used")
    mutating func problems() {
        press(.character("\\"))
        type("state:x")
        #expect(model.prompt?.problem?.contains("losing") == true && names.count == 7)
        #expect(press(.enter).isEmpty && model.prompt != nil)
        press(.control("u"))
        let effects = update(
            &model, .terminal(.paste(String(repeating: "ж", count: 200))), now: Samples.now)
        #expect(effects.isEmpty && model.prompt?.problem?.contains("255 bytes") == true)
    }

    @Test("rows that the broker sends late, for an earlier text, are filtered all the same")
    mutating func late() {
        press(.character("\\"))
        type("bob")
        _ = update(&model, .link(.statistics(Samples.statistics)), now: Samples.now)
        #expect(names == ["bob"])
    }

    @Test("what is filtered for stands in the title, and the key line says how to clear it", arguments: [40, 80, 200])
    mutating func visible(width: Int) {
        model.size = Size(width: width, height: 24)
        press(.character("b"))
        let lines = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
        #expect(lines.contains { $0.contains("filter is:behind") })
        #expect(lines.last?.contains("Esc clear filter") == true)
    }

    @Test("if there are more rows than the broker sends, the title says that only the first ones were judged")
    mutating func cut() {
        var figures = Samples.statistics
        figures.clients!.matching = 12_000
        _ = update(&model, .link(.statistics(figures)), now: Samples.now)
        press(.character("b"))
        let lines = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
        #expect(lines.contains { $0.contains("of the first 500") })
    }
}
